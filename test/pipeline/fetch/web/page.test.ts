// Links of web pages: what counts as one to music, and pages nobody wrote with care.

import { describe, expect, it } from 'vitest';
import { readPage } from '../../../../src/pipeline/fetch/web/page.js';

const here = new URL('https://songs.example/folder/page.html');
const read = (html: string | Uint8Array, { charset, most = 1000 }: { charset?: string; most?: number } = {}) =>
  readPage(typeof html === 'string' ? new TextEncoder().encode(html) : html, charset, here, most);
const links = (html: string): [string, string][] => read(html).links.map(({ url, name }) => [url.href, name]);

describe('links to music', () => {
  it.each([
    ['<a href="a.mid">', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<A HREF = a.MID>', 'https://songs.example/folder/a.MID', 'a.MID'],
    ["<area href='x/a.kar'>", 'https://songs.example/folder/x/a.kar', 'x/a.kar'],
    ['<a href=" ../up/a b.zip\n">', 'https://songs.example/up/a%20b.zip', 'a b.zip'],
    ['<a href="//other.example/a.tar.gz#top">', 'https://other.example/a.tar.gz', 'a.tar.gz'],
    ['<a href="a&amp;b.mid?x=1&amp;y=2">', 'https://songs.example/folder/a&b.mid?x=1&y=2', 'a&b.mid'],
    ['<a href="&#97;.mid">', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<a href="get.php?file=songs%2Fa.mid">', 'https://songs.example/folder/get.php?file=songs%2Fa.mid', 'a.mid'],
    ['<a href="/get/7" download="My Song.mid">', 'https://songs.example/get/7', 'My Song.mid'],
    ['<a href="/get/7" type="audio/midi">', 'https://songs.example/get/7', '7.mid'],
    ['<embed src="a.mid">', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<bgsound src=a.mid loop=infinite>', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<object data="a.mid" type="audio/midi">', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<midi-player src="a.mid"/>', 'https://songs.example/folder/a.mid', 'a.mid'],
    ['<a href="..%2F..%2Fetc%2Fa.mid">', 'https://songs.example/folder/..%2F..%2Fetc%2Fa.mid', 'etc/a.mid'],
    ['<a href="http://user:pass@songs.example/a.mid">', 'http://songs.example/a.mid', 'a.mid'],
    ['<!-- <a href="no.mid"> --><a href="a.abc">', 'https://songs.example/folder/a.abc', 'a.abc'],
    ['<a href="a.mid" href="b.mid">', 'https://songs.example/folder/a.mid', 'a.mid'],
  ])('%s', (html, url, name) => {
    expect(links(html)).toEqual([[url, name]]);
  });

  it.each([
    '<a href="page.html">',
    '<a href="#a.mid">',
    '<a href="javascript:play(\'a.mid\')">',
    '<a href="file:///a.mid">',
    '<a href="mailto:a.mid">',
    '<a href="http://[/a.mid">',
    '<a href=".mid">',
    '<a href="a.midi.html">',
    '<a name="a.mid">',
    '<script>document.write("<a href=a.mid>")</script>',
    '<style>a{b:"<a href=a.mid>"}</style>',
    '<textarea><a href=a.mid></textarea>',
    '<img src="a.mid">',
    '<link rel=alternate href="feed.xml">',
    '<link rel=icon type=audio/midi href="x">',
    '</a href=a.mid>',
    '<a href="a.mid',
  ])('not %s', (html) => {
    expect(links(html)).toEqual([]);
  });

  it('come once each, in order, up to a number', () => {
    const html = ['b', 'a', 'b', 'c', 'a#x', 'd']
      .map((name) => `<a href="${name.replace('#', '.mid#')}${name.includes('#') ? '' : '.mid'}">`)
      .join('');
    expect(read(html).links.map(({ name }) => name)).toEqual(['b.mid', 'a.mid', 'c.mid', 'd.mid']);
    expect(read(html, { most: 2 }).links.map(({ name }) => name)).toEqual(['b.mid', 'a.mid']);
  });

  it('begin at the first base, unless that is none of the web', () => {
    expect(links('<base target=x><base href="../files/"><base href="/wrong/"><a href=a.mid>')).toEqual([
      ['https://songs.example/files/a.mid', 'a.mid'],
    ]);
    expect(links('<base href="data:,x"><a href=a.mid>')).toEqual([['https://songs.example/folder/a.mid', 'a.mid']]);
  });
});

describe('the licence', () => {
  it.each([
    ['<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', 'https://creativecommons.org/licenses/by/4.0/'],
    ['<a rel="nofollow License" href="/terms">', 'https://songs.example/terms'],
    ['<a rel=license href="javascript:x"><a rel=license href=b>', 'https://songs.example/folder/b'],
    ['<a rel=licensed href=b>', undefined],
  ])('of %s', (html, licence) => {
    expect(read(html).licence).toBe(licence);
  });
});

describe('characters', () => {
  const accented = Buffer.from('<a href="d\u00e9j\u00e0.mid">', 'latin1');

  it('are read as the server says, as the page says, or as they must be', () => {
    const url = 'https://songs.example/folder/d%C3%A9j%C3%A0.mid';
    expect(read(accented).links[0]?.url.href).toBe(url);
    expect(read(accented, { charset: 'ISO-8859-1' }).links[0]?.url.href).toBe(url);
    expect(read(accented, { charset: 'klingon' }).links[0]?.url.href).toBe(url);
    expect(read('<a href="déjà.mid">').links[0]?.url.href).toBe(url);
    expect(read(Buffer.from('\ufeff<a href="déjà.mid">', 'utf16le'), { charset: 'utf-16le' }).links[0]?.url.href).toBe(url);
    const cyrillic = Buffer.concat([Buffer.from('<meta charset=windows-1251><a href="'), Buffer.from([0xec, 0xe8]), Buffer.from('.mid">')]);
    expect(read(cyrillic).links[0]?.name).toBe('ми.mid');
  });
});

describe('a page that is meant to hurt', () => {
  it.each([
    ['tags without end', '<b>'.repeat(500_000)],
    ['attributes without end', `<a ${'x=1 '.repeat(400_000)}>`],
    ['comments without end', '<!--'.repeat(400_000)],
    ['entities without end', `<a href="${'&amp'.repeat(400_000)}">`],
    ['ends of nothing', '</p>'.repeat(400_000)],
    ['a long name', `<${'a'.repeat(1_500_000)}>`],
    ['a long address', `<a href="${'a'.repeat(1_500_000)}.mid">`],
  ])('by %s is read in no time', (_, html) => {
    expect(read(`${html}<a href=last.mid>`).links.length).toBeLessThanOrEqual(1);
  });
});
