// Networks of which the tests know everything: the answer depends only on the steps so far, or on the last input.

import type { SparseRow } from '../../src/encoding/example.js';
import type { StepNetwork } from '../../src/model/network.js';

/** A network whose logits are `logitsOf(row, steps)`, steps counted from 1. */
export function fakeNetwork(numClasses: number, logitsOf: (row: SparseRow, steps: number) => ArrayLike<number>): StepNetwork {
  return {
    numClasses,
    createState: () => ({ values: new Float32Array(0), steps: 0 }),
    copyState(from, to) {
      to.steps = from.steps;
    },
    step(row, state, logits) {
      state.steps++;
      logits.set(logitsOf(row, state.steps));
    },
  };
}
