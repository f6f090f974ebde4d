// The variables of a melody RNN: their names, shapes and order are Magenta's (spec F.9), in training, in checkpoints and in exports.

import { MstError } from '../core/errors.js';
import type { KernelShape } from '../kernels/blocks.js';

/** Row-major float32 values with a shape. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by Magenta's variable name. */
export type Weights = ReadonlyMap<string, Tensor>;

/** What decides the variables of a network. */
export interface NetworkShape extends KernelShape {
  /** `all`: the attention is around all layers, as in Magenta before May 2017 (spec H.2b); absent: around the first. */
  readonly attnLayers?: 'all' | undefined;
}

/** What names depend on. */
type AttentionShape = Pick<NetworkShape, 'attnLength' | 'attnLayers'>;

/** Name prefixes of the parts of a network; `names.cell(0, shape)` accounts for an attention wrapper. */
export const names = {
  wrapper: ({ attnLayers }: AttentionShape): string =>
    attnLayers === 'all' ? 'rnn/attention_cell_wrapper' : 'rnn/multi_rnn_cell/cell_0/attention_cell_wrapper',
  cell(layer: number, shape: AttentionShape): string {
    if (shape.attnLength > 0 && shape.attnLayers === 'all') return `${this.wrapper(shape)}/multi_rnn_cell/cell_${layer}/basic_lstm_cell`;
    return layer === 0 && shape.attnLength > 0
      ? `${this.wrapper(shape)}/basic_lstm_cell`
      : `rnn/multi_rnn_cell/cell_${layer}/basic_lstm_cell`;
  },
  head: 'fully_connected',
} as const;

/** How many layers, from the bottom, the attention is around. */
export function attendedLayers({ layerSizes, attnLength, attnLayers }: NetworkShape): number {
  if (attnLength === 0) return 0;
  return attnLayers === 'all' ? layerSizes.length : 1;
}

/** Every variable's name and shape, in the order in which they are created, listed and stored. */
export function variableShapes(shape: NetworkShape): Map<string, readonly number[]> {
  const result = new Map<string, readonly number[]>();
  const { inputSize, layerSizes, numClasses } = shape;
  const attended = layerSizes.slice(0, attendedLayers(shape));
  const top = attended.at(-1);
  const wrapper = names.wrapper(shape);
  if (top !== undefined) {
    result.set(`${wrapper}/kernel`, [inputSize + top, inputSize]);
    result.set(`${wrapper}/bias`, [inputSize]);
  }
  let width = inputSize;
  layerSizes.forEach((units, layer) => {
    const cell = names.cell(layer, shape);
    result.set(`${cell}/kernel`, [width + units, 4 * units]);
    result.set(`${cell}/bias`, [4 * units]);
    width = units;
    if (top === undefined || layer !== attended.length - 1) return;
    result.set(`${wrapper}/attention/attn_w`, [1, 1, top, top]);
    result.set(`${wrapper}/attention/attn_v`, [top]);
    result.set(`${wrapper}/attention/kernel`, [2 * attended.reduce((sum, size) => sum + size, 0), top]);
    result.set(`${wrapper}/attention/bias`, [top]);
    result.set(`${wrapper}/attn_output_projection/kernel`, [2 * top, top]);
    result.set(`${wrapper}/attn_output_projection/bias`, [top]);
  });
  result.set(`${names.head}/weights`, [width, numClasses]);
  result.set(`${names.head}/biases`, [numClasses]);
  return result;
}

/** Number of values in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The tensor called `name`. @throws MstError `bad-model` when it is absent */
export function tensorOf(weights: Weights, name: string): Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined)
    throw new MstError('bad-model', `The model lacks the variable ${name}.`, { hint: 'Export or import it again.' });
  return tensor;
}

/** Checks that `weights` are those of a network of this shape, all finite. @throws MstError `bad-model` naming the first that is not */
export function checkWeights(weights: Weights, shape: NetworkShape): void {
  for (const [name, expected] of variableShapes(shape)) {
    const tensor = tensorOf(weights, name);
    if (tensor.shape.join() !== expected.join() || tensor.data.length !== sizeOf(expected)) {
      throw new MstError('bad-model', `The variable ${name} has the shape [${tensor.shape}], not [${expected}].`, {
        hint: 'The model file does not fit its configuration; export or import it again.',
      });
    }
    if (!tensor.data.every(Number.isFinite)) {
      throw new MstError('bad-model', `The variable ${name} holds a value that is not a number.`, {
        hint: 'Train again from an earlier checkpoint.',
      });
    }
  }
}
