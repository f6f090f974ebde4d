// Where the bars of a song lie. A metre that is a beat more than a metre (1/4, 2/4 throughout) is read in groups of four quarters, or of
// three if the music says so, beginning where its accents lie; so is 4/4 that is plainly notated beside its accents.
import { STEPS_PER_QUARTER } from '../music/melody.js';
import type { TimeSignature } from '../music/note-sequence.js';
import { type BeatMap, stretchOf } from './beats.js';
import type { Track } from './song-tracks.js';

/** Bars of nominal metres are of so many steps. */
const COMMON_BAR = 16;
const WALTZ_BAR = 12;
/** A nominal metre shorter than so many steps is a bar or two of its own (a 2/4 bar within 4/4). */
const SHORT_STRETCH = 32;
/** How much better another reading must fit the accents than that of the file: for another beginning of the bar, and for three beats. */
const PLAINLY = 0.15;
const WALTZ_PLAINLY = 0.05;
/** How much a note is expected on each quarter of a bar, by its steps; the rest is between the quarters. */
const COMMON_ACCENTS = metreAccents([1, 0.45, 0.7, 0.45]);
const WALTZ_ACCENTS = metreAccents([1, 0.45, 0.45]);
/** Notes of more than a half count no more. */
const LONGEST_ACCENT = 8;

function metreAccents(quarters: readonly number[]): readonly number[] {
  const steps = quarters.flatMap((weight) => [weight, 0, 0.2, 0]);
  const mean = steps.reduce((sum, x) => sum + x, 0) / steps.length;
  const length = Math.sqrt(steps.reduce((sum, x) => sum + (x - mean) ** 2, 0));
  return steps.map((x) => (x - mean) / length);
}

interface Stretch {
  /** Step at which it begins. */
  readonly start: number;
  /** A step, at its start or later, at which a bar begins. */
  readonly anchor: number;
  readonly barSteps: number;
  readonly metre: string;
  /** Whether the bars were heard rather than read. */
  readonly estimated: boolean;
  /** Bars before its anchor. */
  readonly barsBefore: number;
}

/** The bars of a song; steps are 16ths from its beginning. */
export class Bars {
  readonly #stretches: readonly Stretch[];
  readonly #starts: readonly number[];

  constructor(stretches: readonly Stretch[]) {
    this.#stretches = stretches;
    this.#starts = stretches.map(({ start }) => start);
  }

  #at(step: number): Stretch {
    return this.#stretches[stretchOf(this.#starts, step)] as Stretch;
  }

  /** The bar line at or before a step; below 0 where the song begins within a bar. */
  barLine(step: number): number {
    const { start, anchor, barSteps } = this.#at(step);
    const line = anchor + Math.floor((step - anchor) / barSteps) * barSteps;
    return start === 0 ? line : Math.max(start, line);
  }

  /** Index of the bar that a step lies in. */
  barIndex(step: number): number {
    const { anchor, barSteps, barsBefore } = this.#at(step);
    return barsBefore + Math.floor((step - anchor) / barSteps);
  }

  /** Steps of a bar. */
  barSteps(step: number): number {
    return this.#at(step).barSteps;
  }

  /** The metre, such as 3/4, and whether it was estimated. */
  metre(step: number): { readonly metre: string; readonly estimated: boolean } {
    const { metre, estimated } = this.#at(step);
    return { metre, estimated };
  }
}

/** The bars of a song from its metres and, where those say little, its notes. */
export function findBars(metres: readonly TimeSignature[], beats: BeatMap, offset: number, tracks: readonly Track[]): Bars {
  const notated = notatedStretches(metres, beats, offset);
  const accents = accentsOf(
    tracks,
    notated.map(({ start }) => start),
  );
  const stretches: Stretch[] = [];
  notated.forEach(({ start, barSteps, metre }, k) => {
    const length = (notated[k + 1]?.start ?? Infinity) - start;
    const heard = length >= SHORT_STRETCH ? hearBars(accents[k] as Accents, start, barSteps) : undefined;
    const previous = stretches.at(-1);
    const bars = previous === undefined ? 0 : previous.barsBefore + Math.ceil((start - previous.anchor) / previous.barSteps);
    const steps = heard?.barSteps ?? barSteps;
    const anchor = heard?.anchor ?? start;
    stretches.push({
      start,
      anchor,
      barSteps: steps,
      metre: steps === barSteps ? metre : `${steps / STEPS_PER_QUARTER}/4`,
      estimated: heard !== undefined && (steps !== barSteps || anchor !== start),
      barsBefore: bars + (anchor > start ? 1 : 0),
    });
  });
  return new Bars(stretches);
}

interface Notated {
  readonly start: number;
  readonly barSteps: number;
  readonly metre: string;
}

/** The metres as the file has them, one for each stretch; 4/4 where it says nothing, or what cannot be counted in 16ths. */
function notatedStretches(metres: readonly TimeSignature[], beats: BeatMap, offset: number): Notated[] {
  const found: Notated[] = [{ start: 0, barSteps: COMMON_BAR, metre: '4/4' }];
  for (const { time, numerator, denominator } of [...metres].sort((a, b) => a.time - b.time)) {
    const start = Math.max(0, Math.round(beats.quarterAt(time) * STEPS_PER_QUARTER - offset));
    const steps = (4 * STEPS_PER_QUARTER * numerator) / denominator;
    const countable = Number.isSafeInteger(steps) && steps >= 2 && steps <= 8 * COMMON_BAR && Number.isFinite(start);
    const stretch = countable ? { start, barSteps: steps, metre: `${numerator}/${denominator}` } : { ...FREE, start };
    const last = found.at(-1) as Notated;
    if (start === last.start) found[found.length - 1] = stretch;
    else if (stretch.metre !== last.metre) found.push(stretch);
  }
  return found;
}

const FREE = { barSteps: COMMON_BAR, metre: '4/4' };

/** What marks the bars of a stretch. */
interface Accents {
  /** Sums by step modulo 48, which both kinds of bars divide. */
  readonly folded: Float64Array;
  total: number;
}

const FOLD = 48;

/** The accents of the stretches that begin at these steps: beginnings of long notes, above all in the lowest track. */
function accentsOf(tracks: readonly Track[], starts: readonly number[]): Accents[] {
  const stretches = starts.map((): Accents => ({ folded: new Float64Array(FOLD), total: 0 }));
  const pitched = tracks.filter(({ isDrum }) => !isDrum);
  const bass = lowestOf(pitched);
  for (const track of pitched) {
    const importance = track === bass ? 2 : 1;
    for (let i = 0; i < track.length; i++) {
      const start = track.starts[i] as number;
      const accents = stretches[stretchOf(starts, start)] as Accents;
      const weight = importance * Math.sqrt(Math.min((track.ends[i] as number) - start, LONGEST_ACCENT));
      accents.folded[start % FOLD] = (accents.folded[start % FOLD] as number) + weight;
      accents.total += weight;
    }
  }
  return stretches;
}

function lowestOf(tracks: readonly Track[]): Track | undefined {
  let lowest: Track | undefined;
  let pitch = Infinity;
  for (const track of tracks) {
    const mean = track.pitches.reduce((sum, x) => sum + x, 0) / track.length;
    if (mean < pitch) [lowest, pitch] = [track, mean];
  }
  return lowest;
}

/** How bars of a stretch are to be read otherwise than it says, if they are. */
function hearBars({ folded, total }: Accents, start: number, barSteps: number): { barSteps: number; anchor: number } | undefined {
  const nominal = barSteps < COMMON_BAR && COMMON_BAR % barSteps === 0;
  if (!nominal && barSteps !== COMMON_BAR) return undefined;
  if (total === 0) return nominal ? { barSteps: COMMON_BAR, anchor: start } : undefined;
  const common = agreementWith(folded, total, start, COMMON_ACCENTS);
  if (!nominal) return common.best > common.asNotated + PLAINLY ? { barSteps, anchor: start + common.shift } : undefined;
  if (barSteps <= STEPS_PER_QUARTER) {
    const waltz = agreementWith(folded, total, start, WALTZ_ACCENTS);
    if (waltz.best > common.best + WALTZ_PLAINLY) return { barSteps: WALTZ_BAR, anchor: start + waltz.shift };
  }
  return { barSteps: COMMON_BAR, anchor: start + common.shift };
}

/** The shift of the bar line from the start of a stretch that agrees best with the accents, and how well it and no shift do. */
function agreementWith(
  folded: Float64Array,
  total: number,
  start: number,
  accents: readonly number[],
): { best: number; shift: number; asNotated: number } {
  const period = accents.length;
  const bar = new Float64Array(period);
  for (let k = 0; k < FOLD; k++) bar[k % period] = (bar[k % period] as number) + (folded[k] as number) / total;
  let best = -Infinity;
  let shift = 0;
  let asNotated = 0;
  for (let candidate = 0; candidate < period; candidate++) {
    let score = 0;
    for (let k = 0; k < period; k++) score += (accents[k] as number) * (bar[(start + candidate + k) % period] as number);
    if (candidate === 0) asNotated = score;
    if (score > best + 1e-9) [best, shift] = [score, candidate];
  }
  return { best, shift, asNotated };
}
