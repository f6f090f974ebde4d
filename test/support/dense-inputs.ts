// An example's inputs as rows of numbers, the form in which specification and golden data have them.

import { type Example, writeDense } from '../../src/encoding/example.js';

/** One row per step. */
export function denseInputs(example: Example): Float32Array[] {
  return Array.from({ length: example.steps }, (_, step) => {
    const row = new Float32Array(example.inputSize);
    writeDense(example, step, row);
    return row;
  });
}
