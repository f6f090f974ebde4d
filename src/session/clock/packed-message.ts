// A short MIDI message as one integer, the form in which threads hand messages to each other.

import { MstError } from '../../core/errors.js';

/** Highest number of bytes a message may have here; system exclusive messages, which are longer, are not played. */
const MOST_BYTES = 3;
const STATUS = 0x80;

export const NOTE_OFF = 0x80;
export const NOTE_ON = 0x90;
export const CONTROL_CHANGE = 0xb0;
export const CHANNELS = 16;
export const PITCHES = 128;

/**
 * Packs a message: status in the lowest byte, then its data bytes, then its length.
 * @throws MstError `bad-midi` for what is not one message of one to three bytes
 */
export function packMessage(bytes: ArrayLike<number>): number {
  const { length } = bytes;
  let packed = length << 24;
  for (let k = 0; k < length && k < MOST_BYTES; k++) packed |= (bytes[k] as number) << (8 * k);
  const sound = length >= 1 && length <= MOST_BYTES && Array.from(bytes).every((byte, k) => byte >= STATUS === (k === 0) && byte <= 0xff);
  if (sound) return packed;
  const shown = Array.from(bytes)
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'));
  throw new MstError('bad-midi', `[${shown.join(' ')}${length > 8 ? ' …' : ''}] is not a MIDI message that can be played.`, {
    hint: 'A message is a status byte (80 to ff) and at most two data bytes (00 to 7f).',
  });
}

export const lengthOf = (packed: number): number => packed >>> 24;
export const byteOf = (packed: number, index: number): number => (packed >>> (8 * index)) & 0xff;

/** The bytes of a packed message. */
export function unpackMessage(packed: number): Uint8Array {
  return Uint8Array.from({ length: lengthOf(packed) }, (_, k) => byteOf(packed, k));
}

/** Whether a packed message begins a note; velocity 0 ends it. */
export const isNoteOn = (packed: number): boolean => (packed & 0xf0) === NOTE_ON && byteOf(packed, 2) > 0;
/** Whether a packed message ends a note. */
export const isNoteOff = (packed: number): boolean =>
  (packed & 0xf0) === NOTE_OFF || ((packed & 0xf0) === NOTE_ON && byteOf(packed, 2) === 0);
/** Where the note of a packed note message stands among the 2048 of all channels. */
export const noteIndex = (packed: number): number => (packed & 0x0f) * PITCHES + byteOf(packed, 1);
/** A packed message of three bytes. */
export const threeBytes = (status: number, first: number, second: number): number => (3 << 24) | (second << 16) | (first << 8) | status;
