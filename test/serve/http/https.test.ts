// The certificate: what Node's own X.509 reader and a TLS handshake say of it, and how it is kept.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveHome } from '../../../src/registry/home.js';
import { makeCertificate } from '../../../src/serve/http/certificate.js';
import { CERTIFICATE_FILE, certificateFor } from '../../../src/serve/http/certificate-store.js';
import { temporaryFolder } from '../../support/folder.js';
import { raw, served } from '../support/served.js';

const NAMES = ['localhost', '127.0.0.1', '::1', 'piano.local', '192.168.178.23', '2001:db8:0:1::7', '::ffff:192.0.2.1'];
const NOW = Date.UTC(2026, 10, 22);
const DAY = 86_400_000;

describe('makeCertificate', () => {
  const { cert, key } = makeCertificate(NAMES, NOW);
  const certificate = new X509Certificate(cert);

  it('is for its names and addresses and no others', () => {
    for (const name of ['localhost', 'piano.local']) expect(certificate.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1', '192.168.178.23', '2001:db8:0:1::7']) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.subjectAltName).toContain('IP Address:0:0:0:0:0:FFFF:C000:201');
    expect(certificate.checkHost('evil.example')).toBeUndefined();
    expect(certificate.checkIP('192.168.178.24')).toBeUndefined();
  });

  it('is signed by its own key, for servers alone, and for as long as browsers accept', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / DAY;
    expect(days).toBe(397);
    expect(Date.parse(certificate.validFrom)).toBe(NOW - DAY);
  });

  it('no two have the same number', () => {
    expect(new X509Certificate(makeCertificate(NAMES, NOW).cert).serialNumber).not.toBe(certificate.serialNumber);
  });

  it('holds many names', () => {
    const many = Array.from({ length: 300 }, (_, k) => `host-${k}.example`);
    expect(new X509Certificate(makeCertificate(many, NOW).cert).checkHost('host-299.example')).toBe('host-299.example');
  });
});

describe('certificateFor', () => {
  it('keeps it for its owner alone, and makes another when it must', () => {
    const home = resolveHome({ current: temporaryFolder() });
    const path = join(home.root, CERTIFICATE_FILE);
    const first = certificateFor(home, NAMES, NOW);
    expect(first).toMatchObject({ path, fresh: true });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(certificateFor(home, NAMES, NOW + 30 * DAY)).toMatchObject({ fresh: false, cert: first.cert, key: first.key });
    // An address less is covered, one more is not.
    expect(certificateFor(home, NAMES.slice(0, 3), NOW).fresh).toBe(false);
    const moved = certificateFor(home, [...NAMES, '192.168.178.99'], NOW);
    expect(moved.fresh).toBe(true);
    expect(moved.fingerprint).not.toBe(first.fingerprint);
    expect(certificateFor(home, NAMES, NOW + 385 * DAY).fresh).toBe(false);
    expect(certificateFor(home, NAMES, NOW + 392 * DAY).fresh).toBe(true);
    expect(certificateFor(home, NAMES, NOW - 10 * DAY).fresh).toBe(true);
  });

  it('what is kept but damaged, or of two halves, is made anew', () => {
    const home = resolveHome({ current: temporaryFolder() });
    const path = join(home.root, CERTIFICATE_FILE);
    for (const text of [
      '',
      'x'.repeat(100),
      makeCertificate(NAMES, NOW).cert,
      makeCertificate(NAMES, NOW).key + makeCertificate(NAMES, NOW).cert,
    ]) {
      writeFileSync(path, text);
      expect(certificateFor(home, NAMES, NOW).fresh).toBe(true);
      expect(readFileSync(path, 'utf8')).not.toBe(text);
    }
  });
});

describe('https', () => {
  it('serves the page to whoever trusts the certificate, and to nobody else', async () => {
    const { server, port, folder } = await served({ https: true });
    expect(server.url).toBe(`https://127.0.0.1:${port}/`);
    expect(existsSync(server.certificate?.path ?? '')).toBe(true);
    const text = readFileSync(join(folder, 'home', CERTIFICATE_FILE), 'utf8');
    const ca = text.slice(text.indexOf('-----BEGIN CERTIFICATE'));
    const get = (options: object): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: 'localhost', port, family: 4, agent: false, ...options }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end();
      });
    expect(await get({ ca })).toBe(200);
    await expect(get({})).rejects.toThrow(/self[- ]signed/i);
  });

  it('closes what never begins to encrypt, or does something else', async () => {
    const { port } = await served({ https: true, limits: { headers: 300 } });
    // raw resolves when the other side ends.
    expect(await Promise.all([raw(port, ''), raw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')])).toEqual(['', '']);
  });

  it('does not wait for ever for those when it ends', async () => {
    const { server, port } = await served({ https: true });
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => {});
    onTestFinished(() => void silent.destroy());
    await new Promise((resolve) => silent.once('connect', resolve));
    await expect(server.stop()).resolves.toBeUndefined();
  });
});
