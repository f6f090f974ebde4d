// Files of the steps: walking a folder in a fixed order, JSON lines, and tasks in handfuls.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The regular files below `directory` as relative paths with forward slashes, by code point; names that begin with a dot are not seen. */
export function listFiles(directory: string): string[] {
  const found: string[] = [];
  const walk = (relative: string): void => {
    for (const entry of readdirSync(join(directory, relative), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  walk('');
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The values of a JSON lines file; an empty list when there is no such file. */
export function readJsonLines<T>(path: string): T[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A value as one line of a JSON lines file. */
export function jsonLine(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** Consecutive handfuls of at most `size` items. */
export async function* handfuls<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let handful: T[] = [];
  for await (const item of items) {
    handful.push(item);
    if (handful.length === size) {
      yield handful;
      handful = [];
    }
  }
  if (handful.length > 0) yield handful;
}
