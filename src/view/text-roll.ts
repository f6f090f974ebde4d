// A tiny piano roll of text, for terminals: two semitones to a line by half blocks, time to the right, bars numbered above.

import { BeatMap } from '../extraction/beats.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { INSTANT, metresOf } from './bars.js';
import { pitchName } from './pitches.js';

/** Both halves of a character by whether they sound: upper, then lower. */
const BLOCKS = [' ', '▄', '▀', '█'];
/** More semitones are not drawn: the outermost are left out. */
const MOST_PITCHES = 48;

/**
 * Draws music, drums left out.
 * @param sequence not quantized; notes in seconds, pitches 0..127
 * @param columns characters for the music, beside four for names of notes
 * @returns lines without line ends; none for music without notes
 */
export function textRoll(sequence: Pick<NoteSequence, 'notes' | 'tempos' | 'timeSignatures'>, columns = 64): string[] {
  const beats = new BeatMap(sequence.tempos);
  const notes = sequence.notes
    .filter(({ isDrum }) => !isDrum)
    .map(({ pitch, startTime, endTime }) => ({ pitch, start: beats.quarterAt(startTime), end: beats.quarterAt(endTime) }));
  if (notes.length === 0) return [];
  const high = notes.reduce((highest, { pitch }) => Math.max(highest, pitch), 0);
  const lowest = notes.reduce((least, { pitch }) => Math.min(least, pitch), high);
  const low = Math.max(high - MOST_PITCHES + 1, lowest);
  const [metre] = metresOf(sequence, beats, Number.POSITIVE_INFINITY);
  const bar = metre === undefined ? 4 : metre.beat * metre.beatsPerBar;
  const last = notes.reduce((latest, note) => Math.max(latest, note.end), 0);
  const end = Math.max(bar, Math.ceil(last / bar - INSTANT) * bar);
  const width = end / columns;
  const sounding = new Set<number>();
  for (const note of notes) {
    const first = Math.max(0, Math.floor((note.start + INSTANT) / width));
    for (let column = first; column < columns && note.end > column * width + INSTANT; column++) sounding.add(note.pitch * columns + column);
  }
  const sounds = (pitch: number, column: number): boolean => sounding.has(pitch * columns + column);
  const lines = [`    ${barNumbers(end / bar, columns)}`.trimEnd()];
  for (let top = high; top >= low; top -= 2) {
    const label = top === high || top - 2 < low ? pitchName(top) : '';
    let line = '';
    for (let column = 0; column < columns; column++) line += BLOCKS[(sounds(top, column) ? 2 : 0) + (sounds(top - 1, column) ? 1 : 0)];
    lines.push(`${label.padEnd(4)}${line}`.trimEnd());
  }
  return lines;
}

/** 1, 2, 3 … where the bars begin, as many as there is room for. */
function barNumbers(bars: number, columns: number): string {
  let line = '';
  for (let bar = 0; bar < bars; bar++) {
    const at = Math.round((bar * columns) / bars);
    if (bar === 0 || at > line.length) line = `${line.padEnd(at)}${bar + 1}`;
  }
  return line.slice(0, columns);
}
