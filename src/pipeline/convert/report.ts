// convert-report.jsonl: what step 2 says of every file, a line each, and in sum.

import { AtomicFile } from '../../registry/files.js';
import { jsonLine } from '../files.js';
import type { ConvertLine } from './file.js';

/** Totals of convert-report.jsonl: files by status, and what was read. */
export interface ConvertSummary {
  readonly files: number;
  readonly ok: number;
  readonly warning: number;
  readonly duplicate: number;
  readonly refused: number;
  /** Files read through damage; they are among those with a warning. */
  readonly damaged: number;
  readonly notes: number;
  readonly seconds: number;
}

/** Whether any file could be read. */
export function holdsMusic({ ok, warning }: ConvertSummary): boolean {
  return ok + warning > 0;
}

/** The report in the making. */
export class ConvertReport {
  readonly #file: AtomicFile;
  readonly #totals = { files: 0, ok: 0, warning: 0, duplicate: 0, refused: 0, damaged: 0, notes: 0, seconds: 0 };

  /** @throws MstError `storage` */
  constructor(path: string) {
    this.#file = new AtomicFile(path);
  }

  get path(): string {
    return this.#file.path;
  }

  /** The lines so far, in sum. */
  get summary(): ConvertSummary {
    return { ...this.#totals };
  }

  /** Adds what became of files. @throws MstError `storage` */
  add(lines: readonly ConvertLine[]): void {
    this.#file.write(jsonLine(...lines));
    for (const { status, damaged, notes, seconds } of lines) {
      this.#totals.files += 1;
      this.#totals[status] += 1;
      if (damaged) this.#totals.damaged += 1;
      this.#totals.notes += notes;
      this.#totals.seconds += seconds;
    }
  }

  /** @throws MstError `storage` */
  commit(): void {
    this.#file.commit();
  }

  /** Removes what was not committed. */
  abandon(): void {
    this.#file.abandon();
  }
}
