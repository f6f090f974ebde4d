// A song on a sheet: every note in its row, at its bar and its pitch, in the colour of its track.

import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/music/note-sequence.js';
import { type Box, type Drawing, type Label, type Role, type Text, TRACK_ROLES } from '../../src/view/drawing.js';
import { paint } from '../../src/view/raster.js';
import { layoutSongSheet } from '../../src/view/song-sheet.js';

type Sheet = Drawing<Box | Label | Text>;

/** At 120 quarters a minute. */
const note = (pitch: number, quarter: number, instrument = 0, isDrum = false): Note => ({
  pitch,
  startTime: quarter / 2,
  endTime: (quarter + 1) / 2,
  velocity: 90,
  instrument,
  program: 0,
  isDrum,
});
const sheet = (notes: Note[], names = new Map<number, string>()): Sheet =>
  layoutSongSheet({ notes, tempos: [{ time: 0, qpm: 120 }], timeSignatures: [] }, { title: 'Song', names });
const boxes = (drawing: Sheet, role: Role): Box[] =>
  drawing.shapes.filter((shape): shape is Box => shape.role === role && !('text' in shape));
const texts = (drawing: Sheet, role: Role): Text[] =>
  drawing.shapes.filter((shape): shape is Text => shape.role === role && 'size' in shape);
/** Boxes of notes, without the one in the legend, which stands first. */
const notesOf = (drawing: Sheet, role: Role): Box[] => boxes(drawing, role).slice(1);

describe('a song sheet', () => {
  it('gives every track a colour and a name', () => {
    const drawing = sheet([note(60, 0, 0), note(64, 1, 1), note(67, 2, 1)], new Map([[1, 'Flute']]));
    expect(notesOf(drawing, 'track-0')).toHaveLength(1);
    expect(notesOf(drawing, 'track-1')).toHaveLength(2);
    expect(texts(drawing, 'text').map(({ text }) => text)).toEqual(['Track 1', 'Flute']);
    expect(texts(drawing, 'title').map(({ text }) => text)).toEqual(['Song']);
    expect(new Set(TRACK_ROLES).size).toBe(8);
  });

  it('wraps into rows of whole bars, each note once, where its time puts it', () => {
    const notes = Array.from({ length: 200 }, (_, quarter) => note(60 + (quarter % 12), quarter));
    const drawing = sheet(notes);
    const drawn = notesOf(drawing, 'track-0');
    expect(drawn).toHaveLength(200);
    const rows = new Map<number, Box[]>();
    // A row's notes of pitch 60 are at the same height.
    for (const box of drawn.filter((_, i) => i % 12 === 0)) rows.set(box.y, [...(rows.get(box.y) ?? []), box]);
    expect(rows.size).toBe(4);
    const quarterWidth = ((drawn[1] as Box).x - (drawn[0] as Box).x) / 1;
    const [first] = drawn;
    for (const [quarter, box] of drawn.entries()) {
      const column = (box.x - (first as Box).x) / quarterWidth;
      expect(column).toBeCloseTo(quarter % 64, 6);
    }
  });

  it('has the time below its bars', () => {
    const drawing = sheet(Array.from({ length: 128 }, (_, quarter) => note(60, quarter)));
    const times = texts(drawing, 'quiet').map(({ text }) => text);
    // A bar of four quarters lasts two seconds.
    expect(times.slice(0, 3)).toEqual(['0:00', '0:02', '0:04']);
    expect(times).toContain('1:02');
  });

  it('puts drums below the roll, one line for each', () => {
    const drawing = sheet([note(72, 0, 0), note(36, 0, 1, true), note(38, 1, 1, true), note(36, 2, 1, true)]);
    const [kick, snare, again] = notesOf(drawing, 'track-1') as [Box, Box, Box];
    const roll = Math.max(...boxes(drawing, 'white-lane').map(({ y, height }) => y + height));
    expect(snare.y).toBeGreaterThanOrEqual(roll);
    expect(kick.y).toBeGreaterThan(snare.y);
    expect(again.y).toBe(kick.y);
  });

  it('is drawn smaller the longer the music is, and refuses what no sheet can hold', () => {
    const long = (quarters: number) => sheet([note(21, 0), note(108, quarters)]);
    expect(long(4000).height).toBeLessThan(13_000);
    expect(() => long(39_000)).toThrow(/too many for one sheet/);
    expect(() => long(1e9)).toThrow(/too many for one sheet/);
  });

  it('is painted with words in pixels', () => {
    const { pixels, width } = paint(sheet([note(60, 0)]));
    const dark = [...pixels.subarray(0, width * 3 * 60)].filter((value) => value < 60).length;
    expect(dark).toBeGreaterThan(100);
  });
});
