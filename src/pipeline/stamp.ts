// What a finished step remembers: a fingerprint of its inputs and settings, and the hashes of what it wrote. While both still
// hold, the step need not run again. The file is plain JSON beside the step's outputs, without times, so equal runs are equal.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../registry/files.js';

/** Raised when the result of a step changes for the same input, so that old outputs are made anew. */
const STEPS_VERSION = 2;

export interface Stamp<Summary> {
  readonly fingerprint: string;
  readonly settings: unknown;
  /** sha256 by file name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: Summary;
}

/** sha256, in hex, of a JSON value. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([STEPS_VERSION, value]))
    .digest('hex');
}

/** sha256, in hex, of bytes. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What files are read through, one after another. */
const piece = new Uint8Array(1 << 18);

/** sha256, in hex, of the bytes of a file, or of several behind each other, read in pieces. */
export function hashFile(...paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const descriptor = openSync(path, 'r');
    try {
      for (let n = readSync(descriptor, piece); n > 0; n = readSync(descriptor, piece)) hash.update(piece.subarray(0, n));
    } finally {
      closeSync(descriptor);
    }
  }
  return hash.digest('hex');
}

/** A fingerprint of many values, taken in one by one. */
export class Fingerprint {
  readonly #hash = createHash('sha256');

  add(value: unknown): void {
    this.#hash.update(`${JSON.stringify(value)}\n`);
  }

  /** sha256, in hex; nothing can be added any more. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** The stamp of step `name` in `directory`, undefined when there is none or it cannot be read. */
export function readStamp<Summary>(directory: string, name: string): Stamp<Summary> | undefined {
  try {
    const stamp: Partial<Stamp<Summary>> | null = JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));
    const whole = typeof stamp?.outputs === 'object' && stamp.outputs !== null && typeof stamp.summary === 'object';
    return whole ? (stamp as Stamp<Summary>) : undefined;
  } catch {
    return undefined;
  }
}

/** The stamp of step `name` in `directory` if its fingerprint and all its outputs still hold, else undefined. */
export function readFreshStamp<Summary>(directory: string, name: string, expected: string): Stamp<Summary> | undefined {
  const stamp = readStamp<Summary>(directory, name);
  if (stamp?.fingerprint !== expected) return undefined;
  const holds = ([file, hash]: [string, string]): boolean => existsSync(join(directory, file)) && hashFile(join(directory, file)) === hash;
  return Object.entries(stamp.outputs).every(holds) ? stamp : undefined;
}

/** Writes the stamp of step `name`; `outputs` are file names in `directory`, already complete. */
export function writeStamp<Summary>(
  directory: string,
  name: string,
  { fingerprint, settings, outputs, summary }: Omit<Stamp<Summary>, 'outputs'> & { outputs: readonly string[] },
): void {
  const hashes = Object.fromEntries(outputs.map((file) => [file, hashFile(join(directory, file))]));
  writeFileAtomic(join(directory, `${name}.json`), `${JSON.stringify({ fingerprint, settings, outputs: hashes, summary }, null, 2)}\n`);
}
