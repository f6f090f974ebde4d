// What may come next: filters that take events out of a distribution before one is drawn. They set natural log probabilities to -Infinity
// and leave the others as they are, so that what is drawn is still scored by what the model thinks of it.

import { MstError } from '../core/errors.js';
import { NO_EVENT } from '../music/melody.js';
import { modulo } from '../music/modulo.js';
import { EVENT_COUNT, FIRST_NOTE } from './event-distribution.js';

const OCTAVE = 12;
/** A sum this close to `topP` reaches it: what is left of rounding. */
const ROUNDING = 1e-9;

/** Absent filters let everything pass. */
export interface Filters {
  /** Only so many of the likeliest events. */
  readonly topK?: number | undefined;
  /** Only the fewest of the likeliest events whose probabilities together reach this, above 0 to 1. */
  readonly topP?: number | undefined;
  /** Notes only of these pitch classes (0 = C .. 11 = B). */
  readonly pitchClasses?: ReadonlySet<number> | undefined;
}

/** Filters ready to be applied to distributions over events. */
export interface Narrowing {
  /** 1 for each event that may come, at `event - NO_EVENT`; absent: all may. */
  readonly allowed: Uint8Array | undefined;
  readonly topK: number;
  readonly topP: number;
}

/** @throws MstError `usage` for filters that let nothing pass, or are none */
export function checkFilters({ topK = 1, topP = 1, pitchClasses }: Filters): void {
  const fail = (what: string, hint: string): never => {
    throw new MstError('usage', what, { hint });
  };
  if (!(Number.isInteger(topK) && topK >= 1))
    fail(`The ${topK} likeliest notes cannot be chosen from.`, 'Give --top-k a whole number from 1 on.');
  if (!(topP > 0 && topP <= 1))
    fail(`The likeliest notes cannot reach a probability of ${topP}.`, 'Give --top-p a number above 0, up to 1.');
  if (pitchClasses === undefined) return;
  if (pitchClasses.size === 0) fail('No note may come: the scale has none.', 'Choose a scale with notes.');
  for (const pitchClass of pitchClasses) {
    if (!(Number.isInteger(pitchClass) && pitchClass >= 0 && pitchClass < OCTAVE))
      fail(`${pitchClass} is no pitch class.`, 'Give 0 for C to 11 for B.');
  }
}

/**
 * Prepares filters.
 * @param options.amount semitones by which the melody was transposed for the model
 * @param options.onlyNotes whether only events that begin a note may come
 * @returns undefined when everything may come
 * @throws MstError `usage` as `checkFilters`
 */
export function narrowingOf(
  filters: Filters,
  { amount = 0, onlyNotes = false }: { amount?: number; onlyNotes?: boolean } = {},
): Narrowing | undefined {
  checkFilters(filters);
  const { topK = Infinity, topP = 1, pitchClasses } = filters;
  if (topK === Infinity && topP === 1 && pitchClasses === undefined && !onlyNotes) return undefined;
  if (pitchClasses === undefined && !onlyNotes) return { allowed: undefined, topK, topP };
  const allowed = new Uint8Array(EVENT_COUNT);
  for (let k = 0; k < EVENT_COUNT; k++) {
    const pitch = k + NO_EVENT;
    const passes = k < FIRST_NOTE ? !onlyNotes : (pitchClasses?.has(modulo(pitch - amount, OCTAVE)) ?? true);
    allowed[k] = passes ? 1 : 0;
  }
  return { allowed, topK, topP };
}

/** Narrows a distribution over events: first to those allowed, then to the likeliest of these by `topK`, then by `topP`. */
export function narrow(logProbabilities: Float64Array, { allowed, topK, topP }: Narrowing): void {
  if (allowed !== undefined) {
    for (let k = 0; k < logProbabilities.length; k++) if (allowed[k] === 0) logProbabilities[k] = -Infinity;
  }
  keepTopK(logProbabilities, topK);
  keepTopP(logProbabilities, topP);
}

/** Keeps the `count` highest; of equals the first. */
export function keepTopK(logProbabilities: Float64Array, count: number): void {
  if (count < logProbabilities.length) drop(logProbabilities, ranked(logProbabilities).slice(count));
}

/** Keeps the fewest of the highest whose share of the whole reaches `share`; of equals the first. */
export function keepTopP(logProbabilities: Float64Array, share: number): void {
  if (share >= 1) return;
  const order = ranked(logProbabilities);
  const highest = logProbabilities[order[0] ?? 0] as number;
  const weights = order.map((k) => Math.exp((logProbabilities[k] as number) - highest));
  const goal = (share - ROUNDING) * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let kept = 0;
  while (kept < order.length && sum < goal) sum += weights[kept++] as number;
  drop(logProbabilities, order.slice(Math.max(1, kept)));
}

/** Indices of what has a probability, from the highest to the lowest, of equals the first before the others. */
function ranked(values: Float64Array): number[] {
  const order: number[] = [];
  for (let k = 0; k < values.length; k++) if ((values[k] as number) > -Infinity) order.push(k);
  return order.sort((a, b) => (values[b] as number) - (values[a] as number));
}

function drop(values: Float64Array, indices: readonly number[]): void {
  for (const k of indices) values[k] = -Infinity;
}
