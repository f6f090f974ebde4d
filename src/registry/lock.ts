// One process at a time does something to a folder: a file beside it says who does. What a process that is no longer there left behind does
// not count, so nobody has to clean up after a kill.

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { MstError } from '../core/errors.js';
import { isAlive, makeFolder, storing, temporaryName, writeAll } from './files.js';

/** What the file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What tells the process from a later one with the same id; null where the system does not say. */
  readonly start: string | null;
}

/** Who has a lock, for the words in which another is refused. */
export interface LockHolder {
  /** "process 123", with its host where that is another. */
  readonly who: string;
  /** "2024-06-01 12:00 UTC". */
  readonly since: string;
  /** The file to remove where the holder cannot be looked up, and so may be gone; undefined where it surely lives. */
  readonly doubtful: string | undefined;
}

/** Held by this process. */
const held = new Set<string>();

/** How long a file may be empty because its process is between making and filling it, in looks of so many milliseconds. */
const [LOOKS, LOOK_MS] = [5, 20];
/** Locks that vanish or change hands while this one is taken, after which something is wrong. */
const ATTEMPTS = 100;

function lockPath(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.lock`);
}

/**
 * Reserves a folder, which need not be there, for this process until the returned function is called. Where another process had it and is
 * gone, it is taken over.
 * @param now milliseconds since 1970
 * @param refusal what is thrown when a living process has it
 * @throws MstError that, or `storage`
 */
export function takeLock(folder: string, now: number, refusal: (holder: LockHolder) => MstError): () => void {
  const path = lockPath(folder);
  const above = dirname(path);
  const mine: Holder = { pid: process.pid, host: hostname(), since: now, start: startOf(process.pid) ?? null };
  const text = JSON.stringify(mine);
  return storing(path, () => {
    const isNew = !existsSync(above);
    makeFolder(above);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (create(path, text)) {
        held.add(path);
        return () => {
          held.delete(path);
          if (read(path) === text) rmSync(path, { force: true });
          if (isNew) removeIfEmpty(above);
        };
      }
      const theirs = settled(path);
      if (theirs === undefined) continue;
      refuseLiving(path, theirs, refusal);
      removeDead(path, theirs);
    }
    throw new Error('it keeps changing hands');
  });
}

/** @throws MstError `refusal` when a living process has the folder */
export function requireUnlocked(folder: string, refusal: (holder: LockHolder) => MstError): void {
  const path = lockPath(folder);
  const text = settled(path);
  if (text !== undefined) refuseLiving(path, text, refusal);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something has come into it.
  }
}

/** Makes the file, unless there is one. */
function create(path: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeAll(descriptor, new TextEncoder().encode(text));
  } finally {
    closeSync(descriptor);
  }
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file's text, waiting a moment for a process that is just writing it; undefined when there is no file. */
function settled(path: string): string | undefined {
  for (let look = 0; ; look++) {
    const text = read(path);
    if (text !== '' || look === LOOKS) return text;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
}

/** Moves a dead process's file away first: if another process has taken the lock in between, it gets its file back. */
function removeDead(path: string, text: string): void {
  const moved = temporaryName(path);
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(moved) === text) rmSync(moved, { force: true });
  else renameSync(moved, path);
}

function refuseLiving(path: string, text: string, refusal: (holder: LockHolder) => MstError): void {
  const holder = parse(text);
  if (holder === undefined) return;
  const { pid, host, since, start } = holder;
  const here = host === hostname();
  if (here && !isSame(path, pid, start)) return;
  throw refusal({
    who: `process ${pid}${here ? '' : ` on ${host}`}`,
    since: `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    doubtful: here && start !== null ? undefined : path,
  });
}

/** Whether the process that took a lock still runs, on this host. */
function isSame(path: string, pid: number, start: string | null): boolean {
  if (pid === process.pid) return held.has(path);
  if (!isAlive(pid)) return false;
  const now = startOf(pid);
  return start === null || now === undefined || now === start;
}

/** Undefined for what no process wrote whole. */
function parse(text: string): Holder | undefined {
  try {
    const { pid, host, since, start } = JSON.parse(text) as Holder;
    const sound = Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' && Math.abs(since) < 8e15;
    return sound ? { pid, host, since, start: typeof start === 'string' ? start : null } : undefined;
  } catch {
    return undefined;
  }
}

/** When a process began, in the words of the system: ids are given again to later processes. `ended` for one that only waits to be buried. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // Behind the name, which is in brackets and may hold anything: the state, and 19 fields later the start in ticks since boot.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? [];
      if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    const inWords = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return inWords.trim() || undefined;
  } catch {
    return undefined;
  }
}
