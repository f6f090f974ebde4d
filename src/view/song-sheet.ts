// A whole piece on one sheet: its piano roll in rows, like the systems of a score, each track in a colour of its own, with a title, the
// names of the tracks, and the time below each bar.

import { MstError } from '../core/errors.js';
import { BeatMap } from '../extraction/beats.js';
import type { Note, NoteSequence } from '../music/note-sequence.js';
import { asTime, barsUntil, INSTANT, MOST_QUARTERS } from './bars.js';
import { type Box, type Drawing, type Label, type Role, type Text, TRACK_ROLES } from './drawing.js';
import { KEYBOARD, layoutPianoRoll } from './piano-roll.js';
import { pitchRange } from './pitches.js';

export interface SongSheetOptions {
  readonly title: string;
  /** Names of the instruments, by the index that notes have. */
  readonly names: ReadonlyMap<number, string>;
  /** The instrument whose notes are outlines, if one is to differ by more than its colour. */
  readonly hollow?: number;
}

const MARGIN = 24;
const TITLE_SIZE = 22;
const TEXT_SIZE = 12;
const TIME_SIZE = 9;
const LEGEND_LINE = 20;
const LEGEND_COLUMN = 220;
const LEGEND_TEXT = 30;
/** Room below a row for its times. */
const AXIS = 30;
/** Drums have no pitch to show: each has a line of its own below the roll. */
const DRUM_LINE = 4;
const DRUM_QUARTERS = 0.22;
const NARROWEST = 2;
const CLOSEST_TIMES = 60;
/** Sizes from the largest on: width of a quarter note, height of a semitone, width of a row's music. */
const SCALES = [
  { quarter: 20, pitch: 7, row: 1300 },
  { quarter: 16, pitch: 5, row: 1500 },
  { quarter: 12, pitch: 4, row: 1700 },
  { quarter: 8, pitch: 3, row: 2000 },
  { quarter: 5, pitch: 3, row: 3000 },
];
const HIGHEST_SHEET = 12_000;

/** A stretch of whole bars, in quarter notes. */
interface Row {
  readonly from: number;
  readonly to: number;
}

/**
 * Lays a piece out on a sheet, drawn smaller the longer it is.
 * @param sequence not quantized; notes in seconds, pitches 0..127
 * @throws MstError `bad-sequence` for notes that cannot be drawn, and for music that is too long for a sheet
 */
export function layoutSongSheet(
  sequence: Pick<NoteSequence, 'notes' | 'tempos' | 'timeSignatures'>,
  { title, names, hollow }: SongSheetOptions,
): Drawing<Box | Label | Text> {
  const beats = new BeatMap(sequence.tempos);
  const last = sequence.notes.reduce((end, { endTime }) => Math.max(end, beats.quarterAt(endTime)), 0);
  if (!(last <= MOST_QUARTERS)) throw tooLong(last);
  const bars = barsUntil(sequence, beats, last);
  const drums = sequence.notes.filter(({ isDrum }) => isDrum);
  const melodic = { ...sequence, notes: sequence.notes.filter(({ isDrum }) => !isDrum) };
  const pitches = pitchRange(melodic.notes.map(({ pitch }) => pitch));
  const lines = [...new Set(drums.map(({ pitch }) => pitch))].sort((a, b) => b - a);
  const strip = lines.length * DRUM_LINE;
  const tracks = tracksOf(sequence.notes, names);
  const roles = new Map(tracks.map(({ instrument, role }) => [instrument, role]));
  const roleOf = (note: Note): Role => roles.get(note.instrument) ?? 'note';

  const scale = SCALES.find(({ quarter, pitch, row }) => {
    const height = (pitches.high - pitches.low + 1) * pitch + strip + AXIS + MARGIN;
    return rowsOf(bars, row / quarter).length * height <= HIGHEST_SHEET;
  });
  if (scale === undefined) throw tooLong(last);
  const rows = rowsOf(bars, scale.row / scale.quarter);
  const width = 2 * MARGIN + KEYBOARD + Math.max(...rows.map(({ from, to }) => (to - from) * scale.quarter)) + MARGIN;
  const shapes: (Box | Label | Text)[] = [{ role: 'title', x: MARGIN, y: MARGIN + TITLE_SIZE, text: title, size: TITLE_SIZE, bold: true }];
  let top = MARGIN + TITLE_SIZE + 16;
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / LEGEND_COLUMN));
  shapes.push(...legend(tracks, { top, columns, hollow }));
  top += Math.ceil(tracks.length / columns) * LEGEND_LINE + 14;

  const isHollow = (note: Note): boolean => note.instrument === hollow;
  for (const row of rows) {
    const size = { quarterWidth: scale.quarter, pitchHeight: scale.pitch };
    const roll = layoutPianoRoll(melodic, { from: row.from, quarters: row.to, pitches, roleOf, isHollow, ...size });
    shapes.push(...roll.shapes.map((shape) => ({ ...shape, x: shape.x + MARGIN, y: shape.y + top })));
    const xOf = (quarter: number): number => MARGIN + KEYBOARD + (quarter - row.from) * scale.quarter;
    const below = top + roll.height;
    for (const note of drums) {
      const start = beats.quarterAt(note.startTime);
      if (start < row.from - INSTANT || start > row.to - INSTANT) continue;
      const y = below + lines.indexOf(note.pitch) * DRUM_LINE;
      const long = Math.max(NARROWEST, Math.min(beats.quarterAt(note.endTime) - start, DRUM_QUARTERS) * scale.quarter - 1);
      shapes.push({ role: roleOf(note), x: xOf(start), y, width: long, height: DRUM_LINE - 1 });
    }
    const times = bars.filter((bar) => bar >= row.from && bar < row.to).map((bar) => ({ x: xOf(bar), seconds: beats.secondsAt(bar) }));
    shapes.push(...timeAxis(times, below + strip + 10));
    top = below + strip + AXIS;
  }
  return {
    width: Math.ceil(width),
    height: top + MARGIN - 10,
    shapes: [{ role: 'paper', x: 0, y: 0, width, height: top + MARGIN }, ...shapes],
  };
}

/** The tracks' colours and names, in columns. */
function legend(
  tracks: readonly ShownTrack[],
  { top, columns, hollow }: { top: number; columns: number; hollow: number | undefined },
): (Box | Text)[] {
  return tracks.flatMap(({ instrument, role, name }, k) => {
    const x = MARGIN + (k % columns) * LEGEND_COLUMN;
    const y = top + Math.floor(k / columns) * LEGEND_LINE;
    const swatch: Box[] = [{ role, x, y: y + 2, width: 16, height: 10 }];
    if (instrument === hollow) swatch.push({ role: 'paper', x: x + 2, y: y + 4, width: 12, height: 6 });
    return [...swatch, { role: 'text', x: x + 22, y: y + 11, text: name, size: TEXT_SIZE }];
  });
}

/** The times that bars begin at, as many as there is room for. */
function timeAxis(times: readonly { x: number; seconds: number }[], y: number): Text[] {
  let next = Number.NEGATIVE_INFINITY;
  return times.flatMap(({ x, seconds }): Text[] => {
    if (x < next) return [];
    next = x + CLOSEST_TIMES;
    return [{ role: 'quiet', x, y, text: asTime(seconds), size: TIME_SIZE }];
  });
}

function tooLong(quarters: number): MstError {
  return new MstError('bad-sequence', `${Math.round(quarters)} quarter notes are too many for one sheet.`, {
    hint: 'Draw a part of the music.',
  });
}

/** Rows of as many bars as fit, a multiple of four if more than four do. */
function rowsOf(bars: readonly number[], quarters: number): Row[] {
  const rows: Row[] = [];
  for (let first = 0; first < bars.length - 1; ) {
    const from = bars[first] as number;
    let count = 1;
    while (first + count + 1 < bars.length && (bars[first + count + 1] as number) - from <= quarters) count++;
    if (count > 4 && first + count < bars.length - 1) count -= count % 4;
    rows.push({ from, to: bars[first + count] as number });
    first += count;
  }
  return rows;
}

interface ShownTrack {
  readonly instrument: number;
  readonly role: Role;
  readonly name: string;
}

function tracksOf(notes: readonly Note[], names: ReadonlyMap<number, string>): ShownTrack[] {
  const found = [...new Set(notes.map(({ instrument }) => instrument))].sort((a, b) => a - b);
  return found.map((instrument, k) => {
    const name = names.get(instrument) ?? `Track ${instrument + 1}`;
    const short = [...name].length > LEGEND_TEXT ? `${[...name].slice(0, LEGEND_TEXT - 1).join('')}…` : name;
    return { instrument, role: TRACK_ROLES[k % TRACK_ROLES.length] ?? 'note', name: short };
  });
}
