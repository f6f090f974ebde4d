// The encoders on melodies made here: rows written by hand, a second naive implementation (naive.ts), round trips.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, type ConfigName, configuration } from '../../src/encoding/configuration.js';
import type { Encoder } from '../../src/encoding/encoder.js';
import { createEncoder, encodeMelody } from '../../src/encoding/encoders.js';
import { exampleFromDense, writeDense } from '../../src/encoding/example.js';
import { denseInputs } from '../support/dense-inputs.js';
import { keyRow, lookbackRow, oneHotRow, repeatLabel } from './naive.js';

const encoderOf = (name: ConfigName): Encoder => createEncoder(configuration(name).encoding);

const naiveRow: Record<ConfigName, (events: readonly number[], i: number) => number[]> = {
  basic_rnn: (events, i) => oneHotRow(events[i] as number, 48, 84),
  mono_rnn: (events, i) => oneHotRow(events[i] as number, 0, 128),
  lookback_rnn: lookbackRow,
  attention_rnn: keyRow,
};
const naiveLabel: Record<ConfigName, (events: readonly number[], i: number) => number> = {
  basic_rnn: (events, i) => oneHotRow(events[i] as number, 48, 84).indexOf(1),
  mono_rnn: (events, i) => oneHotRow(events[i] as number, 0, 128).indexOf(1),
  lookback_rnn: (events, i) => repeatLabel(events, i, (e) => oneHotRow(e, 48, 84).indexOf(1)),
  attention_rnn: (events, i) => repeatLabel(events, i, (e) => (e === -2 ? 36 : e === -1 ? 37 : e - 48)),
};

/** Melodies that repeat themselves after one and two bars often enough for the lookbacks to matter. */
const melodies = (min: number, max: number): fc.Arbitrary<number[]> => {
  const event = fc.oneof(fc.constant(-2), fc.constant(-1), fc.integer({ min, max: max - 1 }), fc.integer({ min: min + 5, max: min + 7 }));
  const bar = fc.array(event, { minLength: 0, maxLength: 16 });
  return fc.tuple(bar, bar, fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 7 })).map(([a, b, order]) => {
    const changed = a.map((e, i) => (i === 3 ? min : e));
    return order.flatMap((which) => [a, b, changed][which] as number[]);
  });
};
const melodiesOf = (name: ConfigName): fc.Arbitrary<number[]> =>
  melodies(configuration(name).encoding.minPitch, configuration(name).encoding.maxPitch);

describe('one row, written by hand', () => {
  it('one-hot: a pitch is its distance from the lowest, after NO_EVENT and NOTE_OFF', () => {
    const { inputs, labels, steps } = encoderOf('basic_rnn').encode([-2, -1, 48, 83, 60]);
    expect(steps).toBe(4);
    expect([...inputs.columns]).toEqual([0, 1, 2, 37]);
    expect([...labels]).toEqual([1, 2, 37, 14]);
  });

  it('lookback: three one-hots, the counter, the repetitions', () => {
    // Seventeen events, the last a repetition of the first; the row for it is the one at step 16.
    const events = [60, ...new Array<number>(15).fill(-2), 60, 62];
    const row = [...(denseInputs(encoderOf('lookback_rnn').encode(events))[16] as Float32Array)];
    const expected = new Array<number>(121).fill(0);
    expected[14] = 1; // 60 now
    expected[38] = 1; // step 1, NO_EVENT
    expected[76] = 1; // before the beginning, NO_EVENT
    expected.splice(114, 5, 1, -1, -1, -1, 1); // 17 = binary 10001
    expected[119] = 1;
    expect(row).toEqual(expected);
    expect([...encoderOf('lookback_rnn').encode(events).labels.slice(14)]).toEqual([39, 38, 16]);
  });

  it('key: a held note on the second step of a melody', () => {
    const row = [...(denseInputs(encoderOf('attention_rnn').encode([60, -2, -1]))[1] as Float32Array)];
    const expected = new Array<number>(74).fill(0);
    expected[12] = 1; // C4 sounds
    expected[36] = 1;
    expected.splice(42, 7, -1, 1, -1, -1, -1, -1, -1); // 2
    // C belongs to the major keys of C, Db, Eb, F, G, Ab and Bb.
    for (const key of [0, 1, 3, 5, 7, 8, 10]) expected[50 + key] = expected[62 + key] = 1;
    expect(row).toEqual(expected);
  });

  it('key: NOTE_OFF leaves the attack bit of a one-step note, silence has every key', () => {
    const [first, second] = denseInputs(encoderOf('attention_rnn').encode([-2, -2, -2]));
    expect([first?.[37], first?.[36], first?.[38]]).toEqual([1, 0, 0]);
    expect([...(second as Float32Array).slice(50)]).toEqual(new Array(24).fill(1));
    const off = denseInputs(encoderOf('attention_rnn').encode([60, -1, -2]))[1] as Float32Array;
    expect([off[12], off[37], off[38]]).toEqual([0, 1, 1]);
  });
});

describe.each(CONFIG_NAMES)('%s', (name) => {
  const encoder = encoderOf(name);

  it('agrees with the naive encoder', () => {
    fc.assert(
      fc.property(melodiesOf(name), (events) => {
        const example = encoder.encode(events);
        expect(example.steps).toBe(Math.max(0, events.length - 1));
        expect(denseInputs(example).map((row) => [...row])).toEqual(events.slice(0, -1).map((_, i) => naiveRow[name](events, i)));
        expect([...example.labels]).toEqual(events.slice(1).map((_, i) => naiveLabel[name](events, i + 1)));
      }),
      { numRuns: 60 },
    );
  });

  it('decodes every label to the event it stands for, step by step and all at once', () => {
    fc.assert(
      fc.property(melodiesOf(name), (events) => {
        const history = encoder.start();
        for (const event of events) {
          const label = encoder.labelOf(event, history);
          expect(label).toBeLessThan(encoder.numClasses);
          expect(encoder.decode(label, history)).toBe(event);
          expect(encoder.eventsOfClasses(history)[label]).toBe(event);
          history.push(event);
        }
        expect(history.length).toBe(events.length);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the melody back from its example, also through the dense rows of a file', () => {
    fc.assert(
      fc.property(melodiesOf(name), (drawn) => {
        // A melody never begins with NOTE_OFF (spec C.1); the key encoder could not tell it from silence.
        const events = drawn.map((event, i) => (i === 0 && event === -1 ? -2 : event));
        const example = encoder.encode(events);
        const read = exampleFromDense(denseInputs(example), example.labels, encoder);
        expect(read).toEqual(example);
        expect(encoder.eventsOf(read)).toEqual(events.length < 2 ? [] : events);
      }),
      { numRuns: 60 },
    );
  });

  it('goes back to where a cursor was, and on from there by another way', () => {
    fc.assert(
      fc.property(melodiesOf(name), melodiesOf(name), melodiesOf(name), (common, one, other) => {
        const cursor = encoder.start();
        for (const event of common) cursor.push(event);
        const there = cursor.clone();
        for (const event of one) cursor.push(event);
        cursor.copyFrom(there);
        for (const event of other) cursor.push(event);
        const events = [...common, ...other];
        if (events.length === 0) return;
        const row = cursor.input();
        const example = encoder.encode([...events, -2]);
        const dense = new Float32Array(encoder.inputSize);
        writeDense(example, events.length - 1, dense);
        const mine = new Float32Array(encoder.inputSize);
        for (let k = 0; k < row.length; k++) mine[row.columns[k] as number] = row.signs[k] as number;
        expect([...mine]).toEqual([...dense]);
        expect(there.length).toBe(common.length);
        expect(cursor.at(events.length - 1)).toBe(events.at(-1));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is no event of its range, saying where', () => {
    const { minPitch, maxPitch } = encoder.settings;
    for (const wrong of [maxPitch, minPitch > 0 ? minPitch - 1 : -3, -3, 60.5, Number.NaN]) {
      expect(() => encoder.encode([60, wrong])).toThrow(
        expect.objectContaining({ code: 'bad-sequence', message: expect.stringContaining('step 1') }),
      );
    }
    expect(() => encoder.start().input()).toThrow(expect.objectContaining({ code: 'bad-sequence' }));
  });
});

describe('exampleFromDense', () => {
  const sizes = { inputSize: 3, numClasses: 2 };
  it.each([
    ['a row of another width', [[0, 1]], [0]],
    ['a value that is not 0, 1 or -1', [[0, 0.5, 0]], [0]],
    ['NaN', [[0, Number.NaN, 0]], [0]],
    ['a label that is no class', [[0, 1, 0]], [2]],
    ['a negative label', [[0, 1, 0]], [-1]],
    ['more labels than inputs', [[0, 1, 0]], [0, 1]],
  ])('refuses %s', (_, inputs, labels) => {
    expect(() => exampleFromDense(inputs, labels, sizes)).toThrow(expect.objectContaining({ code: 'bad-record' }));
  });
});

describe('encodeMelody', () => {
  it('moves a melody in D major to C, near the middle of the range', () => {
    const { events, amount, example } = encodeMelody(encoderOf('basic_rnn'), [62, 64, 66, 67, 69, 71, 73, 74]);
    expect(amount).toBe(-2);
    expect(events).toEqual([60, 62, 64, 65, 67, 69, 71, 72]);
    expect([...example.labels]).toEqual([16, 18, 19, 21, 23, 25, 26]);
  });

  it('leaves a melody of mono_rnn where it is, and refuses what is no event', () => {
    expect(encodeMelody(encoderOf('mono_rnn'), [62, 64, 66])).toMatchObject({ amount: 0, events: [62, 64, 66] });
    expect(() => encodeMelody(encoderOf('mono_rnn'), [62, 128])).toThrow(expect.objectContaining({ code: 'bad-sequence' }));
  });
});
