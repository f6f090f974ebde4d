// Which outputs dropout keeps, as a pure function of where they stand: the twin of assembly/dropout.ts, so that every engine can draw the
// masks the kernels draw, and a mask does not depend on how a batch is split over threads.

/** A 32-bit mixing function: every bit of the argument changes each bit of the result in about half of all cases. */
function mix(x: number): number {
  let z = x ^ (x >>> 16);
  z = Math.imul(z, 0x7feb352d);
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return z ^ (z >>> 16);
}

/** The part of the hash that all rows of a training step share; `seed` is an unsigned 32-bit integer. */
export function stepBits(seed: number, step: number): number {
  return mix(mix(seed) ^ step);
}

/** A random 32-bit integer for one row of a batch at one time step of one layer. `unitBits` derives from it those of the units. */
export function rowBits(bitsOfStep: number, layer: number, row: number, time: number): number {
  return mix(mix(mix(bitsOfStep ^ layer) ^ row) ^ time);
}

/** The random bits, an unsigned 32-bit integer, of one output; it is kept when they are below keep * 2^32. */
export function unitBits(bitsOfRow: number, unit: number): number {
  return mix((bitsOfRow + Math.imul(unit, 0x9e3779b9)) | 0) >>> 0;
}
