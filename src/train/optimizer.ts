// Adam in TensorFlow's form (spec F.6), with clipping and weight decay. `tf.train.adam` puts epsilon elsewhere and hides its slots; here they are
// variables like any other, saved and restored to the byte.

import * as tf from '@tensorflow/tfjs-core';
import { ADAM } from '../kernels/training.js';
import { sizeOf, type Weights } from '../model/weights.js';
import type { Variables } from './network.js';
import { createVariables, disposeVariables, readVariables } from './variables.js';

/** How gradients are held back: each variable's by its own norm, as Magenta does, or all together by their common norm. */
export interface Clipping {
  readonly by: 'variable' | 'global';
  readonly norm: number;
}

const { beta1: BETA1, beta2: BETA2, epsilon: EPSILON } = ADAM;

/** The two moments Adam keeps of each variable's gradient. */
export interface AdamSlots {
  readonly m: Weights;
  readonly v: Weights;
}

/** The slots of variables that have not moved yet. */
export function zeroSlots(variables: Weights): AdamSlots {
  const zeros = (): Weights => new Map([...variables].map(([name, { shape }]) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]));
  return { m: zeros(), v: zeros() };
}

export class Adam {
  readonly #variables: Variables;
  readonly #m: Variables;
  readonly #v: Variables;

  constructor(variables: Variables, slots: AdamSlots) {
    this.#variables = variables;
    this.#m = createVariables(slots.m);
    this.#v = createVariables(slots.v);
  }

  /**
   * Moves every variable by its gradient; `step` counts from 1. The gradients stay the caller's. `weightDecay` times the learning rate of
   * every matrix is taken away before, whatever its gradient (AdamW); vectors keep their values.
   */
  apply(
    gradients: ReadonlyMap<string, tf.Tensor>,
    { step, learningRate, weightDecay }: { readonly step: number; readonly learningRate: number; readonly weightDecay: number },
  ): void {
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
    tf.tidy(() => {
      for (const [name, variable] of this.#variables) {
        const [g, m, v] = [gradients.get(name), this.#m.get(name), this.#v.get(name)];
        if (g === undefined || m === undefined || v === undefined) throw new Error(`no gradient or slot for ${name}`);
        m.assign(tf.add(tf.mul(m, BETA1), tf.mul(g, 1 - BETA1)));
        v.assign(tf.add(tf.mul(v, BETA2), tf.mul(tf.square(g), 1 - BETA2)));
        const kept = variable.rank > 1 ? tf.mul(variable, 1 - learningRate * weightDecay) : variable;
        variable.assign(tf.sub(kept, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), EPSILON))));
      }
    });
  }

  slots(): AdamSlots {
    return { m: readVariables(this.#m), v: readVariables(this.#v) };
  }

  dispose(): void {
    disposeVariables(this.#m);
    disposeVariables(this.#v);
  }
}

/** The gradients, scaled so that no norm exceeds the limit: new tensors, the caller's to dispose. */
export function clipGradients(gradients: ReadonlyMap<string, tf.Tensor>, { by, norm }: Clipping): Map<string, tf.Tensor> {
  const squares = (g: tf.Tensor): tf.Tensor => tf.sum(tf.square(g));
  const scaleFor = (sumOfSquares: tf.Tensor): tf.Tensor => tf.div(norm, tf.maximum(tf.sqrt(sumOfSquares), norm));
  const clipped = new Map<string, tf.Tensor>();
  tf.tidy(() => {
    const common = by === 'global' ? scaleFor(tf.addN([...gradients.values()].map(squares))) : undefined;
    for (const [name, g] of gradients) clipped.set(name, tf.keep(tf.mul(g, common ?? scaleFor(squares(g)))));
  });
  return clipped;
}
