// Where things are on disk (design.md, "Data on disk"): the home that is written to, and the order in which names are looked up:
// the home, the folders of MST_MODELS, and last, read-only, what the package ships.

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MstError } from '../core/errors.js';
import { makeFolder, storageError, temporaryName } from './files.js';
import { isShipped, requireName, requireWritableName, type Shelf } from './names.js';
import { packageRoot } from './package.js';

export interface Home {
  /** Absolute folder that holds datasets/, checkpoints/ and sessions/. */
  readonly root: string;
  /** More folders to look names up in, absolute, never written to. */
  readonly shelves: readonly string[];
  /** The package's own folder, never written to. */
  readonly shipped: string;
}

/** Something found by name. */
export interface Found {
  readonly name: string;
  readonly directory: string;
  readonly where: 'home' | 'MST_MODELS' | 'shipped';
}

/**
 * Decides the home: `asked` (--home, else MST_HOME), else the current directory.
 * @throws MstError `not-found` when an asked-for home is not an existing folder
 */
export function resolveHome({
  asked,
  current,
  shelves = [],
  shipped = packageRoot,
}: {
  asked?: string | undefined;
  current: string;
  shelves?: readonly string[];
  shipped?: string;
}): Home {
  if (asked === '') throw new MstError('usage', 'The home is an empty name.', { hint: 'Give a folder: --home FOLDER' });
  const root = resolve(current, asked ?? '.');
  if (!isDirectory(root)) {
    if (existsSync(root))
      throw new MstError('not-found', `${root} is a file; the home must be a folder.`, { hint: 'Choose another with --home.' });
    throw new MstError('not-found', `There is no folder ${root} to be the home.`, { hint: `Make it first: mkdir -p ${quoted(root)}` });
  }
  return { root, shelves: shelves.map((shelf) => resolve(current, shelf)), shipped };
}

/** Where an artist's dataset is written. @throws MstError for a bad or reserved name */
export function datasetDirectory(home: Home, artist: string): string {
  return join(home.root, 'datasets', requireWritableName(artist, 'datasets'));
}

/** Where a training run or an imported model is written. @throws MstError for a bad or reserved name */
export function runDirectory(home: Home, run: string): string {
  return join(home.root, 'checkpoints', requireWritableName(run, 'checkpoints'));
}

/** Where a run's exported model lies. */
export function modelDirectory(run: string): string {
  return join(run, 'model');
}

export function sessionsDirectory(home: Home): string {
  return join(home.root, 'sessions');
}

/** Every place a name of this shelf may lie in, in the order of looking; MST_MODELS folders may be laid out like a home or flat. */
export function searchPlaces(home: Home, shelf: Shelf): { folder: string; where: Found['where'] }[] {
  const places: { folder: string; where: Found['where'] }[] = [{ folder: join(home.root, shelf), where: 'home' }];
  for (const folder of home.shelves) {
    places.push({ folder: join(folder, shelf), where: 'MST_MODELS' });
    if (shelf === 'checkpoints') places.push({ folder, where: 'MST_MODELS' });
  }
  places.push({ folder: join(home.shipped, shelf), where: 'shipped' });
  return places;
}

/** The first place that has a folder of this name, or undefined. @throws MstError `usage` for a bad name */
export function lookUp(home: Home, shelf: Shelf, name: string): Found | undefined {
  const checked = requireName(name, shelf);
  for (const { folder, where } of searchPlaces(home, shelf)) {
    const directory = join(folder, checked);
    const from = whereOf(home, shelf, checked, folder, where);
    if (from !== undefined && isDirectory(directory)) return { name: checked, directory, where: from };
  }
  return undefined;
}

/**
 * Where what has this name in a place is from. A shipped name stays shipped where the home is the package's own folder, as in a clone; what
 * else lies in that folder was made by someone who worked there, and is nobody else's: undefined from any other home.
 */
export function whereOf(home: Home, shelf: Shelf, name: string, folder: string, where: Found['where']): Found['where'] | undefined {
  if (isShipped(name, shelf) && folder === join(home.shipped, shelf)) return 'shipped';
  return where === 'shipped' ? undefined : where;
}

/** Checks that something lies in the home, since nothing else is removed. @throws MstError `exists` */
export function requireInHome({ root }: Home, { directory, where }: { directory: string; where: string }): void {
  if (where === 'home') return;
  throw new MstError('exists', `${directory} is outside the home ${root}; mst removes only what lies in it.`, {
    hint: 'Remove that folder yourself if you are sure.',
  });
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Makes sure that a folder exists and takes files.
 * @throws MstError `storage`
 */
export function requireWritable(directory: string): void {
  const probe = temporaryName(join(directory, 'probe'));
  try {
    makeFolder(directory);
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
  } catch (error) {
    if (existsSync(probe)) rmSync(probe, { force: true });
    throw storageError(directory, error);
  }
}

/** An mst command that finds this home again from the folder the user is in. */
export function commandIn({ root }: Home, current: string, command: string): string {
  return root === resolve(current) ? command : `${command} --home ${quoted(root)}`;
}

/** A path as it can be pasted into a shell. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
