// Small readers of the web: kinds of bytes, headers, addresses, local networks, patterns. Values by the formats' own documents.

import { describe, expect, it } from 'vitest';
import { isAddress, isSameSite, nameOf, parseAddress, withoutPassword } from '../../../../src/pipeline/fetch/web/address.js';
import {
  contentRange,
  contentType,
  fileNameOf,
  linkedLicence,
  rangeValidator,
  retryAfter,
  validatorsOf,
} from '../../../../src/pipeline/fetch/web/headers.js';
import { fits, kindInWords, kindOf } from '../../../../src/pipeline/fetch/web/kind.js';
import { parseMatch } from '../../../../src/pipeline/fetch/web/match.js';
import { isLocal } from '../../../../src/pipeline/fetch/web/zone.js';

describe('kinds of bytes', () => {
  const kind = (text: string, type = ''): string => kindOf(Buffer.from(text, 'latin1'), type);

  it.each([
    ['MThd\0\0\0\x06', 'midi'],
    ['RIFF\x10\0\0\0RMIDdata', 'midi'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'foreign'],
    ['PK\x03\x04\x14', 'zip'],
    ['\x1f\x8b\x08', 'gzip'],
    [`${'a.mid'.padEnd(257, '\0')}ustar`, 'tar'],
    ['<!DOCTYPE html><p>', 'html'],
    ['\xef\xbb\xbf \n<HTML lang=en>', 'html'],
    ['<!-- made by hand --><?xml version="1.0"?><html>', 'html'],
    ['<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "x"><score-partwise>', 'musicxml'],
    ['<?xml version="1.0"?><rss>', 'xml'],
    ['%abc-2.1\n', 'abc'],
    ['% a tune book\n\nX: 1\nT:Tune\n', 'abc'],
    ['%PDF-1.4', 'foreign'],
    ['ID3\x04', 'foreign'],
    ['\x89PNG\r\n', 'foreign'],
    ['noise before MThd', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', (text, expected) => {
    expect(kind(text)).toBe(expected);
  });

  it('that nothing else tells are a page if they are text that came as one', () => {
    expect(kind('Sorry, <x>no songs', 'text/html')).toBe('html');
    expect(kind('Sorry, no songs', 'text/plain')).toBe('unknown');
    expect(kind('\x00\x01\x02', 'text/html')).toBe('unknown');
    expect(kind('MThd', 'text/html')).toBe('midi');
  });

  it('are held against names', () => {
    expect(['.mid', '.kar', '.rmi'].every((ending) => fits('midi', ending))).toBe(true);
    expect([fits('html', '.mid'), fits('midi', '.abc'), fits('zip', '.mxl'), fits('xml', '.xml'), fits('unknown', '.mid')]).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(kindInWords('foreign', Buffer.from('%PDF-1.4'))).toBe('a PDF document');
  });
});

describe('headers', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ])('Retry-After: %s', (value, expected) => {
    expect(retryAfter({ 'retry-after': value }, Date.UTC(2026, 0, 1))).toBe(expected);
  });

  it.each([
    ['bytes 42-1233/1234', { start: 42, total: 1234 }],
    ['bytes 42-1233/*', { start: 42, total: undefined }],
    ['bytes */1234', { start: undefined, total: 1234 }],
    ['lines 1-2/3', undefined],
    ['bytes -1-2/3', undefined],
  ])('Content-Range: %s', (value, expected) => {
    expect(contentRange({ 'content-range': value })).toEqual(expected);
  });

  it.each([
    ['attachment; filename="a b.mid"', 'a b.mid'],
    ['attachment; filename=a.mid', 'a.mid'],
    ['attachment; filename="../../etc/a.mid"', 'a.mid'],
    ['attachment; filename="C:\\\\songs\\\\a.mid"', 'a.mid'],
    ['attachment; filename="fallback.mid"; filename*=UTF-8\'\'na%C3%AFve.mid', 'naïve.mid'],
    ['attachment; filename="na\xc3\xafve.mid"', 'naïve.mid'],
    ['attachment; filename="na\xefve.mid"', 'naïve.mid'],
    ['attachment; filename=".."', undefined],
    ['inline', undefined],
  ])('Content-Disposition: %s', (value, expected) => {
    expect(fileNameOf({ 'content-disposition': value })).toBe(expected);
  });

  it.each([
    ['<https://e.org/l>; rel="license"', 'https://e.org/l'],
    ['<a>; rel=next, <b>; title="x, y"; rel=license; type="text/html"', 'b'],
    ['<a>; rel="copyright license"', 'a'],
    ['<a>; rel=licensed', undefined],
    ['nonsense', undefined],
  ])('Link: %s', (link, expected) => {
    expect(linkedLicence({ link })).toBe(expected);
  });

  it('of states are taken when they are well formed, and carried by If-Range when they are sure', () => {
    const lastModified = 'Thu, 01 Jan 2026 00:00:00 GMT';
    expect(validatorsOf({ etag: '"a"', 'last-modified': lastModified })).toEqual({ etag: '"a"', lastModified });
    expect(validatorsOf({ etag: 'a', 'last-modified': 'yesterday' })).toEqual({});
    expect(validatorsOf({ etag: '"a\r\nX: y"' })).toEqual({});
    expect([
      rangeValidator({ etag: '"a"', lastModified }),
      rangeValidator({ etag: 'W/"a"', lastModified }),
      rangeValidator({ etag: 'W/"a"' }),
    ]).toEqual(['"a"', lastModified, undefined]);
  });

  it('of types', () => {
    expect(contentType({ 'content-type': 'Text/HTML; charset="utf-8"' })).toEqual({ type: 'text/html', charset: 'utf-8' });
    expect(contentType({ 'content-type': '\u001b[31m' })).toEqual({ type: '', charset: undefined });
    expect(contentType({})).toEqual({ type: '', charset: undefined });
  });
});

describe('addresses', () => {
  it.each(['http://a', 'HTTPS://a/b', 'file:///a', 'ftp://a', 's3://a'])('%s is one', (text) => expect(isAddress(text)).toBe(true));
  it.each(['a.mid', './http', 'C:\\songs', 'c:/songs', '/a://b', 'http:/a', '://a'])('%s is a path', (text) =>
    expect(isAddress(text)).toBe(false),
  );

  it('are kept without password and fragment', () => {
    const { url, authorization } = parseAddress('https://j%C3%B6:p%40ss@Example.org:443/a b.mid#part');
    expect(url.href).toBe('https://example.org/a%20b.mid');
    expect(authorization).toBe(`Basic ${Buffer.from('jö:p@ss').toString('base64')}`);
    expect(parseAddress('http://a/')).not.toHaveProperty('authorization');
    expect(withoutPassword('ftp://joe:a@b@host/x@y')).toBe('ftp://host/x@y');
  });

  it.each([
    ['http://a.org/x', 'https://a.org/y', true],
    ['http://a.org/', 'http://www.a.org/', true],
    ['http://a.org/', 'http://a.org:8080/', false],
    ['http://a.org/', 'http://b.a.org/', false],
    ['http://a.org/', 'http://a.org.evil.org/', false],
  ])('%s and %s are one site: %s', (a, b, same) => expect(isSameSite(new URL(a), new URL(b))).toBe(same));

  it.each([
    ['https://e.org/a/b%20c.mid', undefined, 'b c.mid'],
    ['https://e.org/a/b/c.mid', 'https://e.org/a/page.html', 'b/c.mid'],
    ['https://e.org/x/c.mid', 'https://e.org/a/page.html', 'c.mid'],
    ['https://f.org/a/b/c.mid', 'https://e.org/a/page.html', 'c.mid'],
    ['https://e.org/', undefined, 'e.org'],
    ['https://e.org/%2e%2e%2f%2e%2e%2fx.mid', undefined, 'x.mid'],
    ['https://e.org/%ff.mid', undefined, '%ff.mid'],
    ['https://e.org/a%1b%5b2J.mid', undefined, 'a_[2J.mid'],
  ])('%s is called, from %s, %s', (url, folder, name) => {
    expect(nameOf(new URL(url), folder === undefined ? undefined : new URL(folder))).toBe(name);
  });
});

describe('local networks', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::10.0.0.1',
    '2002:a00:1::',
    'localhost',
    '',
  ])('%s is one', (address) => expect(isLocal(address)).toBe(true));
  it.each([
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '2600::1',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('%s is none', (address) => expect(isLocal(address)).toBe(false));
});

describe('--match', () => {
  const url = new URL('https://e.org/songs/1965/Help%20me.mid?x=1');

  it.each([
    '*.mid',
    'help*',
    'Help me.mid',
    '*.{mid,kar}',
    '**/1965/*',
    'songs/**',
    '/songs/19??/*',
    '/help me/i',
    '/1965\\/H/',
    '/x=1$/',
    '[gh]*',
  ])('%s', (pattern) => {
    expect(parseMatch(pattern)(url)).toBe(true);
  });

  it.each(['*.kar', '1965', '*/Help*', '/help/', '!*.mid', '[a-f]*', ''])('not %j', (pattern) => {
    if (pattern === '') expect(() => parseMatch(pattern)).toThrow('empty');
    else expect(parseMatch(pattern)(url)).toBe(false);
  });

  it('says the same each time', () => {
    const match = parseMatch('/help/gi');
    expect([match(url), match(url), match(url)]).toEqual([true, true, true]);
  });
});
