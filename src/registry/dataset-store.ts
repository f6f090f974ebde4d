// How much room datasets take, and removing one. Songs that were fetched may be someone's only copy, so they go only when asked for twice.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { checkNotFetching } from './dataset-lock.js';
import { findDataset } from './datasets.js';
import { folderSize, removeDirectory } from './files.js';
import { type Home, isDirectory, quoted, requireInHome } from './home.js';
import { isShipped } from './names.js';

/** Disk use, in bytes. */
export interface DatasetSize {
  readonly size: number;
  /** Files in midi/ that are not hidden, or of a shipped dataset all. */
  readonly songs: number;
  /** Every folder of the dataset and, as one, the files beside them; the largest first. */
  readonly parts: readonly { readonly name: string; readonly size: number }[];
}

export function datasetSize(directory: string): DatasetSize {
  const found = readdirSync(directory, { withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const loose = files.reduce((sum, { name }) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  const parts = found
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name: `${name}/`, size: folderSize(join(directory, name)) }))
    .concat(files.length === 0 ? [] : [{ name: `${files.length} ${files.length === 1 ? 'file' : 'files'}`, size: loose }])
    .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const midi = join(directory, 'midi');
  const songs = isDirectory(midi)
    ? readdirSync(midi, { withFileTypes: true, recursive: true }).filter((file) => file.isFile() && !file.name.startsWith('.')).length
    : files.filter(({ name }) => /\.(abc|midi?)$/i.test(name)).length;
  return { size: parts.reduce((sum, part) => sum + part.size, 0), songs, parts };
}

/**
 * Removes a dataset of the home.
 * @param force remove it though its songs go with it
 * @throws MstError `exists` when it is protected or being fetched into, `not-found`, `storage`
 */
export function removeDataset(home: Home, artist: string, { force }: { force: boolean }): { directory: string; size: number } {
  if (isShipped(artist, 'datasets')) {
    throw new MstError('exists', `"${artist}" is shipped with mst and cannot be removed.`, {
      hint: 'See which others there are: mst datasets ls',
    });
  }
  const dataset = findDataset(home, artist);
  requireInHome(home, dataset);
  const { directory } = dataset;
  checkNotFetching(directory);
  const { songs } = datasetSize(directory);
  if (songs > 0 && !force) {
    throw new MstError('exists', `"${artist}" has ${songs} ${songs === 1 ? 'song' : 'songs'}, which would be removed too.`, {
      hint: `If that is what you want: mst datasets rm ${quoted(artist)} --force`,
    });
  }
  return { directory, size: removeDirectory(directory) };
}
