// mst models import and export: models of Magenta, Magenta.js and mst, in and out.

import type { ExportFormat } from '../../pipeline/models/export.js';
import { commandIn, quoted } from '../../registry/home.js';
import { type Context, defineCommand, GO_ON } from '../command.js';
import { runTask } from '../tasks.js';
import { MODEL, modelFor } from './default-model.js';

const formats = ['magenta-js', 'tf-checkpoint', 'mst'] as const satisfies readonly ExportFormat[];

export const importModelCommand = defineCommand({
  name: 'import',
  usage: 'FILE|FOLDER|ADDRESS',
  describe: 'Bring in a model of Magenta (.mag, TensorFlow checkpoint), of Magenta.js, or an archive of mst',
  positionals: { source: { describe: 'A path, or an address of the web', required: true } },
  options: {
    as: { type: 'text', describe: 'What to call it, NAME or NAME:TAG; by default as it is called where it comes from' },
    attn_length: { type: 'integer', min: 1, max: 4096, describe: 'Steps its attention looks back over, where the files do not say' },
  },
  examples: [
    ['mst models import attention_rnn.mag', 'A Magenta bundle'],
    ['mst models import /tmp/melody_rnn/run1 --as nine-inch', 'The last checkpoint of a training with Magenta in Python'],
    ['mst models import https://example.org/checkpoints/basic_rnn', 'A Magenta.js checkpoint on the web'],
  ],
  whenInterrupted: GO_ON,
  async run(context, { source, as, attn_length: attnLength }) {
    const { importModel } = await import('../../pipeline/models/import.js');
    const { home, current, signal, force, output, clock, seed = 0 } = context;
    const imported = await runTask(
      context,
      'Importing',
      (progress) => importModel({ source, home, current, as, attnLength, web: { now: clock, seed } }, { progress, signal, force }),
      ({ kind }) => kind,
    );
    for (const note of imported.notes) output.note(note);
    const { name, model, card } = imported;
    const steps =
      card.attnLength > 0 ? `, attention over ${card.attnLength} steps${card.attnLayers === 'all' ? ' around all layers' : ''}` : '';
    output.result(
      imported,
      [`${name}: ${card.configuration}, layers of [${card.layerSizes}]${steps}, in ${model}`, next(context, name)].join('\n'),
    );
  },
});

function next({ home, current }: Context, name: string): string {
  return `Next: ${commandIn(home, current, `mst generate --model ${quoted(name)} --output-dir new-songs`)}`;
}

export const exportModelCommand = defineCommand({
  name: 'export',
  usage: '[NAME|PATH] --format FORMAT',
  describe: 'Write a model for Magenta.js, for Magenta in Python, or as an archive for another mst',
  positionals: { model: { describe: MODEL } },
  options: {
    format: {
      type: 'text',
      choices: formats,
      required: true,
      describe:
        'magenta-js: a folder MusicRNN loads (basic_rnn and mono_rnn); tf-checkpoint: to train on or generate with Magenta in Python; mst: a .tar.gz',
    },
    output: { type: 'text', describe: 'Folder or archive to write; by default named after the model, where you are' },
  },
  examples: [
    ['mst models export coldplay --format mst', 'coldplay.tar.gz, for a friend who has mst'],
    ['mst models export coldplay --format tf-checkpoint --output run/train', 'For Magenta in Python: melody_rnn_train --run_dir=run'],
  ],
  async run(context, given) {
    const { exportTo } = await import('../../pipeline/models/export.js');
    const { current, force, output } = context;
    const found = await modelFor(context, given.model);
    const exported = await exportTo(found, given.format, { output: given.output, current, force });
    output.result(exported, `${exported.path}\n${exported.use}`);
  },
});
