// Recorded sessions on disk: where a new one goes, which was the last, and reading one.

import { existsSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { atPlace, MstError } from '../../core/errors.js';
import { decodeLog, type SessionLog } from '../../jam/log/log.js';
import { makeFolder, storing } from '../../registry/files.js';

const ENDING = '.jsonl';
/** Bytes of the largest recording that is opened: days of playing. */
const LARGEST = 2 ** 28;

/** Where a new recording goes: a file that was named, perhaps in the place of an old one, or a new name in a folder, after the time. */
export type RecordingPlace =
  | { readonly path: string; readonly replace: boolean }
  /** Milliseconds since 1970; the name is in UTC. */
  | { readonly folder: string; readonly time: number };

/**
 * Creates the file of a new recording, and its folder. Of sessions that begin in the same second each gets a name of its own.
 * @throws MstError `exists` where a file is there already that is not to be replaced, `storage`
 */
export function createRecording(place: RecordingPlace): { path: string; descriptor: number } {
  if ('path' in place) {
    const { path, replace } = place;
    if (replace) storing(path, () => rmSync(path, { force: true }));
    const descriptor = create(path);
    if (descriptor !== undefined) return { path, descriptor };
    throw new MstError('exists', `${path} is there already, and a recording is never written over.`, {
      hint: 'Name another file, or replace it with --force.',
    });
  }
  const name = new Date(place.time).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  for (let again = 1; ; again++) {
    const path = join(place.folder, `${name}${again === 1 ? '' : `-${again}`}${ENDING}`);
    const descriptor = create(path);
    if (descriptor !== undefined) return { path, descriptor };
  }
}

/** Undefined where there is such a file. */
function create(path: string): number | undefined {
  return storing(path, () => {
    makeFolder(dirname(path));
    try {
      return openSync(path, 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    }
  });
}

/** The recording in a folder that was written to last. @throws MstError `not-found` */
export function lastRecording(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ENDING)) : [];
  const found = files.map((name) => ({ path: join(folder, name), ...sizeAndTime(join(folder, name)) }));
  // A session that is being simulated, or was killed at its very beginning, is an empty file.
  const [last] = found.filter(({ size }) => size > 0).sort((a, b) => b.time - a.time);
  if (last !== undefined) return last.path;
  throw new MstError('not-found', `There is no recorded session in ${folder}.`, {
    hint: 'Name the file, or record one: mst session --model NAME',
  });
}

function sizeAndTime(path: string): { size: number; time: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, time: mtimeMs };
}

/** Reads a recording. @throws MstError `not-found`, `bad-record` */
export function readRecording(path: string): SessionLog {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new MstError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' });
  if (!stat.isFile() || stat.size > LARGEST) {
    throw new MstError('bad-record', `${path} is no recorded session.`, { hint: 'Choose a file that `mst session` has recorded.' });
  }
  return atPlace(path, () => decodeLog(readFileSync(path, 'utf8')));
}
