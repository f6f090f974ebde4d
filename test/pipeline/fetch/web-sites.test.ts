// Step 1 and where the web leads: redirects, other sites, addresses of this computer's neighbourhood, and passwords in addresses.

import { describe, expect, it } from 'vitest';
import type { Network } from '../../../src/pipeline/fetch/web/exchange.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { fetchWeb, manifestOf, midiOf, song } from '../../support/web-fetch.js';
import { type Served, serve } from '../../support/web-server.js';

const to = (location: string, status = 302): Served => ({ body: '', status, headers: { Location: location } });

/**
 * A web of its own: every name leads to this computer, where port 80 of a name would be is said by the address; names that begin with
 * `home` are at a local address, the others count as public, though all are answered by 127.0.0.1.
 */
function pretendWeb(): Network & { readonly looked: string[] } {
  const looked: string[] = [];
  let publicly = true;
  return {
    looked,
    async lookup(hostname) {
      looked.push(hostname);
      publicly = !hostname.startsWith('home');
      // 127.0.0.2 stands for a local address; nothing listens there, and nothing may ask.
      return [{ address: publicly ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    },
    isLocal: (address) => address !== '127.0.0.1',
  };
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('within the site is followed (%i), relative or absolute', async (status) => {
    const server = await serve({
      '/old/a.mid': to('../new/a.mid', status),
      '/new/a.mid': to('/last/a.mid?x=1', status),
      '/last/a.mid?x=1': song('a'),
      '/p': to('songs/page.html', status),
      '/songs/page.html': '<a href=b.mid>',
      '/songs/b.mid': song('b'),
    });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/old/a.mid`, `${server.origin}/p`]);
    expect(manifestOf(home).map(({ file, source, page }) => [file, source, page])).toEqual([
      ['a.mid', `${server.origin}/old/a.mid`, undefined],
      ['b.mid', `${server.origin}/songs/b.mid`, `${server.origin}/p`],
    ]);
  });

  it('in a circle, without end, or to nowhere is given up', async () => {
    const server = await serve({
      '/a.mid': to('/b.mid'),
      '/b.mid': to('/a.mid'),
      '/self.mid': to('/self.mid'),
      '/file.mid': to('file:///etc/passwd'),
      '/script.mid': to('javascript:alert(1)'),
      '/lost.mid': { body: '', status: 302 },
      '/wrong.mid': to('http://[nonsense'),
      ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/hop${i}.mid`, to(`/hop${i + 1}.mid`)])),
      '/good.mid': song('good'),
    });
    const names = ['a', 'self', 'hop0', 'file', 'script', 'lost', 'wrong', 'good'];
    const { failed } = await fetchWeb(
      temporaryFolder(),
      names.map((name) => `${server.origin}/${name}.mid`),
    );
    const reasons = Object.fromEntries(Object.entries(failed).map(([url, reason]) => [url.slice(server.origin.length + 1, -4), reason]));
    expect(reasons).toEqual({
      a: 'is redirected in a circle',
      self: 'is redirected in a circle',
      hop0: 'is redirected more than 10 times',
      file: 'is redirected to what is no address of the web',
      script: 'is redirected to what is no address of the web',
      lost: 'was not given (302)',
      wrong: 'is redirected to what is no address of the web',
    });
  });

  it('to another site is followed only with --any-site, and that site is asked for its robots.txt', async () => {
    const other = await serve({ '/robots.txt': 'User-agent: *\nDisallow: /closed', '/open/a.mid': song('a'), '/closed/b.mid': song('b') });
    const server = await serve({
      '/a.mid': to(`${other.origin}/open/a.mid`),
      '/b.mid': to(`${other.origin}/closed/b.mid`),
      '/c.mid': song('c'),
    });
    const given = ['a', 'b', 'c'].map((name) => `${server.origin}/${name}.mid`);
    const near = await fetchWeb(temporaryFolder(), given);
    const refusal = `is redirected to another site, 127.0.0.1:${other.port} (--any-site follows)`;
    expect(near.failed).toEqual({ [given[0] as string]: refusal, [given[1] as string]: refusal });
    expect([...other.asked, ...other.robots]).toEqual([]);
    const far = await fetchWeb(temporaryFolder(), given, { anySite: true });
    expect(far.failed).toEqual({ [given[1] as string]: "is not for programs, says its site's robots.txt" });
    expect(other.paths).toEqual(['/open/a.mid']);
  });

  it('of robots.txt in a circle says nothing about what is forbidden', async () => {
    const server = await serve({ '/robots.txt': to('/robots.txt'), '/a.mid': song('a') });
    await expect(fetchWeb(temporaryFolder(), [`${server.origin}/a.mid`])).rejects.toThrow(
      'robots.txt, which says what may be fetched, is redirected in a circle',
    );
  });
});

describe('links to other sites', () => {
  it('are passed over, and followed with --any-site', async () => {
    const other = await serve({ '/far.mid': song('far') });
    const server = await serve({ '/p.html': `<a href=near.mid><a href="${other.origin}/far.mid">`, '/near.mid': song('near') });
    const home = temporaryFolder();
    const { summary } = await fetchWeb(home, [`${server.origin}/p.html`]);
    expect(summary.ignored).toEqual({ 'links to other sites (--any-site follows them)': 1 });
    expect([...other.asked, ...other.robots]).toEqual([]);
    await fetchWeb(home, [`${server.origin}/p.html`], { anySite: true });
    expect(Object.keys(midiOf(home))).toEqual(['far.mid', 'near.mid']);
  });

  it('if there are no others are named', async () => {
    const server = await serve({ '/p.html': '<base href="https://songs.example/x/"><a href=a.mid><a href=//more.example/b.mid>' });
    await expect(fetchWeb(temporaryFolder(), [`${server.origin}/p.html`])).rejects.toMatchObject({
      message: `${server.origin}/p.html is a web page whose links to music all lead to other sites: songs.example, more.example (--any-site follows them).`,
    });
  });

  it('are asked for at the same time from different servers, each at its own pace', async () => {
    const pages = await Promise.all(
      [1, 2, 3].map((k) => serve(Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`/${k}-${i}.mid`, song(`${k}-${i}`)])))),
    );
    const links = pages.flatMap(({ origin }, k) => Array.from({ length: 4 }, (_, i) => `<a href="${origin}/${k + 1}-${i}.mid">`));
    const server = await serve({ '/p.html': links.join('') });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/p.html`], { anySite: true });
    expect(Object.keys(midiOf(home))).toHaveLength(12);
    expect(pages.map(({ robots }) => robots.length)).toEqual([1, 1, 1]);
  });
});

describe('the neighbourhood of this computer', () => {
  it('is open to the user who names it', async () => {
    const server = await serve({ '/a.mid': song('a'), '/p.html': '<a href=b.mid>', '/b.mid': song('b') });
    const home = temporaryFolder();
    await fetchWeb(home, [`http://localhost:${server.port}/a.mid`, `${server.origin}/p.html`]);
    expect(Object.keys(midiOf(home))).toEqual(['a.mid', 'b.mid']);
  });

  it('is closed to what the web leads to, by name, by number, by link or redirect, whatever --any-site says', async () => {
    const network = pretendWeb();
    const server = await serve({
      '/p.html': '',
      '/good.mid': song('good'),
      '/number.mid': to('http://127.0.0.2/a.mid'),
      '/name.mid': to('http://home.example/a.mid'),
      '/mapped.mid': to('http://[::ffff:10.0.0.1]/a.mid'),
      '/decimal.mid': to('http://2130706434/a.mid'),
    });
    const base = `http://songs.example:${server.port}`;
    const links = [
      'good.mid',
      'number.mid',
      'name.mid',
      'mapped.mid',
      'decimal.mid',
      'http://home.example/b.mid',
      'http://10.0.0.1/c.mid',
      'http://[::1]/d.mid',
    ];
    const page = await serve({
      '/p.html': links.map((link) => `<a href="${link.startsWith('http') ? link : `${base}/${link}`}">`).join(''),
    });
    const home = temporaryFolder();
    const { failed } = await fetchWeb(home, [`http://songs.example:${page.port}/p.html`], { network, anySite: true });
    expect(Object.keys(midiOf(home))).toEqual(['good.mid']);
    expect(Object.keys(failed)).toHaveLength(7);
    expect(new Set(Object.values(failed))).toEqual(new Set(['leads from the web into a private network']));
  });

  it('is closed to a name of the web that moves there', async () => {
    let moved = false;
    const network: Network = {
      lookup: async () => [{ address: moved ? '127.0.0.2' : '127.0.0.1', family: 4 }],
      isLocal: (address) => address !== '127.0.0.1',
    };
    const server = await serve({
      // The connection is closed each time, so that the name is looked up anew.
      '/p.html': (_, response) => {
        moved = true;
        response.writeHead(200, { Connection: 'close', 'Content-Type': 'text/html' }).end('<a href=a.mid>');
      },
      '/a.mid': song('a'),
    });
    await expect(fetchWeb(temporaryFolder(), [`http://songs.example:${server.port}/p.html`], { network })).rejects.toMatchObject({
      message: `http://songs.example:${server.port}/a.mid leads from the web into a private network.`,
    });
    expect(server.paths).toEqual(['/p.html']);
  });

  it('may lead on within itself', async () => {
    const other = await serve({ '/a.mid': song('a') });
    const server = await serve({ '/p.html': `<a href="${other.origin}/a.mid">` });
    const home = temporaryFolder();
    await fetchWeb(home, [`${server.origin}/p.html`], { anySite: true });
    expect(Object.keys(midiOf(home))).toEqual(['a.mid']);
  });
});

describe('a password in an address', () => {
  const secret = 'p%40ss%20wort';
  const header = `Basic ${Buffer.from('jö:p@ss wort').toString('base64')}`;

  it('goes to its own server only, and is neither said nor written', async () => {
    const other = await serve({ '/away.mid': song('away') });
    const guarded =
      (text: string): Served =>
      (request, response) => {
        if (request.headers.authorization === header) response.end(text);
        else response.writeHead(401).end();
      };
    const server = await serve({
      '/p.html': guarded(`<a href=a.mid><a href=/gone.mid><a href=/away.mid><a href="http://eve:x@127.0.0.1/z.mid">`),
      '/a.mid': guarded(song('a')),
      '/away.mid': to(`${other.origin}/away.mid`),
    });
    const home = temporaryFolder();
    const said: string[] = [];
    const given = `http://j%C3%B6:${secret}@127.0.0.1:${server.port}/p.html`;
    const { summary } = await fetchWeb(home, [given], { anySite: true, limits: { tries: 1 }, note: (text) => said.push(text) });
    expect(Object.keys(midiOf(home))).toEqual(['a.mid', 'away.mid']);
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const everything = JSON.stringify([summary, said, filesIn(home), Object.keys(filesIn(home))]);
    for (const word of ['p@ss', secret, 'eve', 'j%C3%B6', 'Basic']) expect(everything).not.toContain(word);
    expect(manifestOf(home).map(({ page }) => page)).toContain(`${server.origin}/p.html`);
    await expect(fetchWeb(temporaryFolder(), [`http://joe:wrong-one@127.0.0.1:${server.port}/a.mid`])).rejects.toMatchObject({
      message: `${server.origin}/a.mid asks for a password (401).`,
    });
  });
});
