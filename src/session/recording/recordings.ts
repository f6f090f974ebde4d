// Recorded sessions on disk: where a new one goes, which was the last, and reading one.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { decodeLog, type SessionLog } from '../../jam/log.js';

const ENDING = '.jsonl';
/** Bytes of the largest recording that is opened: days of playing. */
const LARGEST = 2 ** 28;

/** A path for a new recording in a folder, named after the time (milliseconds since 1970, in UTC). */
export function newRecording(folder: string, time: number): string {
  const name = new Date(time).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  for (let again = 1; ; again++) {
    const path = join(folder, `${name}${again === 1 ? '' : `-${again}`}${ENDING}`);
    if (!existsSync(path)) return path;
  }
}

/** The recording in a folder that was written to last. @throws MstError `not-found` */
export function lastRecording(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ENDING)) : [];
  const times = files.map((name) => ({ path: join(folder, name), time: statSync(join(folder, name)).mtimeMs }));
  const [last] = times.sort((a, b) => b.time - a.time);
  if (last !== undefined) return last.path;
  throw new MstError('not-found', `There is no recorded session in ${folder}.`, {
    hint: 'Name the file, or record one: mst session --model NAME',
  });
}

/** Reads a recording. @throws MstError `not-found`, `bad-record` */
export function readRecording(path: string): SessionLog {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new MstError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' });
  if (!stat.isFile() || stat.size > LARGEST) {
    throw new MstError('bad-record', `${path} is no recorded session.`, { hint: 'Choose a file that `mst session` has recorded.' });
  }
  try {
    return decodeLog(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    throw new MstError(error.code, `${path}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}
