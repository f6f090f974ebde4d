// Variables between the engine and plain values.

import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../model/weights.js';

/** Puts weights on the engine as trainable variables. Free them with `disposeVariables`. */
export function createVariables(weights: Weights): Map<string, tf.Variable> {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [name, tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape], 'float32')))]),
  );
}

/** The values of variables, in their order. */
export function readVariables(variables: ReadonlyMap<string, tf.Variable>): Weights {
  return new Map([...variables].map(([name, v]) => [name, { shape: v.shape.slice(), data: v.dataSync<'float32'>().slice() }]));
}

export function disposeVariables(variables: ReadonlyMap<string, tf.Variable>): void {
  for (const variable of variables.values()) variable.dispose();
}
