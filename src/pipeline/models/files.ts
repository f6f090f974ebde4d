// The files a model may be brought in: those of a folder, of an archive nobody vouches for, or one alone, read into memory within bounds.
// Nothing of an archive is written to the disk under its own name.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { isDirectory } from '../../registry/home.js';
import { archiveEnding, readArchive } from '../archive.js';
import { defaultLimits, type ReadLimits } from '../limits.js';

/** Bounds far above every melody model, far below what would exhaust a machine. */
export const modelLimits: ReadLimits = { ...defaultLimits, entries: 10_000, fileBytes: 2 ** 29, archiveBytes: 2 ** 29 };
/** Files of one folder that are looked at. */
const MOST_FILES = 10_000;

/** Files by relative name with forward slashes, and their bytes when asked for. */
export interface FileSet {
  /** What errors call them all. */
  readonly label: string;
  readonly names: readonly string[];
  /** Undefined for a name that is not there. @throws MstError `bad-model` for a file that is too large */
  read(name: string): Uint8Array | undefined;
}

/** Files that are in memory. */
export function filesInMemory(label: string, files: ReadonlyMap<string, Uint8Array>): FileSet {
  return { label, names: [...files.keys()], read: (name) => files.get(name) };
}

/** The files of a folder and those of its folders model/ and train/, where models are kept. @throws MstError `bad-model` */
export function filesOfFolder(folder: string): FileSet {
  const names: string[] = [];
  for (const below of ['', 'model', 'train']) {
    const directory = join(folder, below);
    if (!isDirectory(directory)) continue;
    for (const name of readdirSync(directory)) {
      if (!name.startsWith('.') && !isDirectory(join(directory, name))) names.push(below === '' ? name : `${below}/${name}`);
      if (names.length > MOST_FILES) {
        throw new MstError('bad-model', `${folder} has more than ${MOST_FILES} files.`, { hint: 'Give the folder of one model.' });
      }
    }
  }
  return { label: folder, names, read: (name) => (names.includes(name) ? readModelFile(join(folder, name)) : undefined) };
}

/** A file alone, with those beside it that belong to it: a checkpoint's. */
export function filesBeside(path: string): FileSet {
  const folder = dirname(path);
  const stem = basename(path).replace(/\.(index|meta|data-\d{5}-of-\d{5})$/, '');
  const names = readdirSync(folder).filter((name) => name === stem || name.startsWith(`${stem}.`));
  return { label: path, names, read: (name) => (names.includes(name) ? readModelFile(join(folder, name)) : undefined) };
}

/** @throws MstError `bad-model` for what is no file or too large, `not-found` for what cannot be read */
export function readModelFile(path: string): Uint8Array {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new MstError('bad-model', `${path} is not a regular file.`, { hint: 'Copy the whole model again.' });
    if (stat.size > modelLimits.fileBytes) {
      throw new MstError('bad-model', `${path} has ${stat.size} bytes; no melody model is that large.`, {
        hint: 'Give the file of a melody RNN.',
      });
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof MstError) throw error;
    throw new MstError('not-found', `Cannot read ${path}: ${(error as Error).message}`, {
      hint: 'Check the name and the permissions of the file.',
      cause: error,
    });
  }
}

/**
 * The files of an archive, all in memory.
 * @param path ends as the archive's kind does
 * @param label what errors call it
 * @throws MstError `bad-archive` for one that is damaged or too large, and for one with links or names that lead outside: a packed model has none
 */
export async function filesOfArchive(path: string, label: string, signal: AbortSignal): Promise<FileSet> {
  const files = new Map<string, Uint8Array>();
  const refuse = (what: string): never => {
    throw new MstError('bad-archive', `${label} ${what}. Nothing of it was unpacked.`, {
      hint: 'No archive that mst packs is like that; it may be meant to do harm.',
    });
  };
  await readArchive(
    path,
    {
      wants({ name, kind, size }) {
        const shown = JSON.stringify(name.slice(0, 80));
        if (kind === 'link' || kind === 'other') return refuse(`has a link or a device in it, ${shown}`);
        const parts = name.split(/[/\\]/);
        if (/^[/\\]|^[A-Za-z]:/.test(name) || parts.includes('..')) return refuse(`has a file in it that would lie outside, ${shown}`);
        if (size > modelLimits.fileBytes) return refuse(`has a file in it that is too large for a model, ${shown}`);
        return kind === 'file';
      },
      take({ name }, bytes) {
        const plain = name.replace(/^(\.\/)+/, '');
        if (files.has(plain)) refuse(`has two files called ${JSON.stringify(plain.slice(0, 80))}`);
        files.set(plain, bytes);
      },
      refuse: ({ name }, reason) => refuse(`cannot be unpacked: ${name.slice(0, 80)} ${reason}`),
    },
    modelLimits,
    signal,
    archiveEnding(path),
  );
  return filesInMemory(label, files);
}
