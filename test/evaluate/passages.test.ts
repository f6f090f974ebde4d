// Shared passages, against a search that tries every pair of places; and what is made of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { binomialTail, judgeCopying } from '../../src/evaluate/copying.js';
import { type MelodyNote, notesOf } from '../../src/evaluate/notes.js';
import { PassageSearch } from '../../src/evaluate/passages.js';

/** The most notes from any note of a on that have the intervals and distances of those from any note of b on. */
function longestByBruteForce(a: readonly MelodyNote[], b: readonly MelodyNote[]): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      let n = 1;
      while (sameSteps(a, b, i, j, n)) n++;
      if (n > 1) most = Math.max(most, n);
    }
  }
  return most;
}

function sameSteps(a: readonly MelodyNote[], b: readonly MelodyNote[], i: number, j: number, n: number): boolean {
  const [x, y, p, q] = [a[i], b[j], a[i + n], b[j + n]];
  if (!x || !y || !p || !q) return false;
  return p.pitch - x.pitch === q.pitch - y.pitch && p.start - x.start === q.start - y.start;
}

const melody = fc.array(fc.constantFrom(-2, -2, -1, 60, 62, 64), { maxLength: 40 }).map((events) => notesOf(events));

describe('PassageSearch', () => {
  it('finds as long passages as trying everything does, and where they are', () => {
    fc.assert(
      fc.property(fc.array(melody, { minLength: 1, maxLength: 5 }), fc.array(melody, { maxLength: 5 }), (pieces, songs) => {
        const search = new PassageSearch(pieces);
        for (const song of songs) search.read(song);
        pieces.forEach((piece, k) => {
          const most = Math.max(0, ...songs.map((song) => longestByBruteForce(piece, song)));
          const found = search.longest(k);
          expect(found?.notes ?? 0).toBe(most);
          if (found === null) return;
          const i = piece.findIndex(({ start }) => start === found.from);
          const j = (songs[found.melody] ?? []).findIndex(({ start }) => start === found.melodyFrom);
          expect(i >= 0 && j >= 0).toBe(true);
          for (let n = 1; n < found.notes; n++) expect(sameSteps(piece, songs[found.melody] ?? [], i, j, n)).toBe(true);
          expect((piece[i]?.pitch ?? 0) - (songs[found.melody]?.[j]?.pitch ?? 0)).toBe(found.semitones);
          const last = piece[i + found.notes - 1];
          expect(found.to).toBe((last?.start ?? 0) + (last?.length ?? 0));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('finds a transposed passage in the song it was taken from, among many', () => {
    const random = new Random(7);
    const song = (): number[] => Array.from({ length: 320 }, () => (random.integer(3) === 0 ? 48 + random.integer(36) : -2));
    const songs = Array.from({ length: 60 }, song);
    // Steps 96 to 159 of song 41, up a fourth, at step 32 of a piece.
    const stolen = (songs[41] ?? []).slice(96, 160).map((event) => (event < 0 ? event : event + 5));
    const piece = [...song().slice(0, 32), ...stolen, ...song().slice(0, 32)];
    const search = new PassageSearch([notesOf(song()), notesOf(piece)]);
    for (const events of songs) search.read(notesOf(events));
    const found = search.longest(1);
    const first = 96 + stolen.findIndex((event) => event >= 0);
    expect(found).toMatchObject({
      notes: stolen.filter((event) => event >= 0).length,
      melody: 41,
      melodyFrom: first,
      from: first - 64,
      semitones: 5,
    });
    expect(search.longest(0)?.notes ?? 0).toBeLessThan(5);
  });

  it('does not mind how long notes are held, only when they begin', () => {
    const search = new PassageSearch([notesOf([60, -1, 62, -2, 64, -2])]);
    search.read(notesOf([50, -2, 52, -1, 54, -2]));
    expect(search.longest(0)?.notes).toBe(3);
    const other = new PassageSearch([notesOf([60, -2, 62, -2, 64])]);
    other.read(notesOf([60, -2, -2, 62, -2, -2, 64]));
    expect(other.longest(0)).toBeNull();
  });
});

describe('judgeCopying', () => {
  it('knows the binomial distribution', () => {
    // 10 throws of a coin: 11 of 1024 have 9 heads or more.
    expect(binomialTail(9, 10, 0.5)).toBeCloseTo(11 / 1024, 12);
    expect(binomialTail(1, 4, 0.1)).toBeCloseTo(1 - 0.9 ** 4, 12);
    expect([binomialTail(0, 5, 0.3), binomialTail(5, 5, 0.3)]).toEqual([1, expect.closeTo(0.3 ** 5, 12)]);
  });

  const real = Array.from({ length: 98 }, (_, i) => (i < 4 ? 3.5 : 1.2));

  it('takes no offence at what real songs share too', () => {
    const { copies, levels, bars } = judgeCopying([3.2, 2.5, ...new Array<number>(18).fill(1)], real, 8);
    expect(copies).toBeNull();
    expect(levels.slice(0, 3)).toEqual([
      { bars: 2, generated: 2, heldOut: 4 },
      { bars: 3, generated: 1, heldOut: 4 },
      { bars: 4, generated: 0, heldOut: 0 },
    ]);
    expect(levels.at(-1)?.bars).toBe(7);
    expect(bars).toEqual({ generated: { median: 1, high: 2.5, most: 3.2 }, heldOut: { median: 1.2, high: 1.2, most: 3.5 } });
  });

  it('sees a model that shares more, longer passages', () => {
    expect(judgeCopying([...new Array<number>(9).fill(6.1), ...new Array<number>(11).fill(1)], real, 8).copies).toEqual({
      bars: 4,
      generated: 9,
      heldOut: 0,
    });
    expect(judgeCopying(new Array<number>(20).fill(8), [], 8).copies?.generated).toBe(20);
    // Where half of the songs set aside are in the training set too, half of the pieces prove nothing.
    const twins = [...new Array<number>(50).fill(8), ...new Array<number>(50).fill(1)];
    expect(judgeCopying([...new Array<number>(12).fill(8), ...new Array<number>(8).fill(1)], twins, 8).copies).toBeNull();
    expect(judgeCopying(new Array<number>(20).fill(8), twins, 8).copies?.generated).toBe(20);
  });
});
