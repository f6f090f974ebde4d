// The manifest of a model folder: SHA256SUMS, a line for every file, in the format of `sha256sum`, which can check it too.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';

export const CHECKSUMS = 'SHA256SUMS';
/** Bytes of the largest manifest that is read: that of some thousand files. */
const LARGEST = 2 ** 20;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The files with their manifest, made anew. */
export function withChecksums(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const others = [...files].filter(([name]) => name !== CHECKSUMS);
  const text = others.map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`).join('');
  return new Map([...others, [CHECKSUMS, new TextEncoder().encode(text)]]);
}

/** What a check of a folder's files found. */
export interface Verified {
  /** Files that are as the manifest says. */
  readonly sound: number;
  /** What is wrong, a file each. */
  readonly faults: readonly { readonly file: string; readonly fault: 'changed' | 'missing' }[];
  /** Files the manifest does not know. */
  readonly unlisted: readonly string[];
}

/**
 * Hashes files and compares them with their manifest.
 * @param read a file's bytes, undefined when it is not there
 * @param names of all files that are there
 * @returns undefined when there is no manifest
 * @throws MstError `bad-model` for a manifest that is none
 */
export function verifyFiles(read: (name: string) => Uint8Array | undefined, names: readonly string[]): Verified | undefined {
  const manifest = read(CHECKSUMS);
  if (manifest === undefined) return undefined;
  const listed = parse(manifest);
  const faults: Verified['faults'][number][] = [];
  for (const [file, hash] of listed) {
    const bytes = read(file);
    if (bytes === undefined) faults.push({ file, fault: 'missing' });
    else if (sha256(bytes) !== hash) faults.push({ file, fault: 'changed' });
  }
  const unlisted = names.filter((name) => name !== CHECKSUMS && !name.startsWith('.') && !listed.has(name)).sort();
  return { sound: listed.size - faults.length, faults, unlisted };
}

/** The same for a folder on disk, links not followed. */
export function verifyFolder(directory: string): Verified | undefined {
  const names = readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  return verifyFiles((name) => (names.includes(name) ? readFileSync(join(directory, name)) : undefined), names);
}

/** Whether a folder holds only files that its manifest lists, or nothing at all: then it can be replaced without losing anything of others. */
export function holdsOnlyListed(directory: string): boolean {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (entries.length === 0) return true;
  if (!entries.every((entry) => entry.isFile()) || !entries.some(({ name }) => name === CHECKSUMS)) return false;
  try {
    const listed = parse(readFileSync(join(directory, CHECKSUMS)));
    return entries.every(({ name }) => name === CHECKSUMS || listed.has(name));
  } catch {
    return false;
  }
}

function parse(bytes: Uint8Array): Map<string, string> {
  const fail = (what: string): never => {
    throw new MstError('bad-model', `${CHECKSUMS}: ${what}`, { hint: 'Copy or export the model again.' });
  };
  if (bytes.length > LARGEST) fail('The file is too large to be a list of checksums.');
  const listed = new Map<string, string>();
  for (const [index, line] of new TextDecoder().decode(bytes).split('\n').entries()) {
    if (line === '') continue;
    const [, hash, name] = /^([0-9a-f]{64}) [ *]([^/\\]{1,255})$/.exec(line.trimEnd()) ?? [];
    if (hash === undefined || name === undefined || name === '..' || name === '.')
      return fail(`Line ${index + 1} is not a checksum and a file name.`);
    listed.set(name, hash);
  }
  return listed;
}
