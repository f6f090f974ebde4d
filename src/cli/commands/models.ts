// mst models ls|show|rm: the trained models that can be found.

import { MstError } from '../../core/errors.js';
import type { ModelEntry } from '../../registry/models.js';
import { type CommandGroup, type Context, defineCommand } from '../command.js';
import { formatBytes, table } from '../format.js';

const ls = defineCommand({
  name: 'ls',
  usage: '',
  describe: 'List the models in the home, in MST_MODELS, and those shipped with mst',
  async run({ output, home }) {
    const { listModels } = await import('../../registry/models.js');
    const models = listModels(home);
    const rows = models.map((model) => [
      model.name,
      words(model.card?.configuration),
      words(model.card?.artist),
      formatBytes(model.size),
      model.where,
    ]);
    const text =
      rows.length === 0
        ? 'There are no models yet. Train one: mst train --artist NAME PATH…'
        : table([['NAME', 'CONFIGURATION', 'ARTIST', 'SIZE', 'WHERE'], ...rows]);
    output.result(models, text);
  },
});

const show = defineCommand({
  name: 'show',
  usage: '[NAME|PATH]',
  describe: 'Show a model card: what the model is and what it learned from',
  positionals: { model: { describe: 'Name of a model, or path of its folder; else the one of MAGENTA_MODEL' } },
  async run(context, { model }) {
    const { findModel } = await import('../../registry/models.js');
    const { output, home, current } = context;
    const found = findModel(home, model ?? defaultModel(context), current);
    output.result(found, card(found));
  },
});

const rm = defineCommand({
  name: 'rm',
  usage: 'NAME',
  describe: 'Remove a model of the home',
  positionals: { model: { describe: 'Name of the model', required: true } },
  async run({ output, home, force }, { model }) {
    const { removeModel } = await import('../../registry/models.js');
    const removed = removeModel(home, model, { force });
    output.result({ removed: removed.directory, size: removed.size }, `Removed ${removed.directory} (${formatBytes(removed.size)})`);
  },
});

export const modelsCommand: CommandGroup = { name: 'models', describe: 'List, show and remove trained models', commands: [ls, show, rm] };

/** The model of MAGENTA_MODEL. @throws MstError `usage` when it is not set */
export function defaultModel({ environment }: Pick<Context, 'environment'>): string {
  if (environment.defaultModel !== undefined) return environment.defaultModel;
  throw new MstError('usage', 'Which model? None was named and MAGENTA_MODEL is not set.', { hint: 'See which there are: mst models ls' });
}

function card({ name, directory, where, size, card }: ModelEntry): string {
  const rows = [
    ['name', name],
    ['folder', directory],
    ['found in', where],
    ['size', formatBytes(size)],
    ...fields('', card ?? {}).filter(([field]) => field !== 'name'),
  ];
  return `${table(rows)}${card === undefined ? '\nIt has no model card (model.json), so nothing else is known of it.' : ''}`;
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
