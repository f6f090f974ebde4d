// What a model is asked for. Expected values: counted by hand, and, with compat, what running Magenta showed (spec G.2).

import { describe, expect, it } from 'vitest';
import { continueEvents, continueSection, continueSequence } from '../../src/model/continuation.js';
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

  it('of several melodies takes the one with the most notes, where Magenta gives up', () => {
    const notes = [note(40, 0, 0.5), note(60, 0, 0.25, { instrument: 1 }), note(62, 0.25, 0.5, { instrument: 1 })];
    expect(continueSequence(piece(notes), { numSteps: 64 }).melody.events).toEqual([60, -2, 62, -2, -1]);
    expect(() => continueSequence(piece(notes), { numSteps: 64, compat: true })).toThrow(expect.objectContaining({ code: 'bad-primer' }));
  });

  it('refuses a piece with two tempos', () => {
    const sequence = piece([note(60, 0, 1)]);
    sequence.tempos.push({ time: 0.5, qpm: 140 });
    expect(() => continueSequence(sequence, { numSteps: 64 })).toThrow(
      expect.objectContaining({ code: 'bad-primer', message: expect.stringContaining('140') }),
    );
  });

  it('answers silence with room for a rest', () => {
    expect(continueSequence(piece([]), { numSteps: 16 })).toMatchObject({ melody: { events: [-2], startStep: 0 }, totalSteps: 16 });
  });
});

describe('continueSection', () => {
  const notes = [note(60, 0, 0.25), note(64, 0.25, 0.5), note(67, 1, 1.5)];

  it('continues a part, its first note on the first step included', () => {
    const { melody, totalSteps } = continueSection(piece(notes.slice(0, 2)), { start: 2, end: 4 }, { input: { start: 0, end: 2 } });
    expect(melody).toMatchObject({ startStep: 0, events: [60, -2, 64, -2, -1, ...new Array(11).fill(-2)] });
    expect(totalSteps).toBe(32);
  });

  it('as Magenta: loses the note on step 0 and shifts the bars by a step', () => {
    const { melody } = continueSection(piece(notes.slice(0, 2)), { start: 2, end: 4 }, { input: { start: 0, end: 2 }, compat: true });
    expect(melody.startStep).toBe(1);
    expect(melody.events.slice(0, 4)).toEqual([-2, 64, -2, -1]);
    expect(melody.startStep + melody.events.length).toBe(17);
  });

  it('cuts notes at the end of the part, and leaves out those outside it', () => {
    const { melody } = continueSection(piece(notes), { start: 1.25, end: 4 }, { input: { start: 0.25, end: 1.25 } });
    expect(melody).toMatchObject({ startStep: 2, events: [64, -2, -1, -2, -2, -2, 67, -2] });
  });

  it('refuses notes that last into the answer', () => {
    expect(() => continueSection(piece(notes), { start: 1, end: 4 })).toThrow(expect.objectContaining({ code: 'bad-primer' }));
  });
});
