// The model that is used when a command is given none and MAGENTA_MODEL is not set: a name in a hidden file beside the models.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from './files.js';
import type { Home } from './home.js';

const longest = 256;

const file = ({ root }: Home): string => join(root, 'checkpoints', '.default');

/** Its name, as it was chosen; undefined when none was. */
export function readDefault(home: Home): string | undefined {
  try {
    const name = readFileSync(file(home), 'utf8').trim();
    return name === '' || name.length > longest ? undefined : name;
  } catch {
    return undefined;
  }
}

/** @throws MstError `storage` */
export function writeDefault(home: Home, name: string): void {
  writeFileAtomic(file(home), `${name}\n`);
}

/** Unmakes a model the default one, if it is: it, or with its name a version of it. */
export function forgetDefault(home: Home, name: string): void {
  const chosen = readDefault(home);
  if (chosen === name || chosen?.startsWith(`${name}:`)) rmSync(file(home), { force: true });
}
