// Files of the steps: walking a folder in a fixed order, JSON lines, and tasks in handfuls.

import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';

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

/** The lines of a text file that are not empty, with their numbers from 1; what is held of the file is a piece and a line. */
export function* textLines(path: string): Generator<{ readonly text: string; readonly number: number }> {
  const descriptor = openSync(path, 'r');
  try {
    const decoder = new TextDecoder();
    const piece = new Uint8Array(1 << 16);
    let number = 0;
    let begun = '';
    for (let size = 1; size > 0; ) {
      size = readSync(descriptor, piece);
      const lines = decoder.decode(piece.subarray(0, size), { stream: size > 0 }).split('\n');
      lines[0] = begun + lines[0];
      begun = size > 0 ? (lines.pop() ?? '') : '';
      for (const text of lines) {
        number++;
        if (text !== '') yield { text, number };
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The objects of a JSON lines file that mst wrote, one by one.
 * @param isWhole what else an object must fulfil
 * @throws MstError `bad-record` naming the line that is damaged
 */
export function* jsonLines<T extends object>(path: string, isWhole: (value: Partial<T>) => boolean = () => true): Generator<T> {
  for (const { text, number } of textLines(path)) yield parseLine(text, `Line ${number} of ${path}`, isWhole);
}

/** All objects of a JSON lines file. @throws MstError as `jsonLines` */
export function readJsonLines<T extends object>(path: string): T[] {
  return [...jsonLines<T>(path)];
}

function parseLine<T extends object>(line: string, where: string, isWhole: (value: Partial<T>) => boolean): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Said below.
  }
  if (typeof value === 'object' && value !== null && isWhole(value)) return value as T;
  throw new MstError('bad-record', `${where} is damaged.`, {
    hint: 'Make the file again: repeat the step that writes it with --force.',
  });
}

const encoder = new TextEncoder();

/** Values as lines of a JSON lines file. */
export function jsonLine(...values: readonly unknown[]): Uint8Array {
  return encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** As many files are given to a worker thread at once. */
const HANDFUL = 16;

/** Consecutive handfuls of items. */
export async function* handfuls<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T[]> {
  let handful: T[] = [];
  for await (const item of items) {
    handful.push(item);
    if (handful.length === HANDFUL) {
      yield handful;
      handful = [];
    }
  }
  if (handful.length > 0) yield handful;
}
