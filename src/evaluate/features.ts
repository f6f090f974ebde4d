// What melodies are compared by: a table of features, each a way to count something in an excerpt, with bins for its distribution and
// a mean that says it in one number.

import { SCALES } from '../music/scales.js';
import type { Excerpt, MelodyNote } from './notes.js';

export type FeatureName =
  | 'pitchClasses'
  | 'intervals'
  | 'noteLengths'
  | 'rests'
  | 'notesPerBar'
  | 'range'
  | 'repeatedBars'
  | 'repeatedRhythms';

export interface Feature {
  readonly name: FeatureName;
  /** What it is called above a chart. */
  readonly title: string;
  /** What the bins count. */
  readonly unit: string;
  readonly bins: readonly string[];
  /** First bin of its chart; those before it would dwarf the rest. */
  readonly drawnFrom?: number;
  /** What its mean says, after the number; `percent` when it is a share. */
  readonly mean: { readonly words: string; readonly percent: boolean };
  /** Tells everything there is to count in an excerpt: its bin, and the value that goes into the mean. */
  observe(excerpt: Excerpt, see: (bin: number, value: number) => void): void;
}

const IN_C_MAJOR: ReadonlySet<number> = new Set(SCALES.major);
const WIDEST_INTERVAL = 12;
const MOST_NOTES = 16;
const RANGE_BIN = 3;
const RANGE_BINS = 9;
const REPEAT_BINS = 8;
/** Where the bins of steps begin; the last is open. */
const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 17];
const RESTS = [0, 1, 2, 3, 4, 5, 9, 17];

const binFrom = (starts: readonly number[], value: number): number =>
  Math.max(
    0,
    starts.findLastIndex((start) => start <= value),
  );

const spans = (starts: readonly number[]): string[] =>
  starts.map((start, k) => {
    const next = starts[k + 1];
    return next === undefined ? `${start}+` : next - start === 1 ? `${start}` : `${start}–${next - 1}`;
  });

/** The notes of each bar as text, equal when the bars sound equal. */
function barsAsText({ notes, bars, stepsPerBar }: Excerpt, withPitch: boolean): string[] {
  const texts = new Array<string>(bars).fill('');
  for (const { pitch, start } of notes) {
    const bar = Math.floor(start / stepsPerBar);
    texts[bar] += ` ${start % stepsPerBar}${withPitch ? `:${pitch}` : ''}`;
  }
  return texts;
}

/** How many bars with notes equal an earlier one, of those that could. */
function observeRepeats(excerpt: Excerpt, withPitch: boolean, see: (bin: number, value: number) => void): void {
  const sounding = barsAsText(excerpt, withPitch).filter((text) => text !== '');
  if (sounding.length < 2) return;
  const share = (sounding.length - new Set(sounding).size) / (sounding.length - 1);
  see(Math.round(share * (REPEAT_BINS - 1)), share);
}

/** The features in the order in which they are shown. Notes count where they begin; steps are 16ths. */
export const FEATURES: readonly Feature[] = [
  {
    name: 'pitchClasses',
    title: 'Pitches',
    unit: 'pitch class, as trained',
    bins: ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'],
    mean: { words: 'of the notes in C major', percent: true },
    observe({ notes }, see) {
      for (const { pitch } of notes) see(pitch % 12, IN_C_MAJOR.has(pitch % 12) ? 1 : 0);
    },
  },
  {
    name: 'intervals',
    title: 'Intervals',
    unit: 'semitones up or down to the next note',
    bins: Array.from({ length: 2 * WIDEST_INTERVAL + 1 }, (_, k) => intervalName(k - WIDEST_INTERVAL)),
    mean: { words: 'semitones from note to note', percent: false },
    observe({ notes }, see) {
      for (let i = 1; i < notes.length; i++) {
        const interval = (notes[i] as MelodyNote).pitch - (notes[i - 1] as MelodyNote).pitch;
        see(Math.max(-WIDEST_INTERVAL, Math.min(WIDEST_INTERVAL, interval)) + WIDEST_INTERVAL, Math.abs(interval));
      }
    },
  },
  {
    name: 'noteLengths',
    title: 'Note lengths',
    unit: '16ths',
    bins: spans(LENGTHS),
    mean: { words: '16ths a note', percent: false },
    observe({ notes }, see) {
      for (const { length, ended } of notes) if (ended) see(binFrom(LENGTHS, length), length);
    },
  },
  {
    name: 'rests',
    title: 'Rests',
    unit: '16ths of silence after a note',
    bins: spans(RESTS),
    drawnFrom: 1,
    mean: { words: 'of the notes before a rest', percent: true },
    observe({ notes }, see) {
      for (const { rest } of notes) if (rest !== undefined) see(binFrom(RESTS, rest), rest > 0 ? 1 : 0);
    },
  },
  {
    name: 'notesPerBar',
    title: 'Notes in a bar',
    unit: 'notes',
    bins: Array.from({ length: MOST_NOTES + 1 }, (_, n) => `${n}`),
    mean: { words: 'notes a bar', percent: false },
    observe({ notes, bars, stepsPerBar }, see) {
      const counts = new Array<number>(bars).fill(0);
      for (const { start } of notes) counts[Math.floor(start / stepsPerBar)] = (counts[Math.floor(start / stepsPerBar)] as number) + 1;
      for (const n of counts) see(Math.min(MOST_NOTES, n), n);
    },
  },
  {
    name: 'range',
    title: 'Range',
    unit: 'semitones from the lowest to the highest note of an excerpt',
    bins: spans(Array.from({ length: RANGE_BINS }, (_, k) => RANGE_BIN * k)),
    mean: { words: 'semitones from lowest to highest', percent: false },
    observe({ notes }, see) {
      if (notes.length === 0) return;
      const pitches = notes.map(({ pitch }) => pitch);
      const range = Math.max(...pitches) - Math.min(...pitches);
      see(Math.min(RANGE_BINS - 1, Math.floor(range / RANGE_BIN)), range);
    },
  },
  {
    name: 'repeatedBars',
    title: 'Repeated bars',
    unit: 'bars of seven that equal an earlier one',
    bins: Array.from({ length: REPEAT_BINS }, (_, n) => `${n}`),
    mean: { words: 'of the bars repeat an earlier one', percent: true },
    observe: (excerpt, see) => observeRepeats(excerpt, true, see),
  },
  {
    name: 'repeatedRhythms',
    title: 'Repeated rhythms',
    unit: 'bars of seven with the rhythm of an earlier one',
    bins: Array.from({ length: REPEAT_BINS }, (_, n) => `${n}`),
    mean: { words: 'of the bars repeat a rhythm', percent: true },
    observe: (excerpt, see) => observeRepeats(excerpt, false, see),
  },
];

function intervalName(interval: number): string {
  if (interval === 0) return '0';
  const edge = Math.abs(interval) === WIDEST_INTERVAL;
  return interval < 0 ? `${edge ? '≤' : ''}−${-interval}` : `${edge ? '≥' : '+'}${interval}`;
}

/** Counts of every feature over many excerpts. */
export class FeatureCounts {
  readonly #counts = FEATURES.map(({ bins }) => new Float64Array(bins.length));
  readonly #sums = new Float64Array(FEATURES.length);
  readonly #observed = new Float64Array(FEATURES.length);
  /** Excerpts added so far. */
  excerpts = 0;

  add(excerpt: Excerpt): void {
    this.excerpts++;
    FEATURES.forEach((feature, k) => {
      const counts = this.#counts[k] as Float64Array;
      feature.observe(excerpt, (bin, value) => {
        counts[bin] = (counts[bin] as number) + 1;
        this.#sums[k] = (this.#sums[k] as number) + value;
        this.#observed[k] = (this.#observed[k] as number) + 1;
      });
    });
  }

  /** Adds all that another has counted. */
  merge(other: FeatureCounts): void {
    this.excerpts += other.excerpts;
    FEATURES.forEach((_, k) => {
      const [mine, theirs] = [this.#counts[k], other.#counts[k]] as [Float64Array, Float64Array];
      for (let bin = 0; bin < mine.length; bin++) mine[bin] = (mine[bin] as number) + (theirs[bin] as number);
      this.#sums[k] = (this.#sums[k] as number) + (other.#sums[k] as number);
      this.#observed[k] = (this.#observed[k] as number) + (other.#observed[k] as number);
    });
  }

  /** Counts of the bins of feature `k` of FEATURES. */
  countsOf(k: number): Float64Array {
    return this.#counts[k] as Float64Array;
  }

  /** Mean of feature `k`; NaN when there was nothing to observe. */
  meanOf(k: number): number {
    return (this.#sums[k] as number) / (this.#observed[k] as number);
  }
}
