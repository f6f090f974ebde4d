// A piano roll on a canvas: a melody in colour, the song's other notes in grey behind it, bars and octaves. Colours are the page's custom
// properties (--roll-…), so it follows dark and light.

import { type RollNote, UNITS_PER_QUARTER } from '../packed-song.js';

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
const FEWEST_PITCHES = 25;
/** Canvases beyond this are not made; the picture is then drawn coarser. */
const MOST_PIXELS = 12_000;

const BLACK = new Set([1, 3, 6, 8, 10]);

/** Draws a picture over a canvas of so many CSS pixels. */
export function drawRoll(canvas: HTMLCanvasElement, picture: RollPicture, { width, height }: { width: number; height: number }): void {
  const scale = Math.min(Math.max(1, devicePixelRatio), 2, MOST_PIXELS / width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const brush = canvas.getContext('2d');
  if (brush === null) return;
  brush.setTransform(scale, 0, 0, scale, 0, 0);
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(`--roll-${name}`);
  const { length, bar, firstBar, notes, others } = picture;
  const { low, high } = rangeOf(notes, others, height);
  const row = Math.min(MOST_ROW, (height - HEADER - MARGIN) / (high - low + 1));
  const top = HEADER + (height - HEADER - MARGIN - row * (high - low + 1)) / 2;
  const x = (place: number): number => (place / length) * width;
  const y = (pitch: number): number => top + (high - pitch) * row;

  brush.fillStyle = colour('lane');
  brush.fillRect(0, HEADER, width, height - HEADER);
  brush.fillStyle = colour('black');
  for (let pitch = low; pitch <= high; pitch++) if (BLACK.has(pitch % 12)) brush.fillRect(0, y(pitch), width, row);

  let free = -Infinity;
  brush.font = `10px ${style.fontFamily}`;
  brush.textBaseline = 'middle';
  for (let place = 0, number = firstBar; place < length; place += bar, number++) {
    if (x(UNITS_PER_QUARTER) >= 5) {
      brush.fillStyle = colour('beat');
      for (let at = place + UNITS_PER_QUARTER; at < Math.min(place + bar, length); at += UNITS_PER_QUARTER)
        brush.fillRect(x(at), HEADER, 1, height - HEADER);
    }
    brush.fillStyle = colour('bar');
    brush.fillRect(x(place), HEADER - 4, 1, height - HEADER + 4);
    if (x(place) < free || x(place) > width - 16) continue;
    brush.fillStyle = colour('label');
    brush.fillText(String(number), x(place) + 4, HEADER / 2);
    free = x(place) + CLOSEST_NUMBERS;
  }
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) {
    brush.fillStyle = colour('octave');
    brush.fillRect(0, y(pitch) + row - 0.5, width, 1);
  }

  const rectangle = ({ start, length: long, pitch }: RollNote, thick: number): void => {
    const left = Math.max(0, x(start));
    const right = Math.min(width, x(start + long));
    brush.fillRect(left, y(pitch) + (row - thick) / 2, Math.max(1, right - left - (right - left > 3 ? 1 : 0)), thick);
  };
  brush.fillStyle = colour('other');
  for (const note of others) if (note.start < length && note.start + note.length > 0) rectangle(note, Math.max(1.5, row - 1.5));
  const thick = Math.max(4.5, row + 0.5);
  brush.fillStyle = colour('note');
  for (const note of notes) rectangle(note, thick);
  brush.fillStyle = colour('onset');
  for (const { start, length: long, pitch } of notes) {
    if (x(long) >= LEAST_ONSET) brush.fillRect(Math.max(0, x(start)), y(pitch) + (row - thick) / 2, 2, thick);
  }

  // The names of the octaves stand on top, where nothing hides them.
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) {
    const name = `C${pitch / 12 - 1}`;
    const at = y(pitch) + row / 2;
    brush.fillStyle = colour('tag');
    brush.fillRect(0, at - 6, 18, 12);
    brush.fillStyle = colour('label');
    brush.fillText(name, 3, at + 0.5);
  }
}

/** The pitches shown: all of the melody's, and of the others as many as there is room for. */
function rangeOf(notes: readonly RollNote[], others: readonly RollNote[], height: number): { low: number; high: number } {
  const room = Math.floor((height - HEADER - MARGIN) / LEAST_ROW);
  const ends = (list: readonly RollNote[]): [number, number] => [
    list.reduce((low, { pitch }) => Math.min(low, pitch), 127),
    list.reduce((high, { pitch }) => Math.max(high, pitch), 0),
  ];
  const [mine, theirs] = [ends(notes), ends([...notes, ...others])];
  let low = Math.max(theirs[0], mine[1] + 2 - room, 0);
  let high = Math.min(theirs[1], low + room);
  const missing = FEWEST_PITCHES - (high - low + 1);
  if (missing > 0) {
    low -= Math.floor(missing / 2);
    high += Math.ceil(missing / 2);
  }
  return { low: Math.max(0, low - 1), high: Math.min(127, high + 1) };
}
