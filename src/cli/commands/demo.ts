// mst demo: all of it on the tunes that come with mst, in a minute or two.

import { join } from 'node:path';
import { STEP_NAMES } from '../../pipeline/runner.js';
import { commandIn, quoted } from '../../registry/home.js';
import { packageRoot } from '../../registry/package.js';
import { defineCommand } from '../command.js';
import { runTask } from '../tasks.js';
import { trainingRequest } from '../training-options.js';
import { trainThrough } from './train.js';

/** The name of the collection, the run and the model. */
const NAME = 'demo';
/** Where the melodies go, below where the user is. */
const FOLDER = 'demo-melodies';
const MELODIES = 3;

export const demoCommand = defineCommand({
  name: 'demo',
  usage: '',
  describe: 'Train on the folk tunes that come with mst, in a minute or two, and write three melodies',
  options: { minutes: { type: 'number', min: 0.05, describe: 'Train for about so many minutes' } },
  async run(context, { minutes }) {
    const { output, clock, signal, current, home } = context;
    const settings = { minutes, from: 'none' };
    const request = await trainingRequest(context, NAME, settings, [join(packageRoot, 'datasets', 'folk')]);
    // The demo begins anew each time.
    const steps = await trainThrough({ output, clock, signal, force: true }, request, STEP_NAMES);
    const { generateFiles, PLAIN_SAMPLING } = await import('../../pipeline/songs/generate.js');
    const { continueEvents, DEFAULT_PRIMER } = await import('../../model/continue-melody.js');
    const { openModel } = await import('../../model/model.js');
    const { findModel, loadModel } = await import('../../registry/models.js');
    const found = findModel(home, NAME, current);
    const files = await runTask(
      context,
      'Three melodies',
      async (progress) =>
        generateFiles(openModel(loadModel(found)), continueEvents(DEFAULT_PRIMER, { numSteps: 128 }), {
          name: NAME,
          directory: join(current, FOLDER),
          count: MELODIES,
          search: PLAIN_SAMPLING,
          seed: request.seed,
          force: true,
          signal,
          progress,
        }),
      (written) => `${written.length} written`,
    );
    const text = [
      `The model is in ${found.directory}`,
      'Listen to what it has learned (any music program opens these):',
      ...files.map((file) => `  ${file}`),
      'Have one as an MP3, play with the model, train one on your own music:',
      `  mst render ${quoted(files[0] as string)}`,
      `  ${commandIn(home, current, `mst session --model ${NAME}`)}`,
      '  mst train --artist NAME FOLDER-OF-MIDI-FILES',
      '(Where mst is not installed, write node dist/cli/main.js in place of mst.)',
    ];
    output.result({ model: found.directory, files, steps }, text.join('\n'));
  },
});
