// Memory while training: it follows from the largest batch, is known before the first step, and does not grow with the number of steps.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../src/encoding/example.js';
import { type BatchRoom, largestBatch } from '../../src/train/batches.js';
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

function setsFor(config: 'basic_rnn' | 'attention_rnn'): (readonly Example[])[] {
  return lengths.map((steps, i) => randomDataset(config, steps, i + 1).examples);
}

/** Batches of unequal size, the largest neither first nor last. */
function batchesFor(config: 'basic_rnn' | 'attention_rnn'): PackedBatch[] {
  return setsFor(config).map(packBatch);
}

function roomFor(config: 'basic_rnn' | 'attention_rnn'): BatchRoom {
  return largestBatch(setsFor(config), 4);
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
    it.skipIf(threads > 1 && !built)(`is known before training and stays as it is on ${threads} thread(s)`, async () => {
      const plan = smallPlan(config);
      const room = roomFor(config);
      const engine = await loadEngine('wasm', { threads });
      const planned = engine.memory(networkShape(plan), room);
      const stepper = new KernelStepper({ threads }, networkShape(plan), plan, startOf(plan), room);
      try {
        for (const [i, batch] of batchesFor(config).entries()) {
          stepper.step(batch, i + 1);
          stepper.logits(batch);
          stepper.read();
          // Memory comes in pages of 64 KiB.
          expect(stepper.bytes).toBe(Math.ceil((planned as number) / 65536) * 65536);
        }
      } finally {
        stepper.dispose();
      }
    });
  }

  it('holds at least the weights, their gradient and moments, and the steps of the largest batch', async () => {
    const plan = smallPlan(config, {}, [64, 64]);
    const engine = await loadEngine('wasm', { threads: 1 });
    const shape = networkShape(plan);
    const parameters = [...initialWeights(shape, 1).values()].reduce((sum, { data }) => sum + data.length, 0);
    const bytes = (tokens: number): number => engine.memory(shape, { rows: 4, tokens, entries: tokens }) as number;
    expect(bytes(1)).toBeGreaterThan(4 * 4 * parameters);
    // Of each step gates, c and h of both layers are kept.
    expect(bytes(10_000) - bytes(1)).toBeGreaterThan(9_999 * 2 * 6 * 64 * 4);
  });

  it('is refused, with what to do, for a melody longer than fits', async () => {
    const engine = await loadEngine('wasm', { threads: 1 });
    const shape = networkShape(smallPlan(config, {}, [512, 512]));
    expect(() => engine.memory(shape, { rows: 1, tokens: 1_000_000, entries: 1_000_000 })).toThrow(
      expect.objectContaining({
        code: 'engine',
        message: expect.stringContaining('1000000 steps'),
        hint: expect.stringContaining('shorter'),
      }),
    );
  });

  it('is never written outside: a batch larger than planned is refused', () => {
    const plan = smallPlan(config);
    const { rows, tokens, entries } = roomFor(config);
    const stepper = new KernelStepper({ threads: 1 }, networkShape(plan), plan, startOf(plan), { rows, tokens: tokens - 1, entries });
    expect(() => stepper.step(batchesFor(config)[LARGEST] as PackedBatch, 1)).toThrow(/there is room for/);
    stepper.dispose();
  });
});

describe.each<EngineName>(['wasm', 'cpu'])('training on the %s engine', (name) => {
  it('keeps its count of tensors', async () => {
    const engine = await loadEngine(name, { threads: 1 });
    const plan = smallPlan('basic_rnn');
    const batches = batchesFor('basic_rnn');
    const stepper = engine.createStepper(networkShape(plan), plan, startOf(plan), roomFor('basic_rnn'));
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
    const stepper = new KernelStepper({ threads: 1 }, networkShape(plan), plan, startOf(plan), roomFor('basic_rnn'));
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
