// A melody RNN as a differentiable function of its variables (spec F), and the interface by which engines bring an implementation.
// The one here is built of TensorFlow.js products and runs on every engine.

import * as tf from '@tensorflow/tfjs-core';
import { MstError } from '../core/errors.js';
import { attendedLayers, type NetworkShape, names } from '../model/weights.js';
import { type AttentionVariables, attentionLayer } from './attention.js';
import { type Dropout, dropOutputs } from './dropout.js';
import { headLoss, logitsOf } from './loss.js';
import { lstmLayer } from './lstm.js';
import { type PackedBatch, writeInputs } from './packed-batch.js';

/** The trainable variables by Magenta's names (see `variableShapes`), on the engine. */
export type Variables = ReadonlyMap<string, tf.Variable>;

/** One network on one engine. Another implementation, such as fused kernels, takes the place of this one in the table of engines. */
export interface Network {
  /**
   * Mean cross-entropy in nats over all steps of the batch, as a scalar that `tf.variableGrads` can differentiate with respect to
   * every variable. Without `dropout`, every output is kept.
   */
  loss(variables: Variables, batch: PackedBatch, dropout: Dropout | null): tf.Scalar;
  /** What the network says before softmax (or log probabilities, its equal), [tokens, classes], with every output kept. */
  logits(variables: Variables, batch: PackedBatch): tf.Tensor2D;
  /** Gives back what the network holds beside its variables: threads, memory. */
  dispose(): void;
}

/** The network of this shape in TensorFlow.js. */
export function createTensorNetwork(shape: NetworkShape): Network {
  return {
    loss: (variables, batch, dropout) =>
      tf.tidy(() => {
        const hidden = outputs(shape, variables, batch, dropout);
        return headLoss(hidden, matrix(variables, `${names.head}/weights`), vector(variables, `${names.head}/biases`), batch.labels);
      }),
    logits: (variables, batch) =>
      tf.tidy(() => {
        const hidden = outputs(shape, variables, batch, null);
        return logitsOf(hidden, matrix(variables, `${names.head}/weights`), vector(variables, `${names.head}/biases`));
      }),
    dispose() {},
  };
}

/** The outputs of the top layer, [tokens, units], dropped like those of every layer below. */
function outputs(shape: NetworkShape, variables: Variables, batch: PackedBatch, dropout: Dropout | null): tf.Tensor2D {
  const { inputSize } = shape;
  let x: tf.Tensor2D | undefined;
  // Where the attention is around several layers they are one step of this loop, and what is dropped is the output of the topmost.
  const attended = attendedLayers(shape);
  for (let layer = Math.max(0, attended - 1); layer < shape.layerSizes.length; layer++) {
    let h: tf.Tensor2D;
    if (layer === attended - 1) {
      h = attentionLayer(attentionVariables(shape, variables), batch, shape.attnLength);
    } else {
      const input = x ?? tf.tensor2d(writeInputs(batch, new Float32Array(batch.tokens * inputSize), inputSize), [batch.tokens, inputSize]);
      const cell = names.cell(layer, shape);
      h = lstmLayer(input, matrix(variables, `${cell}/kernel`), vector(variables, `${cell}/bias`), batch, { constantInput: layer === 0 });
    }
    x = dropout === null || dropout.keep === 1 ? h : dropOutputs(h, dropout, layer, batch);
  }
  return x ?? fail('a layer');
}

function attentionVariables(shape: NetworkShape, variables: Variables): AttentionVariables {
  const wrapper = names.wrapper(shape);
  return {
    inputKernel: matrix(variables, `${wrapper}/kernel`),
    inputBias: vector(variables, `${wrapper}/bias`),
    cells: Array.from({ length: attendedLayers(shape) }, (_, layer) => {
      const cell = names.cell(layer, shape);
      return { kernel: matrix(variables, `${cell}/kernel`), bias: vector(variables, `${cell}/bias`) };
    }),
    attnW: variable(variables, `${wrapper}/attention/attn_w`),
    attnV: vector(variables, `${wrapper}/attention/attn_v`),
    queryKernel: matrix(variables, `${wrapper}/attention/kernel`),
    queryBias: vector(variables, `${wrapper}/attention/bias`),
    outputKernel: matrix(variables, `${wrapper}/attn_output_projection/kernel`),
    outputBias: vector(variables, `${wrapper}/attn_output_projection/bias`),
  };
}

function fail(what: string): never {
  throw new MstError('bad-model', `The network lacks ${what}.`, { hint: 'Give at least one layer in rnn_layer_sizes.' });
}

function variable(variables: Variables, name: string): tf.Variable {
  return variables.get(name) ?? fail(`the variable ${name}`);
}

function matrix(variables: Variables, name: string): tf.Tensor2D {
  return variable(variables, name) as tf.Tensor as tf.Tensor2D;
}

function vector(variables: Variables, name: string): tf.Tensor1D {
  return variable(variables, name) as tf.Tensor as tf.Tensor1D;
}
