// Which songs are set aside for judging. By default the name of a song's family and the seed decide, so that songs with melodies in common
// stay together and adding songs moves hardly any others; Magenta's way is a draw per NoteSequence in input order (spec E.3).

import { Random } from '../../core/random.js';

export type SetName = 'training' | 'eval';

/** A song's place in 0..1: it is set aside when this lies below the eval ratio. */
export function drawOf(file: string, seed: number): number {
  return new Random(seed).derive(file).uniform();
}

/**
 * The sets of families of songs, each named by one of its songs. With two or more and a ratio above 0 neither set is empty: the family
 * nearest to the border changes sides.
 */
export function splitByFamily(families: Iterable<string>, evalRatio: number, seed: number): ReadonlyMap<string, SetName> {
  const sets = new Map<string, SetName>();
  let lowest: { family: string; draw: number } | undefined;
  let highest: { family: string; draw: number } | undefined;
  for (const family of families) {
    const draw = drawOf(family, seed);
    sets.set(family, draw < evalRatio ? 'eval' : 'training');
    if (lowest === undefined || draw < lowest.draw) lowest = { family, draw };
    if (highest === undefined || draw > highest.draw) highest = { family, draw };
  }
  if (sets.size < 2 || evalRatio === 0 || lowest === undefined || highest === undefined) return sets;
  if (lowest.draw >= evalRatio) sets.set(lowest.family, 'eval');
  else if (highest.draw < evalRatio) sets.set(highest.family, 'training');
  return sets;
}

/** One draw per NoteSequence, in order, as Magenta's RandomPartition (which takes no seed). */
export function splitBySequence(evalRatio: number, seed: number): { setOf(): SetName } {
  const random = new Random(seed);
  return { setOf: () => (random.uniform() < evalRatio ? 'eval' : 'training') };
}
