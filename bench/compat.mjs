// What mst's extraction is worth beside Magenta's: the same recipe learns from what Magenta's rules take, from the melodies that mst finds,
// and as mst trains by default, with the accompaniment first; and each model foretells the songs set aside as Magenta's rules cut them and
// as mst finds them.
// run: npm run bench -- compat FOLDER [--config NAME] [--seed N] [--seeds N] [--learned NAME] [--threads N]
// FOLDER holds .mid files. One family of songs (those with anything in common, in any voice) in ten is set aside; nats per event, less is better.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder, encodeMelody } from '../dist/encoding/encoders.js';
import { DuplicateIndex } from '../dist/extraction/duplicates.js';
import { findMelodies } from '../dist/extraction/find-melodies.js';
import { magentaMelodies } from '../dist/extraction/magenta-melodies.js';
import { openModel } from '../dist/model/model.js';
import { readMidi } from '../dist/music/midi-to-note-sequence.js';
import { Hearing } from '../dist/pipeline/evaluate/hearing.js';
import { splitByFamily } from '../dist/pipeline/examples/split.js';
import { readCheckpoint } from '../dist/train/checkpoint.js';
import { loadEngine } from '../dist/train/engines.js';
import { networkShape, planTraining } from '../dist/train/plan.js';
import { defaultRecipe } from '../dist/train/recipe.js';
import { checkpointPath } from '../dist/train/run-folder.js';
import { datasetOf, learn } from './support/corpus.mjs';
import { midiFiles } from './support/midi-files.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    config: { type: 'string', default: 'lookback_rnn' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    learned: { type: 'string' },
    threads: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of MIDI files.');
const known = configuration(values.config);
const encoder = createEncoder(known.encoding);

const index = new DuplicateIndex();
/** Knows every voice of every song: what is set aside must be in no voice that anybody learns from. */
const voices = new DuplicateIndex();
/** Those of a song's pieces that are in no other voice or song. */
const once = (pieces, song) =>
  pieces.filter(({ sketch, instrument }) => !sketch || index.add(sketch, song, instrument ?? -1) === undefined).map(({ melody }) => melody);
const found = midiFiles(folder)
  .flatMap((file, song) => {
    try {
      const { sequence } = readMidi(readFileSync(join(folder, file)));
      const { melodies, accompaniment } = findMelodies(sequence);
      for (const { sketch, instrument } of findMelodies(sequence, { kind: 'all' }).melodies) {
        if (sketch) voices.add(sketch, song, instrument ?? -1);
      }
      const magenta = magentaMelodies(sequence).melodies.map(({ melody }) => melody);
      return [{ song, magenta, mst: once(melodies, song), others: accompaniment }];
    } catch {
      return [];
    }
  })
  .map((song) => ({ ...song, family: String(voices.familyOf(song.song)) }));
const songs = found.map(({ others, ...song }) => ({ ...song, accompaniment: once(others, song.song) }));
const steps = (part) => part.reduce((sum, { melodies }) => melodies.reduce((n, { events }) => n + events.length, sum), 0);

function foretells(model, part) {
  const hearing = new Hearing(model);
  for (const { melodies } of part) {
    for (const { events } of melodies) {
      const { example, events: squashed } = encodeMelody(encoder, events);
      hearing.hear(squashed, example.labels);
    }
  }
  return hearing.foretelling;
}

const engine = await loadEngine('auto', values.threads && { threads: Number(values.threads) });
const judges = ['magenta', 'mst'];
/** What is learned from, by the name that is printed. */
const courses = Object.entries({
  "Magenta's extraction": { melodies: 'magenta' },
  "mst's melodies alone": { melodies: 'mst' },
  'mst by default': { melodies: 'mst', accompaniment: 'accompaniment' },
}).filter(([name]) => values.learned === undefined || values.learned === name);
const sums = new Map();
console.log(`${folder}: ${songs.length} songs, ${known.name}`);

async function learnFrom(name, { melodies, accompaniment: others }, chosen, seed) {
  const training = datasetOf(encoder, chosen('training', melodies));
  const heldOut = datasetOf(encoder, chosen('eval', melodies));
  const accompaniment = others && datasetOf(encoder, chosen('training', others));
  const recipe = defaultRecipe(known, training.tokens);
  const plan = planTraining({ configuration: known.name, encoding: known.encoding, recipe, seed, training, accompaniment });
  let model;
  const evaluations = await learn({ plan, training, accompaniment, heldOut, engine }, undefined, (run) => {
    const { variables } = readCheckpoint(checkpointPath(run, 'best'), networkShape(plan));
    const { rnnLayerSizes: layerSizes, attnLength } = plan.hparams;
    const card = { name, configuration: known.name, encoding: known.encoding, layerSizes, attnLength, stepsTrained: 0, metrics: {} };
    model = openModel({ card, weights: variables });
  });
  const beside = accompaniment ? ` and ${accompaniment.tokens} of accompaniment` : '';
  console.log(
    `seed ${seed}, learned from ${name}: ${training.examples.length} melodies, ${training.tokens} steps${beside}, ` +
      `${plan.steps} batches in ${evaluations.at(-1).seconds.toFixed(0)} s`,
  );
  return model;
}

for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
  const sets = splitByFamily(new Set(songs.map(({ family }) => family)), 0.1, seed);
  const chosen = (set, by) =>
    songs.filter(({ family }) => sets.get(family) === set).map((song) => ({ file: song.song, melodies: song[by] }));
  for (const [name, course] of courses) {
    const model = await learnFrom(name, course, chosen, seed);
    for (const judged of judges) {
      const part = chosen('eval', judged);
      const { natsPerEvent, accuracy } = foretells(model, part);
      sums.set(`${name} ${judged}`, (sums.get(`${name} ${judged}`) ?? 0) + natsPerEvent);
      console.log(
        `  songs set aside as ${judged.padEnd(7)} has them (${steps(part)} steps): ${natsPerEvent.toFixed(4)} nats per event, ` +
          `${(100 * accuracy).toFixed(1)}% of steps right`,
      );
    }
  }
}
for (const judged of judges) {
  const means = courses.map(([name]) => `${name} ${(sums.get(`${name} ${judged}`) / Number(values.seeds)).toFixed(4)}`);
  console.log(`mean of ${values.seeds}, songs as ${judged} has them, learned from ${means.join(', ')} nats per event`);
}
