// Where the keys of the screen's piano are, and the lanes of their notes above them. Pure; x in widths of a white key from the left edge.

/** A piano of `whites` white keys, beginning with the white key `low`. */
export interface PianoRange {
  readonly low: number;
  readonly high: number;
  readonly whites: number;
}

export interface KeyPlace {
  readonly pitch: number;
  readonly black: boolean;
  /** Left edge and width. */
  readonly x: number;
  readonly width: number;
}

const WHITE_SEMITONES = [0, 2, 4, 5, 7, 9, 11];
/** Number of white keys below each semitone of an octave. */
const WHITES_BELOW = [0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6];
/** How far the middle of a black key is from the gap between its neighbours. */
const BLACK_SHIFT = new Map([
  [1, -0.1],
  [3, 0.1],
  [6, -0.13],
  [8, 0],
  [10, 0.13],
]);
const BLACK_WIDTH = 0.58;
const HIGHEST = 127;
/** White keys that letters lie on. */
const LETTER_WHITES = 19;
const LEAST_WHITES = 11;
const MOST_WHITES = 36;
/** Width of a white key that is aimed at, in pixels. */
const WHITE_WIDTH = 42;

export const isBlack = (pitch: number): boolean => BLACK_SHIFT.has(pitch % 12);

/** White keys below a pitch, counted from pitch 0. */
const whiteIndex = (pitch: number): number => Math.floor(pitch / 12) * 7 + (WHITES_BELOW[pitch % 12] ?? 0);
const whitePitch = (index: number): number => Math.floor(index / 7) * 12 + (WHITE_SEMITONES[index % 7] ?? 0);

/** The piano that fits into so many pixels. @param lowestLetter the C of the lowest letter: always on the piano */
export function pianoRange(width: number, lowestLetter: number): PianoRange {
  const whites = Math.min(MOST_WHITES, Math.max(LEAST_WHITES, Math.round(width / WHITE_WIDTH)));
  const spare = Math.max(0, whites - LETTER_WHITES);
  // Whole octaves of the room that is left go below the letters: melodies rather lie there.
  const below = 7 * Math.floor((spare * 0.7) / 7);
  const last = whiteIndex(HIGHEST);
  const first = Math.max(0, Math.min(last - whites + 1, whiteIndex(lowestLetter) - below));
  return { low: whitePitch(first), high: whitePitch(first + whites - 1), whites };
}

/** Where a key is. */
export function keyPlace({ low }: PianoRange, pitch: number): KeyPlace {
  const x = whiteIndex(pitch) - whiteIndex(low);
  const shift = BLACK_SHIFT.get(pitch % 12);
  if (shift === undefined) return { pitch, black: false, x, width: 1 };
  return { pitch, black: true, x: x + shift - BLACK_WIDTH / 2, width: BLACK_WIDTH };
}

/** All keys, from left to right. */
export function keysOf(range: PianoRange): KeyPlace[] {
  return Array.from({ length: range.high - range.low + 1 }, (_, k) => keyPlace(range, range.low + k));
}

/** The key at a place. @param x in white keys @param y 0 at the top of the keys, 1 at their ends @param blackLength share of the keys' length that black keys have */
export function keyAt(range: PianoRange, x: number, y: number, blackLength: number): number | undefined {
  if (x < 0 || x >= range.whites) return undefined;
  const white = whitePitch(whiteIndex(range.low) + Math.floor(x));
  if (y > blackLength) return white;
  const black = [white - 1, white + 1].find((pitch) => {
    if (pitch < range.low || pitch > range.high || !isBlack(pitch)) return false;
    const place = keyPlace(range, pitch);
    return x >= place.x && x < place.x + place.width;
  });
  return black ?? white;
}

const NAMES = ['C', 'C sharp', 'D', 'D sharp', 'E', 'F', 'F sharp', 'G', 'G sharp', 'A', 'A sharp', 'B'];

/** A pitch in words: 60 is "C4". */
export function pitchName(pitch: number): string {
  const [letter = '', sharp] = (NAMES[pitch % 12] ?? '').split(' ');
  return `${letter}${Math.floor(pitch / 12) - 1}${sharp === undefined ? '' : ' sharp'}`;
}
