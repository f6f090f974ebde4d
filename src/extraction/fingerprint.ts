// What a melody is recognised by, whatever its key and wherever it begins: a sketch of fixed size of all its runs of five notes (their
// four intervals and the steps between them). The share of numbers two sketches agree in estimates the share of runs they have in common
// (min-wise hashing, Broder 1997).

/** Numbers in a sketch. */
export const SKETCH_SIZE = 32;
/** Intervals in a run. */
const RUN = 4;

const mixers = Uint32Array.from({ length: SKETCH_SIZE }, (_, k) => scramble(0x9e3779b9 + Math.imul(k, 0x85ebca6b)));

/** The sketch of a melody; undefined when it has fewer than two different runs of five notes, by which nothing is recognised. */
export function sketchOf(starts: ArrayLike<number>, pitches: ArrayLike<number>): Uint32Array | undefined {
  const runs = new Set<number>();
  for (let i = RUN; i < pitches.length; i++) {
    let hash = 0x811c9dc5;
    for (let k = i - RUN; k < i; k++) {
      const interval = (pitches[k + 1] as number) - (pitches[k] as number);
      const gap = Math.min((starts[k + 1] as number) - (starts[k] as number), 64);
      hash = scramble(hash ^ ((interval + 128) * 65 + gap));
    }
    runs.add(hash);
  }
  if (runs.size < 2) return undefined;
  const sketch = new Uint32Array(SKETCH_SIZE).fill(0xffffffff);
  for (const run of runs) {
    for (let k = 0; k < SKETCH_SIZE; k++) {
      const value = scramble(run ^ (mixers[k] as number));
      if (value < (sketch[k] as number)) sketch[k] = value;
    }
  }
  return sketch;
}

/** Estimated share of runs that two melodies have in common, 0..1. */
export function likeness(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let k = 0; k < SKETCH_SIZE; k++) if (a[k] === b[k]) equal++;
  return equal / SKETCH_SIZE;
}

/** A permutation of the 32-bit numbers that leaves nothing of their order (the finalizer of MurmurHash3). */
function scramble(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
