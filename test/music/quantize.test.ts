// Expected steps are arithmetic in the tests, and the edge cases of spec B.2.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { type QuantizeProblem, quantizeNoteSequence, quantizeToStep, stepsPerBar } from '../../src/music/quantize.js';
import { note, sequenceOf } from './sequences.js';

function quantized(sequence: NoteSequence): NoteSequence {
  const result = quantizeNoteSequence(sequence, 4);
  if (!result.ok) throw new Error(result.detail);
  return result.sequence;
}

function problem(sequence: NoteSequence): QuantizeProblem | undefined {
  const result = quantizeNoteSequence(sequence, 4);
  return result.ok ? undefined : result.problem;
}

describe('quantizing a time', () => {
  it.each([
    [0, 8, 0.5, 0],
    [1, 8, 0.5, 8],
    [0.0625, 8, 0.5, 1], // half a step goes up
    [0.0624, 8, 0.5, 0],
    [-0.18, 8, 0.5, 0], // -1.44 steps: truncated towards zero
    [-0.19, 8, 0.5, -1],
    [1, 8, 0, 9], // cutoff 0 goes up even from a whole step
    [1.1, 8, 1, 8],
  ])('%d s at %d steps per second and cutoff %d is step %d', (seconds, rate, cutoff, step) => {
    expect(quantizeToStep(seconds, rate, cutoff)).toBe(step);
  });

  it('is never more than half a step away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 40 }), (milliseconds, rate) => {
        const seconds = milliseconds / 1000;
        expect(Math.abs(quantizeToStep(seconds, rate) - seconds * rate)).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });
});

describe('quantizing a sequence', () => {
  it('counts steps at the tempo, and makes every note a step long at least', () => {
    // 90 qpm: 6 steps a second
    const sequence = sequenceOf([note(60, 0, 0.5), note(62, 1, 1.01)], {
      tempos: [{ time: 0, qpm: 90 }],
      totalTime: 1.01,
      textAnnotations: [{ time: 0.34, text: 'C', annotationType: 1 }],
      controlChanges: [{ time: 0.5, controlNumber: 64, controlValue: 1, instrument: 0, program: 0, isDrum: false }],
    });
    const before = structuredClone(sequence);
    const result = quantized(sequence);
    expect(result.notes).toEqual([
      { ...note(60, 0, 0.5), quantizedStartStep: 0, quantizedEndStep: 3 },
      { ...note(62, 1, 1.01), quantizedStartStep: 6, quantizedEndStep: 7 },
    ]);
    expect(result.totalQuantizedSteps).toBe(7);
    expect([result.textAnnotations[0]?.quantizedStep, result.controlChanges[0]?.quantizedStep]).toEqual([2, 3]);
    expect(result.quantizationInfo).toEqual({ stepsPerQuarter: 4 });
    expect(sequence).toEqual(before);
  });

  it('has one tempo and one metre afterwards, at time 0: 120 qpm and 4/4 if there was none', () => {
    const bare = quantized(sequenceOf([]));
    expect([bare.tempos, bare.timeSignatures]).toEqual([[{ time: 0, qpm: 120 }], [{ time: 0, numerator: 4, denominator: 4 }]]);
    const repeated = quantized(
      sequenceOf([], {
        tempos: [
          { time: 0, qpm: 90 },
          { time: 5, qpm: 90 },
        ],
        timeSignatures: [
          { time: 0, numerator: 3, denominator: 8 },
          { time: 2, numerator: 3, denominator: 8 },
        ],
      }),
    );
    expect([repeated.tempos, repeated.timeSignatures]).toEqual([[{ time: 0, qpm: 90 }], [{ time: 0, numerator: 3, denominator: 8 }]]);
  });

  it('keeps a note’s other fields', () => {
    const full = note(60, 0, 1, { part: 2, voice: 1, pitchName: 3, numerator: 1, denominator: 4 });
    expect(quantized(sequenceOf([full])).notes).toEqual([{ ...full, quantizedStartStep: 0, quantizedEndStep: 8 }]);
  });

  const tempos = (...list: [number, number][]) => sequenceOf([], { tempos: list.map(([time, qpm]) => ({ time, qpm })) });
  const metres = (...list: [number, number, number][]) =>
    sequenceOf([], { timeSignatures: list.map(([time, numerator, denominator]) => ({ time, numerator, denominator })) });

  it.each<[string, NoteSequence, QuantizeProblem | undefined]>([
    ['two tempos', tempos([0, 120], [4, 121]), 'multiple-tempos'],
    ['a tempo that differs in the last digit', tempos([0, 130.00013], [4, 130.00013000013]), 'multiple-tempos'],
    ['a late first tempo', tempos([1, 90]), 'multiple-tempos'],
    ['a late first tempo of 120', tempos([1, 120]), undefined],
    ['two metres', metres([0, 4, 4], [4, 3, 4]), 'multiple-time-signatures'],
    ['a late first metre', metres([1, 3, 4]), 'multiple-time-signatures'],
    ['a late first metre of 4/4', metres([1, 4, 4]), undefined],
    ['metres out of order, of which the first listed is the last', metres([4, 3, 4], [0, 4, 4]), undefined],
    ['a denominator of 6', metres([0, 4, 6]), 'bad-time-signature'],
    ['a denominator of 0', metres([0, 4, 0]), 'bad-time-signature'],
    ['a numerator of 0', metres([0, 0, 4]), 'bad-time-signature'],
    ['a note before the beginning', sequenceOf([note(60, -0.2, 1)]), 'negative-time'],
    ['a note hardly before the beginning', sequenceOf([note(60, -0.18, 1)]), undefined],
    ['a text before the beginning', sequenceOf([], { textAnnotations: [{ time: -1, text: '', annotationType: 1 }] }), 'negative-time'],
  ])('with %s', (_, sequence, expected) => {
    expect(problem(sequence)).toBe(expected);
  });

  it('says what it found', () => {
    const result = quantizeNoteSequence(tempos([0, 100], [1, 101], [2, 102], [3, 103], [4, 104]), 4);
    expect(result).toMatchObject({ ok: false, detail: 'tempos 100.0, 101.0, 102.0 and 2 more qpm' });
  });

  it('refuses times that are no numbers', () => {
    for (const time of [Number.NaN, Infinity, 1e300])
      expect(() => quantizeNoteSequence(sequenceOf([note(60, 0, time)]), 4)).toThrow(/steps/);
  });
});

describe('steps per bar', () => {
  it.each([
    [4, 4, 16],
    [3, 4, 12],
    [6, 8, 12],
    [9, 8, 18],
    [7, 8, 14],
    [5, 16, 5],
    [1, 4, 4],
    [1, 32, 0.5],
  ])('of %d/%d are %d', (numerator, denominator, steps) => {
    expect(stepsPerBar(quantized(sequenceOf([], { timeSignatures: [{ time: 0, numerator, denominator }] })))).toBe(steps);
  });

  it('need a quantized sequence', () => {
    expect(() => stepsPerBar(sequenceOf([]))).toThrow(/not quantized/);
  });
});
