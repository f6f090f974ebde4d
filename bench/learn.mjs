// How fast and how far a recipe learns: Magenta's extraction of a corpus, a split of its files, training as `mst fit` does it, and the
// held-out nats per event and event accuracy against wall seconds.
// run: npm run bench -- learn CORPUS-FOLDER [--config NAME] [--hparams TEXT] [--steps N | --minutes M] [--seed N] [--split FILE] [--threads N] [--csv FILE]
// CORPUS-FOLDER holds .mid files; FILE is JSON with `train` and `eval` lists of file names (without it one file in ten is held out by seed).
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder, encodeMelody } from '../dist/encoding/encoders.js';
import { evaluateNgram, NgramModel } from '../dist/evaluate/ngram.js';
import { squash } from '../dist/music/keys.js';
import { midiToNoteSequence } from '../dist/music/midi-to-note-sequence.js';
import { songMelodies } from '../dist/music/song-melodies.js';
import { drawOf } from '../dist/pipeline/split.js';
import { createDataset } from '../dist/train/dataset.js';
import { loadEngine } from '../dist/train/engines.js';
import { stepsForMinutes } from '../dist/train/fit-minutes.js';
import { planTraining } from '../dist/train/plan.js';
import { defaultRecipe, parseHParams } from '../dist/train/recipe.js';
import { trainModel } from '../dist/train/trainer.js';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    config: { type: 'string', default: 'basic_rnn' },
    hparams: { type: 'string', default: '' },
    steps: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    split: { type: 'string' },
    engine: { type: 'string', default: 'auto' },
    csv: { type: 'string' },
    ngram: { type: 'boolean', default: false },
    evaluate: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of MIDI files.');
const seed = Number(values.seed);
const known = configuration(values.config);
const encoder = createEncoder(known.encoding);

const files = readdirSync(folder, { recursive: true })
  .filter((name) => /\.midi?$/i.test(name))
  .sort();
const split = values.split === undefined ? undefined : JSON.parse(readFileSync(values.split, 'utf8'));
const sets = { train: [], eval: [] };
for (const file of files) {
  const set = split === undefined ? (drawOf(file, seed) < 0.1 ? 'eval' : 'train') : split.train.includes(file) ? 'train' : 'eval';
  if (split !== undefined && !split[set].includes(file)) continue;
  try {
    const { melodies } = songMelodies(midiToNoteSequence(readFileSync(join(folder, file))), { compat: true });
    sets[set].push(...melodies.map(({ melody }) => melody));
  } catch {}
}
const dataset = (melodies) =>
  createDataset(
    melodies.map(({ events }) => encodeMelody(encoder, events).example),
    encoder,
  );
const training = dataset(sets.train);
const heldOut = dataset(sets.eval);
console.log(
  `${files.length} files: ${training.examples.length} melodies of ${training.tokens} steps to learn from, ${heldOut.examples.length} of ${heldOut.tokens} held out`,
);

if (values.ngram) {
  const squashed = (melodies) => melodies.map((melody) => ({ ...melody, events: squash(melody.events, known.encoding).events }));
  const model = new NgramModel(squashed(sets.train), { order: 6, smoothing: 'kneser-ney' }, known.encoding);
  console.log(`6-gram: ${evaluateNgram(model, squashed(sets.eval)).loss.toFixed(4)} nats per event`);
}

const engine = await loadEngine(values.engine);
const base = defaultRecipe(known);
const recipe = { ...base, hparams: values.hparams === '' ? base.hparams : parseHParams(values.hparams, base.hparams) };
const common = {
  configuration: known.name,
  encoding: known.encoding,
  recipe,
  seed,
  training,
  ...(values.evaluate && { evaluateEvery: Number(values.evaluate) }),
};
const now = () => performance.now();
let plan = planTraining({ ...common, ...(values.steps && { steps: Number(values.steps) }) });
if (values.minutes)
  plan = planTraining({ ...common, steps: stepsForMinutes(Number(values.minutes), plan, { engine, training, heldOut, now }) });
console.log(`${known.name} ${JSON.stringify(plan.hparams)} ${plan.steps} steps on ${engine.description}`);

const runDirectory = mkdtempSync(join(tmpdir(), 'mst-learn-'));
try {
  const began = now();
  await trainModel({
    runDirectory,
    plan,
    source: { artist: 'bench', config: known.name, compat: true },
    training,
    heldOut,
    engine,
    resume: false,
    now,
    onProgress({ step, tokens, tokensPerSecond, evaluation }) {
      if (evaluation === undefined) return;
      const seconds = (now() - began) / 1000;
      console.log(
        `${seconds.toFixed(0).padStart(5)} s  step ${String(step).padStart(6)}  ${(tokens / 1e6).toFixed(2)}M tokens (${Math.round(tokensPerSecond)}/s)  ` +
          `${evaluation.natsPerEvent.toFixed(4)} nats per event (label ${evaluation.loss.toFixed(4)})  event accuracy ${(100 * evaluation['metrics/event_accuracy']).toFixed(1)}%`,
      );
      if (values.csv)
        appendFileSync(
          values.csv,
          `${seconds.toFixed(1)},${step},${tokens},${evaluation.natsPerEvent},${evaluation['metrics/event_accuracy']}\n`,
        );
    },
  });
} finally {
  rmSync(runDirectory, { recursive: true, force: true });
}
