// Stereo sound as players on a command line take it: 16 bits a sample, little-endian, left and right in turn.

import { softLimit } from './loudness.js';

export const BYTES_PER_FRAME = 4;
const FULL_SCALE = 32_767;

/** Both channels, `gain` times as loud and softly limited, as bytes. A gain that changes goes evenly from `gain` to `until`. */
export function toPcm(left: Float32Array, right: Float32Array, gain: number, until = gain): Uint8Array<ArrayBuffer> {
  const frames = left.length;
  const bytes = new Uint8Array(frames * BYTES_PER_FRAME);
  const view = new DataView(bytes.buffer);
  for (let frame = 0; frame < frames; frame++) {
    const level = gain + ((until - gain) * frame) / frames;
    view.setInt16(frame * BYTES_PER_FRAME, sample((left[frame] as number) * level), true);
    view.setInt16(frame * BYTES_PER_FRAME + 2, sample((right[frame] as number) * level), true);
  }
  return bytes;
}

const sample = (level: number): number => Math.round(FULL_SCALE * softLimit(level));
