// mst models: the trained models that can be found, and what can be done with them. Bringing them in and out is models-transfer.ts's work.

import { MstError } from '../../core/errors.js';
import { readDefault, writeDefault } from '../../registry/default-model.js';
import type { ModelEntry } from '../../registry/models.js';
import { type CommandGroup, defineCommand } from '../command.js';
import { count, formatBytes, table } from '../format.js';
import { CommandFailed } from '../program.js';
import { MODEL, modelFor } from './default-model.js';
import { exportModelCommand, importModelCommand } from './models-transfer.js';

const model = { model: { describe: MODEL } } as const;

const ls = defineCommand({
  name: 'ls',
  usage: '',
  describe: 'List the models in the home, in MST_MODELS, and those shipped with mst',
  async run(context) {
    const { listModels } = await import('../../registry/models.js');
    const { output, home } = context;
    const models = listModels(home);
    const chosen = context.environment.defaultModel ?? readDefault(home);
    const rows = models.map((entry) => [
      `${entry.name}${entry.name === chosen ? ' *' : ''}`,
      words(entry.card?.artist),
      words(entry.card?.configuration),
      nats(entry),
      formatBytes(entry.size),
      entry.written?.slice(0, 10) ?? '-',
      entry.where,
    ]);
    const heads = ['NAME', 'ARTIST', 'CONFIGURATION', 'NATS', 'SIZE', 'WHEN', 'WHERE'];
    const text =
      rows.length === 0
        ? 'There are no models yet. Train one: mst train --artist NAME PATH…   or bring one: mst models import FILE'
        : `${table([heads, ...rows])}\n\nNATS: nats per event on songs set aside; less is better.${models.some(({ name }) => name === chosen) ? ' *: used when none is named.' : ''}`;
    output.result(models, text);
  },
});

const show = defineCommand({
  name: 'show',
  usage: '[NAME|PATH]',
  describe: 'Show a model: its card, what it learned from, and a first melody',
  positionals: model,
  async run(context, given) {
    const found = await modelFor(context, given.model);
    const roll = await preview(found);
    context.output.result(found, [card(found), ...(roll.length === 0 ? [] : ['', ...roll])].join('\n'));
  },
});

const cp = defineCommand({
  name: 'cp',
  usage: 'FROM TO',
  describe: 'Copy a model to another name, or keep it as a version: NAME:TAG',
  positionals: {
    from: { describe: 'Name or path of a model', required: true },
    to: { describe: 'Name of the copy, NAME or NAME:TAG', required: true },
  },
  examples: [
    ['mst models cp coldplay coldplay:monday', 'Keep the model as it is now beside what comes later'],
    ['mst generate --model coldplay:monday --output-dir new-songs', 'and play that version'],
  ],
  async run({ output, home, current, force }, { from, to }) {
    const { copyModel } = await import('../../registry/model-store.js');
    const copied = copyModel(home, from, to, { current, force });
    output.result(copied, `Copied ${copied.from} to ${copied.directory}`);
  },
});

const rm = defineCommand({
  name: 'rm',
  usage: 'NAME',
  describe: 'Remove a model of the home, or one version of it',
  positionals: { model: { describe: 'Name of the model, or NAME:TAG', required: true } },
  async run({ output, home, force }, given) {
    const { removeModel } = await import('../../registry/model-store.js');
    const removed = removeModel(home, given.model, { force });
    output.result({ removed: removed.directory, size: removed.size }, `Removed ${removed.directory} (${formatBytes(removed.size)})`);
  },
});

const setDefault = defineCommand({
  name: 'default',
  usage: '[NAME]',
  describe: 'Choose the model that is used when none is named, or say which it is; MAGENTA_MODEL goes before it',
  positionals: { model: { describe: 'Name of a model' } },
  async run(context, given) {
    const { findModel } = await import('../../registry/models.js');
    const { output, home, current, environment } = context;
    if (given.model === undefined) {
      const name = environment.defaultModel ?? readDefault(home);
      const by = environment.defaultModel === undefined ? '' : ' (by MAGENTA_MODEL)';
      output.result({ default: name ?? null }, name === undefined ? 'None. Choose one: mst models default NAME' : `${name}${by}`);
      return;
    }
    const found = findModel(home, given.model, current);
    if (found.where === 'path') {
      throw new MstError('usage', 'The default model is chosen by name, not by path.', { hint: 'See the names: mst models ls' });
    }
    writeDefault(home, found.name);
    if (environment.defaultModel !== undefined) output.warn(`MAGENTA_MODEL is set to ${environment.defaultModel} and goes before it.`);
    output.result({ default: found.name }, `${found.name} is used when no model is named.`);
  },
});

const verify = defineCommand({
  name: 'verify',
  usage: '[NAME|PATH]',
  describe: 'Check that a model is whole: hash every file, compare with its SHA256SUMS, and open it',
  positionals: model,
  async run(context, given) {
    const { loadModel } = await import('../../registry/models.js');
    const { verifyFolder } = await import('../../registry/checksums.js');
    const { openModel } = await import('../../model/model.js');
    const { output } = context;
    const found = await modelFor(context, given.model);
    const checked = verifyFolder(found.directory);
    const faults = checked?.faults ?? [];
    const result = { name: found.name, directory: found.directory, checksums: checked !== undefined, ...checked };
    if (faults.length > 0) {
      const lines = faults.map(({ file, fault }) => `${fault}: ${file}`);
      output.result(
        { ...result, sound: false },
        [...lines, `${found.directory} is not as it was made. Export or import it again.`].join('\n'),
      );
      throw new CommandFailed();
    }
    openModel(loadModel(found));
    const hashed = checked === undefined ? 'It has no SHA256SUMS to compare with' : `${count(checked.sound, 'file')} as SHA256SUMS says`;
    const extra = (checked?.unlisted ?? []).map((file) => `not in SHA256SUMS: ${file}`);
    output.result({ ...result, sound: true }, [...extra, `${found.name}: ${hashed}; it opens and plays.`].join('\n'));
  },
});

export const modelsCommand: CommandGroup = {
  name: 'models',
  describe: 'List, show, copy and remove trained models; bring them in and out',
  commands: [ls, show, importModelCommand, exportModelCommand, cp, rm, setDefault, verify],
};

/** The first melody of a model as lines of text; none where there is none that can be read. */
async function preview({ directory }: ModelEntry): Promise<string[]> {
  const { existsSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { PREVIEW } = await import('../../registry/models.js');
  const { readModelFile } = await import('../../pipeline/models/files.js');
  const { midiToNoteSequence } = await import('../../music/midi-to-note-sequence.js');
  const { textRoll } = await import('../../view/text-roll.js');
  const path = join(directory, PREVIEW);
  if (!existsSync(path)) return [];
  try {
    return textRoll(midiToNoteSequence(readModelFile(path)));
  } catch (error) {
    return [`${PREVIEW} cannot be read: ${(error as Error).message}`];
  }
}

function nats({ card: values }: ModelEntry): string {
  const metrics = values?.metrics as Record<string, unknown> | null | undefined;
  const value = metrics?.natsPerEvent;
  return typeof value === 'number' ? value.toFixed(3) : '-';
}

function card({ name, directory, where, size, written, card: values }: ModelEntry): string {
  const rows = [
    ['name', name],
    ['folder', directory],
    ['found in', where],
    ['size', formatBytes(size)],
    ['written', written === undefined ? '-' : `${written.slice(0, 16).replace('T', ' ')} UTC`],
    ...fields('', values ?? {}).filter(([field]) => field !== 'name'),
  ];
  return `${table(rows)}${values === undefined ? '\nIt has no model card (model.json), so nothing else is known of it.' : ''}`;
}

/** The fields of a card one a row, those of objects in it with a dot: metrics.loss. */
function fields(prefix: string, values: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? fields(`${prefix}${name}.`, value as Record<string, unknown>)
      : [[prefix + name, words(value)]],
  );
}

function words(value: unknown): string {
  if (value === undefined || value === null) return '-';
  return typeof value === 'string'
    ? value
    : typeof value === 'number' && !Number.isInteger(value)
      ? value.toPrecision(4)
      : JSON.stringify(value);
}
