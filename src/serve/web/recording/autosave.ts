// Keeping a recording safe while it grows: its log goes to the storage in parts, a moment after it was played. What cannot be stored is tried
// again; nothing is lost from memory.

import type { KeptRecording } from '../page-session.js';
import type { LogPart } from './recording-text.js';

/** Milliseconds after which what was played is on its way to the storage. */
export const SAVE_AFTER_MS = 200;
/** Milliseconds until what failed is tried again. */
const RETRY_AFTER_MS = 5000;

/** Where parts go; resolves to whether the beginning of the recording is still there. */
export type Append = (summary: KeptRecording, part: LogPart) => Promise<boolean>;

export interface AutosaveHooks {
  /** What is to be said of the recording now. */
  summary(): KeptRecording;
  /** All that was sent is safe. */
  stored(): void;
  /** Somebody has forgotten it in another tab while it is being played: it is written anew. */
  forgotten(): void;
  /** Something could not be stored; told once until something can. */
  failed(error: unknown): void;
}

export class Autosave {
  readonly #append: Append;
  readonly #hooks: AutosaveHooks;
  readonly #lines: string[] = [];
  /** Lines that are safe, and those that are safe or on their way. */
  #safe = 0;
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failing = false;
  #closed = false;
  /** Counts up when what was sent is to be sent again. */
  #round = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(append: Append, hooks: AutosaveHooks) {
    this.#append = append;
    this.#hooks = hooks;
  }

  /** Whether something could not be stored. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Whether anything is safe. */
  get begun(): boolean {
    return this.#safe > 0;
  }

  /** A line of the log, with its line break. */
  add(line: string): void {
    this.#lines.push(line);
    this.#timer ??= setTimeout(() => this.flush(), this.#failing ? RETRY_AFTER_MS : SAVE_AFTER_MS);
  }

  /** Whether something is not safe yet. */
  get pending(): boolean {
    return this.#safe < this.#lines.length;
  }

  /** Writes what is not on its way yet, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [first, end] = [this.#sent, this.#lines.length];
    if (first === end || this.#closed) return;
    this.#sent = end;
    const round = this.#round;
    const write = this.#append(this.#hooks.summary(), { first, lines: this.#lines.slice(first, end).join('') }).then(
      (whole) => round === this.#round && this.#succeed(whole, end),
      (error: unknown) => round === this.#round && this.#fail(error),
    );
    this.#writing = Promise.all([this.#writing, write]).then(() => {});
  }

  /** Writes what is left; nothing is written after that. */
  async close(): Promise<void> {
    this.flush();
    this.#closed = true;
    await this.#writing;
  }

  /** Writes nothing any more. */
  abandon(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
  }

  #succeed(whole: boolean, end: number): void {
    if (!whole) {
      this.#again(0);
      this.#hooks.forgotten();
      this.flush();
      return;
    }
    this.#failing = false;
    this.#safe = end;
    this.#hooks.stored();
  }

  #fail(error: unknown): void {
    this.#again(this.#safe);
    const first = !this.#failing;
    this.#failing = true;
    if (!this.#closed) this.#timer ??= setTimeout(() => this.flush(), RETRY_AFTER_MS);
    if (first) this.#hooks.failed(error);
  }

  /** What was sent after the first `safe` lines is sent again. A line that is stored twice counts once. */
  #again(safe: number): void {
    this.#round++;
    this.#safe = safe;
    this.#sent = safe;
  }
}
