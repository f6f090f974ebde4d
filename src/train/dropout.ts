// Which outputs are dropped in training (spec F.1). The random bits are those of src/kernels/dropout.ts, a pure function of where an
// output stands: no generator's state is carried along, and every engine drops the same outputs.

import * as tf from '@tensorflow/tfjs-core';
import { rowBits, stepBits, unitBits } from '../kernels/dropout.js';
import type { PackedBatch } from './packed-batch.js';

/** What the masks of one training step depend on. */
export interface Dropout {
  /** An unsigned 32-bit integer, the same for the whole run. */
  readonly seed: number;
  /** The training step. */
  readonly step: number;
  /** Probability that an output is kept, above 0 and up to 1. */
  readonly keep: number;
}

/** What the outputs of a layer, packed as [tokens, units], are multiplied by: 0, or 1/keep. */
function dropoutMask({ seed, step, keep }: Dropout, layer: number, batch: PackedBatch, units: number): Float32Array {
  const mask = new Float32Array(batch.tokens * units);
  const bitsOfStep = stepBits(seed, step);
  const limit = keep * 4294967296;
  let p = 0;
  for (let t = 0; t < batch.steps; t++) {
    const active = batch.activeRows[t] as number;
    for (let row = 0; row < active; row++) {
      const bitsOfRow = rowBits(bitsOfStep, layer, row, t);
      for (let unit = 0; unit < units; unit++, p++) if (unitBits(bitsOfRow, unit) < limit) mask[p] = 1 / keep;
    }
  }
  return mask;
}

/** The outputs `h` [tokens, units] of a layer with some dropped and the others scaled up. */
export function dropOutputs(h: tf.Tensor2D, dropout: Dropout, layer: number, batch: PackedBatch): tf.Tensor2D {
  const mask = dropoutMask(dropout, layer, batch, h.shape[1]);
  const masked = (x: tf.Tensor2D): tf.Tensor2D => tf.tidy(() => tf.mul(x, tf.tensor2d(mask, x.shape)));
  return tf.customGrad((x) => ({
    value: masked(x as tf.Tensor2D),
    gradFunc: (dOutput) => masked(dOutput as tf.Tensor2D),
  }))(h) as tf.Tensor2D;
}
