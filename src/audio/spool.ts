// Rendered sound kept on disk until its loudness is known. However long it is, little of it is in memory.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Piece } from './performance.js';

const BYTES_PER_FRAME = 8;
/** Frames whose peak is remembered as one. */
const WINDOW = 1024;

export class Spool {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #peaks: number[] = [];
  #frames = 0;

  /** Opens a file under a new name, which is taken away again at once where the system allows it, so that a kill leaves nothing. */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, 'wx+');
    try {
      rmSync(path, { force: true });
    } catch {
      // Where an open file cannot be taken away, it goes when it is closed.
    }
  }

  /** The largest absolute value so far. */
  get peak(): number {
    return this.#peaks.reduce((peak, value) => Math.max(peak, value), 0);
  }

  /** Frames up to the last window of 23 ms in which something is louder than `threshold`. */
  framesAbove(threshold: number): number {
    return Math.min(this.#frames, (this.#peaks.findLastIndex((peak) => peak > threshold) + 1) * WINDOW);
  }

  /** Appends a piece. @throws the system's error */
  write({ left, right, frames }: Piece): void {
    const both = new Float32Array(frames * 2);
    for (let i = 0; i < frames; i++) {
      const [l, r] = [left[i] as number, right[i] as number];
      both[2 * i] = l;
      both[2 * i + 1] = r;
      const window = Math.floor((this.#frames + i) / WINDOW);
      this.#peaks[window] = Math.max(this.#peaks[window] ?? 0, Math.abs(l), Math.abs(r));
    }
    const bytes = new Uint8Array(both.buffer);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    this.#frames += frames;
  }

  /** What was written, up to `frames`, in pieces of at most `size` frames. The arrays of a piece are used again. @throws the system's error */
  *read(frames: number, size: number): Generator<Piece, void, undefined> {
    const both = new Float32Array(size * 2);
    const bytes = new Uint8Array(both.buffer);
    const [left, right] = [new Float32Array(size), new Float32Array(size)];
    for (let at = 0; at < frames; at += size) {
      const count = Math.min(size, frames - at);
      for (let done = 0; done < count * BYTES_PER_FRAME; ) {
        const n = readSync(this.#descriptor, bytes, done, count * BYTES_PER_FRAME - done, at * BYTES_PER_FRAME + done);
        if (n === 0) throw new Error(`${this.#path} is shorter than what was written to it`);
        done += n;
      }
      for (let i = 0; i < count; i++) {
        left[i] = both[2 * i] as number;
        right[i] = both[2 * i + 1] as number;
      }
      yield { left, right, frames: count };
    }
  }

  close(): void {
    closeSync(this.#descriptor);
    rmSync(this.#path, { force: true });
  }
}
