// Trains the run of the `killed` test in a process of its own, from the built program: node killed-run.mjs FOLDER DATA begin|resume
// Prints each step, so that the test knows when to kill it.

import { readFileSync } from 'node:fs';
import { loadEngine } from '../../dist/train/engines.js';
import { trainModel } from '../../dist/train/trainer.js';

const [folder, data, resume] = process.argv.slice(2);
const revive = (_, value) => {
  if (value?.typedArray === undefined) return value;
  return { Int32Array, Uint16Array, Int8Array }[value.typedArray].from(value.values);
};
const { plan, source, training, heldOut } = JSON.parse(readFileSync(data, 'utf8'), revive);
const engine = await loadEngine('wasm', { threads: 1 });
const { ended } = await trainModel({
  runDirectory: folder,
  plan,
  source,
  training,
  heldOut,
  engine,
  resume: resume === 'resume',
  now: () => performance.now(),
  onProgress: ({ step }) => process.stdout.write(`${step}\n`),
});
process.stdout.write(`${ended}\n`);
