// Where in a file the MIDI is: bare, in a RIFF (RMID) wrapper, or behind bytes that do not belong to it; or that it is something else.
import { MstError } from '../core/errors.js';
import type { MidiDamage } from './midi-damage.js';
import { refuseMidi } from './midi-file.js';
import { type ForeignKind, foreignKind, likelyKind } from './midi-foreign.js';

export const MTHD = 0x4d546864;
export const MTRK = 0x4d54726b;
const RIFF = 0x52494646;
const RMID = 0x524d4944;
const DATA = 0x64617461;
/** A header chunk without any extras. */
export const HEADER_BYTES = 14;

/** Where the MIDI file lies in the bytes. */
interface MidiPlace {
  /** Byte of its header chunk; undefined when there is none before the first track. */
  readonly header: number | undefined;
  /** Where to look for the first chunk when there is no header. */
  readonly start: number;
  readonly end: number;
}

/** Four bytes as a number, or -1 beyond the end. */
export function uint32(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 4 > bytes.length) return -1;
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}

/** The first place from `from` on at which a chunk of a type may begin, its name and length before `end`; -1 if none. */
export function findChunk(bytes: Uint8Array, type: number, from: number, end: number): number {
  const first = type >>> 24;
  for (let at = bytes.indexOf(first, from); at >= 0 && at + 8 <= end; at = bytes.indexOf(first, at + 1)) {
    if (uint32(bytes, at) === type) return at;
  }
  return -1;
}

/**
 * Finds the MIDI in a file. Notes junk before it. Throws MstError `bad-midi` for what has none, with what it is if it can be told.
 */
export function locateMidi(bytes: Uint8Array, damage: MidiDamage): MidiPlace {
  if (uint32(bytes, 0) === MTHD) return { header: 0, start: 0, end: bytes.length };
  if (uint32(bytes, 0) === RIFF && uint32(bytes, 8) === RMID) return unwrap(bytes, damage);
  const foreign = foreignKind(bytes);
  if (foreign !== undefined) refuseForeign(foreign);
  return search(bytes, 0, bytes.length, damage) ?? refuseUnknown(bytes);
}

/** The data chunk of a RIFF RMID file; its sizes are little-endian. */
function unwrap(bytes: Uint8Array, damage: MidiDamage): MidiPlace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 12;
  while (at + 8 <= bytes.length && uint32(bytes, at) !== DATA) at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2);
  const inside = at + 8;
  if (inside < bytes.length && uint32(bytes, inside) === MTHD) {
    const size = view.getUint32(at + 4, true);
    return { header: inside, start: inside, end: size > HEADER_BYTES ? Math.min(bytes.length, inside + size) : bytes.length };
  }
  return search(bytes, 12, bytes.length, damage) ?? refuseForeign({ what: 'a RIFF file without MIDI in it', advice: 'Fetch it again.' });
}

function search(bytes: Uint8Array, start: number, end: number, damage: MidiDamage): MidiPlace | undefined {
  const header = findChunk(bytes, MTHD, start, end);
  const track = findChunk(bytes, MTRK, start, end);
  if (header >= 0 && (track < 0 || header < track)) {
    damage.note('junk', start, `what is no MIDI is passed over up to byte ${header}`);
    return { header, start: header, end };
  }
  if (track < 0) return undefined;
  // A header whose name is damaged or cut off still has its length and fields.
  const unnamed = track - HEADER_BYTES;
  if (uint32(bytes, unnamed + 4) === 6) {
    damage.note('header', Math.max(0, unnamed), 'a header that is not called MThd');
    return { header: unnamed, start: track, end };
  }
  return { header: undefined, start: track, end };
}

function refuseForeign({ what, advice }: ForeignKind): never {
  throw new MstError('bad-midi', `not a MIDI file: it is ${what} (at byte 0)`, { hint: advice });
}

function refuseUnknown(bytes: Uint8Array): never {
  const likely = likelyKind(bytes);
  if (likely !== undefined) refuseForeign(likely);
  return refuseMidi(0, 'there is neither a MIDI header (MThd) nor a track (MTrk) in it');
}
