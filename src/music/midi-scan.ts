// One event of a track as its bytes stand, and whether what follows looks like events at all. Nothing is believed, nothing recorded:
// midi-salvage-track.ts decides what to do.
import { DATA_LENGTHS, META, MetaType } from './midi-file.js';

/** What was found at a place in a track. One object is filled again and again. */
interface ScannedEvent {
  delta: number;
  status: number;
  /** First data byte of a channel message, type byte of a meta event, length of a system exclusive. */
  offset: number;
  /** Byte after the event. */
  end: number;
  /** First data byte over 127, or -1. */
  over: number;
  /** Of an event that is none: what is wrong and where; the event needs more bytes than there are if `cut`. */
  problem: string;
  problemAt: number;
  cut: boolean;
}

/** Longest delta time that is believed where it is doubtful whether events stand there at all, in ticks. */
const PLAUSIBLE_DELTA = 1 << 21;
/** Bytes of a variable-length quantity. */
const MAX_VARINT_BYTES = 4;
/** Lengths of the meta events that have one. */
const FIXED_LENGTHS = new Map<number, number>([
  [0x20, 1],
  [0x21, 1],
  [MetaType.endOfTrack, 0],
  [MetaType.tempo, 3],
  [0x54, 5],
  [MetaType.timeSignature, 4],
  [MetaType.keySignature, 2],
]);

export function blankScan(): ScannedEvent {
  return { delta: 0, status: 0, offset: 0, end: 0, over: -1, problem: '', problemAt: 0, cut: false };
}

function fail(scan: ScannedEvent, at: number, problem: string): boolean {
  scan.problem = problem;
  scan.problemAt = at;
  scan.cut = false;
  return false;
}

function failCut(scan: ScannedEvent, at: number): boolean {
  fail(scan, at, 'it ends in the middle of an event');
  scan.cut = true;
  return false;
}

/** Reads a variable-length quantity and leaves `end` after it; -1 if there is none, with the problem in `scan`. */
function scanVarint(bytes: Uint8Array, at: number, limit: number, scan: ScannedEvent): number {
  let value = 0;
  for (let k = at; k < limit; k++) {
    const byte = bytes[k] as number;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      scan.end = k + 1;
      return value;
    }
    if (k - at === MAX_VARINT_BYTES - 1) {
      fail(scan, at, 'a number of more than four bytes');
      return -1;
    }
  }
  failCut(scan, limit);
  return -1;
}

/**
 * Reads the event at byte `at`, which may go up to byte `limit`, into `scan`; `running` is the status for an event without one, 0 if there is
 * none. Returns whether there is an event; what is wrong otherwise is in `scan` too. Undefined status bytes count as events without data.
 */
export function scanEvent(bytes: Uint8Array, at: number, limit: number, running: number, scan: ScannedEvent): boolean {
  scan.over = -1;
  const delta = scanVarint(bytes, at, limit, scan);
  if (delta < 0) return false;
  let k = scan.end;
  if (k >= limit) return failCut(scan, limit);
  let status = bytes[k] as number;
  if (status >= 0x80) k++;
  else if (running === 0) return fail(scan, k, 'data where an event must begin');
  else status = running;
  scan.delta = delta;
  scan.status = status;
  scan.offset = k;
  if (status === META || status === 0xf0 || status === 0xf7) {
    if (status === META) {
      if (k >= limit) return failCut(scan, limit);
      if ((bytes[k] as number) > 127) return fail(scan, k, `a meta event of type 0x${(bytes[k] as number).toString(16)}`);
      k++;
    }
    const length = scanVarint(bytes, k, limit, scan);
    if (length < 0) return false;
    if (length > limit - scan.end) return failCut(scan, scan.end);
    scan.end += length;
    return true;
  }
  const length = Math.max(0, DATA_LENGTHS[status] as number);
  if (length > limit - k) return failCut(scan, limit);
  scan.end = k + length;
  for (; k < scan.end; k++) {
    if ((bytes[k] as number) > 127) {
      scan.over = k;
      break;
    }
  }
  return true;
}

/** Whether the event just scanned ends its track. */
export function endsTrack(bytes: Uint8Array, { status, offset }: ScannedEvent): boolean {
  return status === META && bytes[offset] === MetaType.endOfTrack;
}

const probe = blankScan();

/**
 * Whether events begin at byte `at`: so many faultless ones as wanted, or fewer up to the end of the track. Without a running status the first
 * must have a status byte of its own. Takes constant time.
 */
export function eventsBeginAt(bytes: Uint8Array, at: number, limit: number, running: number, wanted: number): boolean {
  let position = at;
  let status = running;
  for (let count = 0; count < wanted; count++) {
    if (position === limit) return count >= Math.min(2, wanted);
    if (!scanEvent(bytes, position, limit, status, probe)) return false;
    if (probe.over >= 0 || probe.delta >= PLAUSIBLE_DELTA) return false;
    if (probe.status === META) {
      const type = bytes[probe.offset] as number;
      const fixed = FIXED_LENGTHS.get(type);
      if (fixed !== undefined && bytes[probe.offset + 1] !== fixed) return false;
      if (type === MetaType.endOfTrack) return true;
    } else if (probe.status >= 0xf0) {
      if (probe.status !== 0xf0 && probe.status !== 0xf7) return false;
    } else {
      status = probe.status;
    }
    position = probe.end;
  }
  return true;
}
