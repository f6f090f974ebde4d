// The corpora on disk: which artists there are, and how far each has come through the steps that work on a dataset.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { type Found, type Home, isDirectory, lookUp, searchPlaces, whereOf } from './home.js';
import { known } from './names.js';

/** A dataset and what is in its folder. */
export interface Dataset extends Found {
  /** Step 1 has filled midi/ (or files were put there by hand). */
  readonly fetched: boolean;
  /** Step 2 has written notesequences.tfrecord, or a part of it. */
  readonly converted: boolean;
  /** Configurations for which step 3 has written examples, by name. */
  readonly examples: readonly string[];
}

/** Every artist that can be found, each name once, by name. */
export function listDatasets(home: Home): Dataset[] {
  const found = new Map<string, Dataset>();
  for (const { folder, where } of searchPlaces(home, 'datasets')) {
    if (!isDirectory(folder)) continue;
    for (const name of readdirSync(folder).sort()) {
      const directory = join(folder, name);
      if (name.startsWith('.') || found.has(name) || !isDirectory(directory)) continue;
      const from = whereOf(home, 'datasets', name, folder, where);
      if (from !== undefined) found.set(name, describe({ name, directory, where: from }));
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The dataset of an artist.
 * @throws MstError `not-found` with the artists there are; `usage` for a bad name
 */
export function findDataset(home: Home, artist: string): Dataset {
  const found = lookUp(home, 'datasets', artist);
  if (found !== undefined) return describe(found);
  const names = listDatasets(home).map(({ name }) => name);
  const meant = nearest(artist, names);
  throw new MstError('not-found', `There is no artist "${artist}" in ${join(home.root, 'datasets')}. ${known(names)}`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Fetch some music first: mst fetch PATH… --artist ${artist}`,
  });
}

function describe(found: Found): Dataset {
  const midi = join(found.directory, 'midi');
  const examples = readdirSync(found.directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(found.directory, entry.name, 'training_melodies.tfrecord')))
    .map(({ name }) => name)
    .sort();
  return {
    ...found,
    fetched: isDirectory(midi) && readdirSync(midi).length > 0,
    converted: readdirSync(found.directory).some((name) => /^notesequences(-\d{5}-of-\d{5})?\.tfrecord$/.test(name)),
    examples,
  };
}
