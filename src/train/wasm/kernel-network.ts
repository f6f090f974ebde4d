// A network that computes in the fused kernels (src/kernels) and takes part in TensorFlow.js through a custom gradient: its variables,
// optimiser and checkpoints are those of every other engine.

import * as tf from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../../kernels/training.js';
import { type NetworkShape, variableShapes } from '../../model/weights.js';
import type { BatchRoom } from '../batches.js';
import type { Network, Variables } from '../network.js';
import type { PackedBatch } from '../packed-batch.js';
import { type KernelOptions, KernelTeam } from './kernel-team.js';

/** The network of this shape in the fused kernels, for batches of up to `room`. @throws MstError `engine` where they do not run */
export function createKernelNetwork(shape: NetworkShape, options: KernelOptions, room: BatchRoom): Network {
  const team = new KernelTeam(shape, options, room);
  const { kernels } = team;
  const names = [...variableShapes(shape).keys()];
  const ordered = (variables: Variables): tf.Variable[] => names.map((name) => variables.get(name) as tf.Variable);

  /** Gives the kernels the variables' values. */
  const load = (variables: readonly tf.Variable[]): void => {
    variables.forEach((variable, i) => {
      kernels.variables[i]?.set(variable.dataSync<'float32'>());
    });
  };

  return {
    loss(variables, batch, dropout) {
      const inputs = ordered(variables);
      return tf.customGrad(() => {
        load(inputs);
        const { lossSum } = kernels.gradient(batch, dropout ?? { seed: 0, step: 0, keep: 1 });
        const gradients = kernels.gradients.map((values) => values.slice());
        return {
          value: tf.scalar(lossSum / batch.tokens),
          gradFunc: (dLoss) => {
            const scale = dLoss.dataSync<'float32'>()[0] as number;
            return gradients.map((values, i) => {
              if (scale !== 1) for (let k = 0; k < values.length; k++) values[k] = (values[k] as number) * scale;
              return tf.tensor(values, (inputs[i] as tf.Variable).shape, 'float32');
            });
          },
        };
      })(...inputs) as tf.Scalar;
    },
    logits(variables, batch) {
      load(ordered(variables));
      return tf.tensor2d(logProbabilities(kernels, batch), [batch.tokens, shape.numClasses]);
    },
    dispose: () => team.stop(),
  };
}

/** What `kernels` give each class at every step, [tokens, classes]: equal to logits under softmax. */
export function logProbabilities(kernels: TrainingKernels, batch: PackedBatch): Float32Array {
  const { numClasses } = kernels.layout.shape;
  const values = new Float32Array(batch.tokens * numClasses);
  kernels.evaluate(batch, values);
  return values;
}
