// How fast and how far a recipe learns: Magenta's extraction of a corpus, a split of its files, training as `mst fit` does it, and the
// held-out nats per event and event accuracy against wall seconds.
// run: npm run bench -- learn CORPUS-FOLDER [--config NAME] [--hparams TEXT] [--steps N | --minutes M] [--seed N] [--seeds N] [--split FILE]
//      [--threads N] [--ngram]
// CORPUS-FOLDER holds .mid files; FILE is JSON with `train` and `eval` lists of file names (without it one file in ten is held out by seed).
// With --seeds N it is done N times, from --seed on, and one line a seed and the mean are printed; --ngram sets a 6-gram model beside it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder } from '../dist/encoding/encoders.js';
import { evaluateNgram, NgramModel } from '../dist/evaluate/ngram.js';
import { squash } from '../dist/music/keys.js';
import { drawOf } from '../dist/pipeline/examples/split.js';
import { loadEngine } from '../dist/train/engines.js';
import { stepsForMinutes } from '../dist/train/fit-minutes.js';
import { planTraining } from '../dist/train/plan.js';
import { defaultRecipe, parseHParams } from '../dist/train/recipe.js';
import { datasetOf, learn, readSongs } from './support/corpus.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    config: { type: 'string', default: 'lookback_rnn' },
    hparams: { type: 'string', default: '' },
    steps: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    split: { type: 'string' },
    engine: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
    evaluate: { type: 'string' },
    ngram: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of MIDI files.');
const known = configuration(values.config);
const encoder = createEncoder(known.encoding);
const split = values.split === undefined ? undefined : JSON.parse(readFileSync(values.split, 'utf8'));
const songs = readSongs(folder);
const engine = await loadEngine(values.engine, values.threads && { threads: Number(values.threads) });
const several = Number(values.seeds) > 1;

function setOf(file, seed) {
  if (split === undefined) return drawOf(file, seed) < 0.1 ? 'eval' : 'train';
  return ['train', 'eval'].find((set) => split[set].includes(file));
}

/** Nats per event of a 6-gram model that has learned from the same melodies. */
function ngramLoss(chosen) {
  const squashed = (set) =>
    chosen(set).flatMap(({ melodies }) => melodies.map((melody) => ({ ...melody, events: squash(melody.events, known.encoding).events })));
  const model = new NgramModel(squashed('train'), { order: 6, smoothing: 'kneser-ney' }, known.encoding);
  return evaluateNgram(model, squashed('eval')).loss;
}

function planFor(training, heldOut, seed) {
  const base = defaultRecipe(known, training.tokens);
  const recipe = { ...base, hparams: values.hparams === '' ? base.hparams : parseHParams(values.hparams, base.hparams) };
  const evaluateEvery = values.evaluate && { evaluateEvery: Number(values.evaluate) };
  const common = { configuration: known.name, encoding: known.encoding, recipe, seed, training, ...evaluateEvery };
  const plan = planTraining({ ...common, ...(values.steps && { steps: Number(values.steps) }) });
  if (!values.minutes) return plan;
  return planTraining({ ...common, steps: stepsForMinutes(Number(values.minutes), plan, { engine, training, heldOut, now: Date.now }) });
}

/** Learns with one seed, and tells the evaluations one after the other unless there are more seeds to come. */
async function learnOnce(seed) {
  const chosen = (set) => songs.filter(({ file }) => setOf(file, seed) === set);
  const training = datasetOf(encoder, chosen('train'));
  const heldOut = datasetOf(encoder, chosen('eval'));
  console.log(
    `seed ${seed}: ${training.examples.length} melodies of ${training.tokens} steps to learn from, ${heldOut.examples.length} of ${heldOut.tokens} held out`,
  );
  const ngram = values.ngram ? ngramLoss(chosen) : undefined;
  if (ngram !== undefined) console.log(`  6-gram: ${ngram.toFixed(4)} nats per event`);
  const plan = planFor(training, heldOut, seed);
  if (!several) console.log(`${known.name} ${JSON.stringify(plan.hparams)} ${plan.steps} steps on ${engine.description}`);
  const evaluations = await learn({ plan, training, heldOut, engine }, (evaluation) => {
    if (!several) console.log(line(evaluation));
  });
  const best = evaluations.reduce((least, each) => (each.natsPerEvent < least.natsPerEvent ? each : least));
  const last = evaluations.at(-1);
  console.log(
    `  best ${best.natsPerEvent.toFixed(4)}, last ${last.natsPerEvent.toFixed(4)} nats per event after ${last.seconds.toFixed(0)} s`,
  );
  return { ngram, best: best.natsPerEvent, last: last.natsPerEvent };
}

function line({ seconds, step, tokens, natsPerEvent, loss, ...rest }) {
  return (
    `${seconds.toFixed(0).padStart(5)} s  step ${String(step).padStart(6)}  ${(tokens / 1e6).toFixed(2)}M tokens  ` +
    `${natsPerEvent.toFixed(4)} nats per event (label ${loss.toFixed(4)})  event accuracy ${(100 * rest['metrics/event_accuracy']).toFixed(1)}%`
  );
}

const results = [];
for (let i = 0; i < Number(values.seeds); i++) results.push(await learnOnce(Number(values.seed) + i));
if (several) {
  const mean = (key) => results.reduce((sum, result) => sum + result[key], 0) / results.length;
  const beside = values.ngram
    ? `, 6-gram ${mean('ngram').toFixed(4)} (best ${(100 * (1 - mean('best') / mean('ngram'))).toFixed(1)}% lower)`
    : '';
  console.log(`mean of ${results.length} seeds: best ${mean('best').toFixed(4)}, last ${mean('last').toFixed(4)} nats per event${beside}`);
}
