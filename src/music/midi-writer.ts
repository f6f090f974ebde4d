// Standard MIDI File bytes from timed events. What a NoteSequence becomes as events is note-sequence-to-midi.ts's business.

/** One event of a track: `data` is everything after the delta time, with its status byte. */
export interface TrackEvent {
  /** From the start of the track. */
  readonly tick: number;
  /** Lower first among events of the same tick; equal ones stay in the order given. */
  readonly order: number;
  readonly data: readonly number[];
}

/** Longest time from one event to the next that a MIDI file can hold, in ticks. */
export const MAX_DELTA = 0x0fffffff;

class Bytes {
  #bytes = new Uint8Array(256);
  #length = 0;

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }

  append(bytes: readonly number[]): void {
    for (const byte of bytes) this.push(byte);
  }

  uint(value: number, size: number): void {
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) this.push((value >>> shift) & 0xff);
  }

  get length(): number {
    return this.#length;
  }

  /** Writes a 32-bit number over four bytes already there. */
  patchUint32(at: number, value: number): void {
    for (let k = 0; k < 4; k++) this.#bytes[at + k] = (value >>> (24 - 8 * k)) & 0xff;
  }

  toArray(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** The bytes of a variable-length quantity up to MAX_DELTA. */
export function varint(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

/** A meta event's bytes. */
export function metaEvent(type: number, data: readonly number[]): number[] {
  return [0xff, type, ...varint(data.length), ...data];
}

/** A format 1 file. Each track is sorted by tick and order, written with running status, and ended one tick after its last event. */
export function writeMidiFile(ticksPerQuarter: number, tracks: readonly (readonly TrackEvent[])[]): Uint8Array {
  const out = new Bytes();
  out.append([0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 1]);
  out.uint(tracks.length, 2);
  out.uint(ticksPerQuarter, 2);
  for (const track of tracks) {
    out.append([0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, 0]);
    const start = out.length;
    let now = 0;
    let running = 0;
    for (const { tick, data } of track.toSorted((a, b) => a.tick - b.tick || a.order - b.order)) {
      out.append(varint(tick - now));
      now = tick;
      const [status = 0] = data;
      for (let k = status === running ? 1 : 0; k < data.length; k++) out.push(data[k] as number);
      running = status < 0xf0 ? status : 0;
    }
    out.append([1, ...metaEvent(0x2f, [])]);
    out.patchUint32(start - 4, out.length - start);
  }
  return out.toArray();
}
