// Melodies met before. What is alike is said by how the tunes were made here; the likeness of sketches is held against the shares counted.
import { describe, expect, it } from 'vitest';
import { DuplicateIndex } from '../../src/extraction/duplicates.js';
import { likeness, sketchOf } from '../../src/extraction/fingerprint.js';
import { tune, type Written } from './songs.js';

function sketch(notes: readonly Written[]): Uint32Array {
  const found = sketchOf(
    notes.map(([, start]) => start),
    notes.map(([pitch]) => pitch),
  );
  if (found === undefined) throw new Error('too short');
  return found;
}

/** Runs of five notes, written out. */
function runs(notes: readonly Written[]): Set<string> {
  const steps = notes.slice(1).map(([pitch, start], i) => `${pitch - (notes[i]?.[0] ?? 0)}/${start - (notes[i]?.[1] ?? 0)}`);
  return new Set(steps.slice(3).map((_, i) => steps.slice(i, i + 4).join(' ')));
}

/** The tune with every nth note a tone higher. */
const varied = (notes: readonly Written[], n: number): Written[] =>
  notes.map(([pitch, start, end], i) => [i % n === n - 1 ? pitch + 2 : pitch, start, end]);

describe('fingerprint', () => {
  it('is the same in another key and at another time, and another for other rhythms and notes', () => {
    const one = sketch(tune(1, 16));
    expect(sketch(tune(1, 16, 48, -5))).toEqual(one);
    const slower = tune(1, 16).map(([pitch, start, end]): Written => [pitch, 2 * start, 2 * end]);
    expect(likeness(one, sketch(slower))).toBeLessThan(0.2);
    expect(likeness(one, sketch(tune(2, 16)))).toBeLessThan(0.2);
  });

  it('estimates the share of runs in common', () => {
    let off = 0;
    const pairs = Array.from({ length: 40 }, (_, k) => [tune(k, 24), varied(tune(k, 24), 6 + (k % 30))] as const);
    for (const [a, b] of pairs) {
      const [x, y] = [runs(a), runs(b)];
      const common = [...x].filter((run) => y.has(run)).length;
      off += Math.abs(likeness(sketch(a), sketch(b)) - common / (x.size + y.size - common));
    }
    // 32 independent hashes have a mean deviation of 0.4 / sqrt(32) = 0.07 at the most.
    expect(off / pairs.length).toBeLessThan(0.1);
  });

  it('does not recognise anything by less than two runs', () => {
    expect(sketchOf([0, 4, 8, 12], [60, 62, 64, 65])).toBeUndefined();
    expect(sketchOf([0, 4, 8, 12, 16, 20, 24], [60, 60, 60, 60, 60, 60, 60])).toBeUndefined();
  });
});

describe('DuplicateIndex', () => {
  it('knows a tune in another key, and nearly the same one, and says whose it was', () => {
    const index = new DuplicateIndex();
    for (let song = 0; song < 200; song++) expect(index.add(sketch(tune(song, 16)), song, 0)).toBeUndefined();
    expect(index.add(sketch(tune(17, 16, 0, 4)), 200, 0)).toBe(17);
    expect(index.add(sketch(varied(tune(40, 16), 60)), 201, 3)).toBe(40);
    expect(index.familyOf(200)).toBe(17);
    expect(index.familyOf(201)).toBe(40);
    expect(index.familyOf(18)).toBe(18);
  });

  it('a song may repeat itself in one voice, not in another', () => {
    const index = new DuplicateIndex();
    expect(index.add(sketch(tune(3, 16)), 0, 1)).toBeUndefined();
    expect(index.add(sketch(tune(3, 16)), 0, 1)).toBeUndefined();
    expect(index.add(sketch(tune(3, 16)), 0, 2)).toBe(0);
  });

  it('songs with related melodies are one family, through others too, and no copies', () => {
    const index = new DuplicateIndex();
    const parts = [tune(5, 10), tune(6, 10, 160), tune(7, 10, 320), tune(8, 10, 480)] as const;
    const songs = [
      [...parts[0], ...parts[1]],
      [...parts[2], ...parts[3]],
      [...parts[0], ...parts[1], ...parts[2], ...parts[3]],
    ];
    const found = songs.map((notes, song) => index.add(sketch(notes), song, 0));
    expect(found).toEqual([undefined, undefined, undefined]);
    expect([0, 1, 2].map((song) => index.familyOf(song))).toEqual([0, 0, 0]);
  });

  it('finds every copy among thousands, and hardly a family too many', () => {
    const index = new DuplicateIndex();
    const count = 3000;
    for (let song = 0; song < count; song++) index.add(sketch(tune(song, 12)), song, 0);
    const families = new Set(Array.from({ length: count }, (_, song) => index.familyOf(song)));
    expect(families.size).toBeGreaterThan(0.97 * count);
    for (let song = 0; song < 300; song++) expect(index.familyOf(count + song)).toBe(count + song);
    const again = Array.from({ length: 300 }, (_, k) => index.add(sketch(tune(10 * k, 12, 0, 3)), count + k, 0));
    expect(again.filter((of) => of !== undefined).length).toBe(300);
  });
});
