// Standard MIDI Files, bytes to events, as a good player reads them: wrong lengths and counts, junk, foreign chunks and damaged events are
// worked around and noted. The strict reader, which Magenta's rules ask for, is midi-file.ts.
import { findChunk, HEADER_BYTES, locateMidi, MTHD, MTRK, uint32 } from './midi-container.js';
import type { MidiDamage } from './midi-damage.js';
import { type MidiFile, type MidiTrack, refuseMidi } from './midi-file.js';
import { type EventColumns, salvageTrack } from './midi-salvage-track.js';

/** What a tick of a file lasts. */
interface TickTiming {
  /** Positive; for SMPTE time codes, what a quarter note at 120 qpm has. */
  readonly ticksPerQuarter: number;
  /** Seconds of a tick under SMPTE time codes, whatever the tempo; undefined when tempos decide. */
  readonly secondsPerTick: number | undefined;
}

/** A track, and its place in time: `firstTick` is 0 but in format 2, whose tracks are played one after another. */
export interface SalvagedTrack extends MidiTrack {
  readonly firstTick: number;
  readonly lastTick: number;
}

/** A file read through damage. `division` is what it says; `timing` is what counts. */
export interface SalvagedMidi extends MidiFile {
  readonly tracks: readonly SalvagedTrack[];
  readonly timing: TickTiming;
}

const ASSUMED_TICKS_PER_QUARTER = 480;
/** Frames a second by the first byte of the division. 29 stands for 30 drop frame: 29.97. */
const FRAME_RATES = new Map([
  [24, 24],
  [25, 25],
  [29, 30_000 / 1001],
  [30, 30],
]);

/**
 * Reads a file, whatever is wrong with it. Time and memory are proportional to its bytes; counts and lengths in it are believed only as far as
 * there are bytes behind them. Throws MstError `bad-midi` for what is no MIDI at all or has no track.
 */
export function salvageMidi(bytes: Uint8Array, damage: MidiDamage): SalvagedMidi {
  const place = locateMidi(bytes, damage);
  const header = readHeader(bytes, place.header, place.end, damage);
  const capacity = (place.end - place.start) >>> 1; // an event has two bytes at least
  const columns: EventColumns = {
    bytes,
    mended: false,
    ticks: new Float64Array(capacity),
    statuses: new Uint8Array(capacity),
    offsets: new Uint32Array(capacity),
    count: 0,
  };
  const tracks = readChunks(columns, { at: header?.end ?? place.start, end: place.end, sequential: header?.format === 2 }, damage);
  if (tracks.length === 0) refuseMidi(Math.min(header?.end ?? 0, bytes.length), 'it has no track');
  if (header !== undefined && header.tracks !== tracks.length) {
    damage.note('track-count', header.at + 10, `${header.tracks} tracks are announced, ${tracks.length} are there`);
  }
  const { ticks, statuses, offsets } = columns;
  const { format = 1, division = 0, timing = assumedTiming(place.start, 'there is no header', damage) } = header ?? {};
  return { bytes: columns.bytes, format, division, tracks, ticks, statuses, offsets, timing };
}

interface Header {
  readonly at: number;
  /** Where the first chunk is to be looked for. */
  readonly end: number;
  readonly format: number;
  readonly tracks: number;
  readonly division: number;
  readonly timing: TickTiming;
}

function readHeader(bytes: Uint8Array, at: number | undefined, end: number, damage: MidiDamage): Header | undefined {
  if (at === undefined) return undefined;
  const size = uint32(bytes, at + 4);
  let next = at + 8 + size;
  if (size < 6 || next > end || (next < end && !isChunk(bytes, next, end))) {
    const track = findChunk(bytes, MTRK, at + 8, end);
    if (track < 0) refuseMidi(Math.min(at + 8, bytes.length), 'its header is not followed by a track');
    if (track !== next) damage.note('header', at + 4, `a header of ${size} bytes instead of 6`);
    next = track;
  }
  const uint16 = (offset: number): number => ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
  if (next < at + HEADER_BYTES) {
    return { at, end: next, format: 1, tracks: 0, division: 0, timing: assumedTiming(at, 'the header is cut short', damage) };
  }
  const format = uint16(at + 8);
  if (format > 2) damage.note('header', at + 8, `unknown format ${format}`);
  const division = uint16(at + 12);
  return { at, end: next, format, tracks: uint16(at + 10), division, timing: timingOf(division, at + 12, damage) };
}

function timingOf(division: number, at: number, damage: MidiDamage): TickTiming {
  const frames = FRAME_RATES.get(0x100 - (division >> 8));
  const ticksPerSecond = (frames ?? 0) * (division & 0xff);
  if (ticksPerSecond > 0) return { ticksPerQuarter: Math.round(ticksPerSecond / 2), secondsPerTick: 1 / ticksPerSecond };
  const ticksPerQuarter = frames === undefined ? division & 0x7fff : 0;
  if (ticksPerQuarter === 0) return assumedTiming(at, `a division of 0x${division.toString(16)}`, damage);
  if (division >= 0x8000) damage.note('division', at, `an unknown SMPTE rate; ${ticksPerQuarter} ticks per quarter note are assumed`);
  return { ticksPerQuarter, secondsPerTick: undefined };
}

function assumedTiming(at: number, problem: string, damage: MidiDamage): TickTiming {
  damage.note('division', at, `${problem}; ${ASSUMED_TICKS_PER_QUARTER} ticks per quarter note are assumed`);
  return { ticksPerQuarter: ASSUMED_TICKS_PER_QUARTER, secondsPerTick: undefined };
}

/** Whether a chunk begins at a byte: a track, a second header, or another kind that fits into the file. */
function isChunk(bytes: Uint8Array, at: number, end: number): boolean {
  const type = at + 8 <= end ? uint32(bytes, at) : -1;
  if (type === MTRK || type === MTHD || resemblesTrack(bytes, at, end)) return true;
  if (type < 0 || !isName(bytes, at)) return false;
  return uint32(bytes, at + 4) <= end - at - 8;
}

function isName(bytes: Uint8Array, at: number): boolean {
  for (let k = at; k < at + 4; k++) if ((bytes[k] as number) < 0x20 || (bytes[k] as number) > 0x7e) return false;
  return true;
}

/** Whether a track begins at a byte, though one letter of its name may be wrong. */
function resemblesTrack(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 8 > end) return false;
  let same = 0;
  for (let k = 0; k < 4; k++) if (bytes[at + k] === ((MTRK >>> (24 - 8 * k)) & 0xff)) same++;
  return same >= 3;
}

function readChunks(
  columns: EventColumns,
  { at, end, sequential }: { at: number; end: number; sequential: boolean },
  damage: MidiDamage,
): SalvagedTrack[] {
  const tracks: SalvagedTrack[] = [];
  const isTrack = (place: number): boolean => resemblesTrack(columns.bytes, place, end);
  let firstTick = 0;
  let position = at;
  let nextTrack = -1;
  while (position < end) {
    const { bytes } = columns;
    if (isTrack(position)) {
      const first = columns.count;
      const start = position + 8;
      const announced = start + uint32(bytes, position + 4);
      const trusted = announced === end || isChunk(bytes, announced, end);
      if (!trusted && nextTrack < start) nextTrack = findTrack(bytes, start, end);
      const bounds = { start, announced, trusted, limit: trusted ? announced : nextTrack, isTrack };
      const { next, tick } = salvageTrack(columns, bounds, { track: tracks.length + 1, firstTick, damage });
      tracks.push({ first, end: columns.count, firstTick, lastTick: tick });
      if (sequential) firstTick = tick;
      position = next;
    } else if (uint32(bytes, position) === MTHD && tracks.length > 0) {
      damage.note('second-file', position, 'another MIDI file begins here and is left out');
      break;
    } else if (isChunk(bytes, position, end)) {
      const name = String.fromCharCode(...bytes.subarray(position, position + 4));
      const size = uint32(bytes, position + 4);
      damage.note('other-chunk', position, `a chunk "${name}" of ${size} bytes is passed over`);
      position += 8 + size;
    } else {
      const next = findTrack(bytes, position, end);
      damage.note('junk', position, `what is no MIDI is passed over up to byte ${next}`);
      position = next;
    }
  }
  return tracks;
}

/** The first track from a byte on, or the end. */
function findTrack(bytes: Uint8Array, from: number, end: number): number {
  const track = findChunk(bytes, MTRK, from, end);
  return track < 0 ? end : track;
}
