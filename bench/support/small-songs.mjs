// Small MIDI files by the thousand, all different, the same ones for the same seed: a tune of 16 to 48 bars, mostly with a bass.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../dist/core/random.js';

const SCALE = [0, 2, 4, 5, 7, 9, 11];
const TICKS = 96;

function varint(value) {
  return value < 128 ? [value] : [...varint(value >> 7).map((byte) => byte | 128), value & 127];
}

/** A track whose notes follow each other: [pitch, ticks], on a channel 0..15. */
function track(name, channel, program, notes) {
  const data = [0, 0xff, 3, name.length, ...Buffer.from(name), 0, 0xc0 + channel, program];
  for (const [pitch, ticks] of notes) data.push(0, 0x90 + channel, pitch, 90, ...varint(ticks), 0x80 + channel, pitch, 0);
  data.push(0, 0xff, 0x2f, 0);
  return Buffer.concat([Buffer.from('MTrk'), Buffer.from([0, 0, data.length >> 8, data.length & 255]), Buffer.from(data)]);
}

/** The bytes of song number `index`. */
export function smallSong(seed, index) {
  const random = new Random(seed).derive(String(index));
  const below = (n) => Math.floor(random.uniform() * n);
  const bars = 16 + 8 * below(5);
  const key = 55 + below(12);
  let degree = below(7);
  const melody = [];
  for (let bar = 0; bar < bars; bar++) {
    for (let left = 4 * TICKS; left > 0; ) {
      const ticks = Math.min(left, TICKS >> below(3));
      degree = Math.max(0, Math.min(13, degree + below(5) - 2));
      melody.push([key + 12 * Math.floor(degree / 7) + SCALE[degree % 7], ticks]);
      left -= ticks;
    }
  }
  const bass = Array.from({ length: bars }, () => [key - 24 + SCALE[below(7)], 4 * TICKS]);
  const tracks = [track('Tune', 0, below(128), melody), ...(below(4) > 0 ? [track('Bass', 1, 32 + below(8), bass)] : [])];
  return Buffer.concat([Buffer.from([...Buffer.from('MThd'), 0, 0, 0, 6, 0, 1, 0, tracks.length, 0, TICKS]), ...tracks]);
}

/** Writes so many songs below a folder, a thousand to a folder, and gives back their bytes together. */
export function writeSmallSongs(folder, count, seed) {
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const inner = join(folder, String(Math.floor(index / 1000)).padStart(3, '0'));
    if (index % 1000 === 0) mkdirSync(inner, { recursive: true });
    const song = smallSong(seed, index);
    writeFileSync(join(inner, `${String(index).padStart(6, '0')}.mid`), song);
    bytes += song.length;
  }
  return bytes;
}
