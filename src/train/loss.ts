// The head of a network and its loss (spec F.3, F.5), with the gradient by hand.

import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from './products.js';

/** hidden [tokens, units] · weights [units, classes] + biases [classes]. */
export function logitsOf(hidden: tf.Tensor2D, weights: tf.Tensor2D, biases: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => tf.add(tf.matMul(hidden, weights), biases) as tf.Tensor2D);
}

/** Minus the logarithm of the probability that row `p` of `logits` [tokens, classes] gives to `label`, in nats. */
function crossEntropy(logits: Float32Array, classes: number, p: number, label: number): number {
  const start = p * classes;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = start; k < start + classes; k++) max = Math.max(max, logits[k] as number);
  let sum = 0;
  for (let k = start; k < start + classes; k++) sum += Math.exp((logits[k] as number) - max);
  return max + Math.log(sum) - (logits[start + label] as number);
}

/** Mean softmax cross-entropy over all steps, in nats, as a scalar. `labels` holds one class index per token. */
export function headLoss(hidden: tf.Tensor2D, weights: tf.Tensor2D, biases: tf.Tensor1D, labels: Int32Array): tf.Scalar {
  return tf.customGrad((h, w, b, save) => {
    const logits = logitsOf(h as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D);
    const values = logits.dataSync<'float32'>();
    const classes = logits.shape[1];
    (save as unknown as tf.GradSaveFunc)([h as tf.Tensor]);
    let sum = 0;
    for (let p = 0; p < labels.length; p++) sum += crossEntropy(values, classes, p, labels[p] as number);
    return {
      value: tf.scalar(sum / labels.length),
      gradFunc: (dLoss, saved) => {
        const scale = (dLoss.dataSync()[0] as number) / labels.length;
        return headGradients(
          (saved as tf.Tensor[])[0] as tf.Tensor2D,
          w as tf.Tensor2D,
          softmaxMinusLabels(values, classes, labels, scale),
        );
      },
    };
  })(hidden, weights, biases) as tf.Scalar;
}

/** The gradient of the logits, [tokens, classes]. */
function softmaxMinusLabels(logits: Float32Array, classes: number, labels: Int32Array, scale: number): Float32Array {
  const gradient = new Float32Array(logits.length);
  for (let p = 0; p < labels.length; p++) {
    const label = labels[p] as number;
    const normalizer = crossEntropy(logits, classes, p, label) + (logits[p * classes + label] as number);
    for (let k = p * classes; k < (p + 1) * classes; k++) gradient[k] = scale * Math.exp((logits[k] as number) - normalizer);
    const k = p * classes + label;
    gradient[k] = (gradient[k] as number) - scale;
  }
  return gradient;
}

function headGradients(hidden: tf.Tensor2D, weights: tf.Tensor2D, dLogits: Float32Array): tf.Tensor[] {
  const [tokens, classes] = [hidden.shape[0], weights.shape[1]];
  return tf.tidy(() => {
    const d = tf.tensor2d(dLogits, [tokens, classes]);
    return [tf.matMul(d, tf.transpose(weights)), tf.matMul(tf.transpose(hidden), d), columnSums(dLogits, classes)];
  });
}
