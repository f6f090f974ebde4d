// The golden data and corpora of the project, which lie outside the repository, at MST_SHARED.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SHARED = process.env.MST_SHARED ?? '';

export function sharedBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(SHARED, path)));
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(SHARED, 'spec/golden', name), 'utf8')) as T;
}

export function goldenLines<T>(name: string): T[] {
  const text = readFileSync(join(SHARED, 'spec/golden', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
