// Builds the starter model checkpoints/folk from the bundled corpus by the shipped recipe; equal machines build equal bytes.
// run: npm run starter      (minutes; the result is committed)
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from '../dist/pipeline/convert/convert.js';
import { evaluate } from '../dist/pipeline/evaluate/evaluate.js';
import { examples } from '../dist/pipeline/examples/examples.js';
import { exportModel } from '../dist/pipeline/export/export.js';
import { fitModel } from '../dist/pipeline/fit/fit.js';

const NAME = 'folk';
const config = 'lookback_rnn';
const seed = 1;
const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'mst-starter-'));
const progress = { start() {}, update() {}, note: (text) => console.log(text) };
const context = { progress, signal: new AbortController().signal, force: false };
const directory = join(work, 'datasets', NAME);
const runDirectory = join(work, 'checkpoints', NAME);
const settings = { config, hparams: '', seed, compat: false, from: 'none' };
try {
  cpSync(join(root, 'datasets', NAME), join(directory, 'midi'), { recursive: true });
  await convert({ directory, artist: NAME }, context);
  await examples({ directory, artist: NAME, config, evalRatio: 0.1, seed, compat: false }, context);
  const home = { root: work, shelves: [], shipped: work };
  await fitModel(
    { home, current: work, directory, artist: NAME, run: NAME, runDirectory, settings, engine: 'auto', now: Date.now },
    context,
  );
  await evaluate({ directory, runDirectory, checkpoint: 'best' }, context);
  const { summary } = await exportModel({ run: NAME, runDirectory, checkpoint: 'best', archive: false }, context);
  const target = join(root, 'checkpoints', NAME, 'model');
  rmSync(target, { recursive: true, force: true });
  cpSync(summary.model, target, { recursive: true });
  console.log(`${target}: ${summary.card.metrics?.natsPerEvent?.toFixed(3)} nats per event`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
