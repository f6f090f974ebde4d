// Writing to disk, and removing, so that nothing is ever half there: under a temporary name in the same folder; what is written is synced,
// then renamed.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MstError } from '../core/errors.js';

let counter = 0;

/** Ends the temporary name, before the process, of a folder that makes room for its successor. */
const REPLACED = '.replaced';

/** Bytes that the name of a file may have on every disk. */
const LONGEST_NAME = 255;

const uniqueEnding = (): string => `.${process.pid}-${counter++}.tmp`;

/** A name beside `path` that no other process uses, of a long one the beginning; listings ignore names that begin with a dot. */
export function temporaryName(path: string): string {
  const ending = uniqueEnding();
  const name = Buffer.from(basename(path));
  const most = LONGEST_NAME - 1 - ending.length;
  const fitting = name.length <= most ? name.toString() : name.toString('utf8', 0, most).replace(/\ufffd.*$/su, '');
  return join(dirname(path), `.${fitting}${ending}`);
}

/**
 * Removes the temporary files and folders in `directory` whose process is no longer alive, as after a kill; a missing folder has none.
 * What was being replaced and is not there any more comes back.
 * @param mine which temporary names to look at; all by default
 * @throws MstError `storage`
 */
export function sweepAbandoned(directory: string, mine: (name: string) => boolean = () => true): void {
  if (!existsSync(directory)) return;
  storing(directory, () => {
    for (const { name, target } of abandonedIn(directory)) {
      if (!mine(name)) continue;
      if (target !== undefined && !existsSync(target)) renameSync(join(directory, name), target);
      else rmSync(join(directory, name), { recursive: true, force: true });
    }
  });
}

/** Brings a folder back that `replaceDirectory` was replacing when it was killed. Where nothing can be written, nothing happens. */
export function restoreDirectory(target: string): void {
  if (existsSync(target)) return;
  const directory = dirname(target);
  try {
    const left = abandonedIn(directory).find((abandoned) => abandoned.target === target);
    if (left !== undefined) renameSync(join(directory, left.name), target);
  } catch {
    // Where there is no folder nothing was replaced, and in one that can only be read nothing is lost.
  }
}

/** Temporary names of processes that are gone; `target` is what a folder was called that was being replaced. */
function abandonedIn(directory: string): { name: string; target?: string }[] {
  return readdirSync(directory).flatMap((name) => {
    const [, base, pid] = /^\.(.*)\.(\d+)-\d+\.tmp$/.exec(name) ?? [];
    if (base === undefined || isAlive(Number(pid))) return [];
    return [base.endsWith(REPLACED) ? { name, target: join(directory, base.slice(0, -REPLACED.length)) } : { name }];
  });
}

/** Whether another process with this id runs. This process is not another: what bears its id was left by one before it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Writes a whole file: afterwards `path` holds either all of `data` or what it held before.
 * @throws MstError `storage` when the folder cannot be written or the disk is full.
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): void {
  const file = new AtomicFile(path);
  try {
    file.write(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    file.commit();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** A file written piece by piece that appears under its name only on `commit`. */
export class AtomicFile {
  readonly path: string;
  readonly #temporary: string;
  #descriptor: number | undefined;
  #committed = false;

  /** @throws MstError `storage` */
  constructor(path: string) {
    this.path = path;
    this.#temporary = temporaryName(path);
    this.#descriptor = storing(path, () => {
      makeFolder(dirname(path));
      return openSync(this.#temporary, 'wx');
    });
  }

  /** Appends bytes. @throws MstError `storage` */
  write(data: Uint8Array): void {
    storing(this.path, () => writeAll(this.#open(), data));
  }

  /** Syncs and renames. @throws MstError `storage`; then `abandon` removes what was written */
  commit(): void {
    storing(this.path, () => {
      fsyncSync(this.#open());
      this.#close();
      renameSync(this.#temporary, this.path);
      this.#committed = true;
    });
  }

  /** Drops what was written; the file under `path` stays as it was. Does nothing after `commit`. */
  abandon(): void {
    if (this.#committed) return;
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error('the file is closed');
    return this.#descriptor;
  }

  #close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Writes all bytes to an open file, where the system takes only some at a time too. @throws the system's error; see `storing` */
export function writeAll(descriptor: number, data: Uint8Array): void {
  for (let done = 0; done < data.length; ) done += writeSync(descriptor, data, done);
}

/**
 * Writes a folder of files so that `target` is never half there: afterwards it holds exactly `files`, or what it held before. No system
 * exchanges two folders at once, so for an instant it is not there; after a kill in it, `sweepAbandoned` and `restoreDirectory` bring back
 * what it held.
 * @throws MstError `storage`
 */
export function replaceDirectory(target: string, files: ReadonlyMap<string, Uint8Array>): void {
  const fresh = temporaryName(target);
  // Never cut, since it says what is to come back.
  const old = join(dirname(target), `.${basename(target)}${REPLACED}${uniqueEnding()}`);
  try {
    for (const [name, bytes] of files) writeFileAtomic(join(fresh, name), bytes);
    storing(target, () => {
      if (existsSync(target)) renameSync(target, old);
      try {
        renameSync(fresh, target);
      } catch (error) {
        if (existsSync(old)) renameSync(old, target);
        throw error;
      }
      rmSync(old, { recursive: true, force: true });
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Removes a folder: it is gone at once, whatever happens while its files are. @returns the bytes it took @throws MstError `storage` */
export function removeDirectory(directory: string): number {
  const size = folderSize(directory);
  const doomed = temporaryName(directory);
  storing(directory, () => {
    renameSync(directory, doomed);
    rmSync(doomed, { recursive: true, force: true });
  });
  return size;
}

/** Bytes of all files below a folder; links are not followed. */
export function folderSize(directory: string): number {
  let bytes = 0;
  for (const found of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (found.isFile()) bytes += statSync(join(found.parentPath, found.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/**
 * Makes a folder and those above it, if they are not there. (Node's own `recursive` never returns where a file system such as /proc
 * denies that a folder exists while refusing to make it.)
 * @throws the system's error; see `storing`
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path || existsSync(above)) throw error;
    makeFolder(above);
    makeFolder(path);
  }
}

/** Runs a disk operation and turns the system's error into one the user can act on. */
export function storing<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MstError) throw error;
    throw storageError(path, error);
  }
}

/** What kept the system from writing, and what to do about it, by the code of its error. */
const troubles: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space'],
  EDQUOT: ['your disk quota is used up', 'Free some space'],
  EACCES: ['its permissions do not allow it', 'Change the permissions of it and its folder'],
  EPERM: ['its permissions do not allow it', 'Change the permissions of it and its folder'],
  EROFS: ['the disk is read-only', 'Make the disk writable'],
  ENOENT: ['its folder is not there and cannot be made', 'Check the path'],
  ENOTDIR: ['a file stands where a folder is needed', 'Move the file away'],
  EEXIST: ['a file stands where a folder is needed', 'Move the file away'],
  EISDIR: ['a folder stands where a file is needed', 'Move the folder away'],
  ENAMETOOLONG: ['the name is longer than the disk allows', 'Choose a shorter name'],
};

/** The user's words for a failed write to `path`, which may be in the home or wherever an option says. */
export function storageError(path: string, cause: unknown): MstError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const [why, remedy] = troubles[code] ?? [message, 'Check the folder'];
  return new MstError('storage', `Cannot write ${path}: ${why}.`, {
    hint: `${remedy}, or write to another place: with --out or --output-dir where you gave one of them, else with --home.`,
    cause,
  });
}
