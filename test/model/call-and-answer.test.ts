// A call and its answer as one piece. Bars, steps and seconds are counted by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callAndAnswer, hearCall } from '../../src/model/call-and-answer.js';
import { createNoteSequence, type Note, type NoteSequence } from '../../src/music/note-sequence.js';

const note = (pitch: number, startTime: number, endTime: number, fields: Partial<Note> = {}): Note => ({
  pitch,
  velocity: 80,
  startTime,
  endTime,
  instrument: 0,
  program: 40,
  isDrum: false,
  ...fields,
});
/** At 120 qpm a quarter is 0.5 s, a 16th 0.125 s, a bar of 4/4 2 s. */
const piece = (notes: Note[], fields: Partial<NoteSequence> = {}): NoteSequence =>
  createNoteSequence({
    ticksPerQuarter: 480,
    notes,
    tempos: [{ time: 0, qpm: 120 }],
    totalTime: Math.max(0, ...notes.map(({ endTime }) => endTime)),
    ...fields,
  });
const threeFour = { timeSignatures: [{ time: 0, numerator: 3, denominator: 4 }] };

describe('where the answer begins', () => {
  it.each<[string, Note[], Partial<NoteSequence>, { bar: number; step: number; seconds: number }]>([
    ['a call of a bar: on the second', [note(60, 0, 1), note(62, 1, 2)], {}, { bar: 2, step: 16, seconds: 2 }],
    ['a call that ends within its bar: on the next', [note(60, 0, 0.5)], {}, { bar: 2, step: 16, seconds: 2 }],
    ['a last note on the downbeat has its bar', [note(60, 0, 2), note(64, 2, 2.125)], {}, { bar: 3, step: 32, seconds: 4 }],
    ['a note that laps over the bar line by a 16th', [note(60, 0, 1), note(62, 1, 2.13)], {}, { bar: 2, step: 16, seconds: 2 }],
    ['a note that is held a beat into the next bar', [note(60, 0, 1), note(62, 1, 2.5)], {}, { bar: 3, step: 32, seconds: 4 }],
    ['a call that begins later', [note(60, 4, 5)], {}, { bar: 4, step: 48, seconds: 6 }],
    ['bars of 3/4', [note(60, 0, 2)], threeFour, { bar: 3, step: 24, seconds: 3 }],
    [
      'a tempo that changes on the way: bars of 2 s, then of 4 s',
      [note(60, 0, 2), note(62, 2, 5)],
      {
        tempos: [
          { time: 0, qpm: 120 },
          { time: 2, qpm: 60 },
        ],
      },
      { bar: 3, step: 32, seconds: 6 },
    ],
    [
      'a metre that changes on the way: two bars of 4/4, then 3/4',
      [note(60, 0, 2), note(62, 2, 5)],
      {
        timeSignatures: [
          { time: 0, numerator: 4, denominator: 4 },
          { time: 4, numerator: 3, denominator: 4 },
        ],
      },
      { bar: 4, step: 44, seconds: 5.5 },
    ],
  ])('%s', (_, notes, fields, { bar, step, seconds }) => {
    const call = hearCall(piece(notes, fields));
    expect([call.answerBar, call.answerStep]).toEqual([bar, step]);
    expect(call.secondsAt(call.answerStep)).toBeCloseTo(seconds, 9);
    expect(call.melody.startStep + call.melody.events.length).toBe(step);
  });

  it('what the model hears ends there, rests and all', () => {
    const { melody, totalSteps } = hearCall(piece([note(60, 0, 0.5), note(64, 0.5, 0.75)]));
    expect(melody.events).toEqual([60, -2, -2, -2, 64, -2, -1, ...new Array(9).fill(-2)]);
    expect(totalSteps).toBe(16 + 8 * 16);
  });

  it('an answer is eight bars of the metre, or as long as asked', () => {
    expect(hearCall(piece([note(60, 0, 1)], threeFour)).totalSteps).toBe(12 + 8 * 12);
    expect(hearCall(piece([note(60, 0, 1)], threeFour), { steps: 5 }).totalSteps).toBe(12 + 5);
  });

  it('is a bar line after the last note has begun, and at most a 16th before it ends, whatever is played', () => {
    const played = fc.record({ pitch: fc.integer({ min: 21, max: 108 }), start: fc.nat(200), length: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(played, { minLength: 1, maxLength: 12 }), fc.integer({ min: 2, max: 7 }), (notes, beats) => {
        // At 120 a sixteenth is 1/8 s.
        const sequence = piece(
          notes.map(({ pitch, start, length }) => note(pitch, start / 8, (start + length) / 8)),
          { timeSignatures: [{ time: 0, numerator: beats, denominator: 4 }] },
        );
        const { answerStep, answerBar, melody } = hearCall(sequence);
        expect(answerStep).toBe((answerBar - 1) * beats * 4);
        expect(answerStep).toBeGreaterThan(Math.max(...notes.map(({ start }) => start)));
        expect(answerStep).toBeGreaterThanOrEqual(Math.max(...notes.map(({ start, length }) => start + length)) - 1);
        expect(melody.startStep % (beats * 4)).toBe(0);
        expect(melody.startStep + melody.events.length).toBe(answerStep);
      }),
    );
  });

  it('refuses what has no melody', () => {
    for (const notes of [[], [note(38, 0, 1, { isDrum: true })]])
      expect(() => hearCall(piece(notes))).toThrow(expect.objectContaining({ code: 'bad-primer' }));
  });
});

describe('the two as one piece', () => {
  const bass = note(36, 0, 0.25, { instrument: 0, program: 33 });
  const tune = [60, 64, 67, 72].map((pitch, k) => note(pitch, 0.5 * k, 0.5 * k + 0.4, { instrument: 3, velocity: 70 + 10 * k }));
  const sequence = piece([bass, ...tune], {
    keySignatures: [{ time: 0, key: 7, mode: 0 }],
    controlChanges: [
      { time: 0, controlNumber: 64, controlValue: 127, instrument: 3, program: 40, isDrum: false },
      { time: 0, controlNumber: 7, controlValue: 9, instrument: 0, program: 33, isDrum: false },
    ],
    pitchBends: [{ time: 0.1, bend: 300, instrument: 3, program: 40, isDrum: false }],
    instrumentInfos: [{ instrument: 3, name: 'Lead' }],
  });
  const call = hearCall(sequence);
  const answer = [67, -2, -1, -2, 65, ...new Array(122).fill(-2), 64];
  const both = callAndAnswer(sequence, call, [...call.melody.events, ...answer]);

  it('keeps the call as it was, with its sound, controllers and bends, and leaves other tracks out', () => {
    expect(call.instrument).toBe(3);
    expect(both.notes.filter(({ instrument }) => instrument === 0)).toEqual(tune.map((each) => ({ ...each, instrument: 0 })));
    expect(both.controlChanges).toEqual([{ ...sequence.controlChanges[0], instrument: 0 }]);
    expect(both.pitchBends).toEqual([{ ...sequence.pitchBends[0], instrument: 0 }]);
    expect(both.instrumentInfos.map(({ name }) => name)).toEqual(['You', 'Model']);
    expect([both.tempos, both.keySignatures, both.ticksPerQuarter]).toEqual([sequence.tempos, sequence.keySignatures, 480]);
  });

  it('puts the answer from the bar line on, with the sound of the call and as loud as it on average', () => {
    const answers = both.notes.filter(({ instrument }) => instrument === 1);
    expect(answers.map(({ pitch, startTime, endTime }) => [pitch, startTime, endTime])).toEqual([
      [67, 2, 2.25],
      [65, 2.5, 2 + 127 / 8],
      [64, 2 + 127 / 8, 18],
    ]);
    expect(new Set(answers.map(({ velocity, program, isDrum }) => `${velocity} ${program} ${isDrum}`))).toEqual(new Set(['85 40 false']));
    expect(both.totalTime).toBe(18);
  });
});
