// Rendered sound kept in memory where there are no files, such as in a page: 16 bits a sample, 11 MB a minute, up to a length. Pure.

import { MstError } from '../core/errors.js';
import { type Piece, peakOf, RATE } from './performance.js';
import { Loudness, type SoundStore } from './sound-store.js';

/** The longest music that is kept. */
export const LONGEST_IN_MEMORY_SECONDS = 3600;
const FULL_SCALE = 32_767;

/** Some frames, left and right in turn, as parts of their own peak: what is lost is 96 dB softer than they are. */
interface Stored {
  readonly samples: Int16Array;
  readonly peak: number;
}

export class MemoryStore implements SoundStore {
  readonly #loudness = new Loudness();
  readonly #stored: Stored[] = [];

  get peak(): number {
    return this.#loudness.peak;
  }

  framesAbove(threshold: number): number {
    return this.#loudness.framesAbove(threshold);
  }

  /** @throws MstError `no-input` when it is longer than the longest, `storage` when memory does not suffice */
  write(piece: Piece): void {
    const { left, right, frames } = piece;
    if (this.#loudness.frames + frames > (LONGEST_IN_MEMORY_SECONDS + 60) * RATE) throw tooLong();
    const peak = Math.max(peakOf(left, frames), peakOf(right, frames));
    const scale = peak === 0 ? 0 : FULL_SCALE / peak;
    const samples = allocated(frames * 2);
    for (let i = 0; i < frames; i++) {
      samples[2 * i] = Math.round((left[i] as number) * scale);
      samples[2 * i + 1] = Math.round((right[i] as number) * scale);
    }
    this.#stored.push({ samples, peak });
    this.#loudness.add(piece);
  }

  *read(frames: number, size: number): Generator<Piece, void, undefined> {
    const [left, right] = [new Float32Array(size), new Float32Array(size)];
    let filled = 0;
    let done = 0;
    for (const { samples, peak } of this.#stored) {
      const scale = peak / FULL_SCALE;
      for (let i = 0; i < samples.length / 2 && done < frames; i++, done++) {
        left[filled] = (samples[2 * i] as number) * scale;
        right[filled] = (samples[2 * i + 1] as number) * scale;
        if (++filled < size) continue;
        yield { left, right, frames: filled };
        filled = 0;
      }
    }
    // Silence follows what was written.
    while (done < frames) {
      for (; filled < size && done < frames; filled++, done++) left[filled] = right[filled] = 0;
      yield { left, right, frames: filled };
      filled = 0;
    }
    if (filled > 0) yield { left, right, frames: filled };
  }
}

/** What is said of music that is longer. */
export function tooLong(): MstError {
  return new MstError('no-input', `It plays for more than ${LONGEST_IN_MEMORY_SECONDS / 60} minutes, too long to make its sound here.`, {
    hint: 'Take turns out, or download the MIDI file and use: mst render',
  });
}

function allocated(length: number): Int16Array {
  try {
    return new Int16Array(length);
  } catch (cause) {
    throw new MstError('storage', 'There is not enough memory for so much sound.', {
      hint: 'Close other pages, or take turns out.',
      cause,
    });
  }
}
