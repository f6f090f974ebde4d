// How fast models play: steps per second on one core, each an event heard and the probabilities of the next; and how long it takes from
// disk to the first note in a fresh process that has loaded nothing yet.
// run: npm run bench -- play
// Weights are random: what they are worth does not change the speed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Random } from '../dist/core/random.js';
import { configuration } from '../dist/encoding/configuration.js';
import * as builds from '../dist/kernels/generated/playing.js';
import { chooseModule } from '../dist/kernels/module.js';
import { Listener } from '../dist/model/listener.js';
import { networkShape, openModel } from '../dist/model/model.js';
import { encodeModel } from '../dist/model/model-format.js';
import { sizeOf, variableShapes } from '../dist/model/weights.js';
import { machine, median } from './support/figures.mjs';

const MODELS = [
  { config: 'basic_rnn', target: 10_000 },
  { config: 'attention_rnn', target: 3_000 },
];
const LAYERS = [128, 128];
const STEPS_A_ROUND = 1000;
const ROUNDS = 30;
const STARTS = 15;
const FIRST_NOTE_MS = 150;

function randomModel(config) {
  const { encoding, hparams } = configuration(config);
  const card = { name: config, configuration: config, encoding, layerSizes: LAYERS, attnLength: hparams.attnLength };
  const random = new Random(1);
  const weights = new Map(
    [...variableShapes(networkShape(card))].map(([name, shape]) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() - 0.5) * 0.2) },
    ]),
  );
  return { card, weights };
}

/** Steps per second by the clock, and by the CPU time spent, of many rounds in which a model listens to itself. */
function playingRates(model) {
  const listener = new Listener(openModel(model));
  const random = new Random(2);
  listener.feed(60);
  const wall = [];
  const cpu = [];
  for (let round = 0; round < ROUNDS; round++) {
    const used = process.cpuUsage();
    const begin = performance.now();
    for (let step = 0; step < STEPS_A_ROUND; step++) listener.feed(listener.choose(1, random).event);
    const { user, system } = process.cpuUsage(used);
    wall.push((STEPS_A_ROUND / (performance.now() - begin)) * 1000);
    cpu.push((STEPS_A_ROUND / (user + system)) * 1e6);
  }
  return { wall, cpu };
}

/** What a fresh process does: imports what plays, reads the folder, hears four events, chooses the next, and says when. */
const FRESH = `
  const [{ loadModel }, { openModel }, { Listener }, { Random }] = await Promise.all(
    ['registry/models.js', 'model/model.js', 'model/listener.js', 'core/random.js'].map((file) => import(process.env.BENCH_DIST + file)),
  );
  const listener = new Listener(openModel(loadModel({ name: 'bench', directory: process.env.BENCH_MODEL })));
  for (const event of [60, -2, 64, -2]) listener.feed(event);
  const { event } = listener.choose(1, new Random(1));
  const wall = performance.now();
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ event, wall, cpu: (user + system) / 1000 }));
`;

/** The same of a process that does nothing else. */
const NOTHING = `
  const wall = performance.now();
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }));
`;

/** Appends the address of every file that the process imports to a list. */
const RECORDER = `
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(process.env.BENCH_LIST, url + String.fromCharCode(10));
    return next(url, context);
  }
`;

/** Starts of a fresh process, in milliseconds from the process's beginning to the first note, and the files it imports. */
function firstNotes(model, folder) {
  const directory = join(folder, 'model');
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of encodeModel(model)) writeFileSync(join(directory, name), bytes);
  const script = join(folder, 'fresh.mjs');
  const list = join(folder, 'list.txt');
  writeFileSync(script, FRESH);
  writeFileSync(list, '');
  writeFileSync(join(folder, 'recorder.mjs'), RECORDER);
  writeFileSync(join(folder, 'register.mjs'), "import { register } from 'node:module'; register('./recorder.mjs', import.meta.url);");
  const env = { ...process.env, BENCH_DIST: new URL('../dist/', import.meta.url).href, BENCH_MODEL: directory, BENCH_LIST: list };
  const start = (...options) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...options, script], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const starts = Array.from({ length: STARTS }, () => start());
  start('--import', pathToFileURL(join(folder, 'register.mjs')).href); // Apart from the others, for it is slower.
  const files = [
    ...new Set(
      readFileSync(list, 'utf8')
        .split('\n')
        .filter((url) => url !== '' && !url.startsWith(pathToFileURL(folder).href)),
    ),
  ];
  return { starts, files };
}

const verdict = (reached) => (reached ? 'reached' : 'missed');
console.log(`${machine()}, ${chooseModule(builds).simd}`);
const folder = mkdtempSync(join(tmpdir(), 'mst-bench-'));
try {
  for (const { config, target } of MODELS) {
    const model = randomModel(config);
    const { wall, cpu } = playingRates(model);
    const whole = (rate) => Math.round(rate);
    console.log(
      `\n${config} [${LAYERS}]: ${whole(median(wall))} steps/s (median of ${ROUNDS} rounds), ${whole(Math.max(...wall))} (best), ` +
        `${whole(median(cpu))} by CPU; at least ${target} wanted: ${verdict(median(wall) >= target)}`,
    );
    const { starts, files } = firstNotes(model, folder);
    const times = starts.map((start) => start.wall);
    console.log(
      `  process start to first note: ${whole(median(times))} ms (median of ${STARTS}), ${whole(Math.min(...times))} (best), ` +
        `${whole(median(starts.map((start) => start.cpu)))} of CPU; under ${FIRST_NOTE_MS} wanted: ${verdict(median(times) < FIRST_NOTE_MS)}`,
    );
    const packages = files.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    const tensorflow = packages.filter((name) => name.includes('tensorflow'));
    console.log(
      `  ${files.length} files imported; packages among them: ${[...new Set(packages)].join(', ') || 'none'}; ` +
        `TensorFlow.js ${tensorflow.length === 0 ? 'is not loaded' : 'IS LOADED'}`,
    );
    if (files.length === 0) throw new Error('The list of imported files is empty, so nothing can be said of it.');
  }
  const bare = Array.from({ length: STARTS }, () => JSON.parse(spawnSync(process.execPath, ['-e', NOTHING], { encoding: 'utf8' }).stdout));
  const of = (key) => Math.round(median(bare.map((start) => start[key])));
  console.log(`\nFor comparison, node that does nothing: ${of('wall')} ms (median), ${of('cpu')} of CPU`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
