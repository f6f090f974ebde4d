// A batch without padding: melodies of different lengths packed step by step. Every implementation of a network takes this form.

import type { Example, SparseRows } from '../encoding/example.js';
import type { KernelBatch } from '../kernels/batch.js';

/** A batch as the kernels take it, and the width of its inputs. */
export interface PackedBatch extends KernelBatch {
  /** Width of one step's input. */
  readonly inputSize: number;
}

/** Packs examples of one encoder, each of at least one step. Melodies of equal length stay in their order. */
export function packBatch(examples: readonly Example[]): PackedBatch {
  const sorted = [...examples].sort((a, b) => b.steps - a.steps);
  const steps = sorted[0]?.steps ?? 0;
  const tokens = sorted.reduce((sum, example) => sum + example.steps, 0);
  const inputsOf = sorted.map(({ inputs }) => inputs);
  const labelsOf = sorted.map(({ labels }) => labels);
  const entries = inputsOf.reduce((sum, inputs) => sum + inputs.columns.length, 0);
  const activeRows = new Int32Array(steps);
  const stepStart = new Int32Array(steps + 1);
  const rowStart = new Int32Array(tokens + 1);
  const columns = new Uint16Array(entries);
  const signs = new Int8Array(entries);
  const labels = new Int32Array(tokens);
  let token = 0;
  let end = 0;
  let active = sorted.length;
  for (let t = 0; t < steps; t++) {
    while ((sorted[active - 1] as Example).steps <= t) active--;
    activeRows[t] = active;
    for (let r = 0; r < active; r++) {
      const inputs = inputsOf[r] as SparseRows;
      const from = inputs.rowStart[t] as number;
      const to = inputs.rowStart[t + 1] as number;
      for (let k = from; k < to; k++, end++) {
        columns[end] = inputs.columns[k] as number;
        signs[end] = inputs.signs[k] as number;
      }
      labels[token++] = labelsOf[r]?.[t] as number;
      rowStart[token] = end;
    }
    stepStart[t + 1] = token;
  }
  const inputSize = sorted[0]?.inputSize ?? 0;
  return { rows: sorted.length, steps, tokens, inputSize, activeRows, stepStart, inputs: { rowStart, columns, signs }, labels };
}

/** Writes the batch's inputs into rows of `out` that are `width` values apart and zero so far: [tokens, width]. */
export function writeInputs({ inputs, tokens }: PackedBatch, out: Float32Array, width: number): Float32Array {
  for (let p = 0; p < tokens; p++) {
    const end = inputs.rowStart[p + 1] as number;
    for (let k = inputs.rowStart[p] as number; k < end; k++) out[p * width + (inputs.columns[k] as number)] = inputs.signs[k] as number;
  }
  return out;
}

/** For each packed entry, the values `x` [tokens, width] had for its melody one step before; zeros at the first step. */
export function previousStep({ activeRows, stepStart, steps }: PackedBatch, x: Float32Array, width: number): Float32Array {
  const result = new Float32Array(x.length);
  for (let t = 1; t < steps; t++) {
    const from = (stepStart[t - 1] as number) * width;
    result.set(x.subarray(from, from + (activeRows[t] as number) * width), (stepStart[t] as number) * width);
  }
  return result;
}
