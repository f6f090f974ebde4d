// robots.txt by RFC 9309: its own examples (section 5) and rules (2.2), and what sites really write.

import { describe, expect, it } from 'vitest';
import { parseRobots } from '../../../../src/pipeline/fetch/web/robots.js';

const at = (path: string): URL => new URL(path, 'https://example.org');
const allows = (text: string, path: string, agent = 'foobot'): boolean => parseRobots(text, agent).allows(at(path));

describe('RFC 9309', () => {
  const simple = [
    'User-Agent: *',
    'Disallow: *.gif$',
    'Disallow: /example/',
    'Allow: /publications/',
    '',
    'User-Agent: foobot',
    'Disallow:/',
    'Allow:/example/page.html',
    'Allow:/example/allowed.gif',
    '',
    'User-Agent: barbot',
    'User-Agent: bazbot',
    'Disallow: /example/page.html',
    '',
    'User-Agent: quxbot',
    '',
  ].join('\n');

  it.each([
    ['foobot', '/example/page.html', true],
    ['foobot', '/example/allowed.gif', true],
    ['foobot', '/publications/', false],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/example/else', true],
    ['quxbot', '/example/page.html', true],
    ['other', '/a.gif', false],
    ['other', '/a.gif?x', true],
    ['other', '/example/a', false],
    ['other', '/publications/a', true],
  ])('5.1: %s and %s: %s', (agent, path, allowed) => {
    expect(allows(simple, path, agent)).toBe(allowed);
  });

  it('5.2: the longest match decides, and of equals the one that allows', () => {
    const text = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\nDisallow: /same\nAllow: /same';
    expect(allows(text, '/example/page/disallowed.gif')).toBe(false);
    expect(allows(text, '/example/page/x')).toBe(true);
    expect(allows(text, '/same')).toBe(true);
  });

  it.each([
    // The table of 2.2.2.
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https://foo.bar'],
    ['/foo/bar/ツ', '/foo/bar/ツ'],
    ['/foo/bar/%E3%83%84', '/foo/bar/ツ'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84'],
  ])('2.2.2: %s forbids %s', (rule, path) => {
    expect(allows(`user-agent: *\ndisallow: ${rule}`, path)).toBe(false);
    expect(allows(`user-agent: *\ndisallow: ${rule}`, `/not${path}`)).toBe(true);
  });

  it.each([
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', true],
    ['/path/foo-%24', '/path/foo-$', true],
    ['/*.php', '/index.php', false],
    ['/*.php', '/a/b.php?x', false],
    ['/*.php$', '/a/b.php?x', true],
    ['/fish*', '/fishheads/yummy.html', false],
    ['/*a*a*b$', '/aab', false],
    ['/*a*a*b$', '/ab', true],
    ['/*ab$', '/xab', false],
    ['/a$', '/a/b', true],
    ['*', '/', false],
  ])('special characters: %s and %s: %s', (rule, path, allowed) => {
    expect(allows(`User-agent: *\nDisallow: ${rule}`, path)).toBe(allowed);
  });
});

describe('what sites write', () => {
  it('may have comments, odd line ends, a byte order mark, groups for one agent in two places', () => {
    const text =
      '\ufeff# ours\rUser-agent: FooBot/2.1 # them\r\nDisallow: /a # not here\nUser-agent: *\nDisallow: /\nUser-agent: foobot\nDisallow: /b\nnonsense\n: x';
    expect(['/a', '/b', '/c'].map((path) => allows(text, path))).toEqual([false, false, true]);
  });

  it('forbids nothing with an empty rule, nor robots.txt itself', () => {
    expect(allows('User-agent: *\nDisallow:', '/a')).toBe(true);
    expect(allows('User-agent: *\nDisallow: /', '/robots.txt')).toBe(true);
    expect(allows('Disallow: /', '/a')).toBe(true);
    expect(allows('', '/a')).toBe(true);
  });

  it('may ask for a pause', () => {
    const text = 'User-agent: foobot\nCrawl-delay: 2.5\nUser-agent: *\nDisallow: /x\nCrawl-delay: 10\n';
    expect(parseRobots(text, 'foobot').crawlDelay).toBe(2.5);
    expect(parseRobots(text, 'other').crawlDelay).toBe(10);
    for (const odd of ['-1', 'soon', '1e9', '']) expect(parseRobots(`User-agent: *\nCrawl-delay: ${odd}`, 'x').crawlDelay).toBeUndefined();
  });

  it('cannot make it think for long', () => {
    const rules = Array.from({ length: 20_000 }, (_, i) => `Disallow: /${'*a'.repeat(10)}${i}$`).join('\n');
    const robots = parseRobots(`User-agent: *\n${rules}`, 'x');
    expect(robots.allows(at(`/${'a'.repeat(2000)}`))).toBe(true);
  });
});
