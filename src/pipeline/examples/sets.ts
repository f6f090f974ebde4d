// What step 3 writes: the examples of both sets, those of the accompaniment where it is learned from, and a line of report for every file.
// All appear together, or none does.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AtomicFile } from '../../registry/files.js';
import type { ConvertLine } from '../convert/file.js';
import { jsonLine } from '../files.js';
import { EXAMPLES_REPORT, type ExamplesLine, reasonCode, unreadable } from './report.js';
import type { AccompanimentTotals, KeptMelody } from './songs.js';
import type { SetName } from './split.js';

export const TRAINING_MELODIES = 'training_melodies.tfrecord';
export const EVAL_MELODIES = 'eval_melodies.tfrecord';
/** The other voices of the songs in the first; not there when there are none. */
export const TRAINING_ACCOMPANIMENT = 'training_accompaniment.tfrecord';

interface SetTotals {
  songs: number;
  melodies: number;
  /** Training steps in them: one less than its events for each melody. */
  steps: number;
}

export interface ExamplesSummary {
  readonly files: number;
  readonly kept: number;
  readonly dropped: number;
  readonly training: Readonly<SetTotals>;
  readonly eval: Readonly<SetTotals>;
  /** What is learned from besides, at first; absent when there is none. */
  readonly accompaniment?: AccompanimentTotals;
  /** How often each reason for leaving something out occurs, by its code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines of overrides.txt that are about no file. */
  readonly unusedOverrides?: readonly string[];
}

/** The outputs of step 3 in the making. */
export class ExampleSets {
  readonly #target: string;
  readonly #sets: Readonly<Record<SetName, AtomicFile>>;
  readonly #report: AtomicFile;
  readonly #totals = { training: { songs: 0, melodies: 0, steps: 0 }, eval: { songs: 0, melodies: 0, steps: 0 } };
  readonly #reasons: Record<string, number> = {};
  #accompaniment: AtomicFile | undefined;
  #accompanying: AccompanimentTotals = { pieces: 0, steps: 0 };
  #files = 0;
  #kept = 0;

  constructor(target: string) {
    this.#target = target;
    this.#sets = { training: new AtomicFile(join(target, TRAINING_MELODIES)), eval: new AtomicFile(join(target, EVAL_MELODIES)) };
    this.#report = new AtomicFile(join(target, EXAMPLES_REPORT));
  }

  get files(): number {
    return this.#files;
  }

  /** The examples of one NoteSequence, as TFRecords. */
  addExamples(set: SetName, records: readonly Uint8Array[], melodies: readonly KeptMelody[]): void {
    for (const record of records) this.#sets[set].write(record);
    const totals = this.#totals[set];
    if (melodies.length > 0) totals.songs += 1;
    totals.melodies += melodies.length;
    for (const { steps } of melodies) totals.steps += steps - 1;
  }

  /** The examples of a song's accompaniment, as TFRecords, and their training steps. */
  addAccompaniment(records: readonly Uint8Array[], steps: number): void {
    if (records.length === 0) return;
    this.#accompaniment ??= new AtomicFile(join(this.#target, TRAINING_ACCOMPANIMENT));
    for (const record of records) this.#accompaniment.write(record);
    this.#accompanying = { pieces: this.#accompanying.pieces + records.length, steps: this.#accompanying.steps + steps };
  }

  /** What became of a file. */
  addLine({ file, set, melodies, accompaniment, dropped, agreement }: Omit<ExamplesLine, 'status'>): void {
    const status = melodies.length > 0 ? 'kept' : 'dropped';
    const why = melodies.length === 0 && dropped.length === 0 ? [{ reason: 'no notes' }] : dropped;
    const line: ExamplesLine = {
      file,
      status,
      ...(status === 'kept' && { set }),
      melodies,
      ...(accompaniment !== undefined && { accompaniment }),
      dropped: why,
      ...(agreement !== undefined && { agreement }),
    };
    this.#report.write(jsonLine(line));
    this.#files += 1;
    if (status === 'kept') this.#kept += 1;
    for (const { reason } of why) {
      const code = reasonCode(reason);
      this.#reasons[code] = (this.#reasons[code] ?? 0) + 1;
    }
  }

  /** The files that step 2 could not read, or passed over. */
  addUnread(converted: Iterable<ConvertLine>): void {
    for (const { file, status, reasons } of converted) {
      if (status !== 'refused' && status !== 'duplicate') continue;
      const reason = status === 'refused' ? unreadable(reasons.join('; ')) : 'duplicate';
      this.addLine({ file, melodies: [], dropped: [{ reason }] });
    }
  }

  commit(): ExamplesSummary {
    this.#report.commit();
    this.#sets.training.commit();
    this.#sets.eval.commit();
    if (this.#accompaniment === undefined) rmSync(join(this.#target, TRAINING_ACCOMPANIMENT), { force: true });
    else this.#accompaniment.commit();
    const files = this.#files;
    return {
      files,
      kept: this.#kept,
      dropped: files - this.#kept,
      ...this.#totals,
      ...(this.#accompaniment !== undefined && { accompaniment: this.#accompanying }),
      reasons: this.#reasons,
    };
  }

  /** Removes what was not committed. */
  abandon(): void {
    this.#report.abandon();
    this.#sets.training.abandon();
    this.#sets.eval.abandon();
    this.#accompaniment?.abandon();
  }
}
