// What a model is asked for. Expected values: counted by hand, and, with compat, what running Magenta showed (spec G.2).

import { describe, expect, it } from 'vitest';
import { continueEvents, continueSequence } from '../../src/model/continue-melody.js';
import { createNoteSequence, type Note, type NoteSequence } from '../../src/music/note-sequence.js';

const note = (pitch: number, startTime: number, endTime: number, fields: Partial<Note> = {}): Note => ({
  pitch,
  velocity: 100,
  startTime,
  endTime,
  instrument: 0,
  program: 0,
  isDrum: false,
  ...fields,
});
/** At 120 qpm a step is 0.125 s. */
const piece = (notes: Note[], qpm = 120): NoteSequence =>
  createNoteSequence({ notes, tempos: [{ time: 0, qpm }], totalTime: Math.max(0, ...notes.map(({ endTime }) => endTime)) });

describe('continueEvents', () => {
  it.each([
    ['a single note, which then ends', [60], [60, -1]],
    ['a held note', [60, -2, -2, -2], [60, -2, -2, -2, -1]],
    ['a rest at the end', [60, -1, -2, -2], [60, -1, -2, -2]],
    ['a rest at the beginning', [-2, -2, 60, -1], [-2, -2, 60, -1]],
    ['an end of nothing', [-1, 60, -1], [-2, 60, -1]],
    ['silence', [-2, -2], [-2, -2]],
    ['nothing', [], [-2]],
  ])('feeds %s', (_, events, fed) => {
    expect(continueEvents(events, { numSteps: 32 })).toEqual({
      melody: { events: fed, startStep: 0, stepsPerBar: 16, stepsPerQuarter: 4 },
      totalSteps: 32,
      qpm: 120,
    });
  });

  it('leaves out whole bars of rest before the first note', () => {
    const rest = new Array<number>(34).fill(-2);
    const { melody, totalSteps, qpm } = continueEvents([...rest, 60, -1], { numSteps: 128, qpm: 90 });
    expect(melody).toMatchObject({ startStep: 32, events: [-2, -2, 60, -1] });
    expect([totalSteps, qpm]).toEqual([96, 90]);
  });

  it('as Magenta: [60] becomes [60, -1, -2], and 128 steps at 95.5 qpm are 127', () => {
    expect(continueEvents([60], { numSteps: 32, compat: true }).melody.events).toEqual([60, -1, -2]);
    expect(continueEvents([60], { numSteps: 128, qpm: 95.5, compat: true }).totalSteps).toBe(127);
    expect(continueEvents([60], { numSteps: 128, qpm: 95.5 }).totalSteps).toBe(128);
  });

  it.each([true, false])('refuses a melody that leaves no room (compat %s)', (compat) => {
    const melody = [60, -2, -2, -2, -2, -2, -2, -2];
    expect(() => continueEvents(melody, { numSteps: 8, compat })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => continueEvents(melody, { numSteps: Number.NaN, compat })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('continueSequence', () => {
  it('begins one step after the last note, at the tempo of the piece', () => {
    const eighth = 0.5 * (60 / 97);
    const { melody, totalSteps, qpm } = continueSequence(piece([note(60, 0, eighth), note(62, eighth, 2 * eighth)], 97), { numSteps: 64 });
    expect(melody.events).toEqual([60, -2, 62, -2, -1]);
    expect([totalSteps, qpm]).toEqual([64, 97]);
  });

  it('takes the highest notes, without drums', () => {
    const notes = [note(60, 0, 0.25), note(67, 0, 0.25), note(38, 0, 0.25, { isDrum: true, instrument: 1 })];
    expect(continueSequence(piece(notes), { numSteps: 64 }).melody.events).toEqual([67, -2, -1]);
  });

  it('of several tracks takes the melody, where Magenta gives up', () => {
    // Chords of three notes, eight times, under a tune of five notes.
    const chords = Array.from({ length: 24 }, (_, k) =>
      note(48 + 4 * (k % 3), 0.5 * Math.floor(k / 3), 0.5 * Math.floor(k / 3) + 0.4, { instrument: 0 }),
    );
    const tune = [74, 76, 77, 76, 72].map((pitch, k) => note(pitch, 0.75 * k, 0.75 * k + 0.75, { instrument: 1 }));
    const held = (pitch: number): number[] => [pitch, -2, -2, -2, -2, -2];
    expect(continueSequence(piece([...chords, ...tune]), { numSteps: 64 }).melody.events).toEqual(
      [74, 76, 77, 76, 72].flatMap(held).concat(-1),
    );
    expect(() => continueSequence(piece([...chords, ...tune]), { numSteps: 64, compat: true })).toThrow(
      expect.objectContaining({ code: 'bad-primer' }),
    );
  });

  it('follows a change of tempo and goes on at the last one, where Magenta gives up', () => {
    // Four quarters at 120, then two at 60: notes on each.
    const notes = [0, 0.5, 1, 1.5, 2, 3].map((start, k) => note(60 + k, start, start + (start < 2 ? 0.5 : 1)));
    const sequence = piece(notes);
    sequence.tempos.push({ time: 2, qpm: 60 });
    const { melody, qpm, totalSteps } = continueSequence(sequence, { numSteps: 64 });
    expect(melody.events).toEqual([60, 61, 62, 63, 64, 65].flatMap((pitch) => [pitch, -2, -2, -2]).concat(-1));
    expect([qpm, totalSteps]).toEqual([60, 64]);
    expect(() => continueSequence(sequence, { numSteps: 64, compat: true })).toThrow(
      expect.objectContaining({ code: 'bad-primer', message: expect.stringContaining('60') }),
    );
  });

  it('begins at the bar line before the first note, of the metre it is in', () => {
    // 3/4 at 120: a bar is 12 steps, 1.5 s. The first note is on the second beat of the third bar.
    const sequence = piece([note(60, 3.5, 4)]);
    sequence.timeSignatures.push({ time: 0, numerator: 3, denominator: 4 });
    const { melody, totalSteps } = continueSequence(sequence, { numSteps: 64 });
    expect(melody).toEqual({ events: [-2, -2, -2, -2, 60, -2, -2, -2, -1], startStep: 24, stepsPerBar: 12, stepsPerQuarter: 4 });
    expect(totalSteps).toBe(40);
  });

  it('as Magenta: a step of silence more, and the first track alone', () => {
    const { melody, totalSteps } = continueSequence(piece([note(60, 0, 0.25), note(64, 0.25, 0.5)]), { numSteps: 32, compat: true });
    expect([melody.startStep, totalSteps]).toEqual([0, 32]);
    expect(melody.events).toEqual([60, -2, 64, -2, -1, -2]);
  });

  it('refuses music that fills the length, and bars that cannot be counted', () => {
    expect(() => continueSequence(piece([note(60, 0, 4)]), { numSteps: 32 })).toThrow(expect.objectContaining({ code: 'usage' }));
    const odd = piece([note(60, 0, 1)]);
    odd.timeSignatures.push({ time: 0, numerator: 3, denominator: 32 });
    for (const compat of [false, true])
      expect(() => continueSequence(odd, { numSteps: 64, compat })).toThrow(expect.objectContaining({ code: 'bad-primer' }));
  });

  it('answers silence with room for a rest', () => {
    expect(continueSequence(piece([]), { numSteps: 16 })).toMatchObject({ melody: { events: [-2], startStep: 0 }, totalSteps: 16 });
  });
});
