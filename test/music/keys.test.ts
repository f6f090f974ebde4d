// Keys by their scales as music theory has them; the cases of spec C.6 by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyHistogram, melodyKey, NOTE_KEYS, roundHalfEven, squash, transpose } from '../../src/music/keys.js';

const C_MAJOR = [60, 62, 64, 65, 67, 69, 71];
const melodies = fc.array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.constantFrom(-1, -2)), { maxLength: 40 });

describe('keys', () => {
  it('that have a C are C, D flat, E flat, F, G, A flat and B flat major', () => {
    expect(NOTE_KEYS[0]).toEqual([0, 1, 3, 5, 7, 8, 10]);
    expect(NOTE_KEYS.map((keys) => keys.length)).toEqual(new Array(12).fill(7));
  });

  it.each([...Array(12).keys()])('finds the scale on %d', (key) => {
    expect(melodyKey(C_MAJOR.map((pitch) => pitch + key))).toBe(key);
  });

  it('counts how many notes fit each key, not how long they last', () => {
    // C and F sharp: no key has both; C is in 7 keys, F sharp in D flat, D, E, G flat, G, A, B
    expect(keyHistogram([60, -2, -2, 60, 66, -1])).toEqual([2, 3, 1, 2, 1, 2, 1, 3, 2, 1, 2, 1]);
  });

  it('is the lowest of several, and C for silence', () => {
    expect(melodyKey([60])).toBe(0);
    expect(melodyKey([61])).toBe(1);
    expect(melodyKey([-2, -1])).toBe(0);
  });
});

describe('rounding half to even', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [0.49999999999999994, 0],
    [-0.2, 0],
    [3.7, 4],
    [-3.7, -4],
  ])('%d becomes %d', (x, rounded) => {
    expect(roundHalfEven(x)).toBe(rounded);
  });
});

describe('transposing', () => {
  it('leaves rests alone and brings what leaves the range back by octaves', () => {
    expect(transpose([60, -1, -2, 62], 3)).toEqual([63, -1, -2, 65]);
    expect(transpose([48, 83, 50], -1, 48, 84)).toEqual([59, 82, 49]);
    expect(transpose([83, 70], 1, 48, 84)).toEqual([72, 71]);
    expect(transpose([0, 127], 30, 48, 84)).toEqual([54, 73]);
  });

  it('stays in range, and keeps the pitch class', () => {
    fc.assert(
      fc.property(melodies, fc.integer({ min: -60, max: 60 }), (events, amount) => {
        transpose(events, amount, 48, 84).forEach((event, k) => {
          const before = events[k] ?? 0;
          if (before < 0) expect(event).toBe(before);
          else expect(event >= 48 && event < 84 && (event - before - amount) % 12 === 0).toBe(true);
        });
      }),
    );
  });
});

describe('squashing', () => {
  const range = { minPitch: 48, maxPitch: 84, transposeToKey: 0 };

  it('moves a melody to the key, and by octaves to the middle of the range', () => {
    // D major an octave down: -2 to C; its center 55 - 2 = 53 is 12.5 below 65.5, so an octave up.
    const low = C_MAJOR.map((pitch) => pitch + 2 - 12);
    expect(squash(low, range)).toEqual({ events: C_MAJOR, amount: 10 });
  });

  it('rounds half an octave to an even number of octaves', () => {
    // G and E are both in C. Their center 59.5 is 6 below 65.5: half an octave, so none.
    expect(squash([55, 64], range).amount).toBe(0);
    // An octave lower it is 18 below: one and a half octaves, so two.
    expect(squash([43, 52], range).amount).toBe(24);
  });

  it('without a key only folds into the range', () => {
    expect(squash([40, 60, 90], { ...range, transposeToKey: null })).toEqual({ events: [52, 60, 78], amount: 0 });
  });

  it('leaves silence as it is', () => {
    expect(squash([-2, -1], range)).toEqual({ events: [-2, -1], amount: 0 });
  });

  it('ends in the key and range, and a melody of less than two octaves comes back whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1 }), (lowest, steps) => {
        const events = steps.map((step) => lowest + step);
        const { events: squashed, amount } = squash(events, range);
        expect(squashed.every((event) => event >= 48 && event < 84)).toBe(true);
        expect(melodyKey(squashed)).toBe(0);
        expect(transpose(squashed, -amount)).toEqual(events);
      }),
    );
  });
});
