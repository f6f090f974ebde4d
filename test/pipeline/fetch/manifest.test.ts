// Names of fetched files: safe on every disk, and no two the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints, NameBook, safeName } from '../../../src/pipeline/fetch/manifest.js';

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom('..', '.', '', 'a', 'CON', 'b.mid', ' ', 'x ', '\u0000', '\ud800', 'é', 'e\u0301'))
    .map((parts) => parts.join('/')),
);

describe('safeName', () => {
  it.each([
    ['song.mid', 'song.mid'],
    ['sub/Ünïcode – 歌.mid', 'sub/Ünïcode – 歌.mid'],
    ['/etc/../a.mid', 'etc/a.mid'],
    ['.hidden.mid', '_.hidden.mid'],
    ['what?.mid', 'what_.mid'],
    ['aux.mid', '_aux.mid'],
    ['Lpt1', '_Lpt1'],
    ['com¹.mid', '_com¹.mid'],
    ['nul .mid', '_nul .mid'],
    ['console.mid', 'console.mid'],
    ['ends. /a.mid', 'ends_/a.mid'],
    ['', '_'],
    ['a/b/c/d/e/f/g/h/i/j.mid', 'c/d/e/f/g/h/i/j.mid'],
    [`${'x'.repeat(500)}.mid`, `${'x'.repeat(116)}.mid`],
  ])('makes %j %j', (name, safe) => expect(safeName(name)).toBe(safe));

  it('always gives a short relative path without anything a disk refuses, and leaves that as it is', () => {
    fc.assert(
      fc.property(wild, (name) => {
        const safe = safeName(name);
        const parts = safe.split('/');
        expect(parts.length).toBeLessThanOrEqual(8);
        for (const part of parts) {
          expect(part).not.toMatch(/^$|^\.|[. ]$|[<>:"|?*\\]|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
          expect([...part].some((character) => character < ' ' || character === '\u007f')).toBe(false);
          expect(Buffer.byteLength(part)).toBeLessThan(255);
        }
        expect(safe.isWellFormed?.() ?? true).toBe(true);
        expect(safeName(safe)).toBe(safe);
      }),
    );
  });
});

describe('NameBook', () => {
  it('numbers what is taken, before the ending', () => {
    const book = new NameBook();
    expect(['a.mid', 'A.mid', 'a.mid', 'a-2.mid', 'd.e/f', 'd.e/F'].map((name) => book.take(name))).toEqual([
      'a.mid',
      'A-2.mid',
      'a-3.mid',
      'a-2-2.mid',
      'd.e/f',
      'd.e/F-2',
    ]);
  });

  it.each([
    ['σ.mid', 'ς.mid'],
    ['k.mid', '\u212a.mid'],
    ['s.mid', 'ſ.mid'],
    ['e\u0301.mid', 'É.mid'],
  ])('keeps %s and %s apart, which a Mac takes for one', (one, other) => {
    const book = new NameBook();
    expect(book.take(one)).toBe(one);
    expect(book.take(other)).toBe(other.replace('.mid', '-2.mid'));
  });

  it('gives no name that is too long, though it has to do without folders', () => {
    const book = new NameBook();
    book.take('x.mid');
    const long = safeName(`x.mid/${'歌'.repeat(100)}/${'曲'.repeat(100)}/y.mid`);
    const name = book.take(long);
    expect(name).toMatch(/^x\.mid_歌+.*\.mid$/);
    expect(Buffer.byteLength(name)).toBeLessThan(255);
  });

  it('gives no two names that a disk takes for one, nor a file where a folder is', () => {
    const part = fc.constantFrom('a', 'A', 'b.mid', 'B.mid', 'e\u0301', 'é');
    fc.assert(
      fc.property(fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { maxLength: 30 }), (paths) => {
        const book = new NameBook();
        const given = paths.map((path) => book.take(path.join('/')).normalize('NFC').toLowerCase());
        expect(new Set(given).size).toBe(given.length);
        for (const one of given) expect(given.some((other) => other.startsWith(`${one}/`))).toBe(false);
      }),
    );
  });

  it('asks whether a name may be used', () => {
    expect(new NameBook().take('a.mid', (name) => name !== 'a.mid' && name !== 'a-2.mid')).toBe('a-3.mid');
  });
});

it('compareCodePoints orders as UTF-8 bytes do', () => {
  const character = fc.constantFrom('a', 'Z', 'é', '\ue000', '\uffff', '\u{1f3b5}', '\u{10ffff}');
  const text = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
