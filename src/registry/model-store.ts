// Putting models into the home and taking them out: writing one under a name, copying one, removing one. A training run is never written
// over, and what is damaged is not passed on.

import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MstError } from '../core/errors.js';
import { verifyFolder, withChecksums } from './checksums.js';
import { forgetDefault } from './default-model.js';
import { removeDirectory, replaceDirectory } from './files.js';
import { type Home, isDirectory, lookUp, quoted, requireInHome } from './home.js';
import { TAGS, versionDirectory, versionOf } from './model-names.js';
import { findModel, isModelDirectory, loadModel, tagsOf } from './models.js';
import { isShipped } from './names.js';
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

/** The files of a model that can be played, by name. @throws MstError `bad-model` for one that cannot, or has changed since it was made */
export function modelFiles(entry: { readonly name: string; readonly directory: string }): Map<string, Uint8Array> {
  loadModel(entry);
  const changed = verifyFolder(entry.directory)?.faults.find(({ fault }) => fault === 'changed');
  if (changed !== undefined) {
    throw new MstError('bad-model', `${entry.directory}: ${changed.file} has changed since the model was made.`, {
      hint: 'Export or import the model again; if the change is yours, remove its SHA256SUMS.',
    });
  }
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

/**
 * Removes a model by name; never one that is shipped or lies outside the home.
 * @param force remove it though a whole training run, or its versions, go with it
 * @returns what was removed
 * @throws MstError `exists` when it is protected or being trained, `not-found`, `storage`
 */
export function removeModel(home: Home, name: string, { force }: { force: boolean }): { directory: string; size: number } {
  if (versionOf(name).tag !== undefined) return removeVersion(home, name);
  if (isShipped(name, 'checkpoints')) {
    throw new MstError('exists', `"${name}" is shipped with mst and cannot be removed.`, {
      hint: 'See which others there are: mst models ls',
    });
  }
  const found = (/[/\\]/.test(name) ? undefined : lookUp(home, 'checkpoints', name)) ?? findModel(home, name, home.root);
  requireInHome(home, found);
  const { directory } = found;
  checkNotTraining(directory);
  const lost = besideModel(directory);
  if (lost.length > 0 && !force) {
    const what = existsSync(join(directory, 'run.json')) ? 'is a whole training run' : 'is more than one model';
    throw new MstError('exists', `"${found.name}" ${what}; removing it would also lose ${lost.join(', ')}.`, {
      hint: `If that is what you want: mst models rm ${found.name} --force`,
    });
  }
  forgetDefault(home, found.name);
  return { directory, size: removeDirectory(directory) };
}

/** Removes one version of a model, and nothing else of it. */
function removeVersion(home: Home, name: string): { directory: string; size: number } {
  const found = findModel(home, name, home.root);
  requireInHome(home, found);
  const { directory } = found;
  forgetDefault(home, found.name);
  const size = removeDirectory(directory);
  const folders = [dirname(directory), dirname(dirname(directory))];
  for (const folder of folders) if (readdirSync(folder).length === 0) rmdirSync(folder);
  return { directory, size };
}

/** What a run's folder holds besides its exported model, in words. */
function besideModel(directory: string): string[] {
  if (isModelDirectory(directory)) return [];
  const others = readdirSync(directory).filter((name) => name !== 'model' && !name.startsWith('.'));
  const checkpoints = others.filter((name) => /^step-\d+$/.test(name)).length;
  const words = checkpoints === 0 ? [] : [`${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}`];
  const tags = tagsOf(directory);
  const versions = tags.length === 0 ? [] : [`the version${tags.length === 1 ? '' : 's'} ${tags.join(', ')}`];
  return [...words, ...versions, ...others.filter((name) => !/^step-\d+$/.test(name) && name !== TAGS).sort()];
}
