// What beginning from another model is worth with little music: some songs of a corpus to learn from, others to be judged by, from
// nothing and from the starter model, five seeds and splits.
// run: npm run bench -- few CORPUS-FOLDER [--songs 20] [--judged 15] [--seeds 5] [--from folk] [--hparams TEXT]
import { parseArgs } from 'node:util';
import { Random } from '../dist/core/random.js';
import { configuration } from '../dist/encoding/configuration.js';
import { createEncoder } from '../dist/encoding/encoders.js';
import { findModel, loadModel } from '../dist/registry/models.js';
import { packageRoot } from '../dist/registry/package.js';
import { loadEngine } from '../dist/train/engines.js';
import { planTraining } from '../dist/train/plan.js';
import { defaultRecipe, fineTuneRecipe, parseHParams } from '../dist/train/recipe.js';
import { datasetOf, learn, readSongs } from './support/corpus.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    songs: { type: 'string', default: '20' },
    judged: { type: 'string', default: '15' },
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: 'folk' },
    hparams: { type: 'string', default: '' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of MIDI files.');
const home = { root: process.cwd(), shelves: [], shipped: packageRoot };
const { card, weights } = loadModel(findModel(home, values.from, process.cwd()));
const known = configuration(card.configuration);
const encoder = createEncoder(known.encoding);
const engine = await loadEngine('auto');
const songs = readSongs(folder);
const sums = { nothing: 0, model: 0 };
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  const shuffled = new Random(seed).shuffle([...songs]);
  const training = datasetOf(encoder, shuffled.slice(0, Number(values.songs)));
  const heldOut = datasetOf(encoder, shuffled.slice(Number(values.songs), Number(values.songs) + Number(values.judged)));
  const best = {};
  for (const [start, recipe, initial] of [
    ['nothing', defaultRecipe(known, training.tokens), undefined],
    ['model', fineTuneRecipe(known, training.tokens), weights],
  ]) {
    const layers = { rnnLayerSizes: card.layerSizes, attnLength: card.attnLength };
    const hparams = { ...recipe.hparams, ...layers, ...(initial && values.hparams && parseHParams(values.hparams, {})) };
    const plan = planTraining({ configuration: known.name, encoding: known.encoding, recipe: { ...recipe, hparams }, seed, training });
    const evaluations = await learn({ plan, training, heldOut, engine, initial });
    const { natsPerEvent, step, seconds } = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
    best[start] = `${natsPerEvent.toFixed(4)} (step ${step} of ${plan.steps}, ${seconds.toFixed(0)} s)`;
    sums[start] += natsPerEvent / Number(values.seeds);
  }
  console.log(`seed ${seed}: ${training.tokens} steps to learn from; from nothing ${best.nothing}, from ${values.from} ${best.model}`);
}
console.log(`mean nats per event: from nothing ${sums.nothing.toFixed(4)}, from ${values.from} ${sums.model.toFixed(4)}`);
