// mst fetch PATH-OR-ADDRESS… --artist NAME: step 1 alone. The options about the web, and the words about what it gave, serve mst train too.

import { MstError } from '../../core/errors.js';
import type { FetchSummary } from '../../pipeline/fetch/fetch.js';
import type { Failed, WebChoices, WebSettings } from '../../pipeline/fetch/from-web.js';
import type { FetchList } from '../../pipeline/fetch/list.js';
import { commandIn } from '../../registry/home.js';
import { type Context, defineCommand, GO_ON, type Options, type Values } from '../command.js';
import { count, formatBytes, some, table } from '../format.js';
import { runTask } from '../tasks.js';
import { compatOptions, DEFAULT_SEED } from '../training-options.js';
import { optionsSaid } from '../values.js';

/** Failures told one by one; the manifest has them all. */
const FAILURES_TOLD = 20;

const WEB = 'From the web';

/** Options about the web. */
export const webOptions = {
  'any-site': { type: 'flag', group: WEB, describe: 'Of a page, follow links and redirects to other sites too' },
  match: { type: 'text', group: WEB, describe: "Of a page's links, only those that match: '*help*.mid', '**/1965/*' or '/help|girl/i'" },
  limit: { type: 'integer', min: 1, group: WEB, describe: "Of pages' links, only the first so many" },
  update: { type: 'flag', group: WEB, describe: 'Ask the web whether what was fetched before has changed' },
  'dry-run': { type: 'flag', group: WEB, describe: 'List what would be fetched, with sizes, and change nothing' },
} as const satisfies Options;

export const fetchCommand = defineCommand({
  name: 'fetch',
  usage: 'PATH-OR-ADDRESS… --artist NAME',
  describe: 'Step 1: collect music files from folders, files, archives and the web',
  positionals: {
    path: {
      describe:
        'Folders, .mid .midi .kar .abc .musicxml .xml .mxl files, .zip .tar .tar.gz .tgz archives; or http(s) addresses of files, of archives, or of a page with links to them',
      many: true,
      required: true,
    },
  },
  options: {
    artist: { type: 'text', describe: 'Name of the collection, a folder in datasets/', required: true },
    ...compatOptions,
    ...webOptions,
  },
  examples: [
    ['mst fetch ~/Music/midi --artist coldplay', 'A folder and all folders in it'],
    ['mst fetch songs.zip more/*.mid --artist ella', 'An archive and some files'],
    ['mst fetch https://example.org/all.zip --artist ella', 'An archive on the web'],
    ["mst fetch https://example.org/songs.html --match '*blues*' --artist ella", "A page's links to music, not further"],
  ],
  whenInterrupted: GO_ON,
  async run(context, { path: paths, artist, compat, ...given }) {
    const web = await webSettings(context, given, paths);
    if (given['dry-run']) return listAndTell(context, artist, paths, web);
    const { fetchMusic } = await import('../../pipeline/fetch/fetch.js');
    const { home, current, signal, force, output, clock: now } = context;
    const { skipped, summary } = await runTask(
      context,
      'Fetching',
      (progress) =>
        fetchMusic({ home, artist, paths, current, web, keepDuplicates: compat === 'magenta', now }, { progress, signal, force }),
      (result) => (result.skipped ? 'nothing new' : count(result.summary.added, 'new file')),
    );
    const text = [
      ...(await inWords(artist, summary)),
      `Next: ${commandIn(home, current, ['mst convert', artist, ...optionsSaid(compatOptions, { compat })].join(' '))}`,
    ].join('\n');
    output.result({ artist, changed: !skipped, ...summary }, text);
  },
});

/**
 * The choices that options make.
 * @throws MstError `usage` when they are about the web and nothing given is, or --match cannot be read
 */
export async function webChoices(given: Values<typeof webOptions, Record<never, never>>, paths: readonly string[]): Promise<WebChoices> {
  const { 'any-site': anySite, match, limit, update } = given;
  const { isAddress } = await import('../../pipeline/fetch/web/address.js');
  const used = Object.entries({ 'any-site': anySite, match, limit, update }).find(([, value]) => value !== undefined && value !== false);
  if (used !== undefined && !paths.some(isAddress)) {
    throw new MstError('usage', `--${used[0]} is about the web, and no address was given.`, {
      hint: 'Addresses begin with http:// or https://.',
    });
  }
  if (match !== undefined) {
    // A mistake is told before any work is done.
    const { parseMatch } = await import('../../pipeline/fetch/web/match.js');
    parseMatch(match);
  }
  return { anySite, match, limit, update };
}

async function webSettings(
  { clock, seed = DEFAULT_SEED }: Context,
  given: Parameters<typeof webChoices>[0],
  paths: readonly string[],
): Promise<WebSettings> {
  return { ...(await webChoices(given, paths)), now: clock, seed };
}

/** Lists what fetching would bring. */
export async function listAndTell(context: Context, artist: string, paths: readonly string[], web: WebSettings): Promise<void> {
  const { listMusic } = await import('../../pipeline/fetch/list.js');
  const { home, current, signal, force, output } = context;
  const list = await runTask(
    context,
    'Looking',
    (progress) => listMusic({ home, artist, paths, current, web }, { progress, signal, force }),
    ({ files }) => count(files.length, 'file'),
  );
  output.result({ artist, changed: false, ...list }, await listInWords(list));
}

async function listInWords({ files, had, failed, ignored }: FetchList): Promise<string> {
  const sizes = files.flatMap(({ size }) => (size === undefined ? [] : [size]));
  const total = formatBytes(sizes.reduce((sum, size) => sum + size, 0));
  const unknown = files.length - sizes.length;
  const rows = files.map(({ source, size }) => [size === undefined ? '?' : formatBytes(size), source]);
  return [
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(files.length === 0
      ? ['Nothing would be fetched.']
      : [`${count(files.length, 'file')} would be fetched: ${unknown === 0 ? total : `${total} and ${unknown} of unknown size`}.`]),
    ...(had.length > 0 ? [`${count(had.length, 'address', 'addresses')} would be left alone, since their music is here already.`] : []),
    ...failedInWords(failed, undefined),
    ...(await passedOver(ignored)),
    'Nothing was changed.',
  ].join('\n');
}

async function inWords(artist: string, { midi, manifest, files, kept, duplicate, refused, ignored, web }: FetchSummary): Promise<string[]> {
  const failed = web?.failed ?? [];
  return [
    `${count(files, 'music file')} of ${artist}: ${kept} kept${some(duplicate, 'the same as another')}${some(refused, 'refused')}.`,
    ...(web !== undefined && web.had > 0
      ? [`${count(web.had, 'address', 'addresses')} left alone, since their music was here already.`]
      : []),
    ...failedInWords(failed, manifest),
    ...(refused > failed.length ? [`Why some were refused: ${manifest}`] : []),
    ...(await passedOver(ignored)),
    `They are in ${midi}`,
  ];
}

/** What could not be had, line by line. @param manifest where the rest stands */
export function failedInWords(failed: readonly Failed[], manifest: string | undefined): string[] {
  const told = failed.slice(0, FAILURES_TOLD).map(({ url, reason }) => `  ${url} ${reason}`);
  const more = failed.length - told.length;
  if (more > 0) told.push(`  and ${more} more${manifest === undefined ? '' : `: ${manifest}`}`);
  return failed.length === 0 ? [] : ['Could not be fetched:', ...told];
}

async function passedOver(ignored: Readonly<Record<string, number>>): Promise<string[]> {
  const { passedOverInWords } = await import('../../pipeline/fetch/passed-over.js');
  const words = passedOverInWords(Object.entries(ignored));
  return words === '' ? [] : [`Passed over: ${words}.`];
}
