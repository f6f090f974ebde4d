// Putting models into the home: writing one under a name, and copying one. A training run is never written over.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MstError } from '../core/errors.js';
import { withChecksums } from './checksums.js';
import { replaceDirectory } from './files.js';
import { type Home, isDirectory, quoted } from './home.js';
import { versionDirectory, versionOf } from './model-names.js';
import { findModel, loadModel } from './models.js';
import { checkNotTraining } from './run-lock.js';

/**
 * Where a model of this name would be written.
 * @throws MstError `usage`, or `exists` where something lies there that may not be written over
 */
export function placeForModel(home: Home, given: string, { force }: { force: boolean }): { directory: string; name: string } {
  const place = versionDirectory(home, given);
  const { directory, name } = place;
  if (versionOf(given).tag === undefined && existsSync(join(dirname(directory), 'run.json'))) {
    throw new MstError('exists', `"${name}" is a training run; a model is not written over it.`, {
      hint: `Choose another name, or a version of it: ${quoted(`${name}:imported`)}`,
    });
  }
  if (isDirectory(directory) && !force) {
    throw new MstError('exists', `There is a model "${name}" already.`, { hint: 'Choose another name, or write over it with --force.' });
  }
  return place;
}

/**
 * Writes a model under a name, whole or not at all, with its checksums.
 * @returns the folder it is in
 * @throws MstError `usage`, `exists`, `storage`
 */
export function writeModel(home: Home, given: string, files: ReadonlyMap<string, Uint8Array>, options: { force: boolean }): string {
  const { directory } = placeForModel(home, given, options);
  checkNotTraining(dirname(directory));
  replaceDirectory(directory, withChecksums(files));
  return directory;
}

/** The files of a model that can be played, by name. @throws MstError `bad-model` for one that cannot */
export function modelFiles(entry: { readonly name: string; readonly directory: string }): Map<string, Uint8Array> {
  loadModel(entry);
  const names = readdirSync(entry.directory, { withFileTypes: true }).flatMap((file) => (file.isFile() ? [file.name] : []));
  return new Map(names.filter((name) => !name.startsWith('.')).map((name) => [name, readFileSync(join(entry.directory, name))]));
}

/** Copies a model, found as `findModel` does, to a name. @throws MstError as those two do */
export function copyModel(
  home: Home,
  from: string,
  to: string,
  { current, force }: { current: string; force: boolean },
): { from: string; directory: string; name: string } {
  const found = findModel(home, from, current);
  const { name } = placeForModel(home, to, { force });
  return { from: found.directory, name, directory: writeModel(home, to, modelFiles(found), { force }) };
}
