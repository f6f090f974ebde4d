// A piano roll on a canvas: a melody in colour, the song's other notes in grey behind it, bars and octaves. Colours are the page's custom
// properties, so it follows dark and light.

import { type RollNote, UNITS_PER_QUARTER } from '../packed-song.js';
import { type PitchRange, widened } from '../pitches.js';
import { brushFor, coloursOf, drawLanes, drawOctaveNames, drawOctaves, laneTop } from './lanes.js';

/** What is drawn; places in units from the left edge. */
export interface RollPicture {
  readonly length: number;
  readonly bar: number;
  /** Number of the first bar. */
  readonly firstBar: number;
  readonly notes: readonly RollNote[];
  readonly others: readonly RollNote[];
}

/** CSS pixels. */
const HEADER = 15;
const MARGIN = 3;
const LEAST_ROW = 2;
const MOST_ROW = 9;
const CLOSEST_NUMBERS = 30;
/** Notes at least so long have their beginning marked. */
const LEAST_ONSET = 8;
const FEWEST_PITCHES = 27;

/** Draws a picture over a canvas of so many CSS pixels. */
export function drawRoll(canvas: HTMLCanvasElement, picture: RollPicture, { width, height }: { width: number; height: number }): void {
  const brush = brushFor(canvas, width, height);
  if (brush === undefined) return;
  const colour = coloursOf(canvas);
  const { length, bar, firstBar, notes, others } = picture;
  const { low, high } = rangeOf(notes, others, height);
  const row = Math.min(MOST_ROW, (height - HEADER - MARGIN) / (high - low + 1));
  const lanes = { low, high, row, top: HEADER + (height - HEADER - MARGIN - row * (high - low + 1)) / 2 };
  const x = (place: number): number => (place / length) * width;
  const y = (pitch: number): number => laneTop(lanes, pitch);

  brush.fillStyle = colour('stage');
  brush.fillRect(0, HEADER, width, height - HEADER);
  drawLanes(brush, lanes, { width, colour });

  let free = -Infinity;
  brush.font = `10px ${getComputedStyle(canvas).fontFamily}`;
  brush.textBaseline = 'middle';
  for (let place = 0, number = firstBar; place < length; place += bar, number++) {
    if (x(UNITS_PER_QUARTER) >= 5) {
      brush.fillStyle = colour('stage-beat');
      for (let at = place + UNITS_PER_QUARTER; at < Math.min(place + bar, length); at += UNITS_PER_QUARTER)
        brush.fillRect(x(at), HEADER, 1, height - HEADER);
    }
    brush.fillStyle = colour('stage-bar');
    brush.fillRect(x(place), HEADER - 4, 1, height - HEADER + 4);
    if (x(place) < free || x(place) > width - 16) continue;
    brush.fillStyle = colour('quiet');
    brush.fillText(String(number), x(place) + 4, HEADER / 2);
    free = x(place) + CLOSEST_NUMBERS;
  }
  drawOctaves(brush, lanes, { width, colour });

  const rectangle = ({ start, length: long, pitch }: RollNote, thick: number): void => {
    const left = Math.max(0, x(start));
    const right = Math.min(width, x(start + long));
    brush.fillRect(left, y(pitch) + (row - thick) / 2, Math.max(1, right - left - (right - left > 3 ? 1 : 0)), thick);
  };
  brush.fillStyle = colour('edge');
  for (const note of others) if (note.start < length && note.start + note.length > 0) rectangle(note, Math.max(1.5, row - 1.5));
  const thick = Math.max(4.5, row + 0.5);
  brush.fillStyle = colour('note');
  for (const note of notes) rectangle(note, thick);
  brush.fillStyle = colour('onset');
  for (const { start, length: long, pitch } of notes) {
    if (x(long) >= LEAST_ONSET) brush.fillRect(Math.max(0, x(start)), y(pitch) + (row - thick) / 2, 2, thick);
  }
  drawOctaveNames(brush, lanes, colour);
}

/** The pitches shown: all of the melody's, and of the others as many as there is room for. */
function rangeOf(notes: readonly RollNote[], others: readonly RollNote[], height: number): PitchRange {
  const room = Math.floor((height - HEADER - MARGIN) / LEAST_ROW);
  const ends = (list: readonly RollNote[]): [number, number] => [
    list.reduce((low, { pitch }) => Math.min(low, pitch), 127),
    list.reduce((high, { pitch }) => Math.max(high, pitch), 0),
  ];
  const [mine, theirs] = [ends(notes), ends([...notes, ...others])];
  const low = Math.max(theirs[0], mine[1] + 2 - room, 0);
  const high = Math.min(theirs[1], low + room);
  return widened({ low: low - 1, high: high + 1 }, FEWEST_PITCHES);
}
