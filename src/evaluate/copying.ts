// Whether a model copies: how long the passages are that its pieces share with the songs it learned from, beside those that excerpts of
// held-out songs share with them, since real songs share passages too.

import { quantile } from './distance.js';

/** How many pieces share a passage of so many bars or more with a training song. */
export interface CopyLevel {
  readonly bars: number;
  readonly generated: number;
  readonly heldOut: number;
}

export interface CopyJudgement {
  /** Pieces compared. */
  readonly generated: number;
  readonly heldOut: number;
  /** Bars of the longest shared passage of each piece: the middle one, the one that 19 in 20 do not exceed, the longest. */
  readonly bars: { readonly generated: Spread; readonly heldOut: Spread | null };
  readonly levels: readonly CopyLevel[];
  /** The level that shows copying, when one does: chance gives so many with less than 1 in 1000. */
  readonly copies: CopyLevel | null;
}

export interface Spread {
  readonly median: number;
  readonly high: number;
  readonly most: number;
}

/** A shorter passage than this many bars is nobody's property. */
const FEWEST_BARS = 2;
const UNLIKELY = 0.001;
/** Where few songs were set aside, or none: excerpts taken to have been heard beside them, one of which shares so much. */
const IMAGINED = 8;

/**
 * Judges by the length in bars of the longest passage that each piece shares with a training song.
 * @param generated of the model's pieces
 * @param heldOut of excerpts of held-out songs, as long as the pieces
 * @param bars length of the pieces
 */
export function judgeCopying(generated: readonly number[], heldOut: readonly number[], bars: number): CopyJudgement {
  const levels: CopyLevel[] = [];
  for (let level = FEWEST_BARS; level < bars; level++) {
    const reach = (lengths: readonly number[]): number => lengths.filter((length) => length >= level).length;
    levels.push({ bars: level, generated: reach(generated), heldOut: reach(heldOut) });
  }
  const chances = levels.map((level) => binomialTail(level.generated, generated.length, (level.heldOut + 1) / (heldOut.length + IMAGINED)));
  const least = Math.min(...chances);
  return {
    generated: generated.length,
    heldOut: heldOut.length,
    bars: { generated: spread(generated), heldOut: heldOut.length === 0 ? null : spread(heldOut) },
    levels,
    copies: least < UNLIKELY ? (levels[chances.indexOf(least)] ?? null) : null,
  };
}

/** The probability of `k` successes or more in `n` trials of probability `p`, 0 < p < 1. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p / (1 - p));
  }
  return Math.min(1, sum);
}

function spread(lengths: readonly number[]): Spread {
  return { median: quantile(lengths, 0.5), high: quantile(lengths, 0.95), most: quantile(lengths, 1) };
}
