// The folder of a run: which checkpoints it holds, which of them are the last and the best, and what a killed process left behind.

import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { storing, sweepAbandoned, temporaryName, writeFileAtomic } from '../registry/files.js';
import type { HeldOutLoss } from './checkpoint.js';

/** Folder of the melodies the network played at its evaluations, one MIDI file each. */
export const SAMPLES = 'samples';

/** Checkpoints kept beside the last one: those with the lowest held-out loss. */
const BEST_KEPT = 3;

/** The folder of the checkpoint after `step`, e.g. `step-000500`. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

function entriesOf(runDirectory: string): string[] {
  try {
    return readdirSync(runDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The steps of a run's checkpoints, ascending. */
export function checkpointSteps(runDirectory: string): number[] {
  return entriesOf(runDirectory)
    .flatMap((name) => /^step-(\d{6,})$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Removes the temporary files and folders a killed process left. */
export function sweepRun(runDirectory: string): void {
  for (const folder of [runDirectory, join(runDirectory, SAMPLES)]) sweepAbandoned(folder);
}

/**
 * The folder of a checkpoint of a run: the `last`, the `best`, or one by its name.
 * @throws MstError `not-found` when there is no such checkpoint, `bad-checkpoint` when what a pointer points to is gone
 */
export function checkpointPath(runDirectory: string, which: string): string {
  if (which !== 'last' && which !== 'best') {
    const names = checkpointSteps(runDirectory).map(checkpointName);
    if (names.includes(which)) return join(runDirectory, which);
    throw new MstError('not-found', `The run ${runDirectory} has no checkpoint ${JSON.stringify(which)}.`, {
      hint: `It has: ${['best', 'last', ...names].join(', ')}.`,
    });
  }
  let name: string;
  try {
    name = readFileSync(join(runDirectory, which), 'utf8').trim();
  } catch (cause) {
    throw new MstError('not-found', `The run ${runDirectory} has no checkpoint yet.`, { hint: 'Train it first with `mst train`.', cause });
  }
  if (!entriesOf(runDirectory).includes(name) || !/^step-\d+$/.test(name)) {
    throw new MstError('bad-checkpoint', `${join(runDirectory, which)} points to ${JSON.stringify(name)}, which is not there.`, {
      hint: 'Go on with --resume, which sets it right.',
    });
  }
  return join(runDirectory, name);
}

/** Evaluations by their worth: the lowest loss first, the earlier of equals first. */
export function byLoss(evaluations: readonly HeldOutLoss[]): HeldOutLoss[] {
  return [...evaluations].sort((a, b) => a.loss - b.loss || a.step - b.step);
}

/** Points `last` and `best` at the right checkpoints, then drops those that are neither the last nor among the best. */
export function tidyCheckpoints(runDirectory: string, evaluations: readonly HeldOutLoss[]): void {
  const steps = checkpointSteps(runDirectory);
  const last = steps.at(-1);
  if (last === undefined) return;
  const ranked = byLoss(evaluations.filter(({ step }) => steps.includes(step)));
  const best = ranked[0]?.step ?? last;
  writeFileAtomic(join(runDirectory, 'last'), `${checkpointName(last)}\n`);
  writeFileAtomic(join(runDirectory, 'best'), `${checkpointName(best)}\n`);
  const kept = new Set([last, ...ranked.slice(0, BEST_KEPT).map(({ step }) => step)]);
  for (const step of steps) {
    if (kept.has(step)) continue;
    const path = join(runDirectory, checkpointName(step));
    const doomed = temporaryName(path);
    storing(path, () => {
      renameSync(path, doomed);
      rmSync(doomed, { recursive: true, force: true });
    });
  }
}
