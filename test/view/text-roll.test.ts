// The piano roll of text, drawn here by hand.

import { describe, expect, it } from 'vitest';
import { createNoteSequence } from '../../src/music/note-sequence.js';
import { textRoll } from '../../src/view/text-roll.js';

const notes = (list: readonly (readonly [pitch: number, start: number, end: number, isDrum?: boolean])[]) =>
  createNoteSequence({
    tempos: [{ time: 0, qpm: 60 }],
    notes: list.map(([pitch, startTime, endTime, isDrum = false]) => ({
      pitch,
      startTime,
      endTime,
      isDrum,
      velocity: 80,
      instrument: 0,
      program: 0,
    })),
  });

describe('textRoll', () => {
  it('draws two semitones to a line, bars numbered', () => {
    // At 60 quarter notes a minute a second is a column: C4, B3, C4 and B3 together, rest; then G3 in the second bar.
    expect(
      textRoll(
        notes([
          [60, 0, 1],
          [59, 1, 2],
          [60, 2, 3],
          [59, 2, 3],
          [57, 4, 6],
        ]),
        8,
      ),
    ).toEqual(['    1   2', 'C4  ▀▄█', 'A#3     ▄▄']);
  });

  it('leaves drums out, and draws nothing of nothing', () => {
    expect(textRoll(notes([[36, 0, 1, true]]))).toEqual([]);
    expect(textRoll(notes([]))).toEqual([]);
  });

  it('draws any number of notes', () => {
    const many = Array.from({ length: 300_000 }, (_, i) => [60, i / 1e5, (i + 1) / 1e5] as const);
    expect(textRoll(notes(many), 8)).toEqual(['    1', 'C4  ▀▀▀▀▀▀']);
  });

  it('stays small for music that is high and low', () => {
    const lines = textRoll(
      notes([
        [0, 0, 1],
        [127, 0, 400],
      ]),
    );
    expect(lines.length).toBe(25);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(68);
  });
});
