// What is served and how, on a real socket: types, validators, compressed forms, what may be kept and for how long, and every header.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sendModelFile } from '../../../src/serve/http/send.js';
import type { Listing } from '../../../src/serve/listing.js';
import { readModel } from '../../../src/serve/models/model-files.js';
import { temporaryFolder } from '../../support/folder.js';
import { ask, modelFiles, PAGE, SCRIPT, SHIPPED, SOUNDS, served } from '../support/served.js';

const listingOf = async (port: number): Promise<Listing> => JSON.parse((await ask(port, '/models.json')).body.toString('utf8'));

describe('the page', () => {
  it('is at / and /index.html, with its policy inside it as well', async () => {
    const { port } = await served();
    const [root, index] = [await ask(port, '/'), await ask(port, '/index.html?from=home')];
    expect(root).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' } });
    expect(index.body).toEqual(root.body);
    const html = root.body.toString('utf8');
    const [meta = ''] = /<meta http-equiv="Content-Security-Policy" content="[^"]*">/.exec(html) ?? [];
    // Without the policy it is what was built, to the byte.
    expect(html.replace(meta, '')).toBe(PAGE['index.html']);
    expect(meta).not.toContain('frame-ancestors');
    const policy = /content="([^"]*)"/.exec(meta)?.[1] ?? '';
    expect(root.headers['content-security-policy']).toBe(`${policy}; frame-ancestors 'none'`);
  });

  it('every answer, refusals too, has the headers that keep it to itself', async () => {
    const { port } = await served();
    const answers = [
      await ask(port, '/'),
      await ask(port, '/models.json'),
      await ask(port, '/nothing'),
      await ask(port, '/', { method: 'DELETE' }),
      await ask(port, '/', { headers: { host: 'evil.example' } }),
      await ask(port, '/predict?duration=4', { method: 'POST', body: '[]' }),
      await ask(port, '/a\\b'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 405, 403, 400, 400]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = (headers['content-security-policy'] as string).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self' 'wasm-unsafe-eval'",
          "style-src 'self'",
          "connect-src 'self'",
          "worker-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ]),
      );
      expect(headers['permissions-policy']).toContain('midi=(self), autoplay=(self)');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('names with a hash may be kept for ever, others are asked for again', async () => {
    const { port } = await served();
    expect((await ask(port, `/${SCRIPT}`)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/icon.svg', '/models.json', '/sounds.sf2']) {
      expect((await ask(port, path)).headers['cache-control']).toBe('no-cache');
    }
    expect((await ask(port, '/sounds.sf2')).body.toString('latin1')).toBe(SOUNDS);
    expect((await ask(port, '/icon.svg')).headers['content-type']).toBe('image/svg+xml');
  });

  it('compressed forms are what they stand for, and each has a tag of its own', async () => {
    const { port } = await served();
    const tags = new Set<unknown>();
    for (const [accepted, coding, unpack] of [
      ['br, gzip', 'br', brotliDecompressSync],
      ['gzip, deflate', 'gzip', gunzipSync],
      ['gzip;q=1.0, br;q=0', 'gzip', gunzipSync],
      ['identity', undefined, (bytes: Buffer) => bytes],
    ] as const) {
      const { headers, body } = await ask(port, `/${SCRIPT}`, { headers: { 'accept-encoding': accepted } });
      expect(headers['content-encoding']).toBe(coding);
      expect(headers.vary).toBe('Accept-Encoding');
      expect(headers['content-length']).toBe(String(body.length));
      expect(unpack(body).toString('utf8')).toBe(PAGE[SCRIPT]);
      tags.add(headers.etag);
    }
    expect(tags.size).toBe(3);
    // Nothing is won by it.
    expect((await ask(port, '/icon.svg', { headers: { 'accept-encoding': 'br' } })).headers).not.toHaveProperty('content-encoding');
  });

  it('what is known is not sent again', async () => {
    const { port } = await served();
    for (const path of ['/', '/models.json', `/${SCRIPT}`]) {
      const { headers } = await ask(port, path, { headers: { 'accept-encoding': 'gzip' } });
      const etag = headers.etag as string;
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await ask(port, path, { headers: { 'accept-encoding': 'gzip', 'if-none-match': tag } });
        expect(again).toMatchObject({ status: 304, headers: { etag } });
        expect(again.body).toHaveLength(0);
      }
      expect((await ask(port, path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });

  it('HEAD says what GET would, without it', async () => {
    const { port } = await served();
    const { models } = await listingOf(port);
    for (const path of ['/', '/models.json', `/${models[0]?.path}/config.json`]) {
      const [get, head] = [await ask(port, path), await ask(port, path, { method: 'HEAD' })];
      const { date: _, ...headers } = head.headers;
      expect(get.headers).toMatchObject(headers);
      expect(Number(head.headers['content-length'])).toBe(get.body.length);
      expect(head.body).toHaveLength(0);
    }
    expect((await ask(port, '/nothing', { method: 'HEAD' })).status).toBe(404);
  });

  it('other methods are refused with those that go', async () => {
    const { port } = await served();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect(await ask(port, '/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
      expect((await ask(port, '/nothing', { method })).status).toBe(404);
    }
    for (const path of ['/predict', '/api/continue']) {
      for (const method of ['GET', 'HEAD', 'PUT'])
        expect(await ask(port, path, { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
  });
});

describe('models', () => {
  it('are served file by file where the list says, under an address that is made of what they contain', async () => {
    const { port } = await served();
    const { models, chosen, version } = await listingOf(port);
    expect({ chosen, version }).toEqual({ chosen: 'folk', version: JSON.parse(readFileSync('package.json', 'utf8')).version });
    const [model] = models;
    expect(model).toMatchObject({ name: 'folk', configuration: 'lookback_rnn', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect([...(model?.files ?? [])].sort()).toEqual(['config.json', 'group1-shard1of1', 'model.json', 'weights_manifest.json']);
    let size = 0;
    for (const file of model?.files ?? []) {
      const { status, headers, body } = await ask(port, `/${model?.path}/${file}`, { headers: { 'accept-encoding': 'br' } });
      expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'public, max-age=31536000, immutable' });
      expect(body).toEqual(Buffer.from(SHIPPED[`shipped/checkpoints/folk/model/${file}`] ?? []));
      expect(headers.etag).toBe(`"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`);
      expect((await ask(port, `/${model?.path}/${file}`, { headers: { 'if-none-match': headers.etag as string } })).status).toBe(304);
      size += body.length;
    }
    expect(model?.size).toBe(size);
  });

  it('no other file of their folder is served, nor the folder', async () => {
    const secrets = { 'shipped/checkpoints/folk/model/notes.txt': 'secret', 'shipped/checkpoints/folk/model/.env': 'secret' };
    const { port } = await served({ files: { ...SHIPPED, ...secrets, 'shipped/checkpoints/folk/run.json': '{}' } });
    const [model] = (await listingOf(port)).models;
    expect(model?.files).toHaveLength(4);
    for (const file of ['notes.txt', '.env', '../run.json', '..%2frun.json', '', '.', 'config.json/', 'CONFIG.JSON']) {
      expect((await ask(port, `/${model?.path}/${file}`)).status).toBe(404);
    }
    for (const path of ['/models', '/models/', `/${model?.path}`, '/models/00000000000000000000000000000000/config.json']) {
      expect((await ask(port, path)).status).toBe(404);
    }
  });

  it('one that changes on disk is not sent under the old address', async () => {
    const { port, folder } = await served();
    const [before] = (await listingOf(port)).models;
    const shard = join(folder, 'shipped/checkpoints/folk/model/group1-shard1of1');
    const bytes = readFileSync(shard);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    writeFileSync(shard, bytes);
    await expect.poll(async () => (await listingOf(port)).models[0]?.path).not.toBe(before?.path);
    const [after] = (await listingOf(port)).models;
    expect(after?.hash).not.toBe(before?.hash);
    expect((await ask(port, `/${before?.path}/group1-shard1of1`)).status).toBe(404);
    expect((await ask(port, `/${after?.path}/group1-shard1of1`)).body).toEqual(bytes);
  });

  it('a file that is no longer what was listed is not sent, however short ago that was', async () => {
    const folder = temporaryFolder(modelFiles('m'));
    const { files } = readModel({ name: 'm', directory: join(folder, 'm') });
    const file = files.find(({ name }) => name === 'config.json');
    if (file === undefined) throw new Error('no such file');
    const asking = { head: false, acceptEncoding: undefined, ifNoneMatch: undefined };
    expect(await (await sendModelFile(file, asking))?.text()).toBe(readFileSync(file.path, 'utf8'));
    writeFileSync(file.path, `${readFileSync(file.path, 'utf8')} `);
    expect(await sendModelFile(file, asking)).toBeUndefined();
    rmSync(file.path);
    expect(await sendModelFile(file, asking)).toBeUndefined();
  });
});
