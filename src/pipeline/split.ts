// Which songs are set aside for judging. By default a song's own name and the seed decide, so that adding songs moves no others;
// Magenta's way is a draw per NoteSequence in input order (spec E.3).

import { Random } from '../core/random.js';

export type SetName = 'training' | 'eval';

/** Decides for one NoteSequence after another; those of one file are asked for one after another too. */
export interface Split {
  setOf(file: string): SetName;
}

/** A song's place in 0..1: it is set aside when this lies below the eval ratio. */
export function drawOf(file: string, seed: number): number {
  return new Random(seed).derive(file).uniform();
}

/** Files by their own draw; `moved` overrides single ones. */
export function splitByFile(evalRatio: number, seed: number, moved: ReadonlyMap<string, SetName> = new Map()): Split {
  return { setOf: (file) => moved.get(file) ?? (drawOf(file, seed) < evalRatio ? 'eval' : 'training') };
}

/** One draw per NoteSequence, in order, as Magenta's RandomPartition (which takes no seed). */
export function splitBySequence(evalRatio: number, seed: number): Split {
  const random = new Random(seed);
  return { setOf: () => (random.uniform() < evalRatio ? 'eval' : 'training') };
}
