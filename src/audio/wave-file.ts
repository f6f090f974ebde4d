// Writing a WAV file: 16-bit PCM, stereo, little by little. The length is known from the start, so nothing is gone back to.

import type { Random } from '../core/random.js';
import type { Piece } from './performance.js';
import { infoChunk, type Tags } from './tags.js';

const CHANNELS = 2;
const BYTES = 2;
const FULL_SCALE = 32_767;
const PCM = 1;

/** The beginning of a WAV file of so many frames, up to the first sample. */
export function waveHeader(frames: number, { rate, tags }: { rate: number; tags: Tags }): Uint8Array {
  const info = infoChunk(tags);
  const dataBytes = frames * CHANNELS * BYTES;
  const header = new Uint8Array(44 + info.length);
  const view = new DataView(header.buffer);
  const letters = (at: number, text: string): void => header.set(new TextEncoder().encode(text), at);
  letters(0, 'RIFF');
  view.setUint32(4, header.length - 8 + dataBytes, true);
  letters(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, CHANNELS, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * CHANNELS * BYTES, true);
  view.setUint16(32, CHANNELS * BYTES, true);
  view.setUint16(34, BYTES * 8, true);
  header.set(info, 36);
  letters(36 + info.length, 'data');
  view.setUint32(40 + info.length, dataBytes, true);
  return header;
}

/**
 * Samples (-1..1, clipped beyond) as 16-bit PCM, left and right in turn. Triangular dither of one step to either side takes the tone out
 * of what rounding loses; silence stays silence.
 */
export function pcm16({ left, right, frames }: Piece, random: Random): Uint8Array {
  const values = new Int16Array(frames * CHANNELS);
  for (let i = 0; i < frames; i++) {
    values[2 * i] = rounded(left[i] as number, random);
    values[2 * i + 1] = rounded(right[i] as number, random);
  }
  return new Uint8Array(values.buffer);
}

function rounded(sample: number, random: Random): number {
  if (sample === 0) return 0;
  const bits = random.uint32();
  const dither = ((bits >>> 16) + (bits & 0xffff)) / 65_536 - 1;
  return Math.max(-FULL_SCALE - 1, Math.min(FULL_SCALE, Math.round(sample * FULL_SCALE + dither)));
}
