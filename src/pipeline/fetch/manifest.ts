// What step 1 knows about every input file: manifest.jsonl, one line a file, by file name; and the names files get in midi/.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { writeFileAtomic } from '../../registry/files.js';
import { isDeviceName } from '../../registry/names.js';
import { textLines } from '../files.js';

/** File name of the manifest in a dataset's folder. */
export const MANIFEST = 'manifest.jsonl';

/** Folder of the fetched files in a dataset's folder. */
export const MIDI = 'midi';

/** What is known of where a file of the web comes from. */
export interface Origin {
  /** The page that linked to it. */
  readonly page?: string;
  /** Address of its licence, where it or the page names one. */
  readonly licence?: string;
  /** What its server said to tell this state of it from others. */
  readonly etag?: string;
  readonly lastModified?: string;
}

/** One input file. */
export interface ManifestLine extends Origin {
  /** Its name below midi/, with forward slashes; for a file that is not kept, the name it would have. Unique in the manifest. */
  readonly file: string;
  readonly status: 'kept' | 'duplicate' | 'refused';
  /** Where it came from: an absolute path or an address, followed for a file in an archive by `#` and its name there. Unique in the manifest. */
  readonly source: string;
  /** sha256 of its bytes in hex, and their number; absent when they could not be read. */
  readonly sha256?: string;
  readonly size?: number;
  /** For a duplicate: the `file` of the kept one with the same bytes. */
  readonly duplicateOf?: string;
  /** For a refused file: why, in words that follow its name. */
  readonly reason?: string;
}

/**
 * The lines of a dataset's manifest, one by one; none when it has none.
 * @param directory the dataset, datasets/<artist>
 * @throws MstError `bad-record` when it is damaged
 */
export function* manifestLines(directory: string): Generator<ManifestLine> {
  const path = join(directory, MANIFEST);
  try {
    for (const { text, number } of textLines(path)) yield parseLine(text, `line ${number} of ${path}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof MstError) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw new MstError('storage', `Cannot read ${path}: ${message}`, { cause: error });
  }
}

/** All lines of a dataset's manifest. @throws MstError as `manifestLines` */
export function readManifest(directory: string): ManifestLine[] {
  return [...manifestLines(directory)];
}

/**
 * Writes the manifest, keys in a fixed order and lines by code point of `file`, unless that is how it is already.
 * @returns whether it was written
 * @throws MstError `storage`
 */
export function writeManifest(directory: string, lines: readonly ManifestLine[]): boolean {
  const path = join(directory, MANIFEST);
  const text = [...lines]
    .sort((a, b) => compareCodePoints(a.file, b.file))
    .map(
      ({ file, status, source, sha256, size, duplicateOf, reason, ...origin }) =>
        `${JSON.stringify({ file, status, source, sha256, size, duplicateOf, reason, ...originOf(origin) })}\n`,
    )
    .join('');
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeFileAtomic(path, text);
  return true;
}

function parseLine(line: string, where: string): ManifestLine {
  const damaged = new MstError('bad-record', `${where} is damaged.`, { hint: 'Fetch everything anew with --force.' });
  let value: Partial<Record<keyof ManifestLine, unknown>> | null;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged;
  }
  if (typeof value !== 'object' || value === null) throw damaged;
  const { file, status, source, sha256, size, duplicateOf, reason } = value;
  const known = status === 'kept' || status === 'duplicate' || status === 'refused';
  if (!known || typeof file !== 'string' || typeof source !== 'string') throw damaged;
  if (safeName(file) !== file) throw damaged;
  if (status !== 'refused' && (typeof sha256 !== 'string' || typeof size !== 'number')) throw damaged;
  return {
    file,
    status,
    source,
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(typeof duplicateOf === 'string' ? { duplicateOf } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...originOf(value),
  };
}

/** The fields of an Origin that are there, in their order. */
export function originOf({ page, licence, etag, lastModified }: Partial<Record<keyof Origin, unknown>>): Origin {
  return {
    ...(typeof page === 'string' ? { page } : {}),
    ...(typeof licence === 'string' ? { licence } : {}),
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
  };
}

const deepest = 8;
const longestPart = 120;

/**
 * A relative name below midi/ that is safe on every disk: no way up or out, no hidden files, none of the characters and device names
 * that Windows refuses, parts of at most 120 characters, the last 8 folders at most. Safe names stay as they are.
 */
export function safeName(name: string): string {
  const parts = name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(safePart);
  return parts.length === 0 ? '_' : parts.slice(-deepest).join('/');
}

function safePart(part: string): string {
  let safe = part
    .normalize('NFC')
    .replace(/\p{Cs}/gu, '_')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f<>:"|?*\\]/g, '_')
    .replace(/[. ]+$/, '_')
    .replace(/^\./, '_.');
  if (isDeviceName(safe)) safe = `_${safe}`;
  const characters = [...safe];
  if (characters.length <= longestPart && Buffer.byteLength(safe) <= 2 * longestPart) return safe;
  const ending = safe.match(/\.[A-Za-z]{1,8}$/)?.[0] ?? '';
  let stem = characters.slice(0, longestPart - ending.length);
  while (Buffer.byteLength(stem.join('')) > 2 * longestPart - ending.length) stem = stem.slice(0, -1);
  return `${stem.join('').replace(/[. ]+$/, '_')}${ending}`;
}

/** Gives out names no two of which are the same file on any disk, letter case ignored, and none of which is another's folder. */
export class NameBook {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #next = new Map<string, number>();

  /**
   * Takes a safe name, or the first free one of name-2, name-3, ….
   * @param allowed whether a name may be used at all, asked only for free ones
   */
  take(name: string, allowed: (name: string) => boolean = () => true): string {
    const blocked = foldersOf(name).some((folder) => this.#files.has(folder));
    const base = blocked ? safeName(name.replaceAll('/', '_')) : name;
    const dot = base.lastIndexOf('.');
    const cut = dot > base.lastIndexOf('/') ? dot : base.length;
    let n = this.#next.get(fold(base)) ?? 1;
    let candidate: string;
    do {
      candidate = n === 1 ? base : `${base.slice(0, cut)}-${n}${base.slice(cut)}`;
      n += 1;
    } while (this.#files.has(fold(candidate)) || this.#folders.has(fold(candidate)) || !allowed(candidate));
    this.#next.set(fold(base), n);
    this.#files.add(fold(candidate));
    for (const folder of foldersOf(candidate)) this.#folders.add(folder);
    return candidate;
  }
}

/** The folders a name lies in, outermost first, folded. */
function foldersOf(name: string): string[] {
  const parts = fold(name).split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The same for names that some disk takes for the same: `ς` and `Σ` have but their capital in common, `K` and the Kelvin sign their small letter. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase();
}

/** Orders strings by code point. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate, half of a code point above 0xffff, comes after the units from 0xe000 on.
    const order = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
    return order(x) - order(y);
  }
  return a.length - b.length;
}
