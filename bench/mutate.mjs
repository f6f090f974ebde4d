// Damaged files by the hundred thousand, read in a worker thread with little memory and a watchdog: how many were read and refused, the
// longest time one took, the most memory; fails on a crash, a hang, or memory out of proportion.
// run: npm run bench -- mutate MIDI|ABC|MusicXML|Bundle|Checkpoint|Archive [FOLDER] [--count 100000] [--seed 1] [--seconds 10] [--megabytes 512]
// Without a folder, files of its own are damaged. What fails is kept in a temporary folder, and is made again by its number: --seed N --count 1.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { formats, mutant, readSeeds } from './support/mutants.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    megabytes: { type: 'string', default: '512' },
  },
});
const [name, folder] = positionals;
const format = Object.keys(formats).find((known) => known.toLowerCase() === name?.toLowerCase());
if (format === undefined) {
  console.error(`Which files? There are: ${Object.keys(formats).join(', ')}.`);
  process.exit(2);
}
const [first, count] = [Number(values.seed), Number(values.count)];
const limits = { seconds: Number(values.seconds), megabytes: Number(values.megabytes) };
const seeds = readSeeds(format, folder);
if (seeds.length === 0) {
  console.error(`There is no ${format} file in ${folder}.`);
  process.exit(2);
}

/** Shared with the worker: seed of the file in hand, files read, files refused, whether it has begun. */
const shared = new Int32Array(new SharedArrayBuffer(16));
const kept = join(tmpdir(), 'mst-mutants');
const failures = [];
const refusals = new Map();
let longest = { milliseconds: 0, seed: first };
let next = first;
while (next < first + count) next = await runWorker(next);

/** Reads files from a seed on until all are read or one fails, and returns the seed to go on from. */
function runWorker(from) {
  shared[0] = from;
  shared[3] = 0;
  const worker = new Worker(new URL('./support/mutate-worker.mjs', import.meta.url), {
    workerData: { format, folder, from, to: first + count, shared },
    resourceLimits: { maxOldGenerationSizeMb: limits.megabytes, maxYoungGenerationSizeMb: 32 },
  });
  return new Promise((resolve) => {
    let [watched, since] = [from, performance.now()];
    const end = (problem) => {
      clearInterval(watchdog);
      worker.terminate();
      if (problem === undefined) return resolve(first + count);
      const seed = shared[0];
      failures.push({ seed, problem });
      keep(seed);
      resolve(seed + 1);
    };
    const watchdog = setInterval(() => {
      if (shared[0] !== watched || shared[3] === 0) [watched, since] = [shared[0], performance.now()];
      else if (performance.now() - since > limits.seconds * 1000) end(`took longer than ${limits.seconds} s`);
    }, 100);
    worker.on('message', (message) => {
      if (message.longest.milliseconds > longest.milliseconds) longest = message.longest;
      for (const [what, n] of message.refusals) refusals.set(what, (refusals.get(what) ?? 0) + n);
      if (message.crash !== undefined) end(message.crash);
      else if (message.done) end();
    });
    worker.on('error', (error) => end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `needs more than ${limits.megabytes} MB` : error.stack));
  });
}

function keep(seed) {
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${seed}${formats[format].ending}`), mutant(format, seeds, seed));
}

const memory = Math.round(process.resourceUsage().maxRSS / 1024);
const seconds = performance.now() / 1000;
console.log(`${count} damaged ${format} files made from ${seeds.length} sound ones, in ${seconds.toFixed(0)} s`);
console.log(`${shared[1]} read, ${shared[2]} refused, ${failures.length} failed`);
console.log(`longest: ${longest.milliseconds.toFixed(0)} ms (seed ${longest.seed}); most memory of the process: ${memory} MB`);
for (const [what, n] of [...refusals].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`  ${String(n).padStart(7)}  ${what}`);
for (const { seed, problem } of failures.slice(0, 20)) console.log(`FAILED: seed ${seed}: ${problem}`);
if (failures.length > 0) {
  console.log(`They are in ${kept}`);
  process.exitCode = 1;
}
