// Step 1, fetch: music files from folders, single files, archives and the web into datasets/<artist>/midi, each kind of bytes once, with
// a line for every input file in manifest.jsonl. Fetching again adds what is new and leaves the rest as it is; `force` begins anew.

import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { lockFetching } from '../../registry/dataset-lock.js';
import { makeFolder, storing } from '../../registry/files.js';
import { datasetDirectory, type Home, sessionsDirectory } from '../../registry/home.js';
import { readArchive } from '../archive.js';
import { Breath } from '../breath.js';
import { defaultLimits, type ReadLimits, readWithin } from '../limits.js';
import { hashFile } from '../stamp.js';
import type { StepContext, StepResult } from '../step.js';
import { hadAlready, overcome, refusedInputs, sortGiven, summaryOf, WebFetch, type WebSettings, type WebSummary } from './from-web.js';
import { MANIFEST, type ManifestLine, MIDI, NameBook, originOf, readManifest, writeManifest } from './manifest.js';
import { passedOverInWords } from './passed-over.js';
import { lookedFor, type Source, type Survey, survey, together } from './sources.js';
import { removeEmptyFolders, Staging } from './staging.js';
import { isAddress, type Named } from './web/address.js';

/** Totals of manifest.jsonl after fetching, and what this fetch brought. */
export interface FetchSummary {
  /** Folder of the fetched files. */
  readonly midi: string;
  readonly manifest: string;
  readonly files: number;
  readonly kept: number;
  readonly duplicate: number;
  readonly refused: number;
  /** Input files that were not in the manifest before. */
  readonly added: number;
  /** Files seen that are no music mst reads, by ending or kind. */
  readonly ignored: Readonly<Record<string, number>>;
  /** What came from the web, if anything was asked of it. */
  readonly web?: WebSummary;
}

/**
 * Fetches music.
 * @param paths folders, files and archives, relative ones beginning at `current`; and addresses of the web
 * @param web needed when there are addresses
 * @param keepDuplicates keep identical files too, as `--compat magenta` does
 * @param now a clock in milliseconds since 1970
 * @throws MstError `not-found`, `no-input` or `bad-archive` for what was given, before anything is written; `exists` while another process
 *   fetches into the same dataset; `storage`
 */
export async function fetchMusic(
  {
    home,
    artist,
    paths: given,
    current,
    web,
    keepDuplicates = false,
    limits = defaultLimits,
    now,
  }: {
    home: Home;
    artist: string;
    paths: readonly string[];
    current: string;
    web?: WebSettings | undefined;
    keepDuplicates?: boolean;
    limits?: ReadLimits;
    now: () => number;
  },
  context: Pick<StepContext, 'progress' | 'signal' | 'force'>,
): Promise<StepResult<FetchSummary>> {
  const directory = datasetDirectory(home, artist);
  const own = [join(home.root, 'datasets'), join(home.root, 'checkpoints'), sessionsDirectory(home)];
  const { paths, addresses } = sortGiven(given);
  const around = { current, own, limits, signal: context.signal };
  const local = await survey(paths, around);
  if (addresses.length === 0 && local.sources.length === 0) throw nothing(paths, local.ignored);
  const release = lockFetching(directory, now());
  try {
    return await fetchLocked({ directory, local, addresses, web, keepDuplicates, limits, around }, context);
  } finally {
    release();
  }
}

/** What is fetched, and into what. */
interface Job {
  readonly directory: string;
  readonly local: Survey;
  readonly addresses: readonly Named[];
  readonly web: WebSettings | undefined;
  readonly keepDuplicates: boolean;
  readonly limits: ReadLimits;
  /** How what comes from the web is looked through. */
  readonly around: Parameters<typeof survey>[1];
}

async function fetchLocked(
  { directory, local, addresses, web, keepDuplicates, limits, around }: Job,
  context: Pick<StepContext, 'progress' | 'signal' | 'force'>,
): Promise<StepResult<FetchSummary>> {
  const { progress, signal, force } = context;
  const midi = join(directory, MIDI);
  const before = force ? readManifestIfWhole(directory) : readManifest(directory);
  const staging = new Staging(directory);
  const webFetch = addresses.length === 0 ? undefined : new WebFetch(directory, addresses, web, context);
  let settled = false;
  try {
    const breath = new Breath();
    const known: Input[] = [];
    for (const line of force ? [] : before) {
      known.push(recheck(line, midi, staging));
      await breath.take();
      signal.throwIfAborted();
    }
    const had = hadAlready(known, (sha256) => staging.has(sha256));
    const gathered = await webFetch?.bring(limits, had);
    const { sources, ignored } = gathered === undefined ? local : together(local, await survey([], { ...around, brought: gathered.music }));
    const failures = refusedInputs(gathered?.failures ?? []);
    // What cannot be had today stays as it was fetched before.
    const unknown = failures.filter(({ source }) => had(source) === undefined);
    const fetched: Input[] = [...(await bring(sources, staging, limits, { progress, signal })), ...unknown];
    if ((gathered?.had ?? []).length === 0 && fetched.every(({ sha256 }) => sha256 === undefined)) {
      throw allRefused(fetched.length > 0 ? fetched : failures);
    }
    const mine = new Set(before.map(({ file }) => file));
    const lines = decide(merge(overcome(known, gathered), fetched), keepDuplicates, staging, (name, sha256) => {
      const path = join(midi, name);
      return mine.has(name) || !existsSync(path) || (statSync(path).isFile() && hashFile(path) === sha256);
    });
    signal.throwIfAborted();
    const changed = await commit(directory, before, lines, staging);
    const count = (status: ManifestLine['status']): number => lines.filter((line) => line.status === status).length;
    const old = new Set(before.map(({ source }) => source));
    const summary: FetchSummary = {
      midi,
      manifest: join(directory, MANIFEST),
      files: lines.length,
      kept: count('kept'),
      duplicate: count('duplicate'),
      refused: count('refused'),
      added: fetched.filter(({ source }) => !old.has(source)).length,
      ignored: Object.fromEntries([...ignored, ...(gathered?.ignored ?? [])]),
      ...(gathered === undefined ? {} : { web: summaryOf(gathered, fetched) }),
    };
    settled = true;
    return { skipped: !changed, summary };
  } finally {
    staging.remove();
    webFetch?.close({ settled });
  }
}

/** A file that takes part in the decision: with the hash of its bytes, or the reason why it has none. */
type Input = Omit<ManifestLine, 'status' | 'duplicateOf'>;

/** A line of the manifest against what is in midi/ now: a file changed by hand counts as it is. */
function recheck(line: ManifestLine, midi: string, staging: Staging): Input {
  const { file, source, sha256, size, status, reason } = line;
  const path = join(midi, file);
  const base = { file, source, ...originOf(line) };
  if (status === 'refused' || sha256 === undefined || size === undefined) return { ...base, reason: reason ?? 'was not fetched' };
  if (status === 'duplicate' || !existsSync(path)) return { ...base, sha256, size };
  const present = hashFile(path);
  staging.know(present, path);
  return { ...base, sha256: present, size: statSync(path).size };
}

/** Reads every source and puts its bytes aside, in the order of `sources`. */
async function bring(
  sources: readonly Source[],
  staging: Staging,
  limits: ReadLimits,
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): Promise<Input[]> {
  progress.start(sources.length, 'files');
  const inputs = new Map<Source, Input>();
  const settle = (from: Source, outcome: Uint8Array | { refused: string }): void => {
    const base = { file: from.name, source: from.source, ...originOf(from) };
    if (!(outcome instanceof Uint8Array)) inputs.set(from, { ...base, reason: outcome.refused });
    else if (outcome.length === 0) inputs.set(from, { ...base, reason: 'is empty' });
    else inputs.set(from, { ...base, sha256: staging.add(outcome), size: outcome.length });
    progress.update(inputs.size);
  };
  const archives = new Map<string, Map<number, Source>>();
  const breath = new Breath();
  for (const from of sources) {
    if (from.refused !== undefined) settle(from, { refused: from.refused });
    else if (from.index === undefined) settle(from, readWithin(from.path, limits));
    else {
      const entries = archives.get(from.path) ?? new Map<number, Source>();
      archives.set(from.path, entries.set(from.index, from));
    }
    await breath.take();
    signal.throwIfAborted();
  }
  for (const [path, entries] of archives) {
    const found = (index: number): Source => entries.get(index) as Source;
    await readArchive(
      path,
      {
        wants: ({ index, name }) => entries.get(index)?.entry === name,
        take: ({ index }, bytes) => settle(found(index), bytes),
        refuse: ({ index }, refused) => settle(found(index), { refused }),
      },
      limits,
      signal,
    );
    for (const from of entries.values()) if (!inputs.has(from)) settle(from, { refused: 'changed while it was read' });
  }
  return sources.map((from) => inputs.get(from) as Input);
}

/** Known inputs in their order, renewed where they were fetched again but under the name they have, then the new ones. */
function merge(known: readonly Input[], fetched: readonly Input[]): { input: Input; isNew: boolean }[] {
  const bySource = new Map(fetched.map((input) => [input.source, input]));
  const old = new Set(known.map(({ source }) => source));
  const renewed = known.map((input) => ({ input: { ...(bySource.get(input.source) ?? input), file: input.file }, isNew: false }));
  return [...renewed, ...fetched.filter(({ source }) => !old.has(source)).map((input) => ({ input, isNew: true }))];
}

/**
 * Gives every input its name and status. Of inputs with the same bytes the first is kept; one whose bytes are nowhere any more (it was
 * deleted from midi/ and not fetched again) is forgotten.
 */
function decide(
  inputs: readonly { input: Input; isNew: boolean }[],
  keepDuplicates: boolean,
  staging: Staging,
  isFree: (name: string, sha256: string) => boolean,
): ManifestLine[] {
  const names = new NameBook();
  const first = new Map<string, string>();
  const lines: ManifestLine[] = [];
  for (const { input, isNew } of inputs) {
    const { source, sha256, size, reason } = input;
    if (sha256 === undefined || size === undefined) {
      lines.push({ file: names.take(input.file), status: 'refused', source, reason: reason ?? 'cannot be read', ...originOf(input) });
      continue;
    }
    if (!staging.has(sha256)) continue;
    const twin = keepDuplicates ? undefined : first.get(sha256);
    const file = names.take(input.file, (name) => !isNew || twin !== undefined || isFree(name, sha256));
    first.set(sha256, twin ?? file);
    lines.push({
      file,
      status: twin === undefined ? 'kept' : 'duplicate',
      source,
      sha256,
      size,
      ...(twin === undefined ? {} : { duplicateOf: twin }),
      ...originOf(input),
    });
  }
  return lines;
}

/** Makes midi/ and the manifest what `lines` say: files first, the manifest next, and last what is not kept any more goes. */
async function commit(
  directory: string,
  before: readonly ManifestLine[],
  lines: readonly ManifestLine[],
  staging: Staging,
): Promise<boolean> {
  const midi = join(directory, MIDI);
  const kept = lines.filter(({ status }) => status === 'kept');
  const breath = new Breath();
  const moves: { from: string; to: string }[] = [];
  for (const { file, sha256 = '' } of kept) {
    const to = join(midi, file);
    if (!staging.lies(sha256, to)) moves.push({ from: staging.take(sha256), to });
    await breath.take();
  }
  for (const { from, to } of moves) {
    await breath.take();
    storing(to, () => {
      makeFolder(dirname(to));
      renameSync(from, to);
    });
  }
  const rewritten = writeManifest(directory, lines);
  const wanted = new Set(kept.map(({ file }) => file));
  const left = before.filter(({ status, file }) => status === 'kept' && !wanted.has(file) && existsSync(join(midi, file)));
  // Where letter case does not tell files apart, an old name may lead to a new file.
  const present = new Set(left.length === 0 ? [] : kept.map(({ file }) => statSync(join(midi, file)).ino));
  const gone = left.map(({ file }) => join(midi, file)).filter((path) => !present.has(statSync(path).ino));
  for (const path of gone) storing(path, () => rmSync(path));
  removeEmptyFolders(midi, gone);
  return rewritten || moves.length > 0 || gone.length > 0;
}

function readManifestIfWhole(directory: string): ManifestLine[] {
  try {
    return readManifest(directory);
  } catch (error) {
    if (error instanceof MstError && error.code === 'bad-record') return [];
    throw error;
  }
}

function nothing(paths: readonly string[], ignored: ReadonlyMap<string, number>): MstError {
  const seen = passedOverInWords(ignored);
  return new MstError('no-input', `There is no music in ${some(paths)}: ${seen === '' ? 'it is empty' : `only ${seen}`}.`, {
    hint: `mst looks for ${lookedFor}.`,
  });
}

function allRefused(fetched: readonly Pick<Input, 'file' | 'source' | 'reason'>[]): MstError {
  const reasons = fetched.slice(0, 3).map(({ file, source, reason }) => `${isAddress(source) ? source : file} ${reason}`);
  const more = fetched.length > reasons.length ? `, and ${fetched.length - reasons.length} more` : '';
  const what = fetched.length === 1 ? '' : `None of the ${fetched.length} music files can be taken: `;
  const hint = fetched.every(({ source }) => isAddress(source))
    ? 'Open the address in a browser to see what is there.'
    : `mst looks for ${lookedFor}.`;
  return new MstError('no-input', `${what}${reasons.join('; ')}${more}.`, { hint });
}

function some(paths: readonly string[]): string {
  return paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
}
