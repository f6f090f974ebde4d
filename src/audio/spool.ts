// Rendered sound kept on disk until its loudness is known. However long it is, little of it is in memory.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Piece } from './performance.js';
import { interleaved, Loudness, type SoundStore } from './sound-store.js';

const BYTES_PER_FRAME = 8;

export class Spool implements SoundStore {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #loudness = new Loudness();

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

  get peak(): number {
    return this.#loudness.peak;
  }

  framesAbove(threshold: number): number {
    return this.#loudness.framesAbove(threshold);
  }

  /** Appends a piece. @throws the system's error */
  write(piece: Piece): void {
    const bytes = new Uint8Array(interleaved(piece).buffer);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    this.#loudness.add(piece);
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
