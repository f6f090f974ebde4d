// The trained models on disk: finding one by name or path, its model card, and reading it. A model may have versions beside it, called
// NAME:TAG; NAME:latest is the model itself. Writing and removing is model-store.ts's matter.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MstError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { Model } from '../model/model.js';
import { decodeModel } from '../model/model-format.js';
import { folderSize, restoreDirectory } from './files.js';
import { type Found, type Home, isDirectory, modelDirectory, quoted, searchPlaces, whereOf } from './home.js';
import { TAGS, versionName, versionOf } from './model-names.js';
import { known } from './names.js';

/** The melody in a model's folder by which it can be heard. */
export const PREVIEW = 'preview.mid';
/** Bytes of the largest file of a model that is opened. */
const largestFile = 2 ** 30;

/** A model folder: config.json, weights_manifest.json and its shards, and usually model.json, the model card. */
export interface ModelEntry {
  /** The run's name, with the tag of a version, or the folder's name for a model given by path. */
  readonly name: string;
  /** The folder with config.json. */
  readonly directory: string;
  readonly where: Found['where'] | 'path';
  /** Bytes of the folder. */
  readonly size: number;
  /** When its weights were written, ISO 8601 in UTC. */
  readonly written: string | undefined;
  /** model.json as it stands, undefined where there is none (a model from elsewhere) or it is not JSON. */
  readonly card: Readonly<Record<string, unknown>> | undefined;
}

/** Whether a folder holds a model in the format of Magenta.js. */
export function isModelDirectory(directory: string): boolean {
  return existsSync(join(directory, 'config.json')) && existsSync(join(directory, 'weights_manifest.json'));
}

/** Every model that can be found by name, by name. */
export function listModels(home: Home): ModelEntry[] {
  const found = new Map<string, ModelEntry>();
  for (const { folder, where } of searchPlaces(home, 'checkpoints')) {
    if (!isDirectory(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (name.startsWith('.') || found.has(name)) continue;
      const from = whereOf(home, 'checkpoints', name, folder, where);
      if (from === undefined) continue;
      const directory = modelWithin(join(folder, name));
      if (directory !== undefined) found.set(name, entry(name, directory, from));
      for (const tag of tagsOf(join(folder, name))) {
        const version = versionName({ name, tag });
        if (!found.has(version)) found.set(version, entry(version, join(folder, name, TAGS, tag), from));
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Finds a model by the name of its run, one of its versions by NAME:TAG, or a model by the path of a model folder or of a run's folder.
 * @param current the folder that relative paths begin at
 * @throws MstError `not-found` naming the models there are and the command that makes one
 */
export function findModel(home: Home, nameOrPath: string, current: string): ModelEntry {
  const isPath = /[/\\]/.test(nameOrPath) || nameOrPath === '.' || nameOrPath === '..';
  if (!isPath) {
    const found = findByName(home, nameOrPath);
    if (found !== undefined) return found;
  }
  const path = resolve(current, nameOrPath);
  const directory = modelWithin(path);
  if (directory !== undefined) {
    return entry(directory === path && basename(path) === 'model' ? basename(dirname(path)) : basename(path), directory, 'path');
  }
  if (isPath) {
    throw new MstError('not-found', `There is no model in ${path}.`, {
      hint: 'A model is a folder with config.json and weights_manifest.json, such as checkpoints/NAME/model.',
    });
  }
  const names = listModels(home).map(({ name }) => name);
  const { name, tag } = versionOf(nameOrPath);
  const meant = nearest(nameOrPath, names);
  const otherwise = tag === undefined ? `Train one: mst train --artist ${quoted(name)} PATH…` : 'See which there are: mst models ls';
  throw new MstError('not-found', `There is no model "${nameOrPath}" in ${join(home.root, 'checkpoints')}. ${known(names)}`, {
    hint: meant === undefined ? otherwise : `Did you mean ${meant}? ${otherwise}`,
  });
}

/**
 * Reads a model whole: its card and its weights.
 * @throws MstError `bad-model` naming the file and what is wrong with it
 */
export function loadModel({ name, directory }: Pick<ModelEntry, 'name' | 'directory'>): Model {
  const read = (file: string): Uint8Array | undefined => {
    const path = join(directory, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile() || stat.size > largestFile) throw new MstError('bad-model', `${file}: It is not a file a model has.`);
    return readFileSync(path);
  };
  try {
    return decodeModel(read, { name });
  } catch (error) {
    if (error instanceof MstError) throw error.at(directory);
    throw new MstError('bad-model', `Cannot read ${directory}: ${(error as Error).message}`, { cause: error });
  }
}

function findByName(home: Home, given: string): ModelEntry | undefined {
  const { name, tag } = versionOf(given);
  if (name === '') return undefined;
  if (tag !== undefined) return findVersion(home, name, tag);
  for (const { folder, where } of searchPlaces(home, 'checkpoints')) {
    const from = whereOf(home, 'checkpoints', name, folder, where);
    if (from === undefined) continue;
    const directory = modelWithin(join(folder, name));
    if (directory !== undefined) return entry(name, directory, from);
    if (where === 'home' && existsSync(join(folder, name, 'run.json'))) {
      throw new MstError('not-found', `The run "${name}" has no exported model yet.`, {
        hint: `Export it: mst export ${quoted(name)}   or finish its training: mst train --resume ${quoted(name)}`,
      });
    }
  }
  return undefined;
}

function findVersion(home: Home, name: string, tag: string): ModelEntry | undefined {
  for (const { folder, where } of searchPlaces(home, 'checkpoints')) {
    const from = whereOf(home, 'checkpoints', name, folder, where);
    if (from === undefined || !tagsOf(join(folder, name)).includes(tag)) continue;
    return entry(versionName({ name, tag }), join(folder, name, TAGS, tag), from);
  }
  return undefined;
}

/** The tags of the versions that lie beside a model. */
export function tagsOf(directory: string): string[] {
  const folder = join(directory, TAGS);
  if (!isDirectory(folder)) return [];
  const tags = readdirSync(folder).filter((tag) => !tag.startsWith('.') && isModelDirectory(join(folder, tag)));
  return tags.sort();
}

/** The model folder that a path stands for: itself, or the model/ of a run. */
function modelWithin(path: string): string | undefined {
  restoreDirectory(modelDirectory(path));
  return [path, modelDirectory(path)].find(isModelDirectory);
}

function entry(name: string, directory: string, where: ModelEntry['where']): ModelEntry {
  const written = statSync(join(directory, 'config.json'), { throwIfNoEntry: false })?.mtime.toISOString();
  return { name, directory, where, size: folderSize(directory), written, card: readCard(directory) };
}

function readCard(directory: string): ModelEntry['card'] {
  try {
    const card: unknown = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'));
    return typeof card === 'object' && card !== null && !Array.isArray(card) ? (card as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
