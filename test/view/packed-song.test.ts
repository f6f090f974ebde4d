// Packed songs: what comes out is what went in, for any song; the clock against sums worked out here.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packSong, type RollNote, type SongMusic, songClock, unpackSong } from '../../src/view/packed-song.js';

const note = fc.record({ start: fc.nat(2 ** 31), length: fc.nat(100_000), pitch: fc.nat(127) });
const ordered = (notes: RollNote[]): RollNote[] => [...notes].sort((a, b) => a.start - b.start || b.pitch - a.pitch);
const notes = fc.array(note, { maxLength: 40 }).map(ordered);
const song: fc.Arbitrary<SongMusic> = fc.record({
  moments: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 })), { minLength: 1, maxLength: 9 })
    .map((steps) => {
      const moments: [number, number][] = [[0, 0]];
      for (const [place, time] of steps) {
        const [before, then] = moments.at(-1) as [number, number];
        moments.push([before + place, then + time]);
      }
      return moments;
    }),
  lines: fc.array(
    fc.record({ start: fc.integer({ min: -5000, max: 2 ** 31 }), length: fc.nat(10_000), bar: fc.integer({ min: 1, max: 2000 }), notes }),
  ),
  tracks: fc.array(fc.record({ instrument: fc.nat(2 ** 20), notes })),
});

describe('packed songs', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(song, (music) => {
        expect(unpackSong(packSong(music))).toEqual(music);
      }),
      { numRuns: 60 },
    );
  });

  it('take three bytes for a note of a usual tune', () => {
    const tune = Array.from({ length: 100 }, (_, i) => ({ start: 48 * i, length: 48, pitch: 60 + (i % 12) }));
    const lines = [{ start: 0, length: 4800, bar: 192, notes: tune }];
    expect(packSong({ moments: [[0, 0], [4800, 50_000]], lines, tracks: [] }).length).toBeLessThan(330); // biome-ignore format: a pair of pairs
  });

  it('that are cut off are refused', () => {
    const bytes = packSong({ moments: [[0, 0], [48, 500]], lines: [], tracks: [{ instrument: 0, notes: [{ start: 0, length: 9, pitch: 60 }] }] }); // biome-ignore format: a pair of pairs
    for (let length = 0; length < bytes.length; length++) expect(() => unpackSong(bytes.subarray(0, length))).toThrow('cut off');
  });
});

describe('songClock', () => {
  // 120 quarters a minute for two bars of 4/4, then 60.
  const { secondsAt, placeAt } = songClock([[0, 0], [384, 4000], [768, 12_000]]); // biome-ignore format: pairs

  it.each([[0, 0], [48, 0.5], [384, 4], [432, 5], [768, 12], [816, 13], [-48, -0.5]])('place %d is at %d s, and back', (place, seconds) => {
    expect(secondsAt(place)).toBeCloseTo(seconds, 9);
    expect(placeAt(seconds)).toBeCloseTo(place, 6);
  }); // biome-ignore format: a table
});
