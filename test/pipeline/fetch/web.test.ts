// Step 1 from the web, against a server on this computer: files, archives and pages; what the manifest knows; what is asked, and how politely.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar, zip } from '../../support/archives.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { fetchWeb, manifestOf, midiOf, song } from '../../support/web-fetch.js';
import { ranged, serve, virtualTime } from '../../support/web-server.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('what an address leads to', () => {
  it('may be a file, an archive, or a page with links to both', async () => {
    const server = await serve({
      '/a.mid': song('a'),
      '/all.zip': zip([{ name: 'in/b.mid', bytes: bytes(song('b')) }]),
      '/songs/page.html':
        '<h1>Songs</h1><a href="c%20d.mid">c</a> <a href="deep/e.kar">e</a> <a href="/far/f.mid#x">f</a> <a href="more.tgz">more</a>' +
        '<a href="other.html">not music</a> <a href="c%20d.mid?v=2">another address</a>',
      '/songs/c%20d.mid': song('c d'),
      '/songs/c%20d.mid?v=2': song('c d 2'),
      '/songs/deep/e.kar': song('e'),
      '/far/f.mid': song('f'),
      '/songs/more.tgz': gzipSync(tar([{ name: 'g.mid', bytes: bytes(song('g')) }])),
    });
    const { origin } = server;
    const home = temporaryFolder();
    const { summary, skipped } = await fetchWeb(home, [`${origin}/a.mid`, `${origin}/all.zip`, `${origin}/songs/page.html`]);
    expect(skipped).toBe(false);
    expect(midiOf(home)).toEqual({
      'a.mid': song('a'),
      'in/b.mid': song('b'),
      'c d.mid': song('c d'),
      'c d-2.mid': song('c d 2'),
      'deep/e.kar': song('e'),
      'f.mid': song('f'),
      'more/g.mid': song('g'),
    });
    expect(summary).toMatchObject({ files: 7, kept: 7, added: 7, web: { brought: 7, had: 0, failed: [] } });
    expect(server.paths).not.toContain('/songs/other.html');
    expect(new Set(server.paths).size).toBe(server.paths.length);
    const page = `${origin}/songs/page.html`;
    expect(manifestOf(home).map(({ file, source, page: from }) => [file, source, from])).toEqual([
      ['a.mid', `${origin}/a.mid`, undefined],
      ['c d-2.mid', `${origin}/songs/c%20d.mid?v=2`, page],
      ['c d.mid', `${origin}/songs/c%20d.mid`, page],
      ['deep/e.kar', `${origin}/songs/deep/e.kar`, page],
      ['f.mid', `${origin}/far/f.mid`, page],
      ['in/b.mid', `${origin}/all.zip#in/b.mid`, undefined],
      ['more/g.mid', `${origin}/songs/more.tgz#g.mid`, page],
    ]);
    expect(readdirSync(join(home, 'datasets/ella')).sort()).toEqual(['manifest.jsonl', 'midi']);
  });

  it('is told by what comes, not by what its address looks like', async () => {
    const { origin } = await serve({
      '/get?id=1': { body: song('one'), headers: { 'Content-Type': 'text/html' } },
      '/get?id=2': { body: song('two'), headers: { 'Content-Disposition': 'attachment; filename="../../Zwei.MID"' } },
      '/get?id=3': zip([{ name: 'three.mid', bytes: bytes(song('three')) }]),
      '/tune': 'X:1\nT:A tune\nK:G\nGABc|\n',
      '/songs.mid/': '<a href="x.mid">x</a>',
      '/songs.mid/x.mid': song('x'),
    });
    const home = temporaryFolder();
    const given = ['/get?id=1', '/get?id=2', '/get?id=3', '/tune', '/songs.mid/'].map((path) => origin + path);
    await fetchWeb(home, given);
    expect(Object.keys(midiOf(home)).sort()).toEqual(['Zwei.MID', 'get.mid', 'three.mid', 'tune.abc', 'x.mid']);
  });

  it('stands beside files of this computer', async () => {
    const { origin } = await serve({ '/a.mid': song('web') });
    const home = temporaryFolder({ 'in/a.mid': song('here'), 'in/b.mid': song('web'), 'in/c.txt': '' });
    const { summary } = await fetchWeb(home, ['in', `${origin}/a.mid`]);
    expect(midiOf(home)).toEqual({ 'a.mid': song('here'), 'a-2.mid': song('web') });
    expect(summary).toMatchObject({ kept: 2, duplicate: 1, ignored: { '.txt': 1 } });
  });

  it('is refused as what it is, and the rest is kept', async () => {
    const page = '<!DOCTYPE html><title>Sorry</title>This song has moved.';
    const { origin } = await serve({
      '/list.html': ['gone.mid', 'page.mid', 'packed.mid', 'page.zip', 'bad.zip', 'empty.mid', 'text.zip', 'good.mid']
        .map((name) => `<a href=${name}>`)
        .join(''),
      '/page.mid': { body: page, headers: { 'Content-Type': 'audio/midi' } },
      '/packed.mid': zip([{ name: 'a.mid', bytes: bytes('a') }]),
      '/page.zip': page,
      '/bad.zip': zip([{ name: 'a.mid', bytes: bytes('a') }]).subarray(0, 60),
      '/empty.mid': '',
      '/text.zip': zip([{ name: 'a.txt', bytes: bytes('a') }]),
      '/good.mid': song('good'),
    });
    const home = temporaryFolder();
    const { failed, summary } = await fetchWeb(home, [`${origin}/list.html`]);
    expect(failed).toEqual({
      [`${origin}/gone.mid`]: 'is not there (404)',
      [`${origin}/page.mid`]: 'is a web page and no MIDI file',
      [`${origin}/packed.mid`]: 'is a ZIP archive and no MIDI file',
      [`${origin}/page.zip`]: 'is a web page and no .zip archive',
      [`${origin}/bad.zip`]: expect.stringMatching(/^is damaged or not a \.zip archive: /),
      [`${origin}/empty.mid`]: 'is empty',
      [`${origin}/text.zip`]: 'has no music in it',
    });
    expect(midiOf(home)).toEqual({ 'good.mid': song('good') });
    expect(summary).toMatchObject({ kept: 1, refused: 7 });
    const refused = manifestOf(home).filter(({ status }) => status === 'refused');
    expect(Object.fromEntries(refused.map(({ source, reason }) => [source, reason]))).toEqual(failed);
    expect(refused.every(({ page: from }) => from === `${origin}/list.html`)).toBe(true);
    expect(JSON.stringify(failed)).not.toContain(home);
  });

  it('of which nothing can be had is one error, and nothing is written', async () => {
    const { origin } = await serve({ '/page.html': '<p>no links here <a href=notes.txt>notes</a>', '/x': 'plain text' });
    const home = temporaryFolder();
    await expect(fetchWeb(home, [`${origin}/page.html`])).rejects.toMatchObject({
      code: 'no-input',
      message: `${origin}/page.html is a web page without links to music.`,
    });
    await expect(fetchWeb(home, [`${origin}/gone.mid`, `${origin}/x`])).rejects.toMatchObject({
      code: 'no-input',
      message: expect.stringContaining(`${origin}/gone.mid is not there (404)`),
    });
    expect(filesIn(home)).toEqual({});
    expect(existsSync(join(home, 'datasets'))).toBe(false);
  });

  it('is only of the web', async () => {
    const home = temporaryFolder({ 'a.mid': 'a' });
    for (const address of [`file://${home}/a.mid`, 'ftp://example.org/a.mid', 'htps://joe:secret@example.org/a.mid']) {
      const refusal = fetchWeb(home, [address]);
      await expect(refusal).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('is not an address of the web') });
      await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    }
    await expect(fetchWeb(home, ['https://joe:secret@exa mple/'])).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('links', () => {
  const songs = { '/beatles/Help.mid': song('help'), '/beatles/Girl.mid': song('girl'), '/stones/Angie.mid': song('angie') };
  const page = {
    '/all.html': Object.keys(songs)
      .map((path) => `<a href="${path}">`)
      .join(''),
  };

  it.each([
    ['*HELP*', ['Help.mid']],
    ['**/beatles/*', ['Girl.mid', 'Help.mid']],
    ['/stones/*.{mid,kar}', ['Angie.mid']],
    ['/girl|angie/i', ['Angie.mid', 'Girl.mid']],
  ])('are only followed when they match %s', async (match, names) => {
    const server = await serve({ ...songs, ...page });
    const { origin } = server;
    const home = temporaryFolder();
    const { summary } = await fetchWeb(home, [`${origin}/all.html`], { match });
    expect(
      manifestOf(home)
        .map(({ file }) => file.replace(/^.*\//, ''))
        .sort(),
    ).toEqual(names);
    expect(server.paths).toHaveLength(1 + names.length);
    expect(summary.ignored).toEqual({ 'links that --match leaves out': 3 - names.length });
  });

  it('are followed in order up to --limit', async () => {
    const server = await serve({ ...songs, ...page });
    const { origin } = server;
    const home = temporaryFolder();
    const { summary } = await fetchWeb(home, [`${origin}/all.html`], { limit: 2 });
    expect([...server.paths].sort()).toEqual(['/all.html', '/beatles/Girl.mid', '/beatles/Help.mid']);
    expect(summary.ignored).toEqual({ 'links beyond --limit': 1 });
  });

  it('that all do not match are one reason', async () => {
    const { origin } = await serve({ ...songs, ...page });
    await expect(fetchWeb(temporaryFolder(), [`${origin}/all.html`], { match: '*.zip' })).rejects.toMatchObject({
      message: `${origin}/all.html is a web page with 3 links to music, none of which --match lets through.`,
    });
    await expect(fetchWeb(temporaryFolder(), [`${origin}/all.html`], { match: '/(/' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('carry the licence of their page, unless a file has its own', async () => {
    const { origin } = await serve({
      '/a/': '<base href="../songs/"><link rel="license" href="/licence.html"><a href="x.mid">x</a><a href="y.mid">y</a>',
      '/songs/x.mid': song('x'),
      '/songs/y.mid': {
        body: song('y'),
        headers: { Link: '</style.css>; rel=preload, <https://example.org/by>; title="a, b"; rel="x license"' },
      },
      '/z.mid': { body: song('z'), headers: { Link: '<free.txt>; rel=license' } },
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${origin}/a/`, `${origin}/z.mid`]);
    expect(manifestOf(home).map(({ file, licence }) => [file, licence])).toEqual([
      ['x.mid', `${origin}/licence.html`],
      ['y.mid', 'https://example.org/by'],
      ['z.mid', `${origin}/free.txt`],
    ]);
  });
});

describe('what is there already', () => {
  it('is not asked for again', async () => {
    const { origin, asked } = await serve({
      '/p.html': '<a href=a.mid><a href=all.zip>',
      '/a.mid': song('a'),
      '/all.zip': zip([
        { name: 'b.mid', bytes: bytes(song('b')) },
        { name: 'twin.mid', bytes: bytes(song('a')) },
      ]),
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${origin}/p.html`]);
    const before = filesIn(home);
    asked.length = 0;
    const again = await fetchWeb(home, [`${origin}/p.html`, `${origin}/a.mid`]);
    expect(again).toMatchObject({ skipped: true, summary: { added: 0, web: { brought: 0, had: 2, failed: [] } } });
    expect(asked.map(({ path }) => path)).toEqual(['/p.html']);
    expect(filesIn(home)).toEqual(before);
  });

  it('is asked for again when it was deleted, and with force', async () => {
    const { origin, asked } = await serve({ '/a.mid': song('a'), '/b.mid': song('b') });
    const home = temporaryFolder();
    const both = [`${origin}/a.mid`, `${origin}/b.mid`];
    await fetchWeb(home, both);
    rmSync(join(home, 'datasets/ella/midi/a.mid'));
    asked.length = 0;
    await fetchWeb(home, both);
    expect(asked.map(({ path }) => path)).toEqual(['/a.mid']);
    expect(Object.keys(midiOf(home))).toEqual(['a.mid', 'b.mid']);
    await fetchWeb(home, [`${origin}/b.mid`], { force: true });
    expect(Object.keys(midiOf(home))).toEqual(['b.mid']);
    expect(asked.map(({ path }) => path)).toEqual(['/a.mid', '/b.mid']);
  });

  it('is renewed by --update where its server says that it changed', async () => {
    const state = { text: song('old'), etag: '"1"', date: 'Thu, 01 Jan 2026 00:00:00 GMT' };
    const { origin, asked } = await serve({
      '/tagged.mid': (request, response, n) =>
        ranged(bytes(state.text), { etag: state.etag }) &&
        (ranged(bytes(state.text), { etag: state.etag }) as (...all: unknown[]) => void)(request, response, n),
      '/dated.mid': (request, response) => {
        const known = request.headers['if-modified-since'] === state.date;
        response.writeHead(known ? 304 : 200, { 'Last-Modified': state.date }).end(known ? undefined : song('dated'));
      },
      '/plain.mid': song('plain'),
    });
    const home = temporaryFolder();
    const all = ['tagged', 'dated', 'plain'].map((name) => `${origin}/${name}.mid`);
    await fetchWeb(home, all);
    expect(manifestOf(home)).toMatchObject([{ lastModified: state.date }, {}, { etag: '"1"' }]);
    asked.length = 0;
    const same = await fetchWeb(home, all, { update: true });
    expect(same).toMatchObject({ skipped: true, summary: { web: { had: 2, brought: 1 } } });
    expect(asked).toHaveLength(3);
    state.text = song('new');
    state.etag = '"2"';
    const changed = await fetchWeb(home, all, { update: true });
    expect(changed).toMatchObject({ skipped: false, summary: { web: { had: 1, brought: 2 } } });
    expect(midiOf(home)).toEqual({ 'dated.mid': song('dated'), 'plain.mid': song('plain'), 'tagged.mid': song('new') });
    expect(manifestOf(home).at(-1)).toMatchObject({ etag: '"2"' });
  });

  it('stays when --update cannot have it', async () => {
    let gone = false;
    const { origin } = await serve({
      '/a.mid': (_, response) => {
        response.writeHead(gone ? 404 : 200).end(song('a'));
      },
      '/b.mid': song('b'),
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${origin}/a.mid`]);
    gone = true;
    const { failed } = await fetchWeb(home, [`${origin}/a.mid`, `${origin}/b.mid`], { update: true });
    expect(failed).toEqual({ [`${origin}/a.mid`]: 'is not there (404)' });
    expect(manifestOf(home).map(({ file, status }) => [file, status])).toEqual([
      ['a.mid', 'kept'],
      ['b.mid', 'kept'],
    ]);
    await expect(fetchWeb(home, [`${origin}/a.mid`], { update: true })).rejects.toMatchObject({
      message: `${origin}/a.mid is not there (404).`,
    });
    expect(Object.keys(midiOf(home))).toEqual(['a.mid', 'b.mid']);
  });

  it('forgets the failure of what came at last', async () => {
    let there = false;
    const { origin } = await serve({
      '/a.zip': (_, response) => {
        response.writeHead(there ? 200 : 404).end(zip([{ name: 'a.mid', bytes: bytes(song('a')) }]));
      },
      '/b.mid': song('b'),
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${origin}/a.zip`, `${origin}/b.mid`]);
    expect(manifestOf(home).map(({ file, status }) => [file, status])).toEqual([
      ['a.zip', 'refused'],
      ['b.mid', 'kept'],
    ]);
    there = true;
    await fetchWeb(home, [`${origin}/a.zip`]);
    expect(manifestOf(home).map(({ file, status }) => [file, status])).toEqual([
      ['a.mid', 'kept'],
      ['b.mid', 'kept'],
    ]);
  });
});

describe('politeness', () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`/${i}.mid`, song(`${i}`)]));
  const page = Object.keys(many)
    .map((path) => `<a href=${path}>`)
    .join('');

  it('says who asks, what for, and takes no packing', async () => {
    const { origin, asked, robots } = await serve({ '/a.mid': song('a') });
    await fetchWeb(temporaryFolder(), [`${origin}/a.mid`]);
    expect(robots).toHaveLength(1);
    for (const { headers } of [...asked, ...robots]) {
      expect(headers['user-agent']).toMatch(/^magenta-session-toolkit\/\d+\.\d+\.\d+ \(mst fetch: .*music.*\)$/);
      expect(headers['accept-encoding']).toBe('identity');
      expect(headers.cookie).toBeUndefined();
      expect(headers.referer).toBeUndefined();
    }
  });

  it('asks no more than two things at a time of one server, and pauses between the beginnings', async () => {
    let now = 0;
    let most = 0;
    const slow = Object.fromEntries(
      Object.entries(many).map(([path, text]) => [
        path,
        (_: unknown, response: import('node:http').ServerResponse) => {
          now += 1;
          most = Math.max(most, now);
          setTimeout(() => {
            now -= 1;
            response.end(text);
          }, 10);
        },
      ]),
    );
    const { origin } = await serve({ '/p.html': page, ...slow });
    const time = virtualTime();
    await fetchWeb(temporaryFolder(), [`${origin}/p.html`], { time, limits: { pause: 1000 } });
    expect(most).toBe(2);
    // robots.txt, the page and 12 songs begin a second apart.
    expect(time.now() - time.begin).toBe(13_000);
  });

  it('keeps to a Crawl-delay, one request at a time, as far as it is sane', async () => {
    const { origin } = await serve({ '/robots.txt': 'User-agent: *\nCrawl-delay: 7\nDisallow: /x', '/p.html': page, ...many });
    const time = virtualTime();
    const notes: string[] = [];
    await fetchWeb(temporaryFolder(), [`${origin}/p.html`], { time, note: (text) => notes.push(text) });
    expect(time.now() - time.begin).toBe(13 * 7000);
    expect(notes).toEqual([`${origin.slice(7)} asks for a pause of 7 s.`]);

    const { origin: greedy } = await serve({ '/robots.txt': 'User-agent: *\nCrawl-delay: 86400', '/p.html': page, ...many });
    const other = virtualTime();
    await fetchWeb(temporaryFolder(), [`${greedy}/p.html`], { time: other, limits: { longestPause: 20_000 } });
    expect(other.now() - other.begin).toBe(13 * 20_000);
  });

  it('fetches nothing that robots.txt forbids, whoever names it', async () => {
    const server = await serve({
      '/robots.txt': 'User-agent: *\nDisallow: /\n\nUser-agent: Magenta-Session-Toolkit\nDisallow: /private\nAllow: /private/free',
      '/p.html': '<a href=/private/a.mid><a href=/private/free/b.mid><a href=/c.mid>',
      '/private/a.mid': song('a'),
      '/private/free/b.mid': song('b'),
      '/c.mid': song('c'),
    });
    const { origin } = server;
    const home = temporaryFolder();
    const { failed } = await fetchWeb(home, [`${origin}/p.html`]);
    expect(failed).toEqual({ [`${origin}/private/a.mid`]: "is not for programs, says its site's robots.txt" });
    expect(Object.values(midiOf(home)).sort()).toEqual([song('b'), song('c')]);
    await expect(fetchWeb(temporaryFolder(), [`${origin}/private/a.mid`])).rejects.toMatchObject({
      message: expect.stringContaining('robots.txt'),
    });
    expect(server.paths).not.toContain('/private/a.mid');
  });

  it.each([
    ['is not there', 404, 1],
    ['is forbidden', 403, 1],
    ['fails', 500, 0],
    ['fails for now', 503, 0],
    ['has had enough', 429, 0],
  ])('when robots.txt %s (%i)', async (_, status, songs) => {
    const server = await serve({ '/robots.txt': { body: 'User-agent: *\nDisallow: /', status }, '/a.mid': song('a') });
    const { origin } = server;
    const home = temporaryFolder();
    if (songs === 1) await fetchWeb(home, [`${origin}/a.mid`]);
    else {
      await expect(fetchWeb(home, [`${origin}/a.mid`])).rejects.toMatchObject({
        message: expect.stringMatching(new RegExp(`a\\.mid was not tried: its site's robots\\.txt.* \\(${status}\\), 5 times in a row\\.`)),
      });
    }
    expect(server.paths).toHaveLength(songs);
    expect(server.robots).toHaveLength(songs === 1 ? 1 : 5);
  });

  it('reads a robots.txt that is packed or elsewhere, and takes a page in its place for none', async () => {
    const forbidding = gzipSync('User-agent: *\nDisallow: /');
    const { origin } = await serve({ '/robots.txt': { body: forbidding, headers: { 'Content-Encoding': 'gzip' } }, '/a.mid': song('a') });
    await expect(fetchWeb(temporaryFolder(), [`${origin}/a.mid`])).rejects.toThrow('robots.txt');
    const { origin: moved } = await serve({
      '/robots.txt': { body: '', status: 301, headers: { Location: `${origin}/robots.txt` } },
      '/a.mid': song('a'),
    });
    await expect(fetchWeb(temporaryFolder(), [`${moved}/a.mid`])).rejects.toThrow('robots.txt');
    const { origin: soft } = await serve({ '/robots.txt': '<pre>User-agent: *\nDisallow: /</pre>', '/a.mid': song('a') });
    await fetchWeb(temporaryFolder(), [`${soft}/a.mid`]);
  });
});
