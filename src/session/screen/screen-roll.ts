// The piano roll and the keyboard of the terminal screen. What was played is left of the line in the middle, what the model will play is
// right of it.

import type { RollNote, Status } from '../../jam/status.js';
import { pitchName } from '../../view/pitches.js';
import { colored, type ScreenStyle, type Tone } from './screen-text.js';

/** Seconds shown on each side of the line. */
const SECONDS_A_SIDE = 4;
/** Fewest semitones shown; fewer notes than that are shown around the middle of theirs. */
const FEWEST_PITCHES = 14;
const MIDDLE_C = 60;
const HIGHEST = 127;
/** Names of pitches beside the roll, where there is room for both. */
const LABEL_WIDTH = 4;
const FEWEST_COLUMNS = 12;

const MARKS = {
  unicode: { you: '█', model: '▒', now: '│', white: '▁', black: '▖', heldYou: '█', heldModel: '▒' },
  ascii: { you: '#', model: '=', now: '|', white: '_', black: '.', heldYou: '#', heldModel: '=' },
};

interface Cell {
  mark: string;
  tone: Tone | undefined;
}

/**
 * The roll as lines of exactly `columns` places.
 * @param now session seconds
 */
export function drawRoll(roll: readonly RollNote[], now: number, columns: number, rows: number, style: ScreenStyle): string[] {
  const marks = style.unicode ? MARKS.unicode : MARKS.ascii;
  const labelWidth = columns < FEWEST_COLUMNS ? 0 : LABEL_WIDTH;
  const width = columns - labelWidth;
  const middle = width >> 1;
  const perColumn = SECONDS_A_SIDE / Math.max(1, middle);
  const { low, pitchesPerRow } = pitchScale(roll, rows);
  const cells: Cell[][] = Array.from({ length: rows }, () => Array.from({ length: width }, () => ({ mark: ' ', tone: undefined })));
  for (const row of cells) row[middle] = { mark: marks.now, tone: 'quiet' };
  for (const { voice, pitch, start, end } of roll) {
    const row = cells[rows - 1 - Math.floor((pitch - low) / pitchesPerRow)];
    if (row === undefined) continue;
    const first = middle + Math.floor((start - now) / perColumn);
    const last = Math.max(first, middle + Math.ceil(((end ?? now) - now) / perColumn) - 1);
    for (let x = Math.max(0, first); x <= Math.min(width - 1, last); x++) row[x] = { mark: marks[voice], tone: voice };
  }
  return cells.map((row, index) => {
    const pitch = low + (rows - 1 - index) * pitchesPerRow;
    // Every row in which a C lies is named.
    const c = Math.ceil(pitch / 12) * 12;
    const label = c < pitch + pitchesPerRow && c <= HIGHEST ? pitchName(c) : '';
    return colored(label.padEnd(labelWidth).slice(0, labelWidth), 'quiet', style) + runs(row, style);
  });
}

/** The lowest pitch shown and how many share a row, so that all notes fit. */
function pitchScale(roll: readonly RollNote[], rows: number): { low: number; pitchesPerRow: number } {
  const pitches = roll.map(({ pitch }) => pitch);
  const lowest = pitches.length === 0 ? MIDDLE_C : Math.min(...pitches);
  const highest = pitches.length === 0 ? MIDDLE_C + 12 : Math.max(...pitches);
  const range = Math.max(FEWEST_PITCHES, highest - lowest + 1);
  const pitchesPerRow = Math.max(1, Math.ceil(range / Math.max(1, rows)));
  const shown = pitchesPerRow * rows;
  return { low: Math.max(0, Math.min(HIGHEST + 1 - shown, Math.floor((lowest + highest + 1 - shown) / 2))), pitchesPerRow };
}

/** A keyboard of as many keys as there is room for, the ones that sound marked. */
export function drawKeyboard(sounding: Status['sounding'], columns: number, style: ScreenStyle): string {
  const marks = style.unicode ? MARKS.unicode : MARKS.ascii;
  const count = Math.min(HIGHEST + 1, columns);
  const lowest = Math.max(0, Math.min(HIGHEST + 1 - count, MIDDLE_C - (count >> 1)));
  const cells = Array.from({ length: count }, (_, k): Cell => {
    const pitch = lowest + k;
    if (sounding.you.includes(pitch)) return { mark: marks.heldYou, tone: 'you' };
    if (sounding.model.includes(pitch)) return { mark: marks.heldModel, tone: 'model' };
    if (pitch % 12 === 0) return { mark: 'C', tone: 'quiet' };
    return { mark: pitchName(pitch).includes('#') ? marks.black : marks.white, tone: 'quiet' };
  });
  return runs(cells, style) + ' '.repeat(Math.max(0, columns - count));
}

/** Cells as text, with a colour for each run of them. */
function runs(cells: readonly Cell[], style: ScreenStyle): string {
  let drawn = '';
  for (let from = 0; from < cells.length; ) {
    const tone = cells[from]?.tone;
    let text = '';
    for (; from < cells.length && cells[from]?.tone === tone; from++) text += cells[from]?.mark;
    drawn += tone === undefined ? text : colored(text, tone, style);
  }
  return drawn;
}
