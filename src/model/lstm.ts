// One LSTM cell (spec F.1): gates in the order input, candidate, forget, output.

import type { SparseRow } from '../encoding/example.js';
import { addProduct, addSparseProduct } from './products.js';
import { type NetworkShape, names, tensorOf, type Weights } from './weights.js';

/** Added to the forget gate at run time, never stored. */
export const FORGET_BIAS = 1;

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The hyperbolic tangent; several times as fast as Math.tanh and within 2^-52 of it. */
export function tanh(x: number): number {
  return 1 - 2 / (Math.exp(2 * x) + 1);
}

export class LstmCell {
  readonly units: number;
  readonly #inputWidth: number;
  readonly #kernel: Float32Array;
  readonly #bias: Float32Array;
  readonly #gates: Float64Array;

  /** The cell of layer `layer` whose input has `inputWidth` values. */
  constructor(weights: Weights, shape: NetworkShape, layer: number, inputWidth: number) {
    const cell = names.cell(layer, shape);
    this.#kernel = tensorOf(weights, `${cell}/kernel`).data;
    this.#bias = tensorOf(weights, `${cell}/bias`).data;
    this.#inputWidth = inputWidth;
    this.units = this.#bias.length / 4;
    this.#gates = new Float64Array(4 * this.units);
  }

  /** One step on an encoder's row. `state` holds c at `start`, and h after it. */
  stepSparse(row: SparseRow, state: Float32Array, start: number): void {
    this.#gates.set(this.#bias);
    addSparseProduct(this.#gates, row, this.#kernel, this.#gates.length);
    this.#finish(state, start);
  }

  /** One step on the first `inputWidth` values of x, or those from `xStart` on. */
  step(x: Float32Array | Float64Array, xStart: number, state: Float32Array, start: number): void {
    this.#gates.set(this.#bias);
    addProduct(this.#gates, x, xStart, this.#inputWidth, this.#kernel, 0, this.#gates.length);
    this.#finish(state, start);
  }

  #finish(state: Float32Array, start: number): void {
    const { units } = this;
    const z = this.#gates;
    addProduct(z, state, start + units, units, this.#kernel, this.#inputWidth, z.length);
    for (let u = 0; u < units; u++) {
      const forget = sigmoid((z[2 * units + u] as number) + FORGET_BIAS);
      const c = (state[start + u] as number) * forget + sigmoid(z[u] as number) * tanh(z[units + u] as number);
      state[start + u] = c;
      state[start + units + u] = tanh(c) * sigmoid(z[3 * units + u] as number);
    }
  }
}
