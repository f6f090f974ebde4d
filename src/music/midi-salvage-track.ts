// The events of one track, read through damage: where no event stands, the next place is sought at which events go on faultlessly; where
// there is none, the track ends and what came before it counts.
import type { MidiDamage, MidiDamageKind } from './midi-damage.js';
import { MAX_TICK } from './midi-file.js';
import { blankScan, endsTrack, eventsBeginAt, scanEvent } from './midi-scan.js';

/** The columns of a MidiFile as they fill. */
export interface EventColumns {
  /** Replaced by a copy before the first byte is mended. */
  bytes: Uint8Array;
  mended: boolean;
  readonly ticks: Float64Array;
  readonly statuses: Uint8Array;
  readonly offsets: Uint32Array;
  /** Events so far. */
  count: number;
}

/** Where the bytes of a track lie. */
interface TrackBounds {
  readonly start: number;
  /** Where the file says it ends. */
  readonly announced: number;
  /** Whether that is to be believed: the file ends or another chunk begins there. */
  readonly trusted: boolean;
  /** Where it ends at the latest: at `announced` if that is trusted, else at the next track or the end of the file. */
  readonly limit: number;
  /** Whether a track begins at a byte. */
  readonly isTrack: (at: number) => boolean;
}

/** How a track came out. */
interface TrackEnd {
  /** Byte at which the search for the next chunk goes on. */
  readonly next: number;
  /** Tick of its last event. */
  readonly tick: number;
}

/** Faultless events that must follow damage for reading to go on there. */
const SURE_EVENTS = 6;
/** Those that must follow an event with a byte over 127 for it to be one. */
const LIKELY_EVENTS = 3;
/** How far behind damage events are sought, in bytes. */
const MAX_SKIP = 4096;
/** How far behind the beginning of an event with a byte over 127. */
const MAX_SKIP_OVER = 16;
/** Damaged places in a track after which it is given up. */
const MAX_FAULTS = 32;

/**
 * Appends the events of a track to the columns, their ticks counted from `firstTick`. Tracks are numbered from 1. Takes time in proportion to
 * the bytes.
 */
export function salvageTrack(
  columns: EventColumns,
  bounds: TrackBounds,
  context: { track: number; firstTick: number; damage: MidiDamage },
): TrackEnd {
  return new TrackSalvage(columns, bounds, context).read();
}

class TrackSalvage {
  readonly #columns: EventColumns;
  readonly #bounds: TrackBounds;
  readonly #track: number;
  readonly #damage: MidiDamage;
  readonly #scan = blankScan();
  #position: number;
  #tick: number;
  #running = 0;
  #faults = 0;
  #abandoned = false;
  /** How things stood at the first end-of-track event. */
  #end: { readonly position: number; readonly tick: number; readonly count: number } | undefined;

  constructor(columns: EventColumns, bounds: TrackBounds, context: { track: number; firstTick: number; damage: MidiDamage }) {
    this.#columns = columns;
    this.#bounds = bounds;
    this.#track = context.track;
    this.#damage = context.damage;
    this.#position = bounds.start;
    this.#tick = context.firstTick;
  }

  read(): TrackEnd {
    const { limit, trusted, announced, start } = this.#bounds;
    const scan = this.#scan;
    while (this.#position < limit && !this.#isOver()) {
      const found = scanEvent(this.#columns.bytes, this.#position, limit, this.#running, scan);
      const sound = found && scan.over < 0 && !isUndefined(scan.status);
      if (sound || (found && this.#isMendable())) this.#take();
      else if (this.#end !== undefined) this.#returnToEnd(this.#end);
      else if (!found) this.#passOver(scan.problemAt, scan.problem);
      else if (scan.over < 0) this.#passOver(scan.offset - 1, `undefined status byte 0x${scan.status.toString(16)}`);
      else this.#passOver(scan.over, `byte 0x${this.#hex(scan.over)} where none above 0x7f can be`);
      if (this.#abandoned) break;
    }
    if (this.#abandoned) return { next: limit, tick: this.#tick };
    if (this.#end === undefined) this.#note('no-end', this.#position, 'the track has no end');
    if (!trusted && this.#position !== announced && (this.#end !== undefined || this.#position > announced)) {
      this.#note('track-length', start - 4, `its length is given as ${announced - start} bytes and is ${this.#position - start}`);
    }
    return { next: this.#position, tick: this.#tick };
  }

  /** Whether the track ends here, before its limit. */
  #isOver(): boolean {
    const { announced, trusted, limit, start, isTrack } = this.#bounds;
    const at = this.#position;
    if (this.#end !== undefined) {
      if (!trusted) return true;
      if (at !== this.#end.position || !isTrack(at)) return false;
      this.#note('track-length', start - 4, `its length is given as ${announced - start} bytes and is ${at - start}`);
      return true;
    }
    return !trusted && at === announced && !eventsBeginAt(this.#columns.bytes, at, limit, this.#running, SURE_EVENTS);
  }

  /** Records the event just scanned. */
  #take(): void {
    const { delta, status, offset, over, end } = this.#scan;
    const columns = this.#columns;
    if (this.#tick + delta + 1 > MAX_TICK) {
      this.#note('too-long', this.#position, `the track goes on beyond tick ${MAX_TICK}; what comes there is left out`);
      this.#abandoned = true;
      return;
    }
    this.#tick += delta;
    if (over >= 0) this.#mend();
    const i = columns.count++;
    columns.ticks[i] = this.#tick;
    columns.statuses[i] = status;
    columns.offsets[i] = offset;
    this.#position = end;
    if (status < 0xf0) {
      this.#running = status;
    } else if (isUndefined(status)) {
      this.#note('bad-event', offset - 1, `undefined status byte 0x${status.toString(16)} is passed over`);
      this.#abandoned = ++this.#faults > MAX_FAULTS;
    } else if (endsTrack(columns.bytes, this.#scan)) {
      this.#end ??= { position: end, tick: this.#tick, count: columns.count };
    }
  }

  /**
   * Whether an event with an undefined status or a byte over 127 may be taken for one: faultless events follow it; or, in the latter case,
   * do at least not begin beside its successors.
   */
  #isMendable(): boolean {
    const { status, end, over } = this.#scan;
    const { bytes } = this.#columns;
    const { limit } = this.#bounds;
    if (over < 0) return isShortDelta(bytes, end) && eventsBeginAt(bytes, end, limit, this.#running, LIKELY_EVENTS);
    if (end === limit || eventsBeginAt(bytes, end, limit, status, LIKELY_EVENTS)) return true;
    const next = seekEvents(bytes, this.#position + 1, Math.min(limit, this.#position + MAX_SKIP_OVER), limit);
    if (next < 0) return true;
    const probe = blankScan();
    let at = end;
    for (let running = status; at < next && scanEvent(bytes, at, limit, running, probe); at = probe.end) {
      if (probe.status < 0xf0) running = probe.status;
    }
    return at === next;
  }

  /** Brings data bytes over 127 into range: keys and programs lose the bit that is too many, amounts stop at the highest. */
  #mend(): void {
    const columns = this.#columns;
    const { status, offset, over, end } = this.#scan;
    this.#note('data-byte', over, `byte 0x${this.#hex(over)} is over 127`);
    if (!columns.mended) columns.bytes = new Uint8Array(columns.bytes);
    columns.mended = true;
    const { bytes } = columns;
    const kind = status >> 4;
    for (let k = over; k < end; k++) {
      const byte = bytes[k] as number;
      const names = kind === 0xc || (k === offset && (kind === 0x8 || kind === 0x9 || kind === 0xa || kind === 0xb));
      if (byte > 127) bytes[k] = names ? byte & 0x7f : 127;
    }
  }

  /** Goes on at the next place where events begin, or gives the track up. */
  #passOver(at: number, problem: string): void {
    const { limit } = this.#bounds;
    const from = this.#position + 1;
    const next = ++this.#faults > MAX_FAULTS ? -1 : seekEvents(this.#columns.bytes, from, Math.min(limit, from + MAX_SKIP), limit);
    if (next >= 0) {
      this.#note('bad-event', at, `${problem}; ${next - this.#position} bytes are passed over`);
      this.#position = next;
      this.#running = 0;
      return;
    }
    if (this.#scan.cut) this.#note('truncated', at, 'the track breaks off in the middle of an event; what came before is kept');
    else this.#note('bad-event', at, `${problem}; the rest of the track is left out`);
    this.#abandoned = true;
  }

  /** What follows the end of a track counts only if it is faultless from there to the end of the chunk. */
  #returnToEnd({ position, tick, count }: { position: number; tick: number; count: number }): void {
    this.#note('after-end', position, 'bytes after the end of the track are left out');
    this.#columns.count = count;
    this.#tick = tick;
    this.#abandoned = true;
  }

  #hex(at: number): string {
    return (this.#columns.bytes[at] as number).toString(16);
  }

  #note(kind: MidiDamageKind, at: number, problem: string): void {
    this.#damage.note(kind, at, problem, this.#track);
  }
}

/**
 * The first byte from `from` on, before `before`, at which faultless events begin; -1 if there is none. The first one's delta time is short,
 * since bytes of the damage may stand before it that look like the beginning of a long one.
 */
function seekEvents(bytes: Uint8Array, from: number, before: number, limit: number): number {
  for (let at = from; at < before; at++) {
    if (isShortDelta(bytes, at) && eventsBeginAt(bytes, at, limit, 0, SURE_EVENTS)) return at;
  }
  return -1;
}

/** Whether a number below 2048 stands at a byte. */
function isShortDelta(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  return first < 0x80 || (first < 0x90 && (bytes[at + 1] ?? 0) < 0x80);
}

/** Status bytes that MIDI gives no meaning. */
function isUndefined(status: number): boolean {
  return status === 0xf4 || status === 0xf5 || status === 0xf9 || status === 0xfd;
}
