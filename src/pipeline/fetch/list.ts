// What step 1 would fetch, for --dry-run: looks at everything and changes nothing.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetDirectory, type Home, sessionsDirectory } from '../../registry/home.js';
import { defaultLimits } from '../limits.js';
import type { StepContext } from '../step.js';
import { type Failed, gatherOptions, hadAlready, openClient, sortGiven, type WebSettings } from './from-web.js';
import { MIDI, readManifest } from './manifest.js';
import { survey } from './sources.js';
import { Fetcher } from './web/fetcher.js';
import { gather } from './web/gather.js';
import { webLimits } from './web/limits.js';
import { type Listed, Lister } from './web/lister.js';
import { Partials } from './web/partials.js';

export interface FetchList {
  /** What would be fetched: files on the disk, in archives, and on the web, in that order; sizes in bytes where they are known. */
  readonly files: readonly Listed[];
  /** Addresses whose music is there already. */
  readonly had: readonly string[];
  readonly failed: readonly Failed[];
  /** What would be passed over, by ending or kind. */
  readonly ignored: Readonly<Record<string, number>>;
}

/**
 * Lists what fetching these paths and addresses would bring.
 * @throws MstError as for `fetchMusic`
 */
export async function listMusic(
  { home, artist, paths: given, current, web }: { home: Home; artist: string; paths: readonly string[]; current: string; web: WebSettings },
  context: Pick<StepContext, 'progress' | 'signal' | 'force'>,
): Promise<FetchList> {
  const { signal, force } = context;
  const directory = datasetDirectory(home, artist);
  const { paths, addresses } = sortGiven(given);
  const own = [join(home.root, 'datasets'), join(home.root, 'checkpoints'), sessionsDirectory(home)];
  const { sources, ignored } = await survey(paths, { current, own, limits: defaultLimits, signal });
  const local = sources
    .filter(({ refused }) => refused === undefined)
    .map(({ source, path, size }) => ({ source, size: size ?? sizeOf(path) }));
  const failed = sources.flatMap(({ source, refused }) => (refused === undefined ? [] : [{ url: source, reason: refused }]));
  if (addresses.length === 0) return { files: local, had: [], failed, ignored: Object.fromEntries(ignored) };

  const { limits = webLimits } = web;
  const options = gatherOptions(web, 'addresses', context);
  const client = openClient(addresses, web, context);
  const temporary = mkdtempSync(join(tmpdir(), 'mst-list-'));
  try {
    const partials = new Partials(temporary, 0);
    const had = force ? () => undefined : hadAlready(readManifest(directory), () => true);
    const fetcher = new Fetcher({ client, partials, limits, read: defaultLimits, had: () => undefined, update: false, told() {}, signal });
    const isThere = (url: string): boolean => had(url) !== undefined && !web.update && existsSync(join(directory, MIDI));
    const lister = new Lister({ client, limits, read: defaultLimits, fetcher, had: isThere });
    const named = addresses.map(({ url }) => url);
    const found = await gather(named, (target) => lister.take(target), options);
    return {
      files: [...local, ...found.music],
      had: found.had,
      failed: [...failed, ...found.failures.map(({ url, reason }) => ({ url, reason }))],
      ignored: Object.fromEntries([...ignored, ...found.ignored]),
    };
  } finally {
    client.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
