// Threads are started from the built program, so these tests need `npm run build` (npm test runs it first).
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import * as builds from '../../src/kernels/generated/training.js';
import { planLayout } from '../../src/kernels/layout.js';
import { chooseModule, createMemory } from '../../src/kernels/module.js';
import { Team } from '../../src/kernels/team.js';
import type { KernelThread } from '../../src/kernels/thread.js';
import { TrainingKernels } from '../../src/kernels/training.js';
import { reference } from './reference.js';
import { capacityFor, distance, randomBatch, randomVariables } from './samples.js';

const built = new URL('../../dist/kernels/', import.meta.url);
const follower = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { built, module, memory, layout, thread } = workerData;
  Promise.all([import(built + 'team.js'), import(built + 'thread.js')]).then(([{ Team }, { KernelThread }]) => {
    const self = new KernelThread(module, memory, layout, thread);
    parentPort.postMessage('ready');
    new Team(memory.buffer, layout).follow(self, thread);
  });
`;

describe.skipIf(!existsSync(new URL('team.js', built)))('threads that share a step', () => {
  const shape = { inputSize: 9, numClasses: 5, layerSizes: [7, 6], attnLength: 3 };
  const lengths = [12, 12, 9, 8, 8, 3, 1];
  const batch = randomBatch(shape, lengths, 1);
  const variables = randomVariables(shape, 2);
  const drop = { seed: 77, step: 4, keep: 0.7 };
  const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.3, clip: 0.1, clipPerVariable: false };

  async function run(
    threads: number,
  ): Promise<{ gradients: Float32Array[]; after: Float32Array[]; evaluated: Float32Array; losses: Float32Array }> {
    const layout = planLayout(shape, capacityFor(batch, threads));
    const { module } = chooseModule(builds, 'simd');
    const memory = createMemory(layout.bytes, true);
    const kernels = new TrainingKernels(module, memory, layout);
    const exits: Promise<unknown>[] = [];
    for (let thread = 1; thread < threads; thread++) {
      const worker = new Worker(follower, { eval: true, workerData: { built: built.href, module, memory, layout, thread } });
      exits.push(new Promise((resolve) => worker.once('exit', resolve)));
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    }
    variables.forEach((values, i) => {
      kernels.variables[i]?.set(values);
    });
    const evaluated = kernels.evaluate(batch).losses;
    const { losses } = kernels.gradient(batch, drop);
    const gradients = kernels.gradients.map((values) => values.slice());
    kernels.adam({ ...adam, step: 1 });
    const after = kernels.variables.map((values) => values.slice());
    // One row leaves all other threads without work.
    kernels.gradient(randomBatch(shape, [5], 3), drop);
    kernels.stop();
    await Promise.all(exits);
    return { gradients, after, evaluated, losses };
  }

  it('give the gradient of the formulas and the losses of one thread, with the same dropout', async () => {
    const alone = await run(1);
    const expected = reference(shape, variables, batch, drop);
    for (const threads of [2, 3, 8]) {
      const { gradients, after, evaluated, losses } = await run(threads);
      expect(distance(evaluated, alone.evaluated)).toBeLessThan(1e-6);
      expect(distance(losses, expected.losses)).toBeLessThan(4e-6);
      gradients.forEach((gradient, i) => {
        expect(distance(gradient, alone.gradients[i] ?? [])).toBeLessThan(1e-5);
        expect(distance(gradient, expected.gradients[i] ?? [])).toBeLessThan(1e-4);
        expect(distance(after[i] ?? [], alone.after[i] ?? [])).toBeLessThan(1e-3);
      });
    }
  });

  it('give the same bytes every time', async () => {
    expect(await run(3)).toEqual(await run(3));
  });
});

describe('a team that has lost a thread', () => {
  const shape = { inputSize: 3, numClasses: 2, layerSizes: [2], attnLength: 0 };
  const batch = randomBatch(shape, [2, 1], 1);

  it('says so instead of waiting for ever, and which it was that was gone first', () => {
    const layout = planLayout(shape, capacityFor(batch, 3));
    const memory = createMemory(layout.bytes, true);
    const kernels = new TrainingKernels(chooseModule(builds).module, memory, layout);
    const team = new Team(memory.buffer, layout);
    team.abandon(1);
    team.abandon(2);
    expect(() => kernels.evaluate(batch)).toThrow(/thread 2 of 3 is gone/);
  });

  it('tells what the work of the leader failed with', () => {
    const layout = planLayout(shape, capacityFor(batch, 1));
    const cause = new Error('memory access out of bounds');
    const failing = {
      pack() {
        throw cause;
      },
    } as unknown as KernelThread;
    const lead = () => new Team(createMemory(layout.bytes, true).buffer, layout).lead('evaluate', failing);
    expect(lead).toThrow(expect.objectContaining({ code: 'engine', message: expect.stringContaining('thread 1 of 1 failed'), cause }));
  });
});
