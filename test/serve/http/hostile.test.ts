// Strangers: paths that try to get out, names that are not ours, pages of other sites, what is no HTTP, what never ends.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AllowedHosts, hostOf, networkAddresses, ownNames } from '../../../src/serve/http/addresses.js';
import { bodyOf, midiOf, THREE } from '../support/calls.js';
import { ask, PAGE, post, raw, served } from '../support/served.js';

const get = (path: string, host = '127.0.0.1'): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('paths', () => {
  it.each([
    '/../package.json',
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%2e%2e%2fhome/.keep',
    '/..\\..\\etc\\passwd',
    '/..%5c..%5cetc%5cpasswd',
    '/index.html%00.js',
    '/%00',
    '//etc/passwd',
    '///index.html',
    '/./index.html',
    '/x/../index.html',
    '/.hidden',
    '/%2ehidden',
    '/page/index.html',
    '/index.html/',
    '/INDEX.HTML',
    '/%69ndex.html',
    '/index.html%20',
    '/index.html;a',
    '/constructor',
    '/__proto__',
    '/%',
    '/%zz',
    'http://127.0.0.1/index.html',
    'file:///etc/passwd',
    '*',
    'index.html',
    `/${'a'.repeat(8000)}`,
    '/models/../models.json',
    '/models/%2e%2e/models.json',
  ])('%s is nowhere', async (path) => {
    const { port } = await served();
    const answer = await raw(port, get(path));
    expect([400, 404]).toContain(statusOf(answer));
    for (const secret of ['root:', 'secret', '<!doctype', 'magenta-session-toolkit']) expect(answer).not.toContain(secret);
  });

  it('a refusal repeats nothing of what was sent', async () => {
    const { port } = await served();
    const mark = 'Qx7zMark';
    const answers = [
      await raw(port, get(`/${mark}?${mark}=<script>`)),
      await raw(port, get('/', `${mark}.example`)),
      await raw(port, `${mark} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      (await post(port, `/predict?duration=${mark}`, `["${mark}"]`)).body.toString(),
      (await post(port, '/predict?duration=4', `["${mark}"]`)).body.toString(),
      (await post(port, '/predict?duration=4', bodyOf(new TextEncoder().encode(mark)))).body.toString(),
      (await post(port, '/api/continue', JSON.stringify({ [mark]: mark }))).body.toString(),
      (await post(port, '/api/continue', JSON.stringify({ sequence: { notes: [] }, steps: 4, model: mark }))).body.toString(),
    ];
    for (const answer of answers) {
      expect(answer.length).toBeGreaterThan(10);
      expect(answer).not.toContain(mark);
    }
  });
});

describe('names', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:1234', '[::1]', '[::1]:8080'])('%s is ours', async (host) => {
    const { port } = await served();
    expect(statusOf(await raw(port, get('/', host)))).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'evil.example:8080',
    '127.0.0.2',
    '0.0.0.0',
    '2130706433',
    'localhost, evil.example',
    '',
    '[::1',
    'a b',
  ])('%j is not', async (host) => {
    const { port, notes } = await served();
    const answer = await raw(port, get('/', host));
    expect([400, 403]).toContain(statusOf(answer));
    expect(answer).not.toContain('<!doctype');
    if (statusOf(answer) === 403) expect(notes).toEqual([expect.stringContaining('--allowed-host')]);
  });

  it('without a Host header, or with two, there is nothing', async () => {
    const { port } = await served();
    expect(statusOf(await raw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'))).toBe(400);
    expect(statusOf(await raw(port, 'GET / HTTP/1.0\r\n\r\n'))).toBe(403);
    const two = await raw(port, 'GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect([400, 403]).toContain(statusOf(two));
  });

  it('more names can be let in', async () => {
    const { port } = await served({ allowedHosts: ['Jam.Example'] });
    expect(statusOf(await raw(port, get('/', 'jam.example:8443')))).toBe(200);
    expect(statusOf(await raw(port, get('/', 'www.jam.example')))).toBe(403);
    expect(new AllowedHosts('127.0.0.1', ['2001:DB8::7']).allows('[2001:db8::7]:8080')).toBe(true);
  });

  it.each(['jam.example:8443', 'https://jam.example', '[::1]', 'jam example', ''])('%j is none that can be let in', async (name) => {
    await expect(served({ allowedHosts: [name] })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(name) });
  });

  it('what listens everywhere has all names of this computer', () => {
    const everywhere = new AllowedHosts('0.0.0.0', []);
    for (const name of ['localhost', ...networkAddresses().filter((address) => !address.includes(':')), ...ownNames()])
      expect(everywhere.allows(name)).toBe(true);
    for (const name of ['evil.example', '0.0.0.0', undefined]) expect(everywhere.allows(name)).toBe(false);
    const one = new AllowedHosts('192.0.2.7', []);
    expect([one.allows('192.0.2.7:8080'), one.allows('192.0.2.8')]).toEqual([true, false]);
    expect(new AllowedHosts('2001:db8::1', []).allows('[2001:DB8::1]:80')).toBe(true);
  });

  it('hostOf takes a header apart', () => {
    const cases = {
      'a.b:80': 'a.b',
      'A.B': 'a.b',
      '[::1]:8': '[::1]',
      'a:b': undefined,
      'a/b': undefined,
      'a b': undefined,
      '': undefined,
    };
    for (const [header, host] of Object.entries(cases)) expect(hostOf(header)).toBe(host);
  });
});

describe('pages of other sites', () => {
  const send = (port: number, headers: Record<string, string>) => post(port, '/predict?duration=4', bodyOf(midiOf(THREE)), headers);

  it('cannot ask for answers; our own page and programs can', async () => {
    const { port, notes } = await served();
    const refused: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `http://localhost:${port}.evil.example` },
      { origin: 'file://' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: `http://127.0.0.1:${port}` },
    ];
    for (const headers of refused) expect((await send(port, headers)).status).toBe(403);
    expect(notes).toEqual([expect.stringContaining('another site')]);
    for (const headers of [
      {},
      { origin: `http://127.0.0.1:${port}` },
      { 'sec-fetch-site': 'same-origin', origin: `http://127.0.0.1:${port}` },
    ]) {
      expect((await send(port, headers as Record<string, string>)).status).toBe(200);
    }
  });

  it('cannot hide where they are from behind many headers', async () => {
    const { port } = await served();
    const many = Array.from({ length: 1000 }, (_, k) => `X${k}: y\r\n`).join('');
    const sent = `POST /predict?duration=4 HTTP/1.1\r\nHost: localhost\r\n${many}Origin: https://evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]`;
    expect(statusOf(await raw(port, sent))).toBe(403);
  });

  it('behind a proxy whose name is let in, its page can', async () => {
    const { port } = await served({ allowedHosts: ['jam.example'] });
    expect((await send(port, { origin: 'https://jam.example' })).status).toBe(200);
    expect((await send(port, { origin: 'https://jam.example.evil' })).status).toBe(403);
  });
});

describe('what is no request, or never becomes one', () => {
  it('is answered with 400 and the connection ends', async () => {
    const { port } = await served();
    for (const text of [
      'hello\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n',
    ]) {
      expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close/);
    }
    expect((await ask(port, '/')).status).toBe(200);
  });

  it('headers without end are too large', async () => {
    const { port } = await served();
    expect(statusOf(await raw(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`))).toBe(431);
  });

  it('headers or a body that never come to their end are given up', async () => {
    const { port } = await served({ limits: { headers: 300, request: 300 } });
    const slow = [
      'GET / HTTP/1.1\r\nHost: localhost\r\n',
      'POST /predict?duration=4 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[77,',
    ];
    const answers = await Promise.all(slow.map((text) => raw(port, text)));
    for (const answer of answers) expect(answer === '' || statusOf(answer) === 408).toBe(true);
    expect((await ask(port, '/')).status).toBe(200);
  });

  it('more connections than there may be are closed, and there is room again when others go', async () => {
    const { port } = await served({ limits: { connections: 5 } });
    const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await sleep(50);
    await expect(ask(port, '/')).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => ask(port, '/').then(({ status }) => status, () => 0)).toBe(200); // biome-ignore format: short
  });

  it('two requests that pretend to be one are not understood as two', async () => {
    const { port } = await served();
    const smuggled = `POST /predict?duration=4 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get('/')}`;
    const answer = await raw(port, smuggled);
    expect(answer).not.toContain(PAGE['index.html']?.slice(0, 15));
  });
});
