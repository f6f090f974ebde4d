// Step 1 from servers that break off, lie, stall, send too much and ask for patience: what is tried again, from where, and what stays.

import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tar, zip } from '../../support/archives.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { fetchWeb, manifestOf, midiOf, song } from '../../support/web-fetch.js';
import { breakOff, ranged, serve, virtualTime } from '../../support/web-server.js';

const long = song('la la la ', 50_000);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const hidden = (home: string): string[] =>
  existsSync(join(home, 'datasets/ella/.downloading')) ? readdirSync(join(home, 'datasets/ella/.downloading')) : [];

describe('a transfer that breaks off', () => {
  it('goes on from there, in as many pieces as it takes', async () => {
    // 10,000 bytes at a time: five requests, more in all than the tries in a row that may bring nothing.
    const server = await serve({ '/a.mid': ranged(bytes(long), { breakAt: (n) => n * 10_000 }) });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/a.mid`], { limits: { tries: 2 } });
    expect(midiOf(home)).toEqual({ 'a.mid': long });
    expect(server.asked.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      ...[10_000, 20_000, 30_000, 40_000].map((from) => [`bytes=${from}-`, '"one"']),
    ]);
    expect(hidden(home)).toEqual([]);
  });

  it('again and again is left for the next fetch, which goes on', async () => {
    const server = await serve({ '/a.mid': ranged(bytes(long), { breakAt: (n) => n * 1000 }) });
    const home = temporaryFolder();
    const fetching = (): Promise<unknown> => fetchWeb(home, [`${server.origin}/a.mid`], { limits: { attempts: 30 } });
    await expect(fetching()).rejects.toMatchObject({ message: `${server.origin}/a.mid broke off on the way, 30 times in all.` });
    expect(server.asked).toHaveLength(30);
    await fetching();
    expect(midiOf(home)).toEqual({ 'a.mid': long });
    expect(server.asked).toHaveLength(50);
  });

  it('begins anew where the server knows no ranges, or the file has changed', async () => {
    const plain = await serve({
      '/a.mid': (_, response, n) => {
        response.writeHead(200, { 'Content-Length': long.length, ETag: '"x"' });
        if (n === 1) breakOff(response, bytes(long).subarray(0, 30_000));
        else response.end(long);
      },
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${plain.origin}/a.mid`]);
    expect(midiOf(home)).toEqual({ 'a.mid': long });
    expect(plain.asked[1]?.headers.range).toBe('bytes=30000-');

    const other = song('other ', 45_000);
    const changed = await serve({
      '/a.mid': (request, response, n) => {
        const served = n === 1 ? ranged(bytes(long), { breakAt: () => 20_000 }) : ranged(bytes(other), { etag: '"two"' });
        if (typeof served === 'function') served(request, response, n);
      },
    });
    const elsewhere = temporaryFolder();
    await fetchWeb(elsewhere, [`${changed.origin}/a.mid`]);
    expect(midiOf(elsewhere)).toEqual({ 'a.mid': other });
  });

  it.each([
    ['another place', { 'Content-Range': 'bytes 0-49999/50000', ETag: '"one"' }],
    ['another state', { 'Content-Range': 'bytes 20000-49999/50000', ETag: '"two"' }],
    ['nowhere', { ETag: '"one"' }],
  ])('is not mixed with a rest from %s', async (_, headers) => {
    const server = await serve({
      '/a.mid': (request, response, n) => {
        const served = ranged(bytes(long), { breakAt: () => (n === 1 ? 20_000 : undefined) });
        if (request.headers.range !== undefined) response.writeHead(206, headers).end('not the rest');
        else if (typeof served === 'function') served(request, response, n);
      },
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/a.mid`]);
    expect(midiOf(home)).toEqual({ 'a.mid': long });
    expect(server.asked.map(({ headers: { range } }) => range)).toEqual([undefined, 'bytes=20000-', undefined]);
  });

  it('begins anew when the server has nothing after what is there (416)', async () => {
    const server = await serve({
      '/a.mid': (request, response, n) => {
        const served = ranged(bytes(long), { breakAt: () => (n === 1 ? 20_000 : undefined) });
        if (request.headers.range !== undefined) response.writeHead(416, { 'Content-Range': 'bytes */50000' }).end();
        else if (typeof served === 'function') served(request, response, n);
      },
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/a.mid`]);
    expect(midiOf(home)).toEqual({ 'a.mid': long });
  });

  it('without anything to tell its state by is never put together from two', async () => {
    const server = await serve({
      '/a.mid': (_, response, n) => {
        response.writeHead(200, { 'Content-Length': long.length, ETag: 'W/"weak"' });
        if (n === 1) breakOff(response, bytes(long).subarray(0, 20_000));
        else response.end(long);
      },
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/a.mid`]);
    expect(server.asked.map(({ headers: { range } }) => range)).toEqual([undefined, undefined]);
    expect(midiOf(home)).toEqual({ 'a.mid': long });
  });

  it('is gone on from in the next fetch after an interruption, and what is whole is not asked for again', async () => {
    let whole = false;
    const interruption = new AbortController();
    const stop = new Error('stop');
    const server = await serve({
      '/p.html': '<a href=first.mid><a href=second.mid><a href=third.mid>',
      '/first.mid': song('first'),
      '/second.mid': (request, response, n) => {
        const served = ranged(bytes(long), { breakAt: () => (whole ? undefined : 20_000) });
        if (typeof served === 'function') served(request, response, n);
        if (!whole) setTimeout(() => interruption.abort(stop), 50);
      },
      '/third.mid': (_, response) => {
        if (whole) response.end(song('third'));
      },
    });
    const home = temporaryFolder();
    const old = temporaryFolder({ 'old.mid': song('old') });
    await fetchWeb(home, [old]);
    const before = [midiOf(home), manifestOf(home)];
    await expect(fetchWeb(home, [`${server.origin}/p.html`], { signal: interruption.signal, limits: { tries: 1 } })).rejects.toBe(stop);
    expect([midiOf(home), manifestOf(home)]).toEqual(before);

    whole = true;
    server.asked.length = 0;
    await fetchWeb(home, [`${server.origin}/p.html`]);
    expect(midiOf(home)).toEqual({ 'old.mid': song('old'), 'first.mid': song('first'), 'second.mid': long, 'third.mid': song('third') });
    expect(server.asked.map(({ path, headers: { range } }) => [path, range]).sort()).toEqual([
      ['/p.html', undefined],
      ['/second.mid', 'bytes=20000-'],
      ['/third.mid', undefined],
    ]);
    expect(readdirSync(join(home, 'datasets/ella')).sort()).toEqual(['manifest.jsonl', 'midi']);
  });

  it('is told in the end, and the rest of it is fetched another day', async () => {
    let day = 1;
    const server = await serve({
      '/p.html': '<a href=a.mid><a href=b.mid>',
      '/a.mid': (request, response, n) => {
        const served = ranged(bytes(long), { breakAt: () => (day === 1 ? 20_000 : undefined) });
        if (typeof served === 'function') served(request, response, n);
      },
      '/b.mid': song('b'),
    });
    const home = temporaryFolder();
    const { failed } = await fetchWeb(home, [`${server.origin}/p.html`]);
    expect(failed).toEqual({ [`${server.origin}/a.mid`]: 'broke off on the way, 5 times in a row' });
    expect(midiOf(home)).toEqual({ 'b.mid': song('b') });
    expect(hidden(home)).toHaveLength(2);
    day = 2;
    server.asked.length = 0;
    await fetchWeb(home, [`${server.origin}/p.html`]);
    expect(server.asked.map(({ path, headers: { range } }) => [path, range])).toEqual([
      ['/p.html', undefined],
      ['/a.mid', 'bytes=20000-'],
    ]);
    expect(midiOf(home)).toEqual({ 'a.mid': long, 'b.mid': song('b') });
    expect(hidden(home)).toEqual([]);
  });
});

describe('what is left half fetched', () => {
  const half = (home: string): void => {
    mkdirSync(join(home, 'datasets/ella/.downloading'), { recursive: true });
    writeFileSync(join(home, 'datasets/ella/.downloading/0123.part'), 'half');
  };

  it('goes after two weeks, or with force', async () => {
    const server = await serve({ '/a.mid': song('a') });
    const time = virtualTime();
    for (const [age, force, stays] of [
      [13, false, true],
      [15, false, false],
      [13, true, false],
    ] as const) {
      const home = temporaryFolder();
      half(home);
      const then = (time.begin - age * 86_400_000) / 1000;
      utimesSync(join(home, 'datasets/ella/.downloading/0123.part'), then, then);
      await fetchWeb(home, [`${server.origin}/a.mid`], { force, time: virtualTime(time.begin) });
      expect(hidden(home)).toEqual(stays ? ['0123.part'] : []);
    }
  });
});

describe('a server that fails for a while', () => {
  it.each([500, 502, 503, 504, 429, 408])('is asked again after growing waits (%i)', async (status) => {
    const server = await serve({
      '/a.mid': (_, response, n) => {
        response.writeHead(n < 5 ? status : 200).end(song('a'));
      },
    });
    const time = virtualTime();
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/a.mid`], { time, limits: { pause: 0, firstWait: 1000 } });
    expect(midiOf(home)).toEqual({ 'a.mid': song('a') });
    const waits = time.slept.filter((milliseconds) => milliseconds > 0);
    expect(waits).toHaveLength(4);
    for (const [k, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** k);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** k);
    }
  });

  it('is told of once, when a wait is long', async () => {
    const server = await serve({ '/a.mid': { body: '', status: 500 }, '/b.mid': { body: '', status: 500 } });
    const notes: string[] = [];
    const both = [`${server.origin}/a.mid`, `${server.origin}/b.mid`];
    const limits = { firstWait: 10_000, longestBackoff: 10_000, tries: 3, perHost: 1 };
    await fetchWeb(temporaryFolder(), both, { limits, note: (text) => notes.push(text) }).catch(() => {});
    expect(notes).toEqual([expect.stringMatching(/^http:.*\/a\.mid is on a server that failed \(500\); trying again in ([5-9]|10) s\.$/)]);
  });

  it('is asked after the same waits with the same seed, after others with another', async () => {
    const waits = async (seed: number): Promise<number[]> => {
      const time = virtualTime();
      // The address decides too, so one server serves all.
      await fetchWeb(temporaryFolder(), [`${server.origin}/a.mid`], { time, seed, limits: { pause: 0 } }).catch(() => {});
      return time.slept.filter((milliseconds) => milliseconds > 0);
    };
    const server = await serve({ '/a.mid': { body: '', status: 500 } });
    const first = await waits(1);
    expect(first).toHaveLength(4);
    expect(await waits(1)).toEqual(first);
    expect(await waits(2)).not.toEqual(first);
  });

  it.each([
    ['seconds', '90'],
    ['a date', new Date(Date.UTC(2026, 0, 1, 0, 1, 30)).toUTCString()],
  ])('is waited for as it asks, in %s', async (_, after) => {
    const server = await serve({
      '/a.mid': (_request, response, n) => {
        response.writeHead(n === 1 ? 429 : 200, n === 1 ? { 'Retry-After': after } : {}).end(song('a'));
      },
    });
    const time = virtualTime();
    const notes: string[] = [];
    await fetchWeb(temporaryFolder(), [`${server.origin}/a.mid`], { time, limits: { pause: 0 }, note: (text) => notes.push(text) });
    expect(time.now() - time.begin).toBe(90_000);
    expect(notes).toEqual([`127.0.0.1:${server.port} asks for a pause of 90 s.`]);
  });

  it('is left alone, all of it, when it asks for longer than is sane', async () => {
    const server = await serve({
      '/p.html': '<a href=a.mid><a href=b.mid><a href=c.mid><a href=d.mid>',
      '/a.mid': song('a'),
      '/b.mid': { body: '', status: 503, headers: { 'Retry-After': '86400' } },
      '/c.mid': song('c'),
      '/d.mid': song('d'),
    });
    const { failed, summary } = await fetchWeb(temporaryFolder(), [`${server.origin}/p.html`], { limits: { perHost: 1 } });
    expect(summary.kept).toBe(1);
    const host = `127.0.0.1:${server.port}`;
    expect(failed).toEqual({
      [`${server.origin}/b.mid`]: `is on a server that is overloaded or closed for now (503); ${host} asks to be left alone for 24 hours`,
      [`${server.origin}/c.mid`]: `was not tried: ${host} asks to be left alone for 24 hours`,
      [`${server.origin}/d.mid`]: `was not tried: ${host} asks to be left alone for 24 hours`,
    });
    expect(server.paths).toEqual(['/p.html', '/a.mid', '/b.mid']);
  });

  it('is given up when one address after the other fails', async () => {
    const server = await serve({
      '/p.html': Array.from({ length: 30 }, (_, i) => `<a href=${i}.mid>`).join(''),
      '/0.mid': song('0'),
      ...Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`/${i + 1}.mid`, { body: '', status: 500 }])),
    });
    const { failed } = await fetchWeb(temporaryFolder(), [`${server.origin}/p.html`], { limits: { perHost: 1 } });
    const reasons = Object.values(failed);
    expect(reasons.filter((reason) => reason === 'is on a server that failed (500), 5 times in a row')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === `was not tried: 127.0.0.1:${server.port} failed 3 times in a row`)).toHaveLength(26);
    expect(server.asked).toHaveLength(1 + 1 + 3 * 5);
  });

  it.each([
    [401, 'asks for a password (401)'],
    [403, 'is not open to everyone (403)'],
    [410, 'is not there any more (410)'],
    [418, 'was not given (418)'],
  ])('but not when it is sure (%i)', async (status, reason) => {
    const server = await serve({ '/a.mid': { body: '<html>', status } });
    await expect(fetchWeb(temporaryFolder(), [`${server.origin}/a.mid`])).rejects.toMatchObject({
      message: `${server.origin}/a.mid ${reason}.`,
    });
    expect(server.asked).toHaveLength(1);
  });

  it('or is not there', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.on('listening', resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    await expect(fetchWeb(temporaryFolder(), [`http://127.0.0.1:${port}/a.mid`])).rejects.toMatchObject({
      code: 'no-input',
      message: `http://127.0.0.1:${port}/a.mid cannot be reached: its server takes no connection, 5 times in a row.`,
    });
  });
});

describe('a server that lies or dawdles', () => {
  it('about sizes is not believed', async () => {
    const server = await serve({
      '/p.html': '<a href=short.mid><a href=good.mid><a href=vast.mid><a href=endless.mid>',
      // Says more than it has.
      '/short.mid': (_, response) => {
        response.writeHead(200, { 'Content-Length': 60_000 });
        breakOff(response, bytes(long));
      },
      '/good.mid': song('good'),
      '/vast.mid': (_, response) => {
        response.writeHead(200, { 'Content-Length': 9e12 });
        response.write(song('vast'));
      },
      // Says nothing, and never ends.
      '/endless.mid': (_, response) => {
        const piece = Buffer.alloc(65_536, 'MThd');
        const more = (): unknown => !response.destroyed && response.write(piece, () => setImmediate(more));
        more();
      },
    });
    const home = temporaryFolder();
    const { failed } = await fetchWeb(home, [`${server.origin}/p.html`], { fileBytes: 1_000_000 });
    expect(failed).toEqual({
      [`${server.origin}/short.mid`]: 'broke off on the way, 5 times in a row',
      [`${server.origin}/vast.mid`]: 'is too large (8583069 MB; at most 1 MB)',
      [`${server.origin}/endless.mid`]: 'is too large (1 MB; at most 1 MB)',
    });
    expect(midiOf(home)).toEqual({ 'good.mid': song('good') });
    expect(hidden(home)).toEqual([]);
  });

  it('about the beginning of an answer is given up', async () => {
    const liar = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (request) => {
        if (request.toString().startsWith('GET /robots.txt')) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
        else if (request.toString().startsWith('GET /noise')) socket.end('\x00\x01 this is no HTTP at all\r\n\r\n');
        else socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
      });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void liar.close());
    await new Promise((resolve) => liar.on('listening', resolve));
    const { port } = liar.address() as AddressInfo;
    for (const path of ['noise', 'vast']) {
      await expect(fetchWeb(temporaryFolder(), [`http://127.0.0.1:${port}/${path}.mid`])).rejects.toMatchObject({
        message: expect.stringContaining('got an answer that is not HTTP'),
      });
    }
  });

  it('by more than it said keeps what it said', async () => {
    const generous = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (request) => {
        const body = request.toString().startsWith('GET /robots.txt') ? '' : `${song('a')} and more and more`;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body === '' ? 0 : song('a').length}\r\n\r\n${body}`);
      });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void generous.close());
    await new Promise((resolve) => generous.on('listening', resolve));
    const { port } = generous.address() as AddressInfo;
    const home = temporaryFolder();
    await fetchWeb(home, [`http://127.0.0.1:${port}/a.mid`, `http://127.0.0.1:${port}/b.mid`]);
    expect(midiOf(home)).toEqual({ 'a.mid': song('a') });
  });

  it('that stalls is asked again, and given up', async () => {
    const server = await serve({
      '/once.mid': (request, response, n) => {
        const served = ranged(bytes(long));
        if (n === 1) response.writeHead(200, { 'Content-Length': long.length, ETag: '"one"' }).write(long.slice(0, 20_000));
        else if (typeof served === 'function') served(request, response, n);
      },
      '/mute.mid': () => {},
      '/drip.mid': (_, response) => {
        const timer = setInterval(() => response.write('.'), 10);
        response.on('close', () => clearInterval(timer));
      },
    });
    const home = temporaryFolder();
    const { failed } = await fetchWeb(
      home,
      ['once', 'mute', 'drip'].map((name) => `${server.origin}/${name}.mid`),
      { limits: { answer: 150, stall: 150, stallBytes: 100, tries: 2 } },
    );
    expect(midiOf(home)).toEqual({ 'once.mid': long });
    expect(failed).toEqual({
      [`${server.origin}/mute.mid`]: 'cannot be reached: its server gives no answer within 0.15 s, 2 times in a row',
      [`${server.origin}/drip.mid`]: 'stalls: fewer than 100 bytes in 0.15 s, 2 times in a row',
    });
  });

  it('that cannot be connected to, or not safely, is told so', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void plain.close());
    await new Promise((resolve) => plain.on('listening', resolve));
    const { port } = plain.address() as AddressInfo;
    const mute = { lookup: () => new Promise<never>(() => {}), isLocal: () => false };
    await expect(
      fetchWeb(temporaryFolder(), ['http://mute.example/a.mid'], { network: mute, limits: { connect: 100, tries: 1 } }),
    ).rejects.toMatchObject({ message: 'http://mute.example/a.mid cannot be reached: no connection within 0.1 s.' });
    await expect(fetchWeb(temporaryFolder(), [`https://127.0.0.1:${port}/a.mid`])).rejects.toMatchObject({
      message: expect.stringMatching(/a\.mid has a server without a safe connection \(\w+\)\.$/),
    });
  });

  it('with a page that never ends is left soon', async () => {
    const server = await serve({
      '/page': (_, response) => {
        const piece = Buffer.alloc(65_536, '<p>and on and on');
        const more = (): unknown => !response.destroyed && response.write(piece, () => setImmediate(more));
        more();
      },
    });
    await expect(fetchWeb(temporaryFolder(), [`${server.origin}/page`], { limits: { pageBytes: 500_000 } })).rejects.toMatchObject({
      message: expect.stringContaining('is too large (1 MB; at most 1 MB)'),
    });
  });

  it('about packing is seen through', async () => {
    const tgz = gzipSync(tar([{ name: 'in.mid', bytes: bytes(song('in')) }]));
    const packed = (body: Uint8Array, encoding: string) => ({ body, headers: { 'Content-Encoding': encoding } });
    const server = await serve({
      '/p.html': packed(
        gzipSync(
          '<html>' +
            ['gzip', 'br', 'deflate', 'twice', 'plain', 'bad', 'strange', 'bomb'].map((name) => `<a href=${name}.mid>`).join('') +
            '<a href=a.tgz><a href=b.tgz>',
        ),
        'gzip',
      ),
      '/gzip.mid': packed(gzipSync(song('gzip')), 'gzip'),
      '/br.mid': packed(brotliCompressSync(song('br')), 'br'),
      '/deflate.mid': packed(deflateSync(song('deflate')), 'deflate'),
      '/twice.mid': packed(gzipSync(brotliCompressSync(song('twice'))), 'br, gzip'),
      // Not packed at all, whatever is said.
      '/plain.mid': packed(bytes(song('plain')), 'gzip'),
      '/bad.mid': packed(gzipSync(song('bad', 5000)).subarray(0, 30), 'gzip'),
      '/strange.mid': packed(bytes('strange'), 'compress'),
      '/bomb.mid': packed(gzipSync(Buffer.alloc(2 * 2 ** 20)), 'gzip'),
      // The packing is the archive's own, and in the second packed once more.
      '/a.tgz': packed(tgz, 'x-gzip'),
      '/b.tgz': packed(gzipSync(tgz), 'gzip'),
    });
    const home = temporaryFolder();
    const { failed } = await fetchWeb(home, [`${server.origin}/p.html`], { fileBytes: 2 ** 20 });
    expect(Object.values(midiOf(home)).sort()).toEqual(['br', 'deflate', 'gzip', 'in', 'plain', 'twice'].map((text) => song(text)));
    expect(failed).toEqual({
      [`${server.origin}/bad.mid`]: 'came damaged: it cannot be unpacked',
      [`${server.origin}/strange.mid`]: 'comes packed in a way mst does not know',
      [`${server.origin}/bomb.mid`]: 'is too large when it is unpacked',
    });
    expect(manifestOf(home).filter(({ source }) => source.endsWith('#in.mid'))).toHaveLength(2);
  });

  it('brings no more in all than one fetch may, and the next goes on', async () => {
    const songs = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`/${name}.mid`, song(name, 1000)]));
    const server = await serve({
      '/p.html': Object.keys(songs)
        .map((path) => `<a href=${path}>`)
        .join(''),
      ...songs,
    });
    const home = temporaryFolder();
    const { summary } = await fetchWeb(home, [`${server.origin}/p.html`], { limits: { totalBytes: 2500, perHost: 1 } });
    expect(summary).toMatchObject({ kept: 2, refused: 2 });
    expect(summary.web?.failed[0]?.reason).toBe('was left for the next fetch: this one has brought as much as one may');
    const next = await fetchWeb(home, [`${server.origin}/p.html`], { limits: { totalBytes: 2500 } });
    expect(next.summary).toMatchObject({ kept: 4, refused: 0 });
  });
});

describe('an archive from the web', () => {
  it('of any size beyond a song goes on where it broke off, and leaves only its songs', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({ name: `${i}.mid`, bytes: bytes(song(` ${i} `, 3000)), stored: true }));
    const archive = zip(entries);
    const server = await serve({ '/all.zip': ranged(archive, { breakAt: (n) => (n < 3 ? n * 20_000 : undefined) }) });
    const home = temporaryFolder();
    const { summary } = await fetchWeb(home, [`${server.origin}/all.zip`]);
    expect(server.asked.map(({ headers: { range } }) => range)).toEqual([undefined, 'bytes=20000-', 'bytes=40000-']);
    expect(summary).toMatchObject({ kept: 20, web: { brought: 1 } });
    expect(Object.keys(filesIn(join(home, 'datasets/ella'))).filter((name) => !name.startsWith('midi/'))).toEqual(['manifest.jsonl']);
    expect(manifestOf(home).every(({ etag }) => etag === '"one"')).toBe(true);
  });
});
