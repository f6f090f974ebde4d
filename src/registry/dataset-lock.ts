// One process at a time brings music into a dataset.

import { basename } from 'node:path';
import { MstError } from '../core/errors.js';
import { quoted } from './home.js';
import { type LockHolder, requireUnlocked, takeLock } from './lock.js';

/**
 * Reserves a dataset for fetching until the returned function is called.
 * @param now milliseconds since 1970
 * @throws MstError `exists` when another process fetches into it, `storage`
 */
export function lockFetching(directory: string, now: number): () => void {
  return takeLock(directory, now, inFetching(directory));
}

/** @throws MstError `exists` when a process is fetching into the dataset */
export function checkNotFetching(directory: string): void {
  requireUnlocked(directory, inFetching(directory));
}

function inFetching(directory: string): (holder: LockHolder) => MstError {
  return ({ who, since, doubtful }) => {
    const unsure = doubtful === undefined ? '' : ` If that process no longer fetches, remove ${quoted(doubtful)}.`;
    return new MstError('exists', `Music is being fetched for "${basename(directory)}" by ${who} since ${since}.`, {
      hint: `Wait until it is done, or stop it with Ctrl-C: what it has brought is gone on from.${unsure}`,
    });
  };
}
