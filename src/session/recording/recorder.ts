// The session log's way to disk: lines are written as they come, in their order, at the latest a quarter of a second later, without ever
// making anybody wait. What the lines say is jam's business.

import { close, closeSync, fsync, fsyncSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { MstError } from '../../core/errors.js';
import { createRecording, type RecordingPlace } from './recordings.js';

const writeAsync = promisify(write);
const fsyncAsync = promisify(fsync);
const closeAsync = promisify(close);

/** Lines wait about so long before they are written. Milliseconds; what is promised is 250, of which a busy machine may need most. */
const FLUSH_MS = 30;
/** After a failure, so long until the next attempt. */
const RETRY_MS = 1000;
/** Most bytes that wait for a disk that does not take them; beyond it lines are lost, and counted. */
const MOST_WAITING = 4 * 1024 * 1024;

export interface RecorderOptions {
  /** Told once, the first time that writing fails. The session goes on, and so do attempts to write. */
  readonly onTrouble: (error: MstError) => void;
  /** Milliseconds that lines wait for more to come. */
  readonly flushAfter?: number;
}

/** How a recording ended. */
export interface Recorded {
  readonly lines: number;
  /** Lines that could not be written. */
  readonly lost: number;
}

export class Recorder {
  readonly path: string;
  readonly #options: Required<RecorderOptions>;
  readonly #descriptor: number;
  /** Lines that no write has begun with, and their bytes. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** What is being written, and where in the file it begins: writing it again changes nothing. */
  #writing: Buffer = Buffer.alloc(0);
  #position = 0;
  #lines = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #syncWanted = false;
  #troubled = false;
  #closed = false;

  /** Creates the file. @throws MstError as `createRecording` */
  constructor(place: RecordingPlace, { onTrouble, flushAfter = FLUSH_MS }: RecorderOptions) {
    const { path, descriptor } = createRecording(place);
    this.path = path;
    this.#descriptor = descriptor;
    this.#options = { onTrouble, flushAfter };
  }

  /** Adds a line, given without its line break. Returns at once and never throws. */
  add(line: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(`${line}\n`);
    if (this.#waitingBytes + this.#writing.length + bytes.length > MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#lines++;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#arm(this.#options.flushAfter);
  }

  /** Has everything so far written, and brought to the disk itself, as soon as may be: at the end of a turn. */
  sync(): void {
    if (this.#closed) return;
    this.#syncWanted = true;
    this.#flush();
  }

  /** Writes everything, brings it to the disk and closes the file. */
  async close(): Promise<Recorded> {
    if (!this.#closed) {
      this.#syncWanted = true;
      await this.#work;
      this.#flush();
      await this.#work;
      this.#end();
      await closeAsync(this.#descriptor).catch((error) => this.#trouble(error));
    }
    return this.#recorded();
  }

  /** The same, now: for a process that is about to end. */
  closeNow(): Recorded {
    if (!this.#closed) {
      try {
        // What a thread may be writing at this moment is written again in the same place.
        this.#gather();
        while (this.#writing.length > 0) this.#advance(writeSync(this.#descriptor, this.#writing, 0, this.#writing.length, this.#position));
        fsyncSync(this.#descriptor);
      } catch (error) {
        this.#trouble(error);
      }
      this.#end();
      // A write under way may need the descriptor still; the system closes it with the process.
      if (this.#work === undefined) closeSync(this.#descriptor);
    }
    return this.#recorded();
  }

  #recorded(): Recorded {
    return { lines: this.#lines, lost: this.#lost };
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const unwritten = [this.#writing, ...this.#waiting].reduce((sum, bytes) => sum + bytes.filter((byte) => byte === 0x0a).length, 0);
    this.#lines -= unwritten;
    this.#lost += unwritten;
    this.#writing = Buffer.alloc(0);
    this.#waiting = [];
  }

  #arm(after: number): void {
    if (this.#timer !== undefined || this.#work !== undefined) return;
    this.#timer = setTimeout(() => this.#flush(), after);
    this.#timer.unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#work !== undefined) return;
    this.#work = this.#write().then((done) => {
      this.#work = undefined;
      if (this.#closed) return;
      if (!done) this.#arm(RETRY_MS);
      else if (this.#syncWanted) this.#flush();
      else if (this.#waiting.length > 0) this.#arm(this.#options.flushAfter);
    });
  }

  /** Writes what waits, and says whether that went well. */
  async #write(): Promise<boolean> {
    try {
      const sync = this.#syncWanted;
      this.#syncWanted = false;
      this.#gather();
      while (this.#writing.length > 0 && !this.#closed) {
        const { bytesWritten } = await writeAsync(this.#descriptor, this.#writing, 0, this.#writing.length, this.#position);
        if (!this.#closed) this.#advance(bytesWritten);
      }
      if (sync && !this.#closed) await fsyncAsync(this.#descriptor);
      return true;
    } catch (error) {
      this.#trouble(error);
      return false;
    }
  }

  #gather(): void {
    this.#writing = Buffer.concat([this.#writing, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #advance(bytes: number): void {
    this.#writing = this.#writing.subarray(bytes);
    this.#position += bytes;
  }

  #trouble(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    const reason = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : (error as Error).message;
    this.#options.onTrouble(
      new MstError('storage', `The session can no longer be recorded in ${this.path}: ${reason}. Playing goes on.`, {
        hint: 'Free some space: what was played since then is written as soon as that is possible.',
        cause: error,
      }),
    );
  }
}
