// What the model hears of what hands play: reduction to a melody, swing; and the conversions of time behind it. Counted by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Call } from '../../src/jam/answers/call.js';
import { reduceToMelody } from '../../src/jam/answers/reduction.js';
import { straightened, swingOf, swung } from '../../src/jam/beat/swing.js';
import { TapTempo } from '../../src/jam/beat/tap.js';
import { Tempo } from '../../src/jam/beat/tempo.js';

const heard = (notes: readonly (readonly [number, number, number])[], steps = 16): number[] =>
  reduceToMelody(
    notes.map(([pitch, start, end]) => ({ pitch, start, end, velocity: 90 })),
    steps,
    0.5,
    steps / 4,
  );
const bar = (events: Record<number, number>, steps = 16): number[] => Array.from({ length: steps }, (_, step) => events[step] ?? -2);

describe('a melody', () => {
  it.each<[string, [number, number, number][], Record<number, number>]>([
    ['nothing', [], {}],
    [
      'notes near their steps',
      [
        [60, 0.05, 0.9],
        [62, 0.93, 2.1],
        [64, 2.04, 3],
      ],
      { 0: 60, 4: 62, 8: 64, 12: -1 },
    ],
    [
      'a rest of more than a step',
      [
        [60, 0, 0.5],
        [62, 1, 4],
      ],
      { 0: 60, 2: -1, 4: 62 },
    ],
    [
      'a gap of a step, which is articulation',
      [
        [60, 0, 0.75],
        [62, 1, 4],
      ],
      { 0: 60, 4: 62 },
    ],
    [
      'a chord, of which the highest counts',
      [
        [60, 0, 1],
        [64, 0.01, 1],
        [67, 0.02, 1],
        [65, 1, 4],
      ],
      { 0: 67, 4: 65 },
    ],
    [
      'a melody over a held bass',
      [
        [40, 0, 4],
        [67, 0, 1],
        [69, 1, 2],
        [71, 2, 3],
        [72, 3, 4],
      ],
      { 0: 67, 4: 69, 8: 71, 12: 72 },
    ],
    [
      'overlapping notes going down',
      [
        [67, 0, 1.1],
        [65, 1, 2.1],
        [64, 2, 4],
      ],
      { 0: 67, 4: 65, 8: 64 },
    ],
    ['a note held beyond the end', [[60, 3, 9]], { 12: 60 }],
    ['a note that is still held', [[60, 3, Infinity]], { 12: 60 }],
    ['a note just before the end, which would be on the next bar line', [[60, 3.95, 4.2]], { 15: 60 }],
    [
      'a note just before the beginning',
      [
        [60, -0.1, 0.5],
        [62, 2, 4],
      ],
      { 0: 60, 2: -1, 8: 62 },
    ],
  ])('of %s', (_, notes, events) => {
    expect(heard(notes)).toEqual(bar(events));
  });

  it('is as long as asked, made of events, and has its notes where they were', () => {
    const notes = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 127 }),
        fc.double({ min: -0.25, max: 8, noNaN: true }),
        fc.double({ min: 0, max: 4, noNaN: true }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(notes, fc.integer({ min: 1, max: 32 }), (played, steps) => {
        const events = heard(
          played.map(([pitch, start, length]) => [pitch, start, start + length] as const),
          steps,
        );
        expect(events).toHaveLength(steps);
        events.forEach((event, step) => {
          expect(event >= -2 && event <= 127).toBe(true);
          if (event < 0) return;
          const near = played.some(
            ([pitch, start]) => pitch === event && Math.abs(Math.min(steps - 1, Math.max(0, start * 4)) - step) <= 0.5 + 1e-9,
          );
          expect(near).toBe(true);
        });
      }),
    );
  });
});

describe('swing', () => {
  it.each<[string, number[], number]>([
    ['triplets', [0, 2 / 3, 1, 5 / 3, 2, 8 / 3], 2 / 3],
    ['light swing', [0, 0.6, 1, 1.61, 2.59], 0.6],
    ['straight eighths', [0, 0.5, 1, 1.5, 2], 0.5],
    ['straight sixteenths', [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], 0.5],
    ['one late note', [0, 1, 1.66], 0.5],
    ['late notes that do not agree', [0.57, 1.71, 2.58, 3.7], 0.5],
    ['nothing', [], 0.5],
  ])('of %s', (_, onsets, expected) => {
    expect(swingOf(onsets)).toBeCloseTo(expected, 2);
  });

  it('can be taken out again, and leaves beats alone', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 1000, noNaN: true }), fc.double({ min: 0.5, max: 0.75, noNaN: true }), (quarter, swing) => {
        expect(straightened(swung(quarter, swing), swing)).toBeCloseTo(quarter, 6);
        expect(swung(Math.round(quarter), swing) - Math.round(quarter)).toBeCloseTo(0, 12);
      }),
    );
    expect(swung(3.5, 2 / 3)).toBeCloseTo(3 + 2 / 3, 12);
  });
});

describe('a call', () => {
  it('knows what is held, where it ended, and how loud it was', () => {
    const call = new Call();
    call.begin(8);
    expect([call.empty, call.holds, call.velocities]).toEqual([true, false, undefined]);
    call.noteOn('a', 60, 100, 8.02);
    call.noteOn('b', 64, 50, 8.5);
    call.noteOff('a', 8.9);
    expect([call.empty, call.holds, call.lastEnd, call.velocities]).toEqual([false, true, 8.9, [100, 50]]);
    call.release(9.5, () => true);
    expect([call.holds, call.lastEnd]).toEqual([false, 9.5]);
    expect(call.melody(8, 10)).toEqual([60, -2, 64, -2, -2, -2, -1, -2]);
  });

  it('begins with a note played up to a step too early, and forgets what was before', () => {
    const call = new Call();
    call.noteOn('a', 60, 90, 3);
    call.noteOff('a', 3.5);
    call.noteOn('b', 62, 90, 3.8);
    call.begin(4);
    call.noteOff('b', 5);
    expect(call.melody(8, 6)).toEqual([62, -2, -2, -2, -1, -2, -2, -2]);
  });
});

describe('tempo', () => {
  it('goes on from where it is when it changes', () => {
    const tempo = new Tempo({ time: 1, quarter: 0, qpm: 120 });
    tempo.anchor(3, tempo.quarterAt(3), 60);
    expect([2, 3, 5].map((time) => tempo.quarterAt(time))).toEqual([2, 4, 6]);
    expect([2, 4, 6].map((quarter) => tempo.timeAt(quarter))).toEqual([2, 3, 5]);
  });

  it('is its own inverse through any changes', () => {
    const changes = fc.array(fc.tuple(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.integer({ min: 20, max: 400 })), { maxLength: 20 });
    fc.assert(
      fc.property(changes, fc.double({ min: 0, max: 100, noNaN: true }), (steps, time) => {
        const tempo = new Tempo({ time: 0, quarter: 0, qpm: 120 });
        let now = 0;
        for (const [gap, qpm] of steps) {
          now += gap;
          tempo.anchor(now, tempo.quarterAt(now), qpm);
        }
        expect(tempo.timeAt(tempo.quarterAt(time))).toBeCloseTo(time, 6);
      }),
    );
  });

  it('is tapped: the mean of the last gaps, anew after a pause', () => {
    const taps = new TapTempo();
    expect([0, 0.5, 1, 1.6].map((time) => taps.tap(time))).toEqual([undefined, undefined, 120, expect.closeTo(112.5, 9)]);
    expect([10, 11, 12].map((time) => taps.tap(time))).toEqual([undefined, undefined, 60]);
  });
});
