// What the paths given to step 1 hold: the music files in folders, on their own and in archives, with everything else counted by kind.
// Reads names and archives' tables of contents only.

import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import { isDirectory } from '../../registry/home.js';
import { type ArchiveEntry, archiveEnding, archiveEndings, readArchive } from '../archive.js';
import { Breath } from '../breath.js';
import { megabytes, type ReadLimits, tooLarge, whyUnreadable } from '../limits.js';
import { isMusic, musicKinds } from '../music-kinds.js';
import { compareCodePoints, type Origin, originOf, safeName } from './manifest.js';

/** What mst looks for, in words. */
export const lookedFor = `${Object.keys(musicKinds).join(', ')} files, on their own, in folders, or in ${archiveEndings.join(', ')} archives`;

/** A file of the web that lies on the disk for now. */
export interface Brought extends Origin {
  /** Its address. */
  readonly source: string;
  /** Its safe name, that of music or an archive. */
  readonly name: string;
  /** Where it lies; the path ends as the name does. */
  readonly path: string;
}

/** A music file that was found. */
export interface Source extends Origin {
  /** Absolute path or address; in an archive followed by `#` and its name there. */
  readonly source: string;
  /** Safe relative name. */
  readonly name: string;
  /** Absolute path of the file, or of the archive it is in. */
  readonly path: string;
  /** Its place in the archive at `path`, its name there, and its size. */
  readonly index?: number;
  readonly entry?: string;
  readonly size?: number;
  /** Why it cannot be taken, known before reading it. */
  readonly refused?: string;
}

export interface Survey {
  /** By code point of `name`, then of `source`; each source once. */
  readonly sources: readonly Source[];
  /** How many other files were seen, by ending or kind. */
  readonly ignored: ReadonlyMap<string, number>;
}

/**
 * Looks through the paths.
 * @param current the folder that relative paths begin at
 * @param brought files of the web to look through too; what is wrong with one of them makes it refused
 * @param own folders that mst writes to, passed over when they lie inside a folder given
 * @throws MstError `not-found`, `no-input` or `bad-archive` when a path itself is wrong (a bad file inside a folder is only refused)
 */
export async function survey(
  paths: readonly string[],
  {
    current,
    brought = [],
    own,
    limits,
    signal,
  }: { current: string; brought?: readonly Brought[]; own: readonly string[]; limits: ReadLimits; signal: AbortSignal },
): Promise<Survey> {
  const search = new Search(limits, signal, own);
  for (const given of paths) {
    const path = resolve(current, given);
    const stat = inspect(path, given);
    if (stat.isDirectory()) await search.folder(path, '');
    else if (!stat.isFile())
      throw new MstError('no-input', `${given} is neither a file nor a folder.`, { hint: `mst reads ${lookedFor}.` });
    else if (archiveEnding(path) !== undefined) await search.archive(path, '');
    else if (isMusic(path)) search.file(path, basename(path));
    else throw new MstError('no-input', `${given} is not a kind of file mst reads.`, { hint: `mst reads ${lookedFor}.` });
  }
  for (const file of brought) await search.brought(file);
  return search.result();
}

function inspect(path: string, given: string): ReturnType<typeof statSync> & object {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new MstError('not-found', `${given} ${whyUnreadable(error)}.`, { hint: 'Check the path, and whether you may read it.' });
    }
    const hint = /^[\w-]+(\.[\w-]+)+\//.test(given) ? `If it is an address of the web: https://${given}` : 'Check the path.';
    throw new MstError('not-found', `There is no file or folder ${given}.`, { hint });
  }
}

function byName(a: Source, b: Source): number {
  return compareCodePoints(a.name, b.name) || compareCodePoints(a.source, b.source);
}

/** Two surveys as one. */
export function together(a: Survey, b: Survey): Survey {
  const ignored = new Map(a.ignored);
  for (const [kind, count] of b.ignored) ignored.set(kind, (ignored.get(kind) ?? 0) + count);
  return { sources: [...a.sources, ...b.sources].sort(byName), ignored };
}

class Search {
  readonly #limits: ReadLimits;
  readonly #signal: AbortSignal;
  readonly #found = new Map<string, Source>();
  readonly #ignored = new Map<string, number>();
  /** Real paths of the folders gone through, so that links cannot lead in circles. */
  readonly #visited = new Set<string>();
  readonly #own: ReadonlySet<string>;
  readonly #breath = new Breath();
  #count = 0;
  #nameBytes = 0;

  constructor(limits: ReadLimits, signal: AbortSignal, own: readonly string[]) {
    this.#own = new Set(own.filter(isDirectory).map((folder) => realpathSync(folder)));
    this.#limits = limits;
    this.#signal = signal;
  }

  result(): Survey {
    return {
      sources: [...this.#found.values()].sort(byName),
      ignored: new Map([...this.#ignored].sort(([a], [b]) => compareCodePoints(a, b))),
    };
  }

  file(path: string, name: string): void {
    this.#add({ source: path, name: safeName(name), path });
  }

  /** Goes through a folder; `prefix` is its relative name, with a slash at its end unless empty. */
  async folder(path: string, prefix: string): Promise<void> {
    const real = realpathSync(path);
    if (this.#visited.has(real)) return;
    this.#visited.add(real);
    this.#signal.throwIfAborted();
    for (const name of readdirSync(path).sort(compareCodePoints)) {
      await this.#breath.take();
      this.#signal.throwIfAborted();
      const inner = join(path, name);
      if (isHidden(name)) {
        this.#ignore('hidden files');
        continue;
      }
      try {
        const kind = kindOf(inner);
        if (kind === 'folder' && this.#own.has(realpathSync(inner))) this.#ignore("mst's own folders");
        else if (kind === 'folder') await this.folder(inner, `${prefix}${name}/`);
        else if (kind !== 'file') this.#ignore(kind);
        else if (archiveEnding(name) !== undefined)
          await this.archive(inner, `${prefix}${name.slice(0, -(archiveEnding(name) ?? '').length)}/`);
        else if (isMusic(name)) this.file(inner, prefix + name);
        else this.#ignore(endingOf(name));
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#add({ source: inner, name: safeName(prefix + name), path: inner, refused: reasonOf(error, inner) });
      }
    }
  }

  /** Reads an archive's table of contents; `prefix` as for folders, `from` what it is called when it does not stay at `path`. */
  async archive(path: string, prefix: string, from: Pick<Brought, 'source' | keyof Origin> = { source: path }): Promise<number> {
    const found: Source[] = [];
    const ignored: string[] = [];
    const wants = (entry: ArchiveEntry): boolean => {
      if (entry.kind === 'folder') return false;
      const why = ignoredBecause(entry);
      if (why !== undefined) {
        ignored.push(why);
        return false;
      }
      const { index, name, size } = entry;
      const source: Source = {
        source: `${from.source}#${name}`,
        name: safeName(prefix + name),
        path,
        index,
        entry: name,
        size,
        ...originOf(from),
      };
      const refused = size > this.#limits.fileBytes ? tooLarge(size, this.#limits) : undefined;
      found.push(refused === undefined ? source : { ...source, refused });
      return true;
    };
    await readArchive(path, { wants }, this.#limits, this.#signal);
    for (const kind of ignored) this.#ignore(kind);
    for (const source of found) this.#add(source);
    return found.length;
  }

  /** A file of the web. Archives a page links to get a folder each, as those in a folder do. */
  async brought(file: Brought): Promise<void> {
    const { name, path, source, page } = file;
    const ending = archiveEnding(name);
    if (ending === undefined) return this.#add(file);
    try {
      const found = await this.archive(path, page === undefined ? '' : `${name.slice(0, -ending.length)}/`, file);
      if (found === 0) this.#add({ ...file, refused: 'has no music in it' });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof MstError)) throw error;
      this.#add({ ...file, refused: reasonOf(error, path).replaceAll(path, () => source) });
    }
  }

  /** Adds a source; of entries with one name in one archive the last counts, as when it is unpacked. */
  #add(source: Source): void {
    if (!this.#found.has(source.source)) this.#countOne(Buffer.byteLength(source.source));
    this.#found.set(source.source, source);
  }

  #ignore(kind: string): void {
    this.#countOne();
    this.#ignored.set(kind, (this.#ignored.get(kind) ?? 0) + 1);
  }

  #countOne(nameBytes = 0): void {
    const { entries, nameBytes: most } = this.#limits;
    this.#nameBytes += nameBytes;
    if (++this.#count <= entries && this.#nameBytes <= most) return;
    const what = this.#count > entries ? `${entries} files` : `${megabytes(most)} of file names`;
    throw new MstError('no-input', `There are more than ${what} in what you gave.`, { hint: 'Name smaller folders.' });
  }
}

function ignoredBecause({ name, kind }: ArchiveEntry): string | undefined {
  if (kind === 'link') return 'links in archives';
  if (kind !== 'file') return 'special files';
  if (name.split('/').some((part) => part !== '.' && part !== '..' && isHidden(part))) return 'hidden files';
  if (archiveEnding(name) !== undefined) return 'archives inside archives';
  return isMusic(name) ? undefined : endingOf(name);
}

/** What is wrong with the file or folder at `path`, in words that follow its name. */
function reasonOf(error: unknown, path: string): string {
  return error instanceof MstError ? error.message.replace(`${path} `, '').replace(/\.$/, '') : whyUnreadable(error);
}

/** Hidden files, and what macOS adds to archives. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}

function kindOf(path: string): 'file' | 'folder' | 'broken links' | 'special files' {
  let stat: ReturnType<typeof statSync> | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
  }
  if (stat === undefined) return 'broken links';
  if (stat.isDirectory()) return 'folder';
  return stat.isFile() ? 'file' : 'special files';
}

function endingOf(name: string): string {
  const ending = extname(name).toLowerCase();
  return /^\.[\p{L}\p{N}_-]{1,12}$/u.test(ending) ? ending : 'other files';
}
