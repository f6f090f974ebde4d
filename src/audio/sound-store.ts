// Where rendered sound is kept until its loudness is known, and how loud it is on the way. Pure.

import type { Piece } from './performance.js';

/** Frames whose peak is remembered as one. */
const WINDOW = 1024;

/** Keeps raw stereo: in a file (spool.ts), or in memory. */
export interface SoundStore {
  /** The largest absolute value so far. */
  readonly peak: number;
  /** Frames up to the last window of 23 ms in which something is louder than `threshold`. */
  framesAbove(threshold: number): number;
  /** Appends a piece. */
  write(piece: Piece): void;
  /** What was written, up to `frames`, in pieces of at most `size` frames. The arrays of a piece are used again. */
  read(frames: number, size: number): Generator<Piece, void, undefined>;
}

/** How loud a sound is, window by window. */
export class Loudness {
  readonly #peaks: number[] = [];
  #frames = 0;

  get frames(): number {
    return this.#frames;
  }

  get peak(): number {
    return this.#peaks.reduce((peak, value) => Math.max(peak, value), 0);
  }

  framesAbove(threshold: number): number {
    return Math.min(this.#frames, (this.#peaks.findLastIndex((peak) => peak > threshold) + 1) * WINDOW);
  }

  add({ left, right, frames }: Piece): void {
    for (let i = 0; i < frames; i++) {
      const window = Math.floor((this.#frames + i) / WINDOW);
      this.#peaks[window] = Math.max(this.#peaks[window] ?? 0, Math.abs(left[i] as number), Math.abs(right[i] as number));
    }
    this.#frames += frames;
  }
}

/** Left and right in turn. */
export function interleaved({ left, right, frames }: Piece): Float32Array<ArrayBuffer> {
  const both = new Float32Array(frames * 2);
  for (let i = 0; i < frames; i++) {
    both[2 * i] = left[i] as number;
    both[2 * i + 1] = right[i] as number;
  }
  return both;
}
