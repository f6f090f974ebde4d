// Networks, weights and batches for the tests of the kernels: small, odd, and drawn from a seed.

import { Random } from '../../src/core/random.js';
import type { KernelBatch } from '../../src/kernels/batch.js';
import type { Capacity } from '../../src/kernels/layout.js';
import { type NetworkShape, sizeOf, variableShapes } from '../../src/model/weights.js';

/** Weights of every variable in order, uniform in [-scale, scale]. */
export function randomVariables(shape: NetworkShape, seed: number, scale = 0.5): Float32Array[] {
  const random = new Random(seed);
  return [...variableShapes(shape).values()].map((dimensions) =>
    Float32Array.from({ length: sizeOf(dimensions) }, () => (random.uniform() * 2 - 1) * scale),
  );
}

/** A packed batch with rows of the given lengths (longest first) and 0 to `most` random inputs of +1 or -1 at each step. */
export function randomBatch(shape: NetworkShape, lengths: readonly number[], seed: number, most = 3): KernelBatch {
  const random = new Random(seed);
  const steps = lengths[0] as number;
  const activeRows = Int32Array.from({ length: steps }, (_, t) => lengths.filter((length) => length > t).length);
  const stepStart = new Int32Array(steps + 1);
  activeRows.forEach((rows, t) => {
    stepStart[t + 1] = (stepStart[t] as number) + rows;
  });
  const tokens = stepStart[steps] as number;
  const rowStart = new Int32Array(tokens + 1);
  const columns: number[] = [];
  const signs: number[] = [];
  for (let token = 0; token < tokens; token++) {
    const chosen = random.shuffle(Array.from({ length: shape.inputSize }, (_, k) => k)).slice(0, random.integer(most + 1));
    for (const column of chosen) {
      columns.push(column);
      signs.push(random.integer(2) * 2 - 1);
    }
    rowStart[token + 1] = columns.length;
  }
  const labels = Int32Array.from({ length: tokens }, () => random.integer(shape.numClasses));
  const inputs = { rowStart, columns: Uint16Array.from(columns), signs: Int8Array.from(signs) };
  return { rows: lengths.length, steps, tokens, activeRows, stepStart, inputs, labels };
}

/** Exactly enough room for a batch. */
export function capacityFor(batch: KernelBatch, threads = 1): Capacity {
  return { threads, rows: batch.rows, tokens: batch.tokens, entries: batch.inputs.columns.length, training: true };
}

/** Largest difference between two lists, relative to the largest value of the expected one, or to `least` where that is more. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>, least = 1e-30): number {
  let most = least;
  let difference = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(expected[i] as number));
    const apart = Math.abs((actual[i] as number) - (expected[i] as number));
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
  }
  return difference / most;
}
