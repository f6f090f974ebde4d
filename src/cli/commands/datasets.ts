// mst datasets: the collections of songs that can be found, and how much room they take.

import { type CommandGroup, defineCommand } from '../command.js';
import { formatBytes, table } from '../format.js';

const ls = defineCommand({
  name: 'ls',
  usage: '',
  describe: 'List the artists in the home, in MST_MODELS, and those shipped with mst, with their disk use',
  async run({ output, home }) {
    const { listDatasets } = await import('../../registry/datasets.js');
    const { datasetSize } = await import('../../registry/dataset-store.js');
    const datasets = listDatasets(home).map((dataset) => ({ ...dataset, ...datasetSize(dataset.directory) }));
    const rows = datasets.map(({ name, songs, converted, examples, size, where }) => [
      name,
      String(songs),
      converted ? 'yes' : 'no',
      examples.join(', ') || '-',
      formatBytes(size),
      where,
    ]);
    const text =
      rows.length === 0
        ? 'There is no music yet. Fetch some: mst fetch PATH… --artist NAME'
        : table([['ARTIST', 'SONGS', 'CONVERTED', 'EXAMPLES', 'SIZE', 'WHERE'], ...rows]);
    output.result(datasets, text);
  },
});

const artist = { artist: { describe: 'The artist: a folder in datasets/', required: true } } as const;

const show = defineCommand({
  name: 'show',
  usage: 'ARTIST',
  describe: 'Show what there is of an artist, and how much room each part takes',
  positionals: artist,
  async run({ output, home }, given) {
    const { findDataset } = await import('../../registry/datasets.js');
    const { datasetSize } = await import('../../registry/dataset-store.js');
    const dataset = { ...findDataset(home, given.artist) };
    const sizes = datasetSize(dataset.directory);
    const rows = [
      ['artist', dataset.name],
      ['folder', dataset.directory],
      ['found in', dataset.where],
      ['songs', String(sizes.songs)],
      ...sizes.parts.map(({ name, size }) => [name, formatBytes(size)]),
      ['in all', formatBytes(sizes.size)],
    ];
    output.result({ ...dataset, ...sizes }, table(rows));
  },
});

const rm = defineCommand({
  name: 'rm',
  usage: 'ARTIST',
  describe: 'Remove the music of an artist, and what was made of it, from the home',
  positionals: artist,
  async run({ output, home, force }, given) {
    const { removeDataset } = await import('../../registry/dataset-store.js');
    const removed = removeDataset(home, given.artist, { force });
    output.result({ removed: removed.directory, size: removed.size }, `Removed ${removed.directory} (${formatBytes(removed.size)})`);
  },
});

export const datasetsCommand: CommandGroup = {
  name: 'datasets',
  describe: 'List, show and remove collections of songs',
  commands: [ls, show, rm],
};
