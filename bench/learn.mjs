// How fast and how far a recipe learns: Magenta's extraction of a corpus, a split of its files, training as `mst fit` does it, and the
// held-out nats per event and event accuracy against wall seconds.
// run: npm run bench -- learn CORPUS-FOLDER [--config NAME] [--hparams TEXT] [--steps N | --minutes M] [--seed N] [--split FILE] [--threads N] [--ngram]
// CORPUS-FOLDER holds .mid files; FILE is JSON with `train` and `eval` lists of file names (without it one file in ten is held out by seed).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder } from '../dist/encoding/encoders.js';
import { evaluateNgram, NgramModel } from '../dist/evaluate/ngram.js';
import { squash } from '../dist/music/keys.js';
import { drawOf } from '../dist/pipeline/split.js';
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
    split: { type: 'string' },
    engine: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
    evaluate: { type: 'string' },
    ngram: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of MIDI files.');
const seed = Number(values.seed);
const known = configuration(values.config);
const encoder = createEncoder(known.encoding);

const split = values.split === undefined ? undefined : JSON.parse(readFileSync(values.split, 'utf8'));
const setOf = (file) => {
  if (split === undefined) return drawOf(file, seed) < 0.1 ? 'eval' : 'train';
  return ['train', 'eval'].find((set) => split[set].includes(file));
};
const songs = readSongs(folder);
const chosen = (set) => songs.filter(({ file }) => setOf(file) === set);
const training = datasetOf(encoder, chosen('train'));
const heldOut = datasetOf(encoder, chosen('eval'));
console.log(
  `${training.examples.length} melodies of ${training.tokens} steps to learn from, ${heldOut.examples.length} of ${heldOut.tokens} held out`,
);

if (values.ngram) {
  const squashed = (set) =>
    chosen(set).flatMap(({ melodies }) => melodies.map((melody) => ({ ...melody, events: squash(melody.events, known.encoding).events })));
  const model = new NgramModel(squashed('train'), { order: 6, smoothing: 'kneser-ney' }, known.encoding);
  console.log(`6-gram: ${evaluateNgram(model, squashed('eval')).loss.toFixed(4)} nats per event`);
}

const engine = await loadEngine(values.engine, values.threads && { threads: Number(values.threads) });
const base = defaultRecipe(known, training.tokens);
const recipe = { ...base, hparams: values.hparams === '' ? base.hparams : parseHParams(values.hparams, base.hparams) };
const common = { configuration: known.name, encoding: known.encoding, recipe, seed, training };
const evaluateEvery = values.evaluate && { evaluateEvery: Number(values.evaluate) };
let plan = planTraining({ ...common, ...evaluateEvery, ...(values.steps && { steps: Number(values.steps) }) });
if (values.minutes) {
  const steps = stepsForMinutes(Number(values.minutes), plan, { engine, training, heldOut, now: Date.now });
  plan = planTraining({ ...common, ...evaluateEvery, steps });
}
console.log(`${known.name} ${JSON.stringify(plan.hparams)} ${plan.steps} steps on ${engine.description}`);
await learn({ plan, training, heldOut, engine }, ({ seconds, step, tokens, natsPerEvent, loss, ...rest }) =>
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  step ${String(step).padStart(6)}  ${(tokens / 1e6).toFixed(2)}M tokens  ` +
      `${natsPerEvent.toFixed(4)} nats per event (label ${loss.toFixed(4)})  event accuracy ${(100 * rest['metrics/event_accuracy']).toFixed(1)}%`,
  ),
);
