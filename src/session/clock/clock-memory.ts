// The memory that the session and its clock thread share: a ring of orders to the thread, a ring of reports back, and the words by which
// they wake each other. Each ring has one writer and one reader, so neither ever waits for a lock.

import type { Voice } from '../../jam/settings.js';

/** Whose events the clock sends; a voice is known to the thread by its place here. */
export const VOICES: readonly Voice[] = ['you', 'model', 'click', 'clock'];

/** Events that may wait at once. */
export const CAPACITY = 16_384;
/** Outputs that may be open at once. */
export const MOST_OUTPUTS = 16;

/** Where the words stand. */
export const Word = {
  /** Goes up with everything the thread should look at. */
  signal: 0,
  ordersWritten: 1,
  ordersRead: 2,
  reportsWritten: 3,
  reportsRead: 4,
  /** Goes up with each demand to be silent; what the thread has obeyed stands in `silenced`. */
  silence: 5,
  silenced: 6,
  stop: 7,
  /** Events taken from the ring that were sent, dropped or taken back. */
  done: 8,
} as const;

export const Order = { schedule: 0, cancel: 1, letter: 2 } as const;
/** Marks a report of an event that was too late to be played. */
export const DROPPED = 0x100;
const WORDS_PER_ENTRY = 3;

/** One ring: each entry has two times in seconds and three integers. */
export interface Ring {
  readonly times: Float64Array;
  readonly words: Int32Array;
}

export interface ClockMemory {
  readonly words: Int32Array;
  /** At 0: by how many seconds events are sent earlier than their time. */
  readonly settings: Float64Array;
  readonly orders: Ring;
  readonly reports: Ring;
}

const WORD_BYTES = 64;
const SETTING_BYTES = 8;
const RING_BYTES = CAPACITY * (2 * 8 + WORDS_PER_ENTRY * 4);

export const createClockBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(WORD_BYTES + SETTING_BYTES + 2 * RING_BYTES);

/** Both sides' view of the shared memory. */
export function openClockMemory(buffer: SharedArrayBuffer): ClockMemory {
  const ring = (at: number): Ring => ({
    times: new Float64Array(buffer, at, CAPACITY * 2),
    words: new Int32Array(buffer, at + CAPACITY * 16, CAPACITY * WORDS_PER_ENTRY),
  });
  const first = WORD_BYTES + SETTING_BYTES;
  return {
    words: new Int32Array(buffer, 0, WORD_BYTES / 4),
    settings: new Float64Array(buffer, WORD_BYTES, 1),
    orders: ring(first),
    reports: ring(first + RING_BYTES),
  };
}

/** Writes entry number `index` of a ring; the caller has seen that its place is free. */
export function writeEntry(ring: Ring, index: number, time0: number, time1: number, a: number, b: number, c: number): void {
  const place = index & (CAPACITY - 1);
  ring.times[place * 2] = time0;
  ring.times[place * 2 + 1] = time1;
  ring.words[place * WORDS_PER_ENTRY] = a;
  ring.words[place * WORDS_PER_ENTRY + 1] = b;
  ring.words[place * WORDS_PER_ENTRY + 2] = c;
}

/** Time `k` (0 or 1) of entry number `index`. */
export const entryTime = (ring: Ring, index: number, k: number): number => ring.times[(index & (CAPACITY - 1)) * 2 + k] as number;
/** Integer `k` (0 to 2) of entry number `index`. */
export const entryWord = (ring: Ring, index: number, k: number): number =>
  ring.words[(index & (CAPACITY - 1)) * WORDS_PER_ENTRY + k] as number;
