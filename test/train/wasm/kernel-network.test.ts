// The network in fused kernels against the one made of TensorFlow.js operations. Worker threads are started from the built program.
import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkShape, Weights } from '../../../src/model/weights.js';
import { variableShapes } from '../../../src/model/weights.js';
import type { BatchRoom } from '../../../src/train/batches.js';
import { loadEngine } from '../../../src/train/engines.js';
import { createTensorNetwork, type Network } from '../../../src/train/network.js';
import { zeroSlots } from '../../../src/train/optimizer.js';
import type { PackedBatch } from '../../../src/train/packed-batch.js';
import type { TrainingPlan } from '../../../src/train/plan.js';
import { TensorStepper } from '../../../src/train/stepper.js';
import { createVariables, disposeVariables } from '../../../src/train/variables.js';
import { createKernelNetwork } from '../../../src/train/wasm/kernel-network.js';
import { KernelStepper } from '../../../src/train/wasm/kernel-stepper.js';
import { distance, randomBatch, randomVariables } from '../../kernels/samples.js';

const shapes: NetworkShape[] = [
  { inputSize: 8, numClasses: 5, layerSizes: [7, 6], attnLength: 0 },
  { inputSize: 6, numClasses: 4, layerSizes: [5, 6], attnLength: 3 },
];
const built = existsSync(new URL('../../../dist/train/wasm/worker.js', import.meta.url));
const dropout = { seed: 5, step: 9, keep: 0.6 };
/** For the largest batch below, with up to 3 inputs at each step. */
const room: BatchRoom = { rows: 5, tokens: 36, entries: 108 };

function weightsOf(shape: NetworkShape): Weights {
  const values = randomVariables(shape, 3);
  return new Map([...variableShapes(shape)].map(([name, dimensions], i) => [name, { shape: dimensions, data: values[i] as Float32Array }]));
}

function batchOf(shape: NetworkShape, lengths: readonly number[]): PackedBatch {
  const batch = randomBatch(shape, lengths, 1);
  return { ...batch, inputSize: shape.inputSize };
}

const twice = tf.customGrad((x) => ({ value: tf.mul(x as tf.Tensor, 2), gradFunc: (d) => tf.mul(d, 2) })) as (x: tf.Scalar) => tf.Scalar;

/** Twice the loss and its gradients, so that the factor from outside is seen to arrive. */
function doubled(network: Network, weights: Weights, batch: PackedBatch) {
  const variables = createVariables(weights);
  const { value, grads } = tf.variableGrads(() => twice(network.loss(variables, batch, dropout)), [...variables.values()]);
  const loss = value.dataSync()[0] as number;
  const gradients = [...variables.values()].map((variable) => (grads[variable.name] as tf.Tensor).dataSync<'float32'>().slice());
  tf.dispose([value, ...Object.values(grads)]);
  disposeVariables(variables);
  return { loss, gradients };
}

describe('a network in fused kernels', () => {
  beforeAll(async () => {
    await loadEngine('cpu');
  });

  for (const threads of [1, 3]) {
    describe.skipIf(threads > 1 && !built)(`with ${threads} thread(s)`, () => {
      it.each(shapes)('has the loss and gradients of the network of TensorFlow.js operations: %o', (shape) => {
        const kernels = createKernelNetwork(shape, { threads }, room);
        const weights = weightsOf(shape);
        for (const lengths of [
          [3, 2],
          [12, 9, 9, 5, 1],
          [6, 4, 4],
        ]) {
          const batch = batchOf(shape, lengths);
          const actual = doubled(kernels, weights, batch);
          const expected = doubled(createTensorNetwork(shape), weights, batch);
          expect(actual.loss).toBeCloseTo(expected.loss, 5);
          actual.gradients.forEach((gradient, i) => {
            expect(distance(gradient, expected.gradients[i] ?? [])).toBeLessThan(1e-4);
          });
        }
        kernels.dispose();
      });

      it.each(shapes)('has its probabilities: %o', (shape) => {
        const kernels = createKernelNetwork(shape, { threads }, room);
        const variables = createVariables(weightsOf(shape));
        const batch = batchOf(shape, [12, 9, 9, 5, 1]);
        const actual = tf.tidy(() => tf.softmax(kernels.logits(variables, batch)).dataSync());
        const expected = tf.tidy(() => tf.softmax(createTensorNetwork(shape).logits(variables, batch)).dataSync());
        expect(distance(actual, expected)).toBeLessThan(1e-5);
        disposeVariables(variables);
        kernels.dispose();
      });
    });
  }

  it('frees all tensors it takes', () => {
    const [shape] = shapes as [NetworkShape];
    const kernels = createKernelNetwork(shape, { threads: 1 }, room);
    const batch = batchOf(shape, [4, 4, 1]);
    const weights = weightsOf(shape);
    doubled(kernels, weights, batch);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) doubled(kernels, weights, batch);
    expect(tf.memory().numTensors).toBe(before);
    kernels.dispose();
  });
});

describe('steps wholly inside the kernels', () => {
  for (const [threads, by] of [
    [1, 'global'],
    [2, 'variable'],
  ] as const) {
    it.skipIf(threads > 1 && !built).each(shapes)(
      `learn what TensorFlow.js learns, ${threads} thread(s), clipping by ${by}: %o`,
      async (shape) => {
        await loadEngine('cpu');
        const weights = weightsOf(shape);
        const plan = {
          seed: 3,
          steps: 100,
          hparams: { dropoutKeepProb: 0.8 },
          clipping: { by, norm: 0.1 },
          weightDecay: 2,
          schedule: { kind: 'constant', learningRate: 0.01 },
        } as TrainingPlan;
        const start = { variables: weights, slots: zeroSlots(weights) };
        const kernels = new KernelStepper({ threads }, shape, plan, start, room);
        const tensors = new TensorStepper(createTensorNetwork(shape), plan, start);
        [
          [3, 2],
          [7, 5, 5],
          [12, 9, 9, 5, 1],
        ].forEach((lengths, i) => {
          const batch = batchOf(shape, lengths);
          expect(kernels.step(batch, i + 1)).toBeCloseTo(tensors.step(batch, i + 1), 5);
        });
        const [actual, expected] = [kernels.read(), tensors.read()];
        for (const [name, { data }] of expected.variables) {
          expect(distance(actual.variables.get(name)?.data ?? [], data), name).toBeLessThan(1e-3);
          expect(distance(actual.slots.m.get(name)?.data ?? [], expected.slots.m.get(name)?.data ?? []), name).toBeLessThan(1e-3);
        }
        const batch = batchOf(shape, [9, 4]);
        const [mine, theirs] = [kernels, tensors].map((stepper) =>
          tf.tidy(() => tf.softmax(tf.tensor2d(stepper.logits(batch), [batch.tokens, shape.numClasses])).dataSync()),
        ) as [Float32Array, Float32Array];
        expect(distance(mine, theirs)).toBeLessThan(1e-3);
        expect(kernels.isFinite()).toBe(true);
        // A run that goes on from what was read does the same as one that was not interrupted.
        const resumed = new KernelStepper({ threads }, shape, plan, actual, room);
        expect(resumed.step(batch, 4)).toBe(kernels.step(batch, 4));
        expect(resumed.read()).toEqual(kernels.read());
        for (const stepper of [kernels, tensors, resumed]) stepper.dispose();
      },
    );
  }
});
