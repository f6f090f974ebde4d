// Writing an MP3 file: an ID3 tag, then frames of constant bitrate by LAME compiled to WebAssembly.

import { createMp3Encoder } from 'wasm-media-encoders';
import type { Piece } from './performance.js';
import { id3Tag, type Tags } from './tags.js';

/** Kilobits a second that an MP3 at 44.1 kHz can have. */
export const BITRATES = [64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
export type Bitrate = (typeof BITRATES)[number];
export const DEFAULT_BITRATE: Bitrate = 192;

export class Mp3Encoder {
  readonly #encoder: Awaited<ReturnType<typeof createMp3Encoder>>;

  private constructor(encoder: Awaited<ReturnType<typeof createMp3Encoder>>) {
    this.#encoder = encoder;
  }

  static async create({ rate, bitrate }: { rate: number; bitrate: Bitrate }): Promise<Mp3Encoder> {
    const encoder = await createMp3Encoder();
    encoder.configure({ channels: 2, sampleRate: rate, bitrate });
    return new Mp3Encoder(encoder);
  }

  /** What stands before the first frame. */
  header(tags: Tags): Uint8Array {
    return id3Tag(tags);
  }

  /** Bytes that are ready after this piece, possibly none. */
  encode({ left, right, frames }: Piece): Uint8Array {
    // The encoder's memory is used again by the next call.
    return this.#encoder.encode([left.subarray(0, frames), right.subarray(0, frames)]).slice();
  }

  /** The last bytes. */
  finish(): Uint8Array {
    return this.#encoder.finalize().slice();
  }
}
