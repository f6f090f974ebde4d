// Standard MIDI Files, bytes to events, strictly: one pass over the bytes, refusing at the first thing that Magenta's own reader would refuse
// (spec A.4). midi-salvage.ts reads through damage instead. What the events mean as music is midi-to-note-sequence.ts's business.
import { MstError } from '../core/errors.js';

/** Which events of a MidiFile's columns belong to one track: first..end-1. */
export interface MidiTrack {
  readonly first: number;
  readonly end: number;
}

/**
 * A parsed file. Events of all tracks lie one after another in three columns, and point into the bytes instead of copying them:
 * event i happens at `ticks[i]` (from the start of its track), has status byte `statuses[i]` (running status resolved), and its data
 * begins at `bytes[offsets[i]]`: the first data byte of a channel or system message, the type byte of a meta event (0xFF), the length of
 * a system exclusive (0xF0, 0xF7). The columns may be longer than the events; only what `tracks` names is filled.
 */
export interface MidiFile {
  readonly bytes: Uint8Array;
  readonly format: number;
  /** Ticks per quarter note; negative for SMPTE time codes. */
  readonly division: number;
  readonly tracks: readonly MidiTrack[];
  readonly ticks: Float64Array;
  readonly statuses: Uint8Array;
  readonly offsets: Uint32Array;
}

/** Meta events that mst reads, by their type byte. */
export const MetaType = { text: 0x01, trackName: 0x03, endOfTrack: 0x2f, tempo: 0x51, timeSignature: 0x58, keySignature: 0x59 } as const;
/** The channel of percussion, of 0..15. */
export const DRUM_CHANNEL = 9;
/** Status byte of a meta event. */
export const META = 0xff;

/** Ticks that no event may lie at or beyond (spec A.4). */
export const MAX_TICK = 1e10;
const MAX_MESSAGE_BYTES = 1_000_000;

/** Data bytes after each status byte; -1 where the status is undefined or the length is in the event. */
export const DATA_LENGTHS = new Int8Array(256).fill(-1);
DATA_LENGTHS.fill(2, 0x80, 0xc0).fill(1, 0xc0, 0xe0).fill(2, 0xe0, 0xf0);
DATA_LENGTHS.set([1, 2, 1], 0xf1);
for (const status of [0xf6, 0xf8, 0xfa, 0xfb, 0xfc, 0xfe]) DATA_LENGTHS[status] = 0;

/** Fewest bytes a meta event of a type may have (0 where it may be empty). */
const META_LENGTHS = new Map([
  [0x20, 1],
  [MetaType.tempo, 3],
  [0x54, 5],
  [MetaType.timeSignature, 4],
  [MetaType.keySignature, 2],
]);

/** Refuses a file: what is wrong, and at which byte. */
export function refuseMidi(offset: number, reason: string): never {
  throw new MstError('bad-midi', `not a readable MIDI file: ${reason} (at byte ${offset})`, {
    hint: 'The file may be cut short or damaged: fetch it again, or open it in a music program and export it once more.',
  });
}

class Cursor {
  readonly bytes: Uint8Array;
  position: number;
  end: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  byte(): number {
    if (this.position >= this.end) refuseMidi(this.position, 'the track ends in the middle of an event');
    return this.bytes[this.position++] as number;
  }

  /** A variable-length quantity, of any length: it may come out as large as Infinity. */
  varint(): number {
    let value = 0;
    for (;;) {
      const byte = this.byte();
      if (byte < 0x80) return value * 128 + byte;
      value = value * 128 + (byte - 0x80);
    }
  }

  /** Passes over `length` bytes and returns where they begin. */
  skip(length: number): number {
    const start = this.position;
    if (length > this.end - start) refuseMidi(start, `the track ends in the middle of an event (${length} bytes announced)`);
    this.position = start + length;
    return start;
  }
}

/** The data of the meta event i, without type and length. */
export function metaData(file: MidiFile, i: number): Uint8Array {
  const cursor = new Cursor(file.bytes, (file.offsets[i] as number) + 1, file.bytes.length);
  const length = cursor.varint();
  return file.bytes.subarray(cursor.position, cursor.position + length);
}

/**
 * Parses a Standard MIDI File of format 0, 1 or 2. Time and memory are proportional to the bytes given; counts and lengths in the file
 * are believed only as far as there are bytes behind them. Bytes after the last announced track are ignored.
 * Throws MstError `bad-midi` with the offending byte's offset for whatever spec A.4 refuses.
 */
export function parseMidiFile(bytes: Uint8Array): MidiFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0) !== 0x4d546864) refuseMidi(0, 'it does not begin with MThd');
  const headerSize = view.getUint32(4);
  if (headerSize < 6) refuseMidi(4, `its header has ${headerSize} bytes instead of 6`);
  if (bytes.length < 14) refuseMidi(bytes.length, 'it ends within its header');
  const trackCount = view.getInt16(10);
  if (trackCount < 1) refuseMidi(10, `it announces ${view.getUint16(10)} tracks`);

  const capacity = bytes.length >>> 1; // an event has two bytes at least
  const file = {
    bytes,
    format: view.getUint16(8),
    division: view.getInt16(12),
    tracks: [] as MidiTrack[],
    ticks: new Float64Array(capacity),
    statuses: new Uint8Array(capacity),
    offsets: new Uint32Array(capacity),
  };
  let position = 8 + headerSize;
  let first = 0;
  for (let track = 0; track < trackCount; track++) {
    const name = `track ${track + 1} of ${trackCount}`;
    if (position + 8 > bytes.length) refuseMidi(Math.min(position, bytes.length), `it ends before ${name}`);
    if (view.getUint32(position) !== 0x4d54726b) refuseMidi(position, `${name} does not begin with MTrk`);
    const size = view.getUint32(position + 4);
    const start = position + 8;
    if (size > bytes.length - start) refuseMidi(position + 4, `${name} announces ${size} bytes, ${bytes.length - start} are left`);
    if (size === 0) refuseMidi(position, `${name} is empty`);
    const end = parseTrack(file, new Cursor(bytes, start, start + size), first);
    file.tracks.push({ first, end });
    first = end;
    position = start + size;
  }
  return file;
}

/** Fills the columns from event `first` on and returns the index after the last event. */
function parseTrack(file: MidiFile, cursor: Cursor, first: number): number {
  const { bytes, ticks, statuses, offsets } = file;
  let i = first;
  let tick = 0;
  let running = 0;
  while (cursor.position < cursor.end) {
    const at = cursor.position;
    const before = tick;
    tick += cursor.varint();
    if (tick + 1 > MAX_TICK) refuseMidi(at, `an event at tick ${tick}, past the limit of ${MAX_TICK}`);
    let status = cursor.byte();
    if (status >= 0x80) {
      if (status !== META) running = status;
    } else {
      if (running === 0) refuseMidi(cursor.position - 1, 'data where a status byte must be');
      status = running;
      if (status === 0xf0 || status === 0xf7) {
        // The byte that stood for the status is lost here, as it is in Magenta's reader.
      } else if (DATA_LENGTHS[status] === 0) {
        refuseMidi(cursor.position - 1, 'data after a system message that has none');
      } else {
        cursor.position--;
      }
    }
    offsets[i] = cursor.position;
    if (status === META) {
      if (!readMeta(cursor)) tick = before;
    } else if (status === 0xf0 || status === 0xf7) {
      readSystemExclusive(cursor);
    } else {
      const length = DATA_LENGTHS[status] as number;
      if (length < 0) refuseMidi(cursor.position - 1, `undefined status byte 0x${status.toString(16)}`);
      const start = cursor.skip(length);
      for (let k = start; k < cursor.position; k++) {
        if ((bytes[k] as number) > 127) refuseMidi(k, `data byte 0x${(bytes[k] as number).toString(16)} above 0x7f`);
      }
    }
    ticks[i] = tick;
    statuses[i] = status;
    i++;
  }
  return i;
}

function announcedLength(cursor: Cursor): number {
  const at = cursor.position;
  const length = cursor.varint();
  if (length > MAX_MESSAGE_BYTES) refuseMidi(at, `an event of ${length} bytes, more than ${MAX_MESSAGE_BYTES}`);
  return length;
}

function readSystemExclusive(cursor: Cursor): void {
  const { bytes } = cursor;
  let start = cursor.skip(announcedLength(cursor));
  let end = cursor.position;
  if (start < end && bytes[start] === 0xf0) start++;
  if (start < end && bytes[end - 1] === 0xf7) end--;
  for (let k = start; k < end; k++) {
    if ((bytes[k] as number) > 127) refuseMidi(k, `byte 0x${(bytes[k] as number).toString(16)} above 0x7f in a system exclusive`);
  }
}

/** Passes over a meta event. Returns whether its type is a known one: Magenta's reader loses the time before the others. */
function readMeta(cursor: Cursor): boolean {
  const at = cursor.position;
  const type = cursor.byte();
  const length = announcedLength(cursor);
  const start = cursor.skip(length);
  const { bytes } = cursor;
  if (length < (META_LENGTHS.get(type) ?? 0) || (type === 0x00 && length === 1)) {
    refuseMidi(at, `a meta event of type 0x${type.toString(16)} with ${length} bytes`);
  }
  const byte = (k: number) => bytes[start + k] as number;
  if (type === MetaType.keySignature) {
    const sharps = (byte(0) << 24) >> 24;
    if (sharps < -7 || sharps > 7 || byte(1) > 1) refuseMidi(start, `a key signature of ${sharps} sharps and mode ${byte(1)}`);
  } else if (type === MetaType.timeSignature) {
    // Magenta's reader takes a logarithm to see that the denominator is a power of two, and rounding fails it for some.
    if (Math.log(2 ** byte(1)) / Math.log(2) !== byte(1)) refuseMidi(start + 1, `a time signature denominator of 2^${byte(1)}`);
  } else if (type === 0x54) {
    if (byte(0) >> 5 > 3 || byte(1) > 59 || byte(2) > 59 || byte(4) > 99) refuseMidi(start, 'an impossible SMPTE offset');
  }
  return type <= 0x07 || type === 0x09 || type === 0x20 || type === 0x21 || type === 0x2f || META_LENGTHS.has(type) || type === 0x7f;
}
