// How fast training is, through the code of `mst fit`: examples read from TFRecord files, melodies of unequal length, dropout, clipping,
// Adam, checkpoints. Beside it, measured between the steps of the same run, this machine's rate of WebAssembly matrix products.
// run: npm run bench -- train [--steps N] [--only NETWORK] [--batch N,N] [--threads N,N] [--corpus FOLDER-OF-MIDI] [--seed N]
//
// Every row is a process of its own. A run is cut into windows of at least WINDOW_MS, each followed by a burst of products, so that what
// else the machine does hits both. Wall-clock figures are what a person waits; figures "by CPU" count the time the threads really ran,
// and so say what the program would do with the cores to itself. Shares are 6 FLOP per weight and real token (rows that inputs look up
// and biases are not counted; gates, dropout, Adam, data and files are in the time only).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../dist/core/random.js';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder, encodeMelody } from '../dist/encoding/encoders.js';
import { writeDense } from '../dist/encoding/example.js';
import { splitBatch } from '../dist/kernels/batch.js';
import * as builds from '../dist/kernels/generated/training.js';
import { chooseModule, createMemory, startModule } from '../dist/kernels/module.js';
import { readExamples } from '../dist/pipeline/examples/read.js';
import { encodeSequenceExample } from '../dist/records/sequence-example.js';
import { encodeRecord } from '../dist/records/tfrecord.js';
import { BatchSource, firstPosition, largestBatch } from '../dist/train/batches.js';
import { createDataset } from '../dist/train/dataset.js';
import { loadEngine } from '../dist/train/engines.js';
import { networkShape, planTraining } from '../dist/train/plan.js';
import { defaultRecipe } from '../dist/train/recipe.js';
import { trainModel } from '../dist/train/trainer.js';
import { readSongs } from './support/corpus.mjs';
import { denseWeights } from './support/dense-weights.mjs';
import { machine, median } from './support/figures.mjs';

const NETWORKS = [
  { name: '[64,64]', config: 'basic_rnn', layers: [64, 64] },
  { name: '[128,128]', config: 'basic_rnn', layers: [128, 128] },
  { name: '[512,512]', config: 'basic_rnn', layers: [512, 512] },
  { name: 'attention_rnn [128,128]', config: 'attention_rnn', layers: [128, 128] },
];
const WINDOW_MS = 400;
/** Of a window's time, for products. */
const PRODUCT_SHARE = 0.12;
/** The first steps, in which V8 compiles the kernels, are not in the windows. */
const WARM_STEPS = 3;
const EARLY_STEP = 100;
const SYNTHETIC_MELODIES = 1000;

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    batch: { type: 'string', default: '16,64' },
    threads: { type: 'string', default: [...new Set([1, availableParallelism()])].join() },
    corpus: { type: 'string' },
    seed: { type: 'string', default: '1' },
    row: { type: 'string' },
  },
});

/** Melodies as long as folk tunes (100 to 512 steps, more short ones than long ones), made of notes, holds and rests by seed. */
function syntheticMelodies(seed) {
  const random = new Random(seed);
  return Array.from({ length: SYNTHETIC_MELODIES }, () => {
    const length = 101 + Math.floor(412 * random.uniform() ** 1.5);
    let pitch = 67;
    return Array.from({ length }, (_, t) => {
      const kind = random.integer(10);
      if (t > 0 && kind < 5) return -2;
      if (t > 0 && kind === 9) return -1;
      pitch = Math.min(83, Math.max(55, pitch + random.integer(9) - 4));
      return pitch;
    });
  });
}

/** Writes the examples of melodies for a configuration as step 3 does. */
function writeExamples(path, melodies, encoder) {
  const records = melodies.map((events) => {
    const { example } = encodeMelody(encoder, events);
    const { steps, inputSize, labels } = example;
    const inputs = new Float32Array(steps * inputSize);
    for (let step = 0; step < steps; step++) writeDense(example, step, inputs, step * inputSize);
    return encodeRecord(encodeSequenceExample({ inputSize, inputs, labels }));
  });
  writeFileSync(path, Buffer.concat(records));
}

/** A function that multiplies for about `ms` milliseconds and returns GFLOP/s by the clock and by CPU time. */
function createProducts() {
  const memory = createMemory(1 << 21, true);
  const { product } = startModule(chooseModule(builds).module, memory);
  const numbers = new Float32Array(memory.buffer, 1 << 18);
  for (let i = 0; i < numbers.length; i++) numbers[i] = ((i * 7919) % 1000) / 1000 - 0.5;
  const [m, k, n] = [64, 128, 512];
  const [a, b, c] = [1 << 18, 1 << 19, 1 << 20];
  const flops = 2 * m * k * n;
  return (ms) => {
    const cpu = process.cpuUsage();
    const begin = performance.now();
    let count = 0;
    while (performance.now() - begin < ms) {
      for (let i = 0; i < 32; i++) product(m, n, k, a, k * 4 + 64, b, c, n * 4 + 64, c, n * 4 + 64);
      numbers.fill(0, ((1 << 20) - (1 << 18)) / 4);
      count += 32;
    }
    const spent = process.cpuUsage(cpu);
    return { wall: (count * flops) / (performance.now() - begin) / 1e6, cpu: (count * flops) / (spent.user + spent.system) / 1e3 };
  };
}

/** Nanoseconds each thread of this process has run, by its number, where Linux tells; the leader's number is the process's. */
function threadTimes() {
  try {
    const times = new Map();
    for (const id of readdirSync('/proc/self/task'))
      times.set(id, Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]));
    return times;
  } catch {
    return new Map();
  }
}

/** Trains one network in this process and prints what was measured as JSON. */
async function row({ config, layers, batchSize, threads, steps, seed, examples: path }) {
  const known = configuration(config);
  const encoder = createEncoder(known.encoding);
  const training = createDataset(await readExamples(path, known.encoding), encoder);
  const base = defaultRecipe(known, 1e6);
  const recipe = { ...base, hparams: { ...base.hparams, batchSize, rnnLayerSizes: layers } };
  const plan = planTraining({ configuration: config, encoding: known.encoding, recipe, seed, training, steps, checkpointEvery: 250 });
  const loaded = await loadEngine('wasm', { threads });
  let stepper;
  const engine = {
    ...loaded,
    createStepper(...args) {
      stepper = loaded.createStepper(...args);
      return stepper;
    },
  };
  const products = createProducts();
  products(300);

  const shape = networkShape(plan);
  const planned = loaded.memory(shape, largestBatch([training.examples], batchSize));

  const windows = [];
  const memory = { earlyStep: Math.min(EARLY_STEP, steps), early: 0, end: 0, planned, layout: 0, tensorsEarly: 0, tensorsEnd: 0 };
  let start;
  let counted = 0;
  const begin = (tokens) => {
    start = { tokens, wall: performance.now(), cpu: process.cpuUsage(), threads: threadTimes() };
  };
  const runDirectory = mkdtempSync(join(tmpdir(), 'mst-bench-'));
  try {
    await trainModel({
      runDirectory,
      plan,
      source: { artist: 'bench', config, compat: false },
      training,
      heldOut: null,
      engine,
      resume: false,
      now: () => performance.now(),
      onProgress({ step, tokens, total }) {
        if (step === memory.earlyStep) {
          Object.assign(memory, { early: process.memoryUsage().rss, tensorsEarly: tf.memory().numTensors });
        }
        if (step === total) {
          Object.assign(memory, { end: process.memoryUsage().rss, layout: stepper.bytes, tensorsEnd: tf.memory().numTensors });
        }
        if (step < WARM_STEPS) return;
        if (step > WARM_STEPS) {
          const wall = performance.now() - start.wall;
          if (wall < WINDOW_MS && step < total) return;
          const used = process.cpuUsage(start.cpu);
          const after = threadTimes();
          const ran = [...after].map(([id, time]) => [id, (time - (start.threads.get(id) ?? 0)) / 1e6]);
          const others = ran.filter(([id]) => id !== String(process.pid)).map(([, ms]) => ms);
          windows.push({
            tokens: tokens - start.tokens,
            wall,
            cpu: (used.user + used.system) / 1000,
            leader: ran.find(([id]) => id === String(process.pid))?.[1] ?? Number.NaN,
            worker: threads > 1 ? Math.max(...others, 0) : 0,
            product: products(Math.max(50, PRODUCT_SHARE * wall)),
          });
        }
        counted = step - WARM_STEPS;
        begin(tokens);
      },
    });
  } finally {
    rmSync(runDirectory, { recursive: true, force: true });
  }

  const gflop = (6 * denseWeights(shape)) / 1e9;
  const sum = (key) => windows.reduce((total, window) => total + window[key], 0);
  const figures = {
    windows: windows.length,
    tokensPerSecond: {
      median: median(windows.map((w) => (w.tokens / w.wall) * 1000)),
      best: Math.max(...windows.map((w) => (w.tokens / w.wall) * 1000)),
    },
    // What the threads together would do if each had a core to itself and never waited.
    byCpu: median(windows.map((w) => (w.tokens / w.cpu) * 1000 * threads)),
    product: {
      median: median(windows.map((w) => w.product.wall)),
      best: Math.max(...windows.map((w) => w.product.wall)),
      byCpu: median(windows.map((w) => w.product.cpu)),
    },
    share: {
      best: (gflop * Math.max(...windows.map((w) => w.tokens / w.wall)) * 1000) / threads / Math.max(...windows.map((w) => w.product.wall)),
      median: median(windows.map((w) => ((gflop * w.tokens) / w.wall / threads / w.product.wall) * 1000)),
      byCpu: median(windows.map((w) => ((gflop * w.tokens) / w.cpu / w.product.cpu) * 1000)),
    },
    memory,
  };
  figures.balance = balanceOf(sum('leader') / sum('tokens'), sum('worker') / sum('tokens'));
  console.log(JSON.stringify(figures));

  /**
   * How evenly threads are busy, from CPU milliseconds per token of the leader and of the busiest other: 1 = all all the time. What
   * the leader does alone lowers it, and so do batches that cannot be halved evenly, where it waits for the others; null = not known.
   */
  function balanceOf(leader, worker) {
    if (threads === 1) return { evenness: 1, waiting: 0 };
    const source = new BatchSource(training.examples, batchSize, firstPosition(seed));
    let others = 0;
    let behind = 0;
    for (let step = 0; step < Math.min(200, counted); step++) {
      const [own, ...rest] = splitBatch(source.next(), threads).map((part) => part.tokens);
      others += Math.max(...rest);
      behind += Math.max(0, Math.max(...rest) - own);
    }
    const path = leader + (behind / others) * worker;
    return { evenness: Number.isFinite(path) ? (leader + (threads - 1) * worker) / threads / path : null, waiting: (path - leader) / path };
  }
}

async function table() {
  const numbers = (text) => text.split(',').map(Number);
  const steps = Number(values.steps);
  const seed = Number(values.seed);
  const folder = mkdtempSync(join(tmpdir(), 'mst-bench-examples-'));
  const { simd } = chooseModule(builds);
  console.log(`${machine()}, ${simd}; ${steps} steps a row`);
  try {
    const melodies =
      values.corpus === undefined
        ? syntheticMelodies(seed)
        : readSongs(values.corpus).flatMap(({ melodies: found }) => found.map(({ events }) => events));
    const lengths = melodies.map((events) => events.length - 1).sort((x, y) => x - y);
    console.log(
      `${values.corpus ?? 'made-up melodies'}: ${melodies.length} melodies of ${lengths[0]} to ${lengths.at(-1)} steps, median ${median(lengths)}\n`,
    );
    const paths = new Map();
    for (const config of new Set(NETWORKS.map((network) => network.config))) {
      paths.set(config, join(folder, `${config}.tfrecord`));
      writeExamples(paths.get(config), melodies, createEncoder(configuration(config).encoding));
    }
    heading();
    for (const { name, config, layers } of NETWORKS.filter((network) => network.name.includes(values.only))) {
      const measured = [];
      for (const batchSize of numbers(values.batch)) {
        for (const threads of numbers(values.threads)) {
          const figures = await inOwnProcess({ config, layers, batchSize, threads, steps, seed, examples: paths.get(config) });
          measured.push({ batchSize, threads, figures });
          printRow(name, batchSize, threads, figures);
        }
      }
      printRatios(name, measured);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inOwnProcess(task) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--row', JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`The row ended with code ${code}.`))));
  });
}

function heading() {
  const columns = [
    'network',
    'batch',
    'threads',
    'tokens/s median',
    'best',
    'by CPU',
    'product median',
    'best',
    'by CPU',
    'share median',
    'best',
    'by CPU',
  ];
  console.log(line(columns));
  console.log('');
}

/** Cells in columns. */
function line(cells) {
  const widths = [24, 6, 8, 16, 9, 9, 15, 6, 7, 13, 6, 7];
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join(' ');
}

const percent = (fraction) => `${(100 * fraction).toFixed(0)}%`;
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

function printRow(name, batchSize, threads, { windows, tokensPerSecond, byCpu, product, share, memory, balance }) {
  console.log(
    line([
      name,
      batchSize,
      threads,
      Math.round(tokensPerSecond.median),
      Math.round(tokensPerSecond.best),
      Math.round(byCpu),
      product.median.toFixed(1),
      product.best.toFixed(1),
      product.byCpu.toFixed(1),
      percent(share.median),
      percent(share.best),
      percent(share.byCpu),
    ]),
  );
  const flat = (early, end, write) =>
    early === end ? write(end) : `${write(early)} at step ${memory.earlyStep}, ${write(end)} at the end`;
  console.log(
    `    ${windows} windows; kernel memory ${megabytes(memory.planned)} MB as planned${memory.layout === memory.planned ? '' : `, ${megabytes(memory.layout)} MB at the end`}; process ${megabytes(memory.early)} MB at step ` +
      `${memory.earlyStep}, ${megabytes(memory.end)} MB at the end; tensors ${flat(memory.tensorsEarly, memory.tensorsEnd, String)}` +
      (threads > 1 ? `; work is spread ${percent(balance.evenness ?? Number.NaN)} evenly` : ''),
  );
}

/** How rows of one network compare; every rate is first divided by the product rate of its own run. */
function printRatios(name, measured) {
  const find = (batchSize, threads) => measured.find((row) => row.batchSize === batchSize && row.threads === threads)?.figures;
  const most = Math.max(...measured.map(({ threads }) => threads));
  for (const batchSize of new Set(measured.map((row) => row.batchSize))) {
    const [one, all] = [find(batchSize, 1), find(batchSize, most)];
    if (one === undefined || all === undefined || most === 1) continue;
    const wall = (all.share.median * most) / one.share.median;
    const best = all.tokensPerSecond.best / one.tokensPerSecond.best;
    const cpu = all.balance.evenness === null ? Number.NaN : (all.balance.evenness * all.share.byCpu * most) / one.share.byCpu;
    console.log(
      `    ${name} batch ${batchSize}: ${most} threads are ${wall.toFixed(2)} times as fast as one (medians), ${best.toFixed(2)} (best windows), ` +
        `${cpu.toFixed(2)} (by CPU: the busiest thread's time)`,
    );
  }
  for (const threads of new Set(measured.map((row) => row.threads))) {
    const [small, large] = [find(16, threads), find(64, threads)];
    if (small === undefined || large === undefined) continue;
    console.log(
      `    ${name}, ${threads} thread(s): batch 16 is ${percent(small.share.median / large.share.median)} as fast as batch 64 (medians), ` +
        `${percent(small.share.byCpu / large.share.byCpu)} (by CPU)`,
    );
  }
  console.log('');
}

if (values.row === undefined) await table();
else await row(JSON.parse(values.row));
