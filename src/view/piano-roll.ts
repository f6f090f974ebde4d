// A piano roll: time to the right in quarter notes, pitch upwards, a keyboard on the left. This file decides where everything stands;
// raster.ts turns it into pixels.
import { MstError } from '../core/errors.js';
import { BeatMap } from '../extraction/beats.js';
import type { Note, NoteSequence } from '../music/note-sequence.js';
import { INSTANT, type Metre, metresOf } from './bars.js';
import type { Box, Drawing, Label, Role } from './drawing.js';
import { isBlack, type PitchRange, pitchName, pitchRange } from './pitches.js';

export interface PianoRollOptions {
  /** Length in quarter notes. Default: to the end of the bar in which the last note ends. Notes beyond it are cut off. */
  readonly quarters?: number;
  /** The quarter note it begins at, by default the first. Notes that began before it are drawn from there. */
  readonly from?: number;
  /** The pitches shown. By default those of the notes, and a few around them. */
  readonly pitches?: PitchRange;
  /** The colour of a note's box; by default all have that of `note`, and their beginnings are marked. */
  readonly roleOf?: (note: Note) => Role;
  /** Whether a note is an outline, where there is room for one; by default none is. */
  readonly isHollow?: (note: Note) => boolean;
  /** Width of a quarter note in pixels. Default 24. */
  readonly quarterWidth?: number;
  /** Height of a semitone in pixels. Default 10. */
  readonly pitchHeight?: number;
}

/** Pixels left of the music (the keyboard), above it (the bar numbers), and on the other two sides. */
export const KEYBOARD = 44;
const HEADER = 16;
const MARGIN = 4;
const BLACK_KEY = 26;
const HIGHEST = 127;
const WIDEST = 16_384;
/** Lines and numbers closer than this many pixels are left out. */
const CLOSEST_LINES = 4;
const CLOSEST_NUMBERS = 24;
const LABEL_HEIGHT = 7;
const ONSET = 3;

/**
 * Lays a piece of music out as a piano roll, all instruments together.
 * @param sequence not quantized; notes in seconds, pitches 0..127
 * @throws MstError `bad-sequence` for notes outside of that, and for music too long to be drawn at this scale
 */
export function layoutPianoRoll(
  sequence: Pick<NoteSequence, 'notes' | 'tempos' | 'timeSignatures'>,
  { quarters, from = 0, pitches, roleOf, isHollow, quarterWidth = 24, pitchHeight = 10 }: PianoRollOptions = {},
): Drawing {
  const beats = new BeatMap(sequence.tempos);
  const notes = sequence.notes.map((source) => {
    const { pitch, startTime, endTime } = source;
    const note = { pitch, start: beats.quarterAt(startTime), end: beats.quarterAt(endTime), source };
    if (Number.isInteger(pitch) && pitch >= 0 && pitch <= HIGHEST && note.start >= 0 && note.start <= note.end) return note;
    throw new MstError('bad-sequence', `A note of pitch ${pitch} from ${startTime} s to ${endTime} s cannot be drawn.`, {
      hint: 'Pitches are 0 to 127, and a note ends after it begins.',
    });
  });
  const last = notes.reduce((end, note) => Math.max(end, note.end), 0);
  const end = quarters ?? endOfBar(metresOf(sequence, beats, Number.POSITIVE_INFINITY), last);
  const width = KEYBOARD + Math.ceil((end - from) * quarterWidth) + MARGIN;
  if (!(width <= WIDEST)) {
    throw new MstError(
      'bad-sequence',
      `${Math.round(end - from)} quarter notes are too long a piano roll: it would be ${width} pixels wide.`,
      {
        hint: `Draw a part of the music, or at most ${WIDEST} pixels.`,
      },
    );
  }
  const { low, high } = pitches ?? pitchRange(notes.map(({ pitch }) => pitch));
  const height = HEADER + (high - low + 1) * pitchHeight + MARGIN;
  const xOf = (quarter: number): number => KEYBOARD + (Math.min(Math.max(quarter, from), end) - from) * quarterWidth;
  const yOf = (pitch: number): number => HEADER + (high - pitch) * pitchHeight;
  const frame = { left: KEYBOARD, right: xOf(end), top: HEADER, bottom: height - MARGIN };
  const shapes: (Box | Label)[] = [{ role: 'paper', x: 0, y: 0, width, height }];

  for (let pitch = low; pitch <= high; pitch++) shapes.push(...lane(pitch, yOf(pitch), pitchHeight, frame));
  shapes.push({ role: 'key-edge', x: MARGIN - 1, y: frame.top, width: 1, height: frame.bottom - frame.top });
  shapes.push(...grid(metresOf(sequence, beats, end), xOf, { quarterWidth, from, frame }));
  shapes.push({ role: 'bar', x: frame.right, y: frame.top, width: 1, height: frame.bottom - frame.top });
  for (const { pitch, start, end: stop, source } of notes) {
    if (start > end - INSTANT || (stop < from + INSTANT && start < from) || pitch < low || pitch > high) continue;
    const [x, y] = [xOf(start), yOf(pitch) + 1];
    // A pixel is left free before the next note, so that repeated ones stay apart.
    const noteWidth = Math.max(1, xOf(stop) - x - 1);
    shapes.push({ role: roleOf?.(source) ?? 'note', x, y, width: noteWidth, height: pitchHeight - 1 });
    const edge = pitchHeight >= 7 ? 1.5 : 1;
    if (isHollow?.(source) && noteWidth > 3 * edge && pitchHeight - 1 > 2 * edge)
      shapes.push({ role: 'paper', x: x + edge, y: y + edge, width: noteWidth - 2 * edge, height: pitchHeight - 1 - 2 * edge });
    if (roleOf === undefined) shapes.push({ role: 'onset', x, y, width: Math.min(ONSET, noteWidth), height: pitchHeight - 1 });
  }
  return { width, height, shapes };
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The end of the bar in which `last` lies; one bar at least. */
function endOfBar(metres: readonly Metre[], last: number): number {
  const metre = metres.findLast(({ start }) => start < last) ?? metres[0];
  if (metre === undefined) return last;
  const bar = metre.beat * metre.beatsPerBar;
  // What rounding leaves of a note's end does not open another bar.
  return metre.start + Math.max(1, Math.ceil((last - metre.start) / bar - INSTANT)) * bar;
}

/** A pitch's row and its key. Every C has a line below it and its name, C4 being 60. */
function lane(pitch: number, y: number, height: number, { left, right }: Frame): (Box | Label)[] {
  const black = isBlack(pitch);
  const shapes: (Box | Label)[] = [
    { role: black ? 'black-lane' : 'white-lane', x: left, y, width: right - left, height },
    { role: 'white-key', x: MARGIN, y, width: left - MARGIN, height },
  ];
  if (black) {
    shapes.push({ role: 'key-edge', x: MARGIN, y: y + height / 2, width: left - MARGIN, height: 1 });
    shapes.push({ role: 'black-key', x: MARGIN, y, width: BLACK_KEY, height });
  }
  const below = pitch % 12;
  // Between E and F, and between B and C, no black key parts the white ones.
  if (below === 5 || below === 0) shapes.push({ role: 'key-edge', x: MARGIN, y: y + height, width: left - MARGIN, height: 1 });
  if (below === 0) {
    shapes.push({ role: 'octave', x: left, y: y + height, width: right - left, height: 1 });
    shapes.push({ role: 'label', x: left - 16, y: y + (height - LABEL_HEIGHT) / 2, text: pitchName(pitch) });
  }
  return shapes;
}

/** Lines at bars and beats, and the numbers of the bars from 1. */
function grid(
  metres: readonly Metre[],
  xOf: (quarter: number) => number,
  { quarterWidth, from, frame }: { quarterWidth: number; from: number; frame: Frame },
): (Box | Label)[] {
  const shapes: (Box | Label)[] = [];
  const line = (role: Role, quarter: number): void => {
    shapes.push({ role, x: xOf(quarter), y: frame.top, width: 1, height: frame.bottom - frame.top });
  };
  let bars = 0;
  let nextNumber = Number.NEGATIVE_INFINITY;
  for (const { start, end, beat, beatsPerBar } of metres) {
    const bar = beat * beatsPerBar;
    const beatsShow = beat * quarterWidth >= CLOSEST_LINES;
    if (!(bar * quarterWidth >= CLOSEST_LINES)) continue;
    for (let i = 0; start + i * bar < end; i++) {
      const at = start + i * bar;
      bars++;
      if (at + bar <= from) continue;
      if (beatsShow) for (let k = 1; k < beatsPerBar && at + k * beat < end; k++) if (at + k * beat >= from) line('beat', at + k * beat);
      if (at < from) continue;
      line('bar', at);
      if (xOf(at) < nextNumber) continue;
      shapes.push({ role: 'label', x: xOf(at), y: (HEADER - LABEL_HEIGHT) / 2, text: String(bars) });
      nextNumber = xOf(at) + CLOSEST_NUMBERS;
    }
  }
  return shapes;
}
