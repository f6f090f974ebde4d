// metrics.jsonl: what training found, one JSON object per line, by step. It holds nothing that differs between two runs of one plan, so a
// resumed run's file equals that of a run that was never stopped.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { storing, writeFileAtomic } from '../registry/files.js';

/** A line: the step it belongs to and its values. */
export interface MetricsLine {
  readonly step: number;
  readonly [name: string]: unknown;
}

export class MetricsLog {
  readonly #path: string;
  readonly #descriptor: number;

  /** Opens the file at `path` to go on after `step`: later lines, and a line that was cut off, are dropped. @throws MstError `storage` */
  constructor(path: string, step: number) {
    this.#path = path;
    const lines = storing(path, () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []));
    const kept = lines.filter((line) => isUpTo(line, step));
    writeFileAtomic(path, kept.map((line) => `${line}\n`).join(''));
    this.#descriptor = storing(path, () => openSync(path, 'a'));
  }

  /** @throws MstError `storage` */
  append(line: MetricsLine): void {
    const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
    storing(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    });
  }

  /** Makes sure that what was appended outlives a power cut. @throws MstError `storage` */
  sync(): void {
    storing(this.#path, () => fsyncSync(this.#descriptor));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function isUpTo(line: string, step: number): boolean {
  try {
    return (JSON.parse(line) as MetricsLine).step <= step;
  } catch {
    return false;
  }
}
