// Music a model made beside the music it learned from: how far apart their distributions are, feature by feature, and how far apart
// real songs are by the same measure, which says what is near.

import type { Random } from '../core/random.js';
import { jensenShannonDistance, quantile, shares } from './distance.js';
import { FEATURES, FeatureCounts, type FeatureName } from './features.js';
import type { Excerpt } from './notes.js';

/** One number for each set of music; null where there was nothing to count. */
export interface BySet<T> {
  readonly training: T;
  /** Null when no song was set aside. */
  readonly heldOut: T | null;
  readonly generated: T;
}

export interface FeatureComparison {
  /** Names of the bins (see FEATURES), and the share of each. */
  readonly bins: readonly string[];
  readonly shares: BySet<readonly number[]>;
  readonly mean: BySet<number | null>;
  /** Jensen-Shannon distance (0 to 1) of the generated music from the training songs. */
  readonly distance: number | null;
  /** Distance of as many excerpts of held-out songs from the training songs: of half of such draws, and of 19 in 20, it is no more.
   * Null when fewer than ten excerpts were set aside. */
  readonly yardstick: { readonly typical: number; readonly high: number } | null;
  /** Near: as near as held-out songs are. Off: up to twice as far, or half way from there to 1. Null without a yardstick, as when too few songs were set aside. */
  readonly verdict: 'near' | 'off' | 'far' | null;
}

export type Comparison = Readonly<Record<FeatureName, FeatureComparison>>;

const DRAWS = 200;
const HIGH = 0.95;
/** Fewer held-out excerpts than this are too few to say what is near. */
const FEWEST = 10;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Compares generated music with a corpus.
 * @param heldOut excerpts of songs the model has not seen, of the same length as the generated ones
 * @param random draws the excerpts of the yardstick
 */
export function compareWithCorpus(
  { training, heldOut, generated }: { training: FeatureCounts; heldOut: readonly Excerpt[]; generated: readonly Excerpt[] },
  random: Random,
): Comparison {
  const made = countAll(generated);
  const aside = heldOut.map((excerpt) => countAll([excerpt]));
  const allAside = new FeatureCounts();
  for (const counts of aside) allAside.merge(counts);
  const draws = aside.length < FEWEST ? [] : Array.from({ length: DRAWS }, () => drawSet(aside, generated.length, random));
  const rows = FEATURES.map(({ name, bins }, k): [FeatureName, FeatureComparison] => {
    const distanceOf = (counts: FeatureCounts): number => jensenShannonDistance(counts.countsOf(k), training.countsOf(k));
    const distance = finite(distanceOf(made));
    const usual = draws.map(distanceOf).filter(Number.isFinite);
    const yardstick = usual.length === 0 ? null : { typical: quantile(usual, 0.5), high: quantile(usual, HIGH) };
    const bySet = <T>(of: (counts: FeatureCounts) => T): BySet<T> => ({
      training: of(training),
      heldOut: aside.length === 0 ? null : of(allAside),
      generated: of(made),
    });
    const comparison = {
      bins,
      shares: bySet((counts) => shares(counts.countsOf(k))),
      mean: bySet((counts) => finite(counts.meanOf(k))),
      distance,
      yardstick,
      verdict: distance === null || yardstick === null ? null : verdictOf(distance, yardstick.high),
    };
    return [name, comparison];
  });
  return Object.fromEntries(rows) as Comparison;
}

function verdictOf(distance: number, high: number): 'near' | 'off' | 'far' {
  return distance <= high ? 'near' : distance <= Math.min(2 * high, (1 + high) / 2) ? 'off' : 'far';
}

function countAll(excerpts: readonly Excerpt[]): FeatureCounts {
  const counts = new FeatureCounts();
  for (const excerpt of excerpts) counts.add(excerpt);
  return counts;
}

/** `size` of them, each drawn from all. */
function drawSet(from: readonly FeatureCounts[], size: number, random: Random): FeatureCounts {
  const drawn = new FeatureCounts();
  for (let i = 0; i < size; i++) drawn.merge(from[random.integer(from.length)] as FeatureCounts);
  return drawn;
}
