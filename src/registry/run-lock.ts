// One process at a time trains a run.

import { basename } from 'node:path';
import { MstError } from '../core/errors.js';
import { quoted } from './home.js';
import { type LockHolder, requireUnlocked, takeLock } from './lock.js';

/**
 * Reserves a run for this process until the returned function is called.
 * @param now milliseconds since 1970
 * @throws MstError `exists` when the run is being trained, `storage`
 */
export function lockRun(runDirectory: string, now: number): () => void {
  return takeLock(runDirectory, now, inTraining(runDirectory));
}

/** @throws MstError `exists` when a process is training the run */
export function checkNotTraining(runDirectory: string): void {
  requireUnlocked(runDirectory, inTraining(runDirectory));
}

function inTraining(runDirectory: string): (holder: LockHolder) => MstError {
  const name = basename(runDirectory);
  return ({ who, since, doubtful }) => {
    const unsure = doubtful === undefined ? '' : ` If that process no longer trains, remove ${quoted(doubtful)}.`;
    return new MstError('exists', `The run "${name}" is being trained by ${who} since ${since}.`, {
      hint: `Wait for it, or stop it with Ctrl-C: it saves first. To train beside it, give --run ${quoted(`${name}-2`)}.${unsure}`,
    });
  };
}
