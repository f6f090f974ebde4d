// The elementwise part of an LSTM cell (spec F.1), forward and backward, for the rows of one step.
// Gates stand side by side in rows of 4 * units values, in TensorFlow's order: input, candidate, forget, output.

import { FORGET_BIAS, sigmoid, tanh } from '../model/lstm.js';

/** The rows of one step: views into packed arrays. */
export interface CellStep {
  readonly rows: number;
  readonly units: number;
  /** [rows, 4 * units]: before `stepCell` what the products gave, after it the values of the gates. */
  readonly gates: Float32Array;
  /** [rows, units], as are all below. */
  readonly cPrevious: Float32Array;
  readonly c: Float32Array;
  readonly tanhC: Float32Array;
}

/** Opens the gates, fills c and tanhC, and writes the outputs h into `h`. */
export function stepCell({ rows, units, gates, cPrevious, c, tanhC }: CellStep, h: Float32Array): void {
  for (let r = 0, g = 0, k = 0; r < rows; r++, g += 4 * units) {
    for (let u = g; u < g + units; u++, k++) {
      const i = sigmoid(gates[u] as number);
      const j = tanh(gates[u + units] as number);
      const f = sigmoid((gates[u + 2 * units] as number) + FORGET_BIAS);
      const o = sigmoid(gates[u + 3 * units] as number);
      gates[u] = i;
      gates[u + units] = j;
      gates[u + 2 * units] = f;
      gates[u + 3 * units] = o;
      const state = (cPrevious[k] as number) * f + i * j;
      const squashed = tanh(state);
      c[k] = state;
      tanhC[k] = squashed;
      h[k] = squashed * o;
    }
  }
}

/**
 * The way back: from the gradients of h and c after the step to those of the products, `dGates` [rows, 4 * units], and of c before
 * it, which takes the place of `dC`.
 */
export function stepCellBack(step: CellStep, dH: Float32Array, dC: Float32Array, dGates: Float32Array): void {
  const { rows, units, gates, cPrevious, tanhC } = step;
  for (let r = 0, g = 0, k = 0; r < rows; r++, g += 4 * units) {
    for (let u = g; u < g + units; u++, k++) {
      const i = gates[u] as number;
      const j = gates[u + units] as number;
      const f = gates[u + 2 * units] as number;
      const o = gates[u + 3 * units] as number;
      const squashed = tanhC[k] as number;
      const dh = dH[k] as number;
      const dc = (dC[k] as number) + dh * o * (1 - squashed * squashed);
      dGates[u] = dc * j * i * (1 - i);
      dGates[u + units] = dc * i * (1 - j * j);
      dGates[u + 2 * units] = dc * (cPrevious[k] as number) * f * (1 - f);
      dGates[u + 3 * units] = dh * squashed * o * (1 - o);
      dC[k] = dc * f;
    }
  }
}
