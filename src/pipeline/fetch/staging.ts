// Bytes put aside in a hidden folder of a dataset until a step has decided what to do with all of them, so that a failure or a kill
// leaves the dataset as it was.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AtomicFile, isAlive, makeFolder, storing } from '../../registry/files.js';
import { hashFile } from '../stamp.js';

const prefix = '.fetching-';

export class Staging {
  readonly #directory: string;
  readonly #folder: string;
  /** Where bytes lie, by hash. */
  readonly #paths = new Map<string, string>();
  /** Hashes of bytes put aside here and not taken yet. */
  readonly #aside = new Set<string>();
  /** Hashes of the files that lay in place before, by path. */
  readonly #inPlace = new Map<string, string>();
  #made = false;
  #count = 0;

  /** @param directory the dataset; nothing is made in it before there is something to put aside */
  constructor(directory: string) {
    this.#directory = directory;
    this.#folder = join(directory, `${prefix}${process.pid}`);
  }

  /** Says that the bytes with this hash lie at `path` already. */
  know(sha256: string, path: string): void {
    this.#inPlace.set(path, sha256);
    if (!this.#paths.has(sha256)) this.#paths.set(sha256, path);
  }

  /** Whether these bytes lie at `path`. */
  lies(sha256: string, path: string): boolean {
    return (this.#inPlace.get(path) ?? (existsSync(path) ? hashFile(path) : undefined)) === sha256;
  }

  has(sha256: string): boolean {
    return this.#paths.has(sha256);
  }

  /** Puts bytes aside, the same bytes once, and returns their sha256 in hex. @throws MstError `storage` */
  add(bytes: Uint8Array): string {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (this.#paths.has(sha256)) return sha256;
    const file = new AtomicFile(this.#freshPath());
    try {
      file.write(bytes);
      file.commit();
    } finally {
      file.abandon();
    }
    this.#paths.set(sha256, file.path);
    this.#aside.add(sha256);
    return sha256;
  }

  /** The path of a file with these bytes that may be renamed away once all are taken. @throws MstError `storage` */
  take(sha256: string): string {
    const path = this.#paths.get(sha256);
    if (path === undefined) throw new Error(`no bytes with hash ${sha256} were put aside`);
    if (this.#aside.delete(sha256)) return path;
    const copy = this.#freshPath();
    storing(copy, () => copyFileSync(path, copy));
    return copy;
  }

  /** Removes what was not taken, and the dataset's folder if that leaves it empty. */
  remove(): void {
    if (!this.#made) return;
    rmSync(this.#folder, { recursive: true, force: true });
    removeEmptyFolders(dirname(dirname(this.#directory)), [this.#folder]);
  }

  #freshPath(): string {
    if (!this.#made) {
      storing(this.#folder, () => {
        makeFolder(this.#directory);
        removeAbandoned(this.#directory);
        makeFolder(this.#folder);
      });
      this.#made = true;
    }
    return join(this.#folder, String(this.#count++));
  }
}

/** Removes the folders above `paths` that are empty, as far up as `top`, which stays. */
export function removeEmptyFolders(top: string, paths: readonly string[]): void {
  for (const path of paths) {
    for (let folder = dirname(path); folder.length > top.length; folder = dirname(folder)) {
      try {
        rmdirSync(folder);
      } catch {
        break;
      }
    }
  }
}

/** Removes what processes that are no longer alive have put aside. */
function removeAbandoned(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix)) continue;
    if (!isAlive(Number(name.slice(prefix.length)))) rmSync(join(directory, name), { recursive: true, force: true });
  }
}
