// A network that computes in the fused kernels (src/kernels) and takes part in TensorFlow.js through a custom gradient: its variables,
// optimiser and checkpoints are those of every other engine.

import * as tf from '@tensorflow/tfjs-core';
import * as builds from '../../kernels/generated/training.js';
import { type Capacity, planLayout } from '../../kernels/layout.js';
import { chooseModule, createMemory, type SimdKind } from '../../kernels/module.js';
import { TrainingKernels } from '../../kernels/training.js';
import { type NetworkShape, variableShapes } from '../../model/weights.js';
import type { Network, Variables } from '../network.js';
import type { PackedBatch } from '../packed-batch.js';
import { KernelWorkers } from './threads.js';

/** Room is taken for batches this much larger than the largest so far, so that it grows only a few times. */
const HEADROOM = 1.25;

export interface KernelOptions {
  /** Threads that share each step, this one included. */
  readonly threads: number;
  /** Default: the best this runtime has. */
  readonly simd?: SimdKind | undefined;
}

/** The kind of SIMD the kernels will use here. @throws MstError `engine` where they do not run */
export function kernelSimd(): SimdKind {
  return chooseModule(builds).simd;
}

/** The network of this shape in the fused kernels. @throws MstError `engine` where they do not run */
export function createKernelNetwork(shape: NetworkShape, { threads, simd }: KernelOptions): Network {
  const { module } = chooseModule(builds, simd);
  const workers = new KernelWorkers(threads - 1);
  const names = [...variableShapes(shape).keys()];
  let kernels: TrainingKernels | undefined;
  let room: Capacity = { threads, rows: 0, tokens: 0, entries: 0, training: true };

  /** Kernels with room for the batch. */
  const kernelsFor = (batch: PackedBatch): TrainingKernels => {
    const needed = { rows: batch.rows, tokens: batch.tokens, entries: batch.inputs.rowStart[batch.tokens] as number };
    if (kernels && needed.rows <= room.rows && needed.tokens <= room.tokens && needed.entries <= room.entries) return kernels;
    kernels?.stop();
    const grown = (had: number, need: number): number => (need <= had ? had : Math.ceil(need * HEADROOM));
    room = {
      ...room,
      rows: Math.max(room.rows, needed.rows),
      tokens: grown(room.tokens, needed.tokens),
      entries: grown(room.entries, needed.entries),
    };
    const layout = planLayout(shape, room);
    const memory = createMemory(layout.bytes, true);
    kernels = new TrainingKernels(module, memory, layout);
    workers.assign(module, memory, layout);
    return kernels;
  };

  const load = ({ variables }: TrainingKernels, tensors: readonly tf.Tensor[]): void => {
    tensors.forEach((tensor, i) => {
      variables[i]?.set(tensor.dataSync<'float32'>());
    });
  };
  const ordered = (variables: Variables): tf.Variable[] => names.map((name) => variables.get(name) as tf.Variable);

  return {
    loss(variables, batch, dropout) {
      const inputs = ordered(variables);
      return tf.customGrad(() => {
        const active = kernelsFor(batch);
        load(active, inputs);
        const { lossSum } = active.gradient(batch, dropout ?? { seed: 0, step: 0, keep: 1 });
        const gradients = active.gradients.map((values) => values.slice());
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
      const active = kernelsFor(batch);
      load(active, ordered(variables));
      const logProbabilities = new Float32Array(batch.tokens * shape.numClasses);
      active.evaluate(batch, logProbabilities);
      return tf.tensor2d(logProbabilities, [batch.tokens, shape.numClasses]);
    },
    dispose() {
      kernels?.stop();
      kernels = undefined;
      workers.terminate();
    },
  };
}
