// mst generate --model NAME --output-dir DIR: new melodies, or answers to one, as MIDI files.

import { resolve } from 'node:path';
import { quoted } from '../../registry/home.js';
import { defineCommand } from '../command.js';
import { beginningFrom, filtersFrom, generationOptions } from '../generation-options.js';
import { runTask } from '../tasks.js';
import { MODEL, modelFor } from './default-model.js';

export const generateCommand = defineCommand({
  name: 'generate',
  usage: '[--model NAME|PATH] --output-dir DIR',
  describe: 'Write new melodies as MIDI files',
  options: {
    model: { type: 'text', describe: MODEL },
    'output-dir': { type: 'text', describe: 'Folder to write to', required: true },
    num_outputs: { type: 'integer', min: 1, max: 10_000, default: 10, describe: 'Melodies to write' },
    ...generationOptions,
  },
  examples: [
    ['mst generate --model coldplay --output-dir new-songs', 'Ten melodies of eight bars'],
    ['mst generate --model coldplay --output-dir new-songs --primer riff.mid --num_steps 256', 'That begin with a riff'],
    ['mst generate --model coldplay --output-dir new-songs --key D --scale dorian --top-p 0.9', 'In D dorian, nothing far-fetched'],
    ['mst generate --model coldplay --output-dir answers --continue riff.mid', 'Eight bars in answer to the riff, on a track of their own'],
  ],
  whenInterrupted: 'The melodies that were written stay.',
  async run(context, given) {
    const { openModel } = await import('../../model/model.js');
    const { loadModel } = await import('../../registry/models.js');
    const { generateFiles } = await import('../../pipeline/songs/generate.js');
    const { checkFilters } = await import('../../model/filters.js');
    const { current, output, force, signal } = context;
    // Without --seed every call gives other melodies; the seed stands in their names.
    const seed = context.seed ?? context.clock() % 1_000_000;
    const filters = filtersFrom(given);
    checkFilters(filters);
    const found = await modelFor(context, given.model);
    const model = openModel(loadModel(found));
    const { continuation, compose, startWithNote, answer } = await beginningFrom(context, given);
    const files = await runTask(
      context,
      'Generating',
      async (progress) =>
        generateFiles(model, continuation, {
          name: found.name,
          directory: resolve(current, given['output-dir']),
          count: given.num_outputs,
          search: {
            temperature: given.temperature,
            beamSize: given.beam_size,
            branchFactor: given.branch_factor,
            stepsPerIteration: given.steps_per_iteration,
            filters,
            ...(startWithNote && { startWithNote }),
          },
          compose,
          seed,
          force,
          signal,
          progress,
        }),
      (written) => `${written.length} written`,
    );
    output.result({ model: found.name, seed, files, ...(answer && { answer }) }, files.join('\n'));
    output.note(`To hear ${files.length === 1 ? 'it' : 'the first'}: mst render ${quoted(files[0] as string)}`);
  },
});
