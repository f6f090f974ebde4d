// A model from an address of the web: a bundle or an archive, or a folder of Magenta.js, whose files are asked for one by one. Brought by the
// same client and within the same bounds as music.

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { MANIFEST } from '../../model/weight-files.js';
import { temporaryName } from '../../registry/files.js';
import type { Home } from '../../registry/home.js';
import { archiveEnding } from '../archive.js';
import { openClient, plainChoices, type WebSettings } from '../fetch/from-web.js';
import { lastPart, type Named, parseAddress } from '../fetch/web/address.js';
import type { Client } from '../fetch/web/client.js';
import { unpackFile } from '../fetch/web/coding.js';
import { type Budget, download } from '../fetch/web/download.js';
import { encodingsOf } from '../fetch/web/headers.js';
import { webLimits } from '../fetch/web/limits.js';
import { Partials } from '../fetch/web/partials.js';
import { WebTrouble } from '../fetch/web/trouble.js';
import type { StepContext } from '../step.js';
import { type FileSet, filesInMemory, filesOfArchive, modelLimits, readModelFile } from './files.js';

/** What the world is for an import from the web; a test has another. */
export type ImportWeb = Pick<WebSettings, 'now' | 'seed' | 'time' | 'network' | 'limits'>;

/** Shards of one folder that are asked for. */
const MOST_SHARDS = 256;
const HINT =
  'Give the address of a .mag bundle, of an archive (.tar.gz, .zip) of mst or with a TensorFlow checkpoint in it, or of a Magenta.js folder, which has config.json in it.';

/** What an address is called without its ending. */
export function nameOfAddress(address: string): string {
  const { url } = parseAddress(address);
  const path = url.pathname.replace(/\/+$/, '');
  return lastPart(new URL(path === '' ? '/' : path, url)) || url.hostname;
}

/**
 * Brings the files of a model. The hidden folder they pass through is gone afterwards.
 * @returns `alone` when the address was that of a single file
 * @throws MstError `usage` for what is no address, `not-found` with what went wrong, `bad-archive`; the abort reason
 */
export async function bringModel(
  address: string,
  home: Home,
  web: ImportWeb,
  context: Pick<StepContext, 'progress' | 'signal'>,
): Promise<{ files: FileSet; alone?: string }> {
  const named = parseAddress(address);
  const work = temporaryName(join(home.root, 'checkpoints', 'import'));
  // One address, one model: where it leads to another site, that is where the model is kept.
  const client = openClient([named], { ...plainChoices, ...web, anySite: true }, context);
  const bring = new Bringing(client, work, web, context);
  try {
    return await filesAt(named, bring, context.signal);
  } catch (error) {
    if (!(error instanceof WebTrouble)) throw error;
    throw new MstError('not-found', `${bring.asked} ${error.message}.`, { hint: HINT, cause: error });
  } finally {
    client.close();
    bring.close();
    rmSync(work, { recursive: true, force: true });
  }
}

async function filesAt({ url }: Named, bring: Bringing, signal: AbortSignal): Promise<{ files: FileSet; alone?: string }> {
  const name = lastPart(url);
  const ending = archiveEnding(name);
  if (ending !== undefined) return { files: await filesOfArchive(await bring.file(url, ending), url.href, signal) };
  if (/\.(mag|ckpt(-\d+)?)$/i.test(name)) {
    return { files: filesInMemory(url.href, new Map([[name, readModelFile(await bring.file(url, '.mag'))]])), alone: name };
  }
  if (/\.(index|meta|data-\d{5}-of-\d{5})$/.test(name)) {
    throw new MstError('usage', `${url.href} is one of the files of a checkpoint.`, {
      hint: 'Download them all into a folder and import that, or give the address of an archive (.tar.gz, .zip) with all of them.',
    });
  }
  const folder = new URL(url);
  folder.pathname = name === 'config.json' ? folder.pathname.slice(0, -name.length) : folder.pathname.replace(/\/*$/, '/');
  const files = new Map<string, Uint8Array>();
  const take = async (file: string): Promise<Uint8Array> => {
    const bytes = readModelFile(await bring.file(new URL(`${folder.pathname}${encodeURIComponent(file)}${folder.search}`, folder), ''));
    files.set(file, bytes);
    return bytes;
  };
  await take('config.json');
  for (const shard of shardsOf(await take(MANIFEST), folder.href)) await take(shard);
  return { files: filesInMemory(folder.href, files) };
}

/** The names of the files a manifest lists; whether it is sound is looked at later. */
function shardsOf(manifest: Uint8Array, label: string): string[] {
  let groups: unknown;
  try {
    groups = JSON.parse(new TextDecoder().decode(manifest));
  } catch {
    groups = undefined;
  }
  const paths = (Array.isArray(groups) ? groups : []).flatMap((group) => (group as { paths?: unknown } | null)?.paths ?? []);
  const plain = paths.filter(
    (path): path is string => typeof path === 'string' && /^[\w-][\w.-]{0,199}$/.test(path) && !path.includes('..'),
  );
  if (plain.length === 0 || plain.length !== paths.length || plain.length > MOST_SHARDS) {
    throw new MstError('bad-model', `${label}${MANIFEST} does not list the files of a model.`, { hint: HINT });
  }
  return [...new Set(plain)];
}

/** Files coming in, one after the other, under one budget. */
class Bringing {
  /** What was asked for last. */
  asked = '';
  readonly #client: Client;
  readonly #work: string;
  readonly #partials: Partials;
  readonly #context: Pick<StepContext, 'progress' | 'signal'>;
  readonly #budget: Budget = { left: modelLimits.archiveBytes };
  #count = 0;
  #bytes = 0;

  constructor(client: Client, work: string, { now, limits = webLimits }: ImportWeb, context: Pick<StepContext, 'progress' | 'signal'>) {
    this.#client = client;
    this.#work = work;
    this.#partials = new Partials(work, now() - limits.partialAge);
    this.#context = context;
    context.progress.start(undefined, 'files');
  }

  /** @returns where the file lies, under a name that ends in `ending` */
  async file(url: URL, ending: string): Promise<string> {
    this.asked = url.href;
    const got = await download(
      this.#client,
      this.#partials,
      { url, mayBeLocal: true },
      {
        most: modelLimits.fileBytes,
        mostOfPage: modelLimits.fileBytes,
        budget: this.#budget,
        told: (bytes) => {
          this.#bytes += bytes;
          this.#context.progress.update(this.#count, `${(this.#bytes / 1e6).toFixed(1)} MB`);
        },
      },
    );
    if (got === undefined) throw new WebTrouble('was not given');
    const path = join(this.#work, `${this.#count++}${ending}`);
    const encodings = encodingsOf(got.headers);
    // Many servers say of a packed archive that it was packed for the way.
    if (encodings.length > 0 && ending === '')
      await unpackFile(got.part.path, path, encodings, modelLimits.fileBytes, this.#context.signal);
    else renameSync(got.part.path, path);
    return path;
  }

  close(): void {
    this.#partials.close({ settled: true });
  }
}
