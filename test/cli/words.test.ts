// Numbers in words, and bars; expected values worked out by hand.

import { describe, expect, it } from 'vitest';
import { Bar } from '../../src/cli/bar.js';
import { readEnvironment } from '../../src/cli/environment.js';
import { count, formatBytes, formatRate, formatSeconds, table } from '../../src/cli/format.js';

describe('format', () => {
  it.each([
    [0, '0 bytes'], [1, '1 byte'], [999, '999 bytes'], [1000, '1.0 kB'], [9949, '9.9 kB'], [9960, '10 kB'], [999_499, '999 kB'], [999_500, '1.0 MB'], [25e9, '25 GB'], [3e15, '3000 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text)); // biome-ignore format: a table

  it.each([
    [0, '0.0 s'], [0.94, '0.9 s'], [0.96, '1 s'], [59.4, '59 s'], [59.6, '1 min 00 s'], [125, '2 min 05 s'], [3599.6, '1 h 00 min'], [3780, '1 h 03 min'], [7199, '2 h 00 min'],
  ])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text)); // biome-ignore format: a table

  it('says rates and counts', () => {
    expect([120.4, 10, 3.14, 0.5, 0.01].map(formatRate)).toEqual(['120/s', '10/s', '3.1/s', '30/min', '0.6/min']);
    expect([count(1, 'file'), count(0, 'file'), count(2, 'entry', 'entries')]).toEqual(['1 file', '0 files', '2 entries']);
  });

  it('sets rows in columns', () => {
    expect(
      table([
        ['a', 'bb', ''],
        ['ccc', 'd', 'e'],
      ]),
    ).toBe('a    bb\nccc  d   e');
  });

  it('counts the places that characters take, not the characters', () => {
    // Three of two places each; an e and an accent of its own in one.
    expect(
      table([
        ['上を向', 'a'],
        ['cafe\u0301', 'b'],
        ['abcdef', 'c'],
      ]),
    ).toBe('上を向  a\ncafe\u0301    b\nabcdef  c');
  });

  it('keeps a name that would break out in its cell', () => {
    expect(
      table([
        ['a\n\u001b[A', 'b'],
        ['c\td', 'e'],
      ]),
    ).toBe('a\\n\\x1b[A  b\nc\\td       e');
  });
});

describe('Bar', () => {
  it('tells what is done, how fast, and what is left', () => {
    const bar = new Bar();
    expect(bar.line(0)).toBe('');
    bar.start(300, 'steps', 100);
    expect(bar.text(100)).toBe('0/300 steps');
    for (let i = 0; i <= 10; i++) bar.update(i * 12, 'loss 1.5', 100 + i);
    // 120 steps in 10 seconds; 180 left at 12 a second is 15 seconds.
    expect(bar.text(110)).toBe('120/300 steps, 12/s, 15 s left, loss 1.5');
    expect(bar.line(110)).toBe('████░░░░░░ 40% · 120/300 steps · 12/s · 15 s left · loss 1.5');
  });

  it('does not count what was done before it began', () => {
    const bar = new Bar();
    bar.start(1000, 'steps', 0);
    bar.update(900, undefined, 0);
    bar.update(910, undefined, 10);
    expect(bar.rate(10)).toBeCloseTo(1);
  });

  it('follows a rate that changes', () => {
    const bar = new Bar();
    bar.start(undefined, 'files', 0);
    for (let t = 0; t <= 100; t++) bar.update(t * 100, undefined, t);
    for (let t = 101; t <= 130; t++) bar.update(10_000 + (t - 100), undefined, t);
    expect(bar.rate(130)).toBeCloseTo(1);
    expect(bar.text(130)).toBe('10030 files, 1.0/s');
  });

  it('stays whole at the ends', () => {
    const bar = new Bar();
    bar.start(0, 'files', 0);
    expect(bar.line(0)).toBe('0/0 files');
    bar.start(2, 'files', 0);
    bar.update(3, undefined, 5);
    expect(bar.line(5)).toContain('100%');
  });
});

describe('readEnvironment', () => {
  it('reads what is set, an empty variable being none', () => {
    expect(
      readEnvironment({ MST_HOME: '/h', MST_MODELS: '/a::/b', MAGENTA_MODEL: 'm', MST_SOUNDFONT: 's', NO_COLOR: '1', MST_DEBUG: '1' }),
    ).toEqual({
      home: '/h',
      modelFolders: ['/a', '/b'],
      defaultModel: 'm',
      soundFont: 's',
      color: false,
      debug: true,
      terminal: { term: '', locale: '' },
      values: { MST_HOME: '/h', MST_MODELS: '/a::/b', MAGENTA_MODEL: 'm', MST_SOUNDFONT: 's', NO_COLOR: '1', MST_DEBUG: '1' },
    });
    expect(readEnvironment({ MST_HOME: '', NO_COLOR: '' })).toEqual({
      home: undefined,
      modelFolders: [],
      defaultModel: undefined,
      soundFont: undefined,
      color: true,
      debug: false,
      terminal: { term: '', locale: '' },
      values: {},
    });
    expect(readEnvironment({ TERM: 'dumb' }).color).toBe(false);
    // LC_ALL goes before LC_CTYPE, and that before LANG (POSIX, 8.2).
    const locales = [
      { LANG: 'C', LC_CTYPE: 'de_DE.UTF-8' },
      { LANG: 'C', LC_CTYPE: 'x', LC_ALL: 'y' },
      { LANG: 'C', LC_ALL: '' },
    ];
    expect(locales.map((env) => readEnvironment(env).terminal.locale)).toEqual(['de_DE.UTF-8', 'y', 'C']);
  });
});
