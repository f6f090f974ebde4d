// --dry-run: what would be fetched, with sizes, and nothing changed.

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { listMusic } from '../../../src/pipeline/fetch/list.js';
import { silent } from '../../../src/pipeline/progress.js';
import { resolveHome } from '../../../src/registry/home.js';
import { zip } from '../../support/archives.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { type Extra, fetchWeb, song, webSettings } from '../../support/web-fetch.js';
import { serve } from '../../support/web-server.js';

function list(home: string, paths: readonly string[], extra: Extra = {}) {
  return listMusic(
    { home: resolveHome({ current: home }), artist: 'ella', paths, current: home, web: webSettings(extra) },
    { progress: silent, signal: new AbortController().signal, force: extra.force ?? false },
  );
}

describe('listing', () => {
  it('names files of this computer with their sizes', async () => {
    const home = temporaryFolder({ 'in/a.mid': '12345', 'in/x.txt': '', 'all.zip': zip([{ name: 'b.mid', bytes: Buffer.alloc(77) }]) });
    const before = filesIn(home);
    const { files, ignored, failed } = await list(home, ['in', 'all.zip']);
    expect(files).toEqual([
      { source: `${home}/in/a.mid`, size: 5 },
      { source: `${home}/all.zip#b.mid`, size: 77 },
    ]);
    expect([ignored, failed]).toEqual([{ '.txt': 1 }, []]);
    expect(filesIn(home)).toEqual(before);
  });

  it('reads pages, asks for the sizes of what they link to, and brings nothing', async () => {
    const server = await serve({
      '/p': '<a href=a.mid><a href=b.zip><a href=c.mid><a href=gone.mid><a href=page.mid><a href=//songs.example/x.mid>',
      '/a.mid': song('a', 1234),
      '/b.zip': zip([{ name: 'b.mid', bytes: Buffer.alloc(77) }]),
      '/c.mid': (_, response) => {
        response.writeHead(405).end();
      },
      '/page.mid': '<html>no song',
      '/direct.kar': song('direct', 99),
      '/get?7': (request, response) => {
        response
          .writeHead(200, { 'Content-Type': 'audio/midi', 'Content-Length': 7 })
          .end(request.method === 'HEAD' ? undefined : song('get'));
      },
    });
    const home = temporaryFolder();
    const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('mst-list-'));
    const before = leftovers();
    const { files, failed, ignored } = await list(home, [`${server.origin}/p`, `${server.origin}/direct.kar`, `${server.origin}/get?7`]);
    expect([...files].sort((a, b) => (a.source < b.source ? -1 : 1))).toEqual([
      { source: `${server.origin}/a.mid`, size: 1234 },
      { source: `${server.origin}/b.zip`, size: zip([{ name: 'b.mid', bytes: Buffer.alloc(77) }]).length },
      { source: `${server.origin}/c.mid` },
      { source: `${server.origin}/direct.kar`, size: 99 },
      { source: `${server.origin}/get?7`, size: 7 },
    ]);
    expect(Object.fromEntries(failed.map(({ url, reason }) => [url.slice(server.origin.length), reason]))).toEqual({
      '/gone.mid': 'is not there (404)',
      '/page.mid': 'is a web page',
    });
    expect(ignored).toEqual({ 'links to other sites (--any-site follows them)': 1 });
    expect(server.asked.filter(({ method }) => method === 'GET').map(({ path }) => path)).toEqual(['/p']);
    expect(filesIn(home)).toEqual({});
    expect(leftovers()).toEqual(before);
  });

  it('asks for no more sizes than is polite', async () => {
    const songs = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`/${i}.mid`, song(`${i}`)]));
    const server = await serve({
      '/p.html': Object.keys(songs)
        .map((path) => `<a href=${path}>`)
        .join(''),
      ...songs,
    });
    const { files } = await list(temporaryFolder(), [`${server.origin}/p.html`], { limits: { sizesAsked: 4 } });
    expect(files).toHaveLength(9);
    expect(files.filter(({ size }) => size !== undefined)).toHaveLength(4);
    expect(server.asked.filter(({ method, path }) => method === 'HEAD' && path !== '/p.html')).toHaveLength(4);
  });

  it('leaves out what is there already, unless it would be fetched anew', async () => {
    const server = await serve({ '/a.mid': song('a'), '/b.mid': song('b') });
    const home = temporaryFolder();
    const both = [`${server.origin}/a.mid`, `${server.origin}/b.mid`];
    await fetchWeb(home, [both[0] as string]);
    const before = filesIn(home);
    expect(await list(home, both)).toMatchObject({ had: [both[0]], files: [{ source: both[1], size: 5 }] });
    expect(await list(home, both, { update: true })).toMatchObject({ had: [], files: [{}, {}] });
    expect(await list(home, both, { force: true })).toMatchObject({ had: [], files: [{}, {}] });
    expect(filesIn(home)).toEqual(before);
  });
});
