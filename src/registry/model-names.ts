// Names of models with versions: NAME is the model itself, NAME:TAG a version of it that lies beside it, NAME:latest the model again.

import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { type Home, modelDirectory, runDirectory } from './home.js';
import { requireName } from './names.js';

/** The folder of a run in which its versions lie, each in a folder of its tag. */
export const TAGS = 'tags';
const LATEST = 'latest';

/** A model by name, or one of its versions. */
export interface Version {
  readonly name: string;
  /** Undefined for the model itself. */
  readonly tag: string | undefined;
}

/** Takes a name apart and puts it in Unicode's composed form, as names on disk are; nothing is checked. */
export function versionOf(given: string): Version {
  const composed = given.normalize('NFC');
  const at = composed.indexOf(':');
  const tag = at < 0 ? undefined : composed.slice(at + 1);
  return { name: at < 0 ? composed : composed.slice(0, at), tag: tag === LATEST ? undefined : tag };
}

/** How a version is written. */
export function versionName({ name, tag }: Version): string {
  return tag === undefined ? name : `${name}:${tag}`;
}

/** The folder a model or version is written to. @throws MstError `usage` for bad names and tags, `exists` for names mst ships */
export function versionDirectory(home: Home, given: string): { directory: string; name: string } {
  const { name, tag } = versionOf(given);
  const run = runDirectory(home, name);
  if (tag === undefined) return { directory: modelDirectory(run), name };
  try {
    requireName(tag, 'checkpoints');
  } catch (error) {
    const hint = error instanceof MstError ? error.hint : undefined;
    throw new MstError('usage', `${JSON.stringify(tag)} cannot be the tag of a version.`, { hint });
  }
  return { directory: join(run, TAGS, tag), name: versionName({ name, tag }) };
}
