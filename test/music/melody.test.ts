// Expected events are those of spec C.1, C.2 and C.7, worked out by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endStep, melodyFromEvents, melodyToNoteSequence, setLength } from '../../src/music/melody.js';

const events = (list: number[], length: number) => setLength(melodyFromEvents(list), length).events;

describe('a melody from events', () => {
  it('has no note-offs before its first note', () => {
    expect(melodyFromEvents([-1, -2, -1, 60, -1, -1]).events).toEqual([-2, -2, -2, 60, -1, -1]);
    expect(melodyFromEvents([-1, -1]).events).toEqual([-2, -2]);
  });

  it('begins at step 0 in 4/4 unless told otherwise', () => {
    expect(melodyFromEvents([60])).toEqual({ events: [60], startStep: 0, stepsPerBar: 16, stepsPerQuarter: 4 });
    expect(endStep(melodyFromEvents([60, -2], { startStep: 12, stepsPerBar: 12 }))).toBe(14);
  });

  it.each([128, -3, 60.5, Number.NaN])('refuses the event %d', (event) => {
    expect(() => melodyFromEvents([60, event])).toThrow(/step 1/);
  });
});

describe('setting the length', () => {
  it('cuts on the right', () => {
    expect(events([60, -2, 62, -1], 3)).toEqual([60, -2, 62]);
    expect(events([60], 0)).toEqual([]);
  });

  it('ends a sounding note where it extends', () => {
    expect(events([60, -2], 6)).toEqual([60, -2, -1, -2, -2, -2]);
    expect(events([60, -1, -2], 5)).toEqual([60, -1, -2, -2, -2]);
    expect(events([], 2)).toEqual([-2, -2]);
  });

  it('does not take a length beyond any memory', () => {
    expect(() => setLength(melodyFromEvents([60]), 1e9)).toThrow(/longer than/);
  });
});

describe('a melody as notes', () => {
  it('holds each note to the next one, its end, or the end of the melody', () => {
    const melody = melodyFromEvents([60, -2, 62, -1, -2, 64, -2, -2], { startStep: 16 });
    // 60 qpm: a step is a quarter of a second
    const sequence = melodyToNoteSequence(melody, { qpm: 60, startTime: 1, velocity: 90, program: 5, instrument: 2 });
    const like = { velocity: 90, program: 5, instrument: 2, isDrum: false };
    expect(sequence.notes).toEqual([
      { ...like, pitch: 60, startTime: 5, endTime: 5.5 },
      { ...like, pitch: 62, startTime: 5.5, endTime: 5.75 },
      { ...like, pitch: 64, startTime: 6.25, endTime: 7 },
    ]);
    expect([sequence.totalTime, sequence.tempos, sequence.ticksPerQuarter]).toEqual([7, [{ time: 0, qpm: 60 }], 220]);
  });

  it('is 120 qpm, velocity 100, the first instrument unless told otherwise', () => {
    const { notes, totalTime } = melodyToNoteSequence(melodyFromEvents([-1, 60]));
    expect(notes).toEqual([{ pitch: 60, velocity: 100, startTime: 0.125, endTime: 0.25, instrument: 0, program: 0, isDrum: false }]);
    expect(totalTime).toBe(0.25);
    expect(melodyToNoteSequence(melodyFromEvents([-2])).totalTime).toBe(0);
  });

  it('has one note for each pitch, one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 127 })), (list) => {
        const { notes } = melodyToNoteSequence(melodyFromEvents(list));
        expect(notes.map(({ pitch }) => pitch)).toEqual(list.filter((event) => event >= 0));
        notes.forEach(({ startTime, endTime }, k) => {
          expect(startTime).toBeLessThan(endTime);
          expect(endTime).toBeLessThanOrEqual(notes[k + 1]?.startTime ?? list.length / 8);
        });
      }),
    );
  });
});
