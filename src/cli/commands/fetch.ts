// mst fetch PATH… --artist NAME: step 1 alone.

import type { FetchSummary } from '../../pipeline/fetch.js';
import { defineCommand } from '../command.js';
import { count } from '../format.js';
import { runTask } from '../tasks.js';

export const fetchCommand = defineCommand({
  name: 'fetch',
  usage: 'PATH… --artist NAME',
  describe: 'Step 1: collect music files from folders, files and archives',
  positionals: {
    path: {
      describe: 'Folders, .mid .midi .kar .abc .musicxml .xml .mxl files, and .zip .tar .tar.gz .tgz archives',
      many: true,
      required: true,
    },
  },
  options: {
    artist: { type: 'text', describe: 'Name of the collection, a folder in datasets/', required: true },
    compat: { type: 'text', choices: ['magenta'], describe: 'Do as Magenta does: keep identical files too' },
  },
  examples: [
    ['mst fetch ~/Music/midi --artist coldplay', 'A folder and all folders in it'],
    ['mst fetch songs.zip more/*.mid --artist ella', 'An archive and some files'],
  ],
  async run(context, { path: paths, artist, compat }) {
    const { fetchMusic } = await import('../../pipeline/fetch.js');
    const { home, current, signal, force, output } = context;
    const { skipped, summary } = await runTask(
      context,
      'Fetching',
      (progress) => fetchMusic({ home, artist, paths, current, keepDuplicates: compat === 'magenta' }, { progress, signal, force }),
      (result) => (result.skipped ? 'nothing new' : count(result.summary.added, 'new file')),
    );
    output.result({ artist, changed: !skipped, ...summary }, inWords(artist, summary));
  },
});

function inWords(artist: string, { midi, manifest, files, kept, duplicate, refused, ignored }: FetchSummary): string {
  const others = Object.entries(ignored).map(([kind, n]) => `${n} ${kind}`);
  return [
    `${count(files, 'music file')} of ${artist}: ${kept} kept, ${duplicate} the same as another, ${refused} refused.`,
    ...(refused > 0 ? [`Why some were refused: ${manifest}`] : []),
    ...(others.length > 0 ? [`Passed over: ${others.join(', ')}.`] : []),
    `They are in ${midi}`,
    `Next: mst convert ${artist}`,
  ].join('\n');
}
