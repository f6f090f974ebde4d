// One model as the page gets it: which files of its folder it consists of, and what is known of them. No other file is ever served.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { Model } from '../../model/model.js';
import { decodeModel } from '../../model/model-format.js';
import { hashOfWeights } from '../../registry/weights-hash.js';

/** Bytes of the largest model that a page could be asked to load. */
const LARGEST_MODEL = 256 * 2 ** 20;
/** Files of a folder that are looked at. */
const MOST_FILES = 4096;

/** A file of a model, as it was when it was read. */
export interface ModelFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Tells whether it is still the same file. */
  readonly stamp: string;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

export interface ReadModel {
  readonly model: Pick<Model, 'card'>;
  /** Hash of all its files: where they are served. */
  readonly address: string;
  readonly weightsHash: string;
  readonly files: readonly ModelFile[];
  readonly size: number;
}

/** What of a file changes when it does. */
export function stampOf({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string {
  return `${size} ${mtimeMs} ${ino}`;
}

/** What of a folder changes when a file of it does; undefined for one that cannot be read. */
export function folderStamp(directory: string): string | undefined {
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
    return names
      .slice(0, MOST_FILES)
      .map((name) => {
        const stat = statSync(join(directory, name), { throwIfNoEntry: false });
        // A link may lead nowhere, and a file be gone again.
        return `${name} ${stat === undefined ? 'gone' : stampOf(stat)}`;
      })
      .join('\n');
  } catch {
    return undefined;
  }
}

/** Reads a model whole and checks that it can be played. @throws MstError `bad-model`, without the folder's path in it */
export function readModel({ name, directory }: { readonly name: string; readonly directory: string }): ReadModel {
  const files = new Map<string, ModelFile>();
  let size = 0;
  const read = (file: string): Uint8Array | undefined => {
    const path = join(directory, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile()) throw new MstError('bad-model', `${file}: It is not a file a model has.`);
    size += stat.size;
    if (size > LARGEST_MODEL) {
      throw new MstError('bad-model', `${file}: With it the model has more than ${LARGEST_MODEL / 2 ** 20} MB, too much for a page.`, {
        hint: 'It can be played in the terminal: mst session',
      });
    }
    const bytes = readFileSync(path);
    const hash = createHash('sha256').update(bytes).digest('hex');
    files.set(file, { name: file, path, size: bytes.length, stamp: stampOf(stat), hash });
    return bytes;
  };
  const { card, weights } = decoded(read, name);
  const address = createHash('sha256');
  for (const file of [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) address.update(`${file.name} ${file.hash}\n`);
  return {
    model: { card },
    address: address.digest('hex').slice(0, 32),
    weightsHash: hashOfWeights(weights),
    files: [...files.values()],
    size: [...files.values()].reduce((sum, file) => sum + file.size, 0),
  };
}

function decoded(read: (file: string) => Uint8Array | undefined, name: string): Model {
  try {
    return decodeModel(read, { name });
  } catch (error) {
    if (error instanceof MstError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new MstError('bad-model', `A file of it cannot be read${code === undefined ? '' : ` (${code})`}.`, {
      hint: 'Check the permissions of its folder.',
      cause: error,
    });
  }
}
