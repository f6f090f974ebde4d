// Memory while training: it follows from the largest batch, and from nothing that grows with the number of steps.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type EngineName, loadEngine } from '../../src/train/engines.js';
import { initialWeights } from '../../src/train/initialize.js';
import { zeroSlots } from '../../src/train/optimizer.js';
import { type PackedBatch, packBatch } from '../../src/train/packed-batch.js';
import { networkShape, type TrainingPlan } from '../../src/train/plan.js';
import { KernelStepper } from '../../src/train/wasm/kernel-stepper.js';
import { randomDataset } from './music.js';
import { smallPlan } from './run-fixture.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const built = existsSync(new URL('../../dist/train/wasm/worker.js', import.meta.url));

const lengths = [[3, 5, 2, 6], [20, 31, 8, 25], [40, 40, 38, 33], [9]];
const LARGEST = 2;

/** Batches of unequal size, the largest neither first nor last. */
function batchesFor(config: 'basic_rnn' | 'attention_rnn'): PackedBatch[] {
  return lengths.map((steps, i) => packBatch(randomDataset(config, steps, i + 1).examples));
}

function startOf(plan: TrainingPlan) {
  const variables = initialWeights(networkShape(plan), plan.seed);
  return { variables, slots: zeroSlots(variables) };
}

/** Bytes in use by JavaScript's values and array buffers, once nothing more can be freed. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe.each(['basic_rnn', 'attention_rnn'] as const)('the memory of the kernels, %s', (config) => {
  for (const threads of [1, 2]) {
    it.skipIf(threads > 1 && !built)(`stops growing with the largest batch on ${threads} thread(s)`, async () => {
      const plan = smallPlan(config);
      const batches = batchesFor(config);
      const stepper = new KernelStepper({ threads }, networkShape(plan), plan, startOf(plan));
      try {
        const sizes: number[] = [];
        for (let step = 1; step <= 40; step++) {
          stepper.step(batches[(step - 1) % batches.length] as PackedBatch, step);
          sizes.push(stepper.bytes);
        }
        expect(sizes[LARGEST]).toBeGreaterThan(sizes[0] as number);
        expect(new Set(sizes.slice(LARGEST))).toEqual(new Set([sizes[LARGEST]]));
        // Measuring and reading take no more.
        for (const batch of batches) stepper.logits(batch);
        stepper.read();
        expect(stepper.bytes).toBe(sizes[LARGEST]);
      } finally {
        stepper.dispose();
      }
    });
  }

  it('grows with what a batch holds, not with how many there were', () => {
    const plan = smallPlan(config);
    const bytesAfter = (batches: readonly PackedBatch[]): number => {
      const stepper = new KernelStepper({ threads: 1 }, networkShape(plan), plan, startOf(plan));
      batches.forEach((batch, i) => {
        stepper.step(batch, i + 1);
      });
      const { bytes } = stepper;
      stepper.dispose();
      return bytes;
    };
    const large = batchesFor(config)[LARGEST] as PackedBatch;
    expect(bytesAfter([large, large, large, large, large])).toBe(bytesAfter([large]));
  });
});

describe.each<EngineName>(['wasm', 'cpu'])('training on the %s engine', (name) => {
  it('keeps its count of tensors', async () => {
    const engine = await loadEngine(name, { threads: 1 });
    const plan = smallPlan('basic_rnn');
    const batches = batchesFor('basic_rnn');
    const stepper = engine.createStepper(networkShape(plan), plan, startOf(plan));
    const counts = new Set<number>();
    batches.forEach((batch, i) => {
      stepper.step(batch, i + 1);
      stepper.logits(batch);
      stepper.read();
      counts.add(tf.memory().numTensors);
    });
    expect(counts.size).toBe(1);
    stepper.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });
});

describe('training in the kernels', () => {
  it('keeps nothing of a step behind', () => {
    const plan = smallPlan('basic_rnn');
    const batches = batchesFor('basic_rnn');
    const stepper = new KernelStepper({ threads: 1 }, networkShape(plan), plan, startOf(plan));
    let step = 0;
    const heldAfter = (count: number): number => {
      for (let i = 0; i < count; i++) {
        step++;
        const batch = batches[step % batches.length] as PackedBatch;
        stepper.step(batch, step);
        if (step % 4 === 0) stepper.logits(batch);
      }
      return heldBytes();
    };
    // In the first steps V8 compiles, and afterwards what it holds wavers: the least of some looks counts.
    heldAfter(750);
    const least = (): number => Math.min(heldAfter(150), heldAfter(150), heldAfter(150), heldAfter(150));
    const before = least();
    const after = least();
    stepper.dispose();
    // 600 steps lie between the two. Were only the losses of each kept, 4 bytes for each token, it would be more than this.
    const meanTokens = batches.reduce((sum, { tokens }) => sum + tokens, 0) / batches.length;
    expect(after - before).toBeLessThan(600 * 4 * meanTokens);
  });
});
