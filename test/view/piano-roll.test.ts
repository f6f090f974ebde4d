// Piano rolls: where shapes stand, by arithmetic from the options, and what is seen in the painted picture.

import { describe, expect, it } from 'vitest';
import { melodyFromEvents, melodyToNoteSequence } from '../../src/music/melody.js';
import { createNoteSequence, type Note } from '../../src/music/note-sequence.js';
import { type Box, COLOURS, type Drawing, type Label, type Role } from '../../src/view/drawing.js';
import { layoutPianoRoll } from '../../src/view/piano-roll.js';
import { encodePng } from '../../src/view/png.js';
import { paint } from '../../src/view/raster.js';
import { readPng } from '../support/png-reader.js';

const note = (pitch: number, startTime: number, endTime: number): Note => ({
  pitch,
  startTime,
  endTime,
  velocity: 100,
  instrument: 0,
  program: 0,
  isDrum: false,
});
const boxes = (drawing: Drawing, role: Role): Box[] =>
  drawing.shapes.filter((shape): shape is Box => shape.role === role && !('text' in shape));
const labels = (drawing: Drawing): Label[] => drawing.shapes.filter((shape): shape is Label => 'text' in shape);
/** x of the music's first moment: there the first bar line stands. */
const origin = (drawing: Drawing): number => boxes(drawing, 'bar')[0]?.x ?? Number.NaN;
const barsOf = (drawing: Drawing, quarterWidth: number): number[] =>
  boxes(drawing, 'bar').map(({ x }) => (x - origin(drawing)) / quarterWidth);

describe('the layout', () => {
  it('puts notes at their quarter notes and their pitches', () => {
    // 90 quarter notes per minute: a second is 1.5 of them.
    const sequence = createNoteSequence({ tempos: [{ time: 0, qpm: 90 }], notes: [note(60, 0, 2), note(64, 2, 4), note(61, 1, 1.5)] });
    const drawing = layoutPianoRoll(sequence, { quarterWidth: 20, pitchHeight: 8 });
    const [c, e, cSharp] = boxes(drawing, 'note');
    if (!c || !e || !cSharp) throw new Error('three notes');
    expect([c.x, e.x, cSharp.x].map((x) => (x - origin(drawing)) / 20)).toEqual([0, 3, 1.5]);
    // A pixel less than 3, 3 and 0.75 quarter notes.
    expect([c.width, e.width, cSharp.width]).toEqual([59, 59, 14]);
    expect([c.y - e.y, c.y - cSharp.y]).toEqual([4 * 8, 8]);
  });

  it('follows tempos that change, and stops at the length it is given', () => {
    // 2 s of 120 are 4 quarter notes, then 2 s of 60 are 2.
    const tempos = [
      { time: 2, qpm: 60 },
      { time: 0, qpm: 120 },
    ];
    const sequence = createNoteSequence({ tempos, notes: [note(60, 2, 4), note(62, 4, 5), note(64, 20, 21)] });
    const drawing = layoutPianoRoll(sequence, { quarterWidth: 10, quarters: 6.5 });
    const notes = boxes(drawing, 'note');
    expect(notes.map(({ x }) => (x - origin(drawing)) / 10)).toEqual([4, 6]);
    expect(notes.map(({ width }) => width)).toEqual([19, 4]);
  });

  it('draws bars in their metres to the end of the last, and numbers them', () => {
    // At 120, 4/4 for two bars (8 quarter notes = 4 s), then 6/8 (3 quarter notes a bar).
    const timeSignatures = [
      { time: 0, numerator: 4, denominator: 4 },
      { time: 4, numerator: 6, denominator: 8 },
    ];
    const drawing = layoutPianoRoll(createNoteSequence({ timeSignatures, notes: [note(60, 0, 6)] }), { quarterWidth: 16 });
    expect(barsOf(drawing, 16)).toEqual([0, 4, 8, 11, 14]);
    const beats = boxes(drawing, 'beat').map(({ x }) => (x - origin(drawing)) / 16);
    expect(beats).toEqual([1, 2, 3, 5, 6, 7, 8.5, 9, 9.5, 10, 10.5, 11.5, 12, 12.5, 13, 13.5]);
    const numbers = labels(drawing).filter(({ text }) => /^\d+$/.test(text));
    expect(numbers.map(({ text, x }) => [text, (x - origin(drawing)) / 16])).toEqual([
      ['1', 0],
      ['2', 4],
      ['3', 8],
      ['4', 11],
    ]);
  });

  it('names every C, middle C being C4', () => {
    const drawing = layoutPianoRoll(createNoteSequence({ notes: [note(47, 0, 1), note(73, 1, 2)] }), { pitchHeight: 10 });
    const names = labels(drawing).filter(({ text }) => text.startsWith('C'));
    expect(names.map(({ text }) => text)).toEqual(['C3', 'C4', 'C5']);
    const [, c4] = names;
    const [low] = boxes(drawing, 'note');
    // 13 semitones above the B below C3's row of 10 pixels; the name stands within it.
    const row = (low?.y ?? 0) - 1 - 13 * 10;
    expect(c4?.y).toBeGreaterThanOrEqual(row);
    expect(c4?.y).toBeLessThan(row + 10);
  });

  it('shows two octaves and a bar where there is nothing', () => {
    const drawing = layoutPianoRoll(createNoteSequence(), { quarterWidth: 10 });
    expect(boxes(drawing, 'white-lane').length + boxes(drawing, 'black-lane').length).toBe(24);
    expect(barsOf(drawing, 10)).toEqual([0, 4]);
    expect(boxes(drawing, 'note')).toEqual([]);
  });

  it('stays within the keyboard at its ends', () => {
    const lanes = (pitches: number[]) => {
      const drawing = layoutPianoRoll(createNoteSequence({ notes: pitches.map((pitch) => note(pitch, 0, 1)) }));
      return boxes(drawing, 'white-lane').length + boxes(drawing, 'black-lane').length;
    };
    expect(lanes([0, 127])).toBe(128);
    expect(lanes([0])).toBeLessThanOrEqual(24);
  });

  it.each([
    ['music of a day', createNoteSequence({ notes: [note(60, 0, 86_400)] }), /too long/],
    ['no time at all', createNoteSequence({ notes: [note(60, 0, Number.NaN)] }), /cannot be drawn/],
    ['an endless note', createNoteSequence({ notes: [note(60, 0, Number.POSITIVE_INFINITY)] }), /too long/],
    ['a note that ends before it begins', createNoteSequence({ notes: [note(60, 2, 1)] }), /cannot be drawn/],
    ['a pitch beyond 127', createNoteSequence({ notes: [note(128, 0, 1)] }), /128/],
  ])('refuses %s', (_, sequence, message) => {
    expect(() => layoutPianoRoll(sequence)).toThrow(
      expect.objectContaining({ code: 'bad-sequence', message: expect.stringMatching(message) }),
    );
  });

  it('leaves lines out that would run together', () => {
    const timeSignatures = [{ time: 0, numerator: 1, denominator: 2 ** 30 }];
    const drawing = layoutPianoRoll(createNoteSequence({ timeSignatures, notes: [note(60, 0, 60)] }));
    expect(boxes(drawing, 'beat')).toEqual([]);
    expect(boxes(drawing, 'bar').length).toBe(1);
  });
});

describe('the picture', () => {
  const sequence = melodyToNoteSequence(melodyFromEvents([60, -2, -2, -2, 62, -2, -2, -1, 64, -2, 64, -2, -2, -2, -2, -2]));
  const drawing = layoutPianoRoll(sequence, { quarters: 8, quarterWidth: 24, pitchHeight: 10 });
  const picture = readPng(encodePng(paint(drawing)));
  const isNote = (x: number, y: number) => [COLOURS.note, COLOURS.onset].some((colour) => colour.join() === picture.at(x, y).join());

  it('has the size of the layout', () => {
    expect([picture.width, picture.height]).toEqual([drawing.width, drawing.height]);
  });

  it('shows notes where they sound, and nowhere else', () => {
    // Rows by their middle, steps (6 pixels each) by their third pixel, from the first note, C4 at step 0.
    const [first] = boxes(drawing, 'note');
    if (!first) throw new Error('no note');
    const seen = new Set<string>();
    for (let pitch = 55; pitch <= 69; pitch++) {
      for (let step = 0; step < 32; step++)
        if (isNote(first.x + 6 * step + 3, first.y + 5 - 10 * (pitch - 60))) seen.add(`${pitch}@${step}`);
    }
    const sounding = { 60: [0, 1, 2, 3], 62: [4, 5, 6], 64: [8, 9, 10, 11, 12, 13, 14, 15] };
    expect([...seen].sort()).toEqual(
      Object.entries(sounding)
        .flatMap(([pitch, steps]) => steps.map((step) => `${pitch}@${step}`))
        .sort(),
    );
  });

  it('keeps a repeated note apart from the one before', () => {
    const repeated = boxes(drawing, 'note')[3];
    if (!repeated) throw new Error('no fourth note');
    expect(isNote(repeated.x - 1, repeated.y + 3)).toBe(false);
    expect(isNote(repeated.x - 2, repeated.y + 3)).toBe(true);
    expect(picture.at(repeated.x, repeated.y + 3)).toEqual(COLOURS.onset);
    expect(picture.at(repeated.x + 5, repeated.y + 3)).toEqual(COLOURS.note);
  });

  it('has bar lines, lanes of black keys, and a keyboard', () => {
    const emptyY = (boxes(drawing, 'note')[0]?.y ?? 0) + 5 - 10 * 8; // G#4: a black key's lane without notes
    const second = origin(drawing) + 4 * 24;
    expect(picture.at(second, emptyY)).toEqual(COLOURS.bar);
    expect(picture.at(second + 24, emptyY)).toEqual(COLOURS.beat);
    expect(picture.at(second + 5, emptyY)).toEqual(COLOURS['black-lane']);
    expect(picture.at(second + 5, emptyY - 10)).toEqual(COLOURS['white-lane']);
    expect(picture.at(10, emptyY)).toEqual(COLOURS['black-key']);
    expect(picture.at(10, emptyY - 10)).toEqual(COLOURS['white-key']);
  });

  it('has the names of Cs in dark pixels', () => {
    const c4 = labels(drawing).find(({ text }) => text === 'C4');
    if (!c4) throw new Error('no C4');
    let dark = 0;
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 11; x++) if (picture.at(c4.x + x, Math.round(c4.y) + y).join() === COLOURS.label.join()) dark++;
    expect(dark).toBeGreaterThan(15);
    expect(dark).toBeLessThan(45);
  });
});
