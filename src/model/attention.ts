// The attention around layer 0, or around all layers as in Magenta before May 2017 (spec F.2, H.2b; Bahdanau et al. 2015 as in Magenta's
// wrapper): a memory of the last outputs of what it is around, to which each step looks back. The product of every memory slot with the weights W is kept beside it, so a step costs one product, not one per slot.

import type { SparseRow } from '../encoding/example.js';
import { type LstmCell, tanh } from './lstm.js';
import { addProduct, addSparseProduct } from './products.js';
import { type NetworkShape, names, tensorOf, type Weights } from './weights.js';

/** The state holds c and h of every cell, bottom first; then, `units` values each, the last attention, the memory slots, and their products with W. */
export class AttentionLayer {
  /** Number of values of its state. */
  readonly stateSize: number;
  /** The layer's output for the last step; overwritten by the next. */
  readonly output: Float64Array;
  /** Units of the top cell, and so of the attention. */
  readonly #units: number;
  readonly #cells: readonly LstmCell[];
  /** Values of all c and h. */
  readonly #cellValues: number;
  readonly #slots: number;
  readonly #inputSize: number;
  readonly #inputKernel: Float32Array;
  readonly #inputBias: Float32Array;
  readonly #memoryWeights: Float32Array;
  readonly #scoreWeights: Float32Array;
  readonly #queryKernel: Float32Array;
  readonly #queryBias: Float32Array;
  readonly #outputKernel: Float32Array;
  readonly #outputBias: Float32Array;
  readonly #input: Float64Array;
  readonly #query: Float64Array;
  readonly #scores: Float64Array;
  readonly #attention: Float64Array;
  readonly #product: Float64Array;

  /** @param cells the layers it is around, bottom first, at least one */
  constructor(weights: Weights, shape: NetworkShape, cells: readonly LstmCell[]) {
    const data = (name: string): Float32Array => tensorOf(weights, `${names.wrapper(shape)}/${name}`).data;
    const units = (cells.at(-1) as LstmCell).units;
    this.#units = units;
    this.#cells = cells;
    this.#cellValues = cells.reduce((sum, cell) => sum + 2 * cell.units, 0);
    this.#slots = shape.attnLength;
    this.#inputSize = shape.inputSize;
    this.#inputKernel = data('kernel');
    this.#inputBias = data('bias');
    this.#memoryWeights = data('attention/attn_w');
    this.#scoreWeights = data('attention/attn_v');
    this.#queryKernel = data('attention/kernel');
    this.#queryBias = data('attention/bias');
    this.#outputKernel = data('attn_output_projection/kernel');
    this.#outputBias = data('attn_output_projection/bias');
    this.#input = new Float64Array(shape.inputSize);
    this.#query = new Float64Array(units);
    this.#scores = new Float64Array(shape.attnLength);
    this.#attention = new Float64Array(units);
    this.#product = new Float64Array(units);
    this.output = new Float64Array(units);
    this.stateSize = this.#cellValues + units * (1 + 2 * shape.attnLength);
  }

  /** One step on an encoder's row; `steps` steps went before it. This layer's state is the beginning of `state`. */
  step(row: SparseRow, state: Float32Array, steps: number): void {
    const units = this.#units;
    const attention = this.#cellValues;
    const memory = attention + units;
    const products = memory + this.#slots * units;

    this.#input.set(this.#inputBias);
    addSparseProduct(this.#input, row, this.#inputKernel, this.#inputSize);
    addProduct(this.#input, state, attention, units, this.#inputKernel, this.#inputSize, this.#inputSize);
    const h = this.#stepCells(state);

    this.#query.set(this.#queryBias);
    addProduct(this.#query, state, 0, this.#cellValues, this.#queryKernel, 0, units);
    this.#attend(state, products, Math.min(steps, this.#slots));
    state.set(this.#attention, attention);

    this.output.set(this.#outputBias);
    addProduct(this.output, state, h, units, this.#outputKernel, 0, units);
    addProduct(this.output, this.#attention, 0, units, this.#outputKernel, units, units);

    const slot = (steps % this.#slots) * units;
    state.set(this.output, memory + slot);
    this.#product.fill(0);
    addProduct(this.#product, state, memory + slot, units, this.#memoryWeights, 0, units);
    state.set(this.#product, products + slot);
  }

  /** Each cell on the output of the one below, the first on `#input`; returns where in the state the top one's output is. */
  #stepCells(state: Float32Array): number {
    let x: Float32Array | Float64Array = this.#input;
    let from = 0;
    let at = 0;
    for (let k = 0; k < this.#cells.length; k++) {
      const cell = this.#cells[k] as LstmCell;
      cell.step(x, from, state, at);
      x = state;
      from = at + cell.units;
      at += 2 * cell.units;
    }
    return from;
  }

  /** The mean of the memory weighted by softmax scores. Slots not yet filled are zeros, all score alike, and take their share. */
  #attend(state: Float32Array, products: number, filled: number): void {
    const units = this.#units;
    const scores = this.#scores;
    const empty = this.#slots - filled;
    const emptyScore = empty > 0 ? this.#score(undefined, 0) : Number.NEGATIVE_INFINITY;
    let max = emptyScore;
    for (let slot = 0; slot < filled; slot++) {
      const score = this.#score(state, products + slot * units);
      scores[slot] = score;
      if (score > max) max = score;
    }
    let sum = empty > 0 ? empty * Math.exp(emptyScore - max) : 0;
    this.#attention.fill(0);
    for (let slot = 0; slot < filled; slot++) {
      const weight = Math.exp((scores[slot] as number) - max);
      scores[slot] = weight;
      sum += weight;
    }
    for (let slot = 0; slot < filled; slot++) scores[slot] = (scores[slot] as number) / sum;
    this.#addMemory(filled, state);
  }

  /** attention += the filled slots of the memory, each by its weight. */
  #addMemory(filled: number, state: Float32Array): void {
    const units = this.#units;
    const memory = this.#cellValues + units;
    for (let slot = 0; slot < filled; slot++) {
      const weight = this.#scores[slot] as number;
      const at = memory + slot * units;
      for (let u = 0; u < units; u++) this.#attention[u] = (this.#attention[u] as number) + weight * (state[at + u] as number);
    }
  }

  /** v · tanh(memory · W + query) for the slot whose product with W lies at `at`; for a zero slot without `products`. */
  #score(products: Float32Array | undefined, at: number): number {
    let score = 0;
    for (let u = 0; u < this.#query.length; u++) {
      const product = products === undefined ? 0 : (products[at + u] as number);
      score += (this.#scoreWeights[u] as number) * tanh(product + (this.#query[u] as number));
    }
    return score;
  }
}
