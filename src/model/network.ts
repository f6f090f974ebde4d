// A melody RNN as a value: one step of inference (spec F.1-F.3), without TensorFlow and without allocating. Training is train/'s work.

import { MstError } from '../core/errors.js';
import type { SparseRow } from '../encoding/example.js';
import { AttentionLayer } from './attention.js';
import { LstmCell } from './lstm.js';
import { addProduct } from './products.js';
import { attendedLayers, checkWeights, type NetworkShape, names, tensorOf, type Weights } from './weights.js';

/** What a network remembers between steps. Belongs to the network that created it; treat it as opaque. */
export interface NetworkState {
  readonly values: Float32Array;
  /** Steps taken so far. */
  steps: number;
}

/** What playing needs of a network; tests and mixtures bring their own. */
export interface StepNetwork {
  readonly numClasses: number;
  /** The state before the first step. */
  createState(): NetworkState;
  copyState(from: NetworkState, to: NetworkState): void;
  /** Feeds one input row: moves `state` on, and writes the numClasses logits of the next label. */
  step(row: SparseRow, state: NetworkState, logits: Float32Array): void;
}

export class MelodyNetwork implements StepNetwork {
  readonly shape: NetworkShape;
  readonly numClasses: number;
  readonly #attention: AttentionLayer | undefined;
  /** The layers above the attention, or all where there is none. */
  readonly #cells: readonly LstmCell[];
  /** Where the c of each of these begins in the state; its h follows. */
  readonly #starts: readonly number[];
  readonly #stateSize: number;
  readonly #headWeights: Float32Array;
  readonly #headBiases: Float32Array;
  readonly #logits: Float64Array;

  /** @throws MstError `bad-model` when the weights are not those of a network of this shape */
  constructor(shape: NetworkShape, weights: Weights) {
    if (shape.layerSizes.length === 0) {
      throw new MstError('bad-model', 'The model has no layers.', { hint: 'Export or import it again.' });
    }
    checkWeights(weights, shape);
    this.shape = shape;
    this.numClasses = shape.numClasses;
    const cells = shape.layerSizes.map((_, layer) => new LstmCell(weights, shape, layer, shape.layerSizes[layer - 1] ?? shape.inputSize));
    const attended = cells.slice(0, attendedLayers(shape));
    this.#attention = attended.length > 0 ? new AttentionLayer(weights, shape, attended) : undefined;
    this.#cells = cells.slice(attended.length);
    let size = this.#attention?.stateSize ?? 0;
    this.#starts = this.#cells.map((cell) => {
      const start = size;
      size += 2 * cell.units;
      return start;
    });
    this.#stateSize = size;
    this.#headWeights = tensorOf(weights, `${names.head}/weights`).data;
    this.#headBiases = tensorOf(weights, `${names.head}/biases`).data;
    this.#logits = new Float64Array(shape.numClasses);
  }

  createState(): NetworkState {
    return { values: new Float32Array(this.#stateSize), steps: 0 };
  }

  copyState(from: NetworkState, to: NetworkState): void {
    to.values.set(from.values);
    to.steps = from.steps;
  }

  step(row: SparseRow, state: NetworkState, logits: Float32Array): void {
    let output: Float32Array | Float64Array = state.values;
    let start = 0;
    if (this.#attention !== undefined) {
      this.#attention.step(row, state.values, state.steps);
      output = this.#attention.output;
    }
    for (let k = 0; k < this.#cells.length; k++) {
      const cell = this.#cells[k] as LstmCell;
      const at = this.#starts[k] as number;
      if (k === 0 && this.#attention === undefined) cell.stepSparse(row, state.values, at);
      else cell.step(output, start, state.values, at);
      output = state.values;
      start = at + cell.units;
    }
    state.steps++;
    const width = this.shape.layerSizes.at(-1) as number;
    this.#logits.set(this.#headBiases);
    addProduct(this.#logits, output, start, width, this.#headWeights, 0, this.numClasses);
    logits.set(this.#logits);
  }
}
