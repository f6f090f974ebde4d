// How fast the training kernels are: the matrix-product rate of this machine, then full training steps (loss, gradient, clipping, Adam)
// in real tokens per second and as a share of that rate, at 6 FLOP per weight and token (embedding rows not counted).
// Both are the best of many, so that other programs disturb them little. At the end: steps per second of playing, on one thread.
// run: npm run bench -- kernels [--plain] [--only=NETWORK]
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Random } from '../dist/core/random.js';
import { cutVariables } from '../dist/kernels/blocks.js';
import * as playingBuilds from '../dist/kernels/generated/playing.js';
import * as builds from '../dist/kernels/generated/training.js';
import { planLayout } from '../dist/kernels/layout.js';
import { chooseModule, createMemory, startModule } from '../dist/kernels/module.js';
import { PlayingKernels } from '../dist/kernels/playing.js';
import { Team } from '../dist/kernels/team.js';
import { KernelThread } from '../dist/kernels/thread.js';
import { TrainingKernels } from '../dist/kernels/training.js';
import { denseWeights } from './support/dense-weights.mjs';

const wanted = process.argv.includes('--plain') ? 'simd' : undefined;

/** GFLOP/s of C += A B for A [m, k] and B [k, n], best of several rounds. */
function productRate(module, m, k, n) {
  const memory = createMemory(64 << 20, true);
  const { product } = startModule(module, memory);
  new Float32Array(memory.buffer).forEach((_, i, all) => {
    if (i < 8 << 20) all[i] = ((i * 7919) % 1000) / 1000;
  });
  const [a, b, c] = [1 << 20, 8 << 20, 32 << 20];
  let best = Number.POSITIVE_INFINITY;
  const repeats = Math.ceil(1e8 / (m * k * n));
  for (let round = 0; round < 12; round++) {
    const begin = performance.now();
    for (let i = 0; i < repeats; i++) product(m, n, k, a, k * 4 + 64, b, c, n * 4 + 64, c, n * 4 + 64);
    best = Math.min(best, (performance.now() - begin) / repeats);
  }
  return (2 * m * k * n) / best / 1e6;
}

/** A batch of melodies of 3/4 to 5/4 of `steps` steps, with `entries` inputs a step. */
function syntheticBatch(shape, rows, steps, entries, seed) {
  const random = new Random(seed);
  const lengths = Array.from({ length: rows }, () => Math.round(steps * (0.75 + random.uniform() / 2))).sort((a, b) => b - a);
  const activeRows = Int32Array.from({ length: lengths[0] }, (_, t) => lengths.filter((length) => length > t).length);
  const stepStart = new Int32Array(lengths[0] + 1);
  activeRows.forEach((n, t) => {
    stepStart[t + 1] = stepStart[t] + n;
  });
  const tokens = stepStart.at(-1);
  const rowStart = Int32Array.from({ length: tokens + 1 }, (_, i) => i * entries);
  const columns = Uint16Array.from({ length: tokens * entries }, () => random.integer(shape.inputSize));
  const signs = new Int8Array(tokens * entries).fill(1);
  const labels = Int32Array.from({ length: tokens }, () => random.integer(shape.numClasses));
  return { rows, steps: lengths[0], tokens, activeRows, stepStart, inputs: { rowStart, columns, signs }, labels };
}

/** Playing steps per second, best of several rounds. */
function playingRate(shape, entries) {
  const random = new Random(5);
  const { variables } = cutVariables(shape);
  const weights = variables.map(({ rows, columns }) => Float32Array.from({ length: rows * columns }, () => (random.uniform() - 0.5) * 0.2));
  const kernels = new PlayingKernels(chooseModule(playingBuilds, wanted).module, shape, weights);
  const state = kernels.createState();
  const logits = new Float32Array(shape.numClasses);
  const row = { length: entries, columns: Uint16Array.from({ length: entries }, (_, k) => k * 3), signs: new Int8Array(entries).fill(1) };
  let best = 0;
  for (let round = 0; round < 12; round++) {
    const begin = performance.now();
    for (let i = 0; i < 2000; i++) kernels.step(row, state, logits);
    best = Math.max(best, 2e6 / (performance.now() - begin));
  }
  return best;
}

async function measure(module, shape, rows, threads, steps, entries, seconds) {
  const batch = syntheticBatch(shape, rows, steps, entries, 1);
  const layout = planLayout(shape, { threads, rows, tokens: batch.tokens, entries: batch.tokens * entries, training: true });
  const memory = createMemory(layout.bytes, true);
  const kernels = new TrainingKernels(module, memory, layout);
  const workers = [];
  for (let thread = 1; thread < threads; thread++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { module, memory, layout, thread } });
    await new Promise((resolve) => worker.once('message', resolve));
    workers.push(worker);
  }
  const random = new Random(3);
  for (const values of kernels.variables) for (let i = 0; i < values.length; i++) values[i] = (random.uniform() - 0.5) * 0.2;
  let step = 0;
  const train = () => {
    step++;
    kernels.gradient(batch, { seed: 1, step, keep: 0.7 });
    kernels.adam({ step, learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, clip: 1, clipPerVariable: false });
  };
  train();
  train();
  const times = [];
  const begin = performance.now();
  while (performance.now() - begin < seconds * 1000 || times.length < 3) {
    const start = performance.now();
    train();
    times.push(performance.now() - start);
  }
  kernels.stop();
  await Promise.all(workers.map((worker) => worker.terminate()));
  return { tokensPerSecond: (batch.tokens / Math.min(...times)) * 1000, megabytes: layout.bytes / 1e6 };
}

if (!isMainThread) {
  const { module, memory, layout, thread } = workerData;
  const self = new KernelThread(module, memory, layout, thread);
  parentPort.postMessage('ready');
  new Team(memory.buffer, layout).follow(self, thread);
} else {
  const { module, simd } = chooseModule(builds, wanted);
  console.log(`Node ${process.version}, ${simd}`);
  const shapes = [
    [64, 128, 512],
    [16, 128, 512],
    [4, 128, 512],
    [1, 128, 512],
    [64, 512, 2048],
    [256, 512, 128],
  ];
  for (const [m, k, n] of shapes) console.log(`product ${m} x ${k} x ${n}: ${productRate(module, m, k, n).toFixed(1)} GFLOP/s`);
  const networks = [
    ['[64,64]', { inputSize: 38, numClasses: 38, layerSizes: [64, 64], attnLength: 0 }, 1],
    ['[128,128]', { inputSize: 38, numClasses: 38, layerSizes: [128, 128], attnLength: 0 }, 1],
    ['[128,128] lookback', { inputSize: 121, numClasses: 40, layerSizes: [128, 128], attnLength: 0 }, 6],
    ['attention [128,128]', { inputSize: 74, numClasses: 40, layerSizes: [128, 128], attnLength: 40 }, 5],
    ['[512,512]', { inputSize: 38, numClasses: 38, layerSizes: [512, 512], attnLength: 0 }, 1],
  ];
  const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
  for (const [name, shape, entries] of networks) {
    if (only && !name.includes(only)) continue;
    for (const rows of [16, 64]) {
      for (const threads of [1, 2]) {
        const before = productRate(module, 64, 128, 512);
        const { tokensPerSecond, megabytes } = await measure(module, shape, rows, threads, name.includes('512') ? 96 : 128, entries, 1.5);
        const rate = Math.max(before, productRate(module, 64, 128, 512));
        const flops = (tokensPerSecond * 6 * denseWeights(shape)) / 1e9 / threads;
        console.log(
          `${name} batch ${rows}, ${threads} thread(s): ${Math.round(tokensPerSecond)} tokens/s, ${flops.toFixed(1)} GFLOP/s per thread = ` +
            `${((100 * flops) / rate).toFixed(0)} % of ${rate.toFixed(1)}; ${megabytes.toFixed(0)} MB`,
        );
      }
    }
    console.log(`${name} playing: ${Math.round(playingRate(shape, entries))} steps/s`);
  }
}
