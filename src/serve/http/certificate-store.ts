// The certificate of this home, kept so that browsers have to be persuaded only once: a hidden file that nobody else can read. A new one is
// made when it soon expires or this computer has another address.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { storing, temporaryName } from '../../registry/files.js';
import type { Home } from '../../registry/home.js';
import { type Certificate, makeCertificate } from './certificate.js';

export const CERTIFICATE_FILE = '.serve-certificate.pem';
const ONLY_MINE = 0o600;
const LARGEST = 64 * 1024;
/** It is renewed this many milliseconds before it expires. */
const EARLY = 7 * 86_400_000;

/**
 * The certificate for these names and addresses.
 * @returns it, where it is kept, and whether it was made just now
 * @throws MstError `storage`
 */
export function certificateFor(
  home: Home,
  names: readonly string[],
  now: number,
): Certificate & { readonly path: string; readonly fresh: boolean; readonly fingerprint: string } {
  const path = join(home.root, CERTIFICATE_FILE);
  const kept = readKept(path, names, now);
  const certificate = kept ?? makeCertificate(names, now);
  if (kept === undefined) keep(path, certificate);
  return { ...certificate, path, fresh: kept === undefined, fingerprint: new X509Certificate(certificate.cert).fingerprint256 };
}

/** The one that is kept, if it is good for these names and for a while. */
function readKept(path: string, names: readonly string[], now: number): Certificate | undefined {
  try {
    if (statSync(path).size > LARGEST) return undefined;
    const text = readFileSync(path, 'utf8');
    const [key] = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n/.exec(text) ?? [];
    const [cert] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/.exec(text) ?? [];
    if (key === undefined || cert === undefined) return undefined;
    const certificate = new X509Certificate(cert);
    const covers = names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined);
    const lasts = Date.parse(certificate.validFrom) <= now && Date.parse(certificate.validTo) - EARLY > now;
    return covers && lasts && certificate.checkPrivateKey(createPrivateKey(key)) ? { key, cert } : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, { key, cert }: Certificate): void {
  storing(path, () => {
    const temporary = temporaryName(path);
    try {
      const descriptor = openSync(temporary, 'wx', ONLY_MINE);
      try {
        writeSync(descriptor, key + cert);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}
