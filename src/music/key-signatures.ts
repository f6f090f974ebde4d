// Key signatures: what their sharps and flats say of tonic and mode, and the other way round.
import { modulo } from './modulo.js';
import { Mode } from './note-sequence.js';

/** Sharps (or, negative, flats) that each mode's signature has beyond the major one of the same tonic; by the values of `Mode`. */
export const MODE_SHARPS: readonly number[] = [0, -3, 0, -1, -2, -4, 1, -5];

/** By the first three letters of a mode's name. */
const MODES_BY_NAME: ReadonlyMap<string, number> = new Map([
  ['maj', Mode.major],
  ['ion', Mode.major],
  ['min', Mode.minor],
  ['aeo', Mode.minor],
  ['mix', Mode.mixolydian],
  ['dor', Mode.dorian],
  ['phr', Mode.phrygian],
  ['lyd', Mode.lydian],
  ['loc', Mode.locrian],
]);

/** The value of `Mode` that a name stands for, or its first three letters, letter case ignored; undefined for any other name. */
export function modeNamed(name: string): number | undefined {
  return MODES_BY_NAME.get(name.slice(0, 3).toLowerCase());
}

/** The pitch class of the tonic of a signature of so many sharps (negative: flats) in a mode. */
export function tonicOf(sharps: number, mode: number): number {
  return modulo(7 * (sharps - (MODE_SHARPS[mode] ?? 0)), 12);
}

/** The sharps (negative: flats) of the signature of a tonic (0 = C .. 11 = B) in a mode: of the two there are the fewer, -5..7. */
export function sharpsOf(tonic: number, mode: number): number {
  const sharps = modulo(7 * tonic + 5, 12) - 5 + (MODE_SHARPS[mode] ?? 0);
  return sharps <= -6 ? sharps + 12 : sharps;
}
