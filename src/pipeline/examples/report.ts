// examples-report.jsonl: a line for every file of the collection, with the melodies that were taken and what was left out, and why.

import type { NotTaken } from '../../extraction/find-melodies.js';
import type { MagentaDrop } from '../../extraction/magenta-melodies.js';
import { jsonLines } from '../files.js';
import type { AccompanimentTotals, KeptMelody } from './songs.js';
import type { SetName } from './split.js';

export const EXAMPLES_REPORT = 'examples-report.jsonl';

/** A melody that is in another file, or in another track, too. */
export interface Duplicate {
  readonly reason: 'duplicate';
  /** Which tune of a file that holds several, from 1; absent for the first. */
  readonly tune?: number;
  /** The file whose melody counts. */
  readonly of?: string;
  readonly instrument?: number;
  readonly name?: string;
  readonly notes?: number;
}

/** Something that was left out, and why. */
export type Dropped = NotTaken | MagentaDrop | Duplicate | { readonly reason: string };

/** A line of examples-report.jsonl. */
export interface ExamplesLine {
  readonly file: string;
  readonly status: 'kept' | 'dropped';
  /** Where its melodies went. */
  readonly set?: SetName;
  readonly melodies: readonly KeptMelody[];
  /** What of its other voices is learned from, at first; absent when nothing is. */
  readonly accompaniment?: AccompanimentTotals;
  readonly dropped: readonly Dropped[];
  /** How well its notes lie on the grid of 16ths, 0..1; absent by Magenta's rules. */
  readonly agreement?: number;
}

/** The lines of a report in order, read in pieces. @throws MstError `bad-record` naming the line that is damaged */
export function reportLines(path: string): Generator<ExamplesLine> {
  return jsonLines<ExamplesLine>(
    path,
    ({ file, melodies, dropped }) => typeof file === 'string' && Array.isArray(melodies) && Array.isArray(dropped),
  );
}

const UNREADABLE = 'not readable: ';

/** The reason of a file that step 2 could not read. */
export function unreadable(damage: string): string {
  return UNREADABLE + damage;
}

/** What is wrong with a file that could not be read; undefined for other reasons. */
export function damageOf(reason: string): string | undefined {
  return reason.startsWith(UNREADABLE) ? reason.slice(UNREADABLE.length) : undefined;
}

/** The code of a reason, for which there are words: that of all files that could not be read is the same. */
export function reasonCode(reason: string): string {
  return damageOf(reason) === undefined ? reason : 'unreadable';
}

/** All that any kind of loss may say. */
interface LossFields {
  readonly reason: string;
  readonly tune?: number;
  readonly instrument?: number;
  readonly name?: string;
  readonly channel?: number;
  readonly notes?: number;
  readonly pieces?: number;
  readonly doubles?: number;
  readonly of?: string;
  readonly option?: string;
  readonly score?: number;
}

export function fieldsOf(loss: Dropped): LossFields {
  return loss;
}

/** Reasons that alone explain why a file yielded nothing: its other tracks were left because a melody had been found, or was asked for. */
const DECISIVE = ['no-such-track', 'no-channels', 'skipped', 'duplicate'];

/** Why a file yielded nothing: what took most of its notes; drums only where nothing else did. */
export function chiefReason(dropped: readonly Dropped[]): string {
  const counts = new Map<string, number>();
  for (const loss of dropped) {
    const code = reasonCode(loss.reason);
    const weight = code === 'drums' ? 1e-6 : 1;
    counts.set(code, (counts.get(code) ?? 0) + weight * (1 + (fieldsOf(loss).notes ?? 0)));
  }
  const [chief] = [...counts].sort(([, a], [, b]) => b - a);
  const decisive = DECISIVE.find((code) => counts.has(code));
  return decisive ?? chief?.[0] ?? 'no notes';
}
