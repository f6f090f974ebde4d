// Notes, excerpts and features of melodies written here, counted by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { compareWithCorpus } from '../../src/evaluate/comparison.js';
import { FEATURES, FeatureCounts, type FeatureName } from '../../src/evaluate/features.js';
import { type Excerpt, excerptsOf, notesOf } from '../../src/evaluate/notes.js';
import { melodyFromEvents, melodyToNoteSequence } from '../../src/music/melody.js';

/** Bars of 4/4 (16 steps) from lists of [pitch or -1, steps]. */
const bars = (...lists: (readonly (readonly [number, number])[])[]): number[] =>
  lists.flat().flatMap(([event, steps]) => [event, ...new Array<number>(steps - 1).fill(-2)]);

// A quarter each; a rest of a quarter after the second bar's half note; the third bar is the first again.
const first = [
  [60, 4],
  [62, 4],
  [64, 4],
  [65, 4],
] as const;
const second = [
  [67, 8],
  [-1, 4],
  [61, 4],
] as const;
const tune = bars(first, second, first, [[60, 2], [72, 14]]); // biome-ignore format: bars
const whole = (events: readonly number[], stepsPerBar = 16): Excerpt => excerptsOf({ events, stepsPerBar, pickup: 0 }, 99)[0] as Excerpt;

const index = (name: FeatureName): number => FEATURES.findIndex((feature) => feature.name === name);
/** What was counted of a feature, by the names of its bins; the mean last. */
function counted(name: FeatureName, ...excerpts: Excerpt[]): Record<string, number> {
  const counts = new FeatureCounts();
  for (const excerpt of excerpts) counts.add(excerpt);
  const { bins } = FEATURES[index(name)] ?? { bins: [] };
  const entries = bins.map((bin, k): [string, number] => [bin, counts.countsOf(index(name))[k] ?? 0]);
  return { ...Object.fromEntries(entries.filter(([, n]) => n > 0)), mean: counts.meanOf(index(name)) };
}

describe('notesOf', () => {
  it('finds pitches, lengths and rests', () => {
    expect(notesOf([-2, 60, -2, 62, -1, -2, 62, -2])).toEqual([
      { pitch: 60, start: 1, length: 2, rest: 0, ended: true },
      { pitch: 62, start: 3, length: 1, rest: 2, ended: true },
      { pitch: 62, start: 6, length: 2, rest: undefined, ended: false },
    ]);
    expect(notesOf([60, -1, -1, -2])).toEqual([{ pitch: 60, start: 0, length: 1, rest: undefined, ended: true }]);
    expect(notesOf([])).toEqual([]);
  });

  it('agrees with the notes of the melody as music', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-2, -1, 60, 61, 72), { maxLength: 40 }), (events) => {
        const melody = melodyFromEvents(events);
        // At 15 quarter notes a minute a 16th lasts a second.
        const sequence = melodyToNoteSequence(melody, { qpm: 15 });
        expect(notesOf(melody.events).map(({ pitch, start, length }) => [pitch, start, start + length])).toEqual(
          sequence.notes.map(({ pitch, startTime, endTime }) => [pitch, Math.round(startTime), Math.round(endTime)]),
        );
      }),
    );
  });
});

describe('excerptsOf', () => {
  it('cuts whole bars after the pickup, and leaves what is over', () => {
    const events = [55, -2, ...tune, 60, -2];
    const excerpts = excerptsOf({ events, stepsPerBar: 16, pickup: 2 }, 2);
    expect(excerpts.map(({ from, bars: n, notes }) => [from, n, notes.map(({ pitch, start }) => `${pitch}@${start}`).join(' ')])).toEqual([
      [2, 2, '60@0 62@4 64@8 65@12 67@16 61@28'],
      [34, 2, '60@0 62@4 64@8 65@12 60@16 72@18'],
    ]);
  });

  it('takes a short melody as it is, and none of less than a bar', () => {
    expect(excerptsOf({ events: tune, stepsPerBar: 16, pickup: 0 }, 8).map(({ bars: n }) => n)).toEqual([4]);
    expect(excerptsOf({ events: tune.slice(0, 15), stepsPerBar: 16, pickup: 0 }, 8)).toEqual([]);
  });
});

describe('features', () => {
  const excerpt = whole(tune);

  it.each<[FeatureName, Record<string, number>]>([
    // Twelve notes, all but the C sharp in C major.
    ['pitchClasses', { C: 4, 'C♯': 1, D: 2, E: 2, F: 2, G: 1, mean: 11 / 12 }],
    // 60 62 64 65 67 61 60 62 64 65 60 72.
    ['intervals', { '+2': 5, '+1': 2, '−6': 1, '−1': 1, '−5': 1, '≥12': 1, mean: (10 + 2 + 6 + 1 + 5 + 12) / 11 }],
    // The last note lasts to the end: nobody knows how long it would be.
    ['noteLengths', { '4': 9, '8': 1, '2': 1, mean: (36 + 8 + 2) / 11 }],
    ['rests', { '0': 10, '4': 1, mean: 1 / 11 }],
    ['notesPerBar', { '4': 2, '2': 2, mean: 3 }],
    ['range', { '12–14': 1, mean: 12 }],
    // The third bar is the first; so is its rhythm; 1 of 3, in sevenths 2.33.
    ['repeatedBars', { '2': 1, mean: 1 / 3 }],
    ['repeatedRhythms', { '2': 1, mean: 1 / 3 }],
  ])('count %s', (name, expected) => {
    const found = counted(name, excerpt);
    for (const [bin, n] of Object.entries(expected)) expect([bin, found[bin]]).toEqual([bin, expect.closeTo(n, 10)]);
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  });

  it('tell rhythms from bars, and pass over empty bars', () => {
    const transposed = first.map(([pitch, steps]) => [pitch + 1, steps] as const);
    const empty = [[-1, 16]] as const;
    const excerpts = whole(bars(first, transposed, empty, empty, transposed));
    expect(counted('repeatedBars', excerpts).mean).toBeCloseTo(1 / 2);
    expect(counted('repeatedRhythms', excerpts).mean).toBe(1);
    expect(counted('repeatedBars', whole(bars(first, empty))).mean).toBeNaN();
  });

  it('take every melody', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 127 }), { minLength: 12, maxLength: 80 }), (events) => {
        const counts = new FeatureCounts();
        counts.add(whole(melodyFromEvents(events).events, 12));
        const notes = notesOf(melodyFromEvents(events).events).filter(({ start }) => start < 12 * Math.floor(events.length / 12)).length;
        const total = (name: FeatureName): number => counts.countsOf(index(name)).reduce((sum, n) => sum + n, 0);
        expect(total('pitchClasses')).toBe(notes);
        expect(total('intervals')).toBe(Math.max(0, notes - 1));
        expect(total('notesPerBar')).toBe(Math.floor(events.length / 12));
      }),
    );
  });
});

describe('compareWithCorpus', () => {
  const random = new Random(4);
  /** Eight bars of quarters, each one of the pitches. */
  const walk = (pitches: readonly number[]): Excerpt =>
    whole(Array.from({ length: 128 }, (_, t) => (t % 4 === 0 ? (pitches[random.integer(pitches.length)] as number) : -2)));
  const many = (n: number, pitches: readonly number[]): Excerpt[] => Array.from({ length: n }, () => walk(pitches));
  const countsOf = (excerpts: readonly Excerpt[]): FeatureCounts => {
    const counts = new FeatureCounts();
    for (const excerpt of excerpts) counts.add(excerpt);
    return counts;
  };
  const scale = [60, 62, 64, 65, 67, 69, 71];
  const training = countsOf(many(300, scale));

  it('finds the same kind of music near, and another far', () => {
    const same = compareWithCorpus({ training, heldOut: many(60, scale), generated: many(20, scale) }, new Random(1));
    expect(same.noteLengths).toMatchObject({ distance: 0, verdict: 'near' });
    // By chance 1 in 20 is beyond the yardstick; it is never far.
    for (const { verdict } of Object.values(same)) expect(verdict).not.toBe('far');
    const other = compareWithCorpus({ training, heldOut: many(60, scale), generated: many(20, [61, 63, 66]) }, new Random(1));
    expect(other.pitchClasses).toMatchObject({ distance: 1, verdict: 'far', mean: { training: 1, heldOut: 1, generated: 0 } });
    expect(other.noteLengths.verdict).toBe('near');
    expect(other.pitchClasses.shares.generated.filter((share) => share > 0).length).toBe(3);
  });

  it('measures as many excerpts of real songs as were generated: fewer differ more', () => {
    const yardstick = (n: number) =>
      compareWithCorpus({ training, heldOut: many(60, scale), generated: many(n, scale) }, new Random(1)).pitchClasses.yardstick;
    const [few, more] = [yardstick(2), yardstick(40)];
    expect(few?.typical).toBeGreaterThan(2 * (more?.typical ?? 1));
    expect(few?.high).toBeGreaterThan(few?.typical ?? 1);
  });

  it('does not judge by too few songs, nor by none', () => {
    const few = compareWithCorpus({ training, heldOut: many(9, scale), generated: many(5, scale) }, new Random(1)).range;
    expect([few.yardstick, few.verdict]).toEqual([null, null]);
    expect(few.shares.heldOut?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(compareWithCorpus({ training, heldOut: [], generated: many(5, scale) }, new Random(1)).range.shares.heldOut).toBeNull();
  });
});
