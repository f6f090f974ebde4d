// A line cut into the melodies a model learns from: at long rests always, and where it would grow too long at the end of a phrase.
import type { Bars } from './bars.js';
import type { Line } from './upper-line.js';

/** No melody is longer, in steps: 36 bars of 4/4, room for 32 with a pickup and a long last note. Magenta cuts off what is beyond 32. */
const LONGEST_PIECE = 576;
/** A rest of so many bars ends a melody. */
const GAP_BARS = 2;
/** Pieces of a line that is too long are about so long. */
const USUAL_PIECE = 384;
/** A cut may be nearer or farther by this share of a piece. */
const FREEDOM = 0.4;

/** Notes first..last-1 of a line, as a melody from a bar line to the end of its last note. */
export interface Piece {
  readonly first: number;
  readonly last: number;
  /** Step of the bar line at or before its first note. */
  readonly startStep: number;
  readonly steps: number;
}

/** The pieces of a line in order: every note belongs to exactly one. No piece is longer than LONGEST_PIECE steps. */
export function cutPhrases(line: Line, bars: Bars): Piece[] {
  const { starts, ends } = line;
  const pieces: Piece[] = [];
  let first = 0;
  for (let i = 1; i <= starts.length; i++) {
    const end = ends[i - 1] as number;
    const next = starts[i];
    if (next !== undefined && next - end < GAP_BARS * bars.barSteps(end)) continue;
    cutLong(line, bars, first, i, pieces);
    first = i;
  }
  return pieces;
}

/** Appends notes first..last-1 as one piece, or as several of about the same length. */
function cutLong(line: Line, bars: Bars, first: number, last: number, pieces: Piece[]): void {
  const { starts, ends } = line;
  const end = ends[last - 1] as number;
  let from = first;
  for (;;) {
    const startStep = bars.barLine(starts[from] as number);
    const steps = end - startStep;
    if (steps <= LONGEST_PIECE) {
      pieces.push({ first: from, last, startStep, steps });
      return;
    }
    const cut = bestCut(line, bars, from, last, startStep, steps / Math.ceil(steps / USUAL_PIECE));
    pieces.push({ first: from, last: cut, startStep, steps: (ends[cut - 1] as number) - startStep });
    from = cut;
  }
}

/** The note that a new piece had best begin with, among those about `ideal` steps from `startStep`. */
function bestCut({ starts, ends }: Line, bars: Bars, from: number, last: number, startStep: number, ideal: number): number {
  let best: number | undefined;
  let highest = -Infinity;
  let cut = from + 1;
  for (let i = from + 1; i < last && (ends[i - 1] as number) - startStep <= LONGEST_PIECE; i++) {
    cut = i;
    const start = starts[i] as number;
    const away = Math.abs(start - startStep - ideal) / ideal;
    if (away > FREEDOM) continue;
    const score = phraseEnd(starts[i - 1] as number, ends[i - 1] as number, start, bars, startStep) - 6 * away;
    if (score > highest) [highest, best] = [score, i];
  }
  return best ?? cut;
}

/** How much the place between two notes is the end of a phrase: a rest, a long note, a bar line, the fourth and the eighth bar. */
function phraseEnd(before: number, end: number, next: number, bars: Bars, startStep: number): number {
  const rest = Math.min(next - end, 16) / 4;
  const held = Math.min(next - before, 16) / 4;
  const line = bars.barLine(next);
  const pickup = next - line;
  const onBar = pickup === 0 ? 2 : bars.barSteps(next) - pickup <= 4 ? 1 : 0;
  const count = bars.barIndex(next + (onBar === 1 ? bars.barSteps(next) - pickup : 0)) - bars.barIndex(startStep);
  return rest + held + onBar + (onBar > 0 && count % 4 === 0 ? 1 : 0) + (onBar > 0 && count % 8 === 0 ? 1 : 0);
}
