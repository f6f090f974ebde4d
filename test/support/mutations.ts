// Files damaged on purpose: what transfers, disks, editors and bad programs do to bytes, and what an attacker would, drawn from a seeded
// generator. Knows nothing of formats, so it serves them all; imports nothing, so a bench can run it compiled by itself.

/** Where decisions come from; core's Random is one. */
export interface RandomIntegers {
  /** A uniform integer in 0..n-1. */
  integer(n: number): number;
}

type Mutation = (bytes: Uint8Array, random: RandomIntegers, others: readonly Uint8Array[]) => Uint8Array;

/** What a mutant may grow by, in bytes, whatever is done to it. */
export const MAX_GROWTH = 65_536;
const MAX_MUTATIONS = 8;
/** Bytes and numbers at the borders of things. */
const EDGE_BYTES = [0x00, 0x01, 0x2f, 0x7f, 0x80, 0x90, 0xf0, 0xf7, 0xff];
const EDGE_NUMBERS = [0, 1, 2, 5, 7, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0xfffff, 0xfffffff, 0x7fffffff, 0x80000000, 0xffffffff];
const EDGE_WORDS = [
  '',
  '0',
  '-1',
  '1',
  '7',
  '999999999',
  '4294967296',
  '1e308',
  '0.0000001',
  'NaN',
  '/',
  '((((((((',
  '))))',
  '"',
  '<',
  '&',
];

function pick<T>(items: readonly T[], random: RandomIntegers): T {
  return items[random.integer(items.length)] as T;
}

/** Somewhere in the bytes, their end included. */
function place(bytes: Uint8Array, random: RandomIntegers): number {
  return random.integer(bytes.length + 1);
}

/** A run of bytes: mostly short, now and then up to all of them. */
function run(bytes: Uint8Array, random: RandomIntegers): [start: number, end: number] {
  const start = place(bytes, random);
  const longest = random.integer(8) === 0 ? bytes.length : 16;
  return [start, Math.min(bytes.length, start + 1 + random.integer(longest))];
}

function concat(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A copy with the bytes from start to end replaced. */
function replaced(bytes: Uint8Array, [start, end]: readonly [number, number], by: ArrayLike<number>): Uint8Array {
  return concat(bytes.subarray(0, start), by, bytes.subarray(end));
}

/** A copy changed in place. */
function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes);
  if (copy.length > 0) change(copy);
  return copy;
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A word or number of text, or a single byte where there is none. */
function wordAt(bytes: Uint8Array, at: number): [start: number, end: number] {
  const isWord = (k: number): boolean => /[\w.]/.test(String.fromCharCode(bytes[k] ?? 0));
  let start = at;
  let end = at;
  while (start > 0 && at - start < 32 && isWord(start - 1)) start--;
  while (end < bytes.length && end - at < 32 && isWord(end)) end++;
  return [start, end];
}

/** Four bytes that are likely to be a length: behind four letters, or anywhere. */
function fieldAt(bytes: Uint8Array, random: RandomIntegers): number {
  for (let tries = 0; tries < 32; tries++) {
    const at = place(bytes, random);
    if (at + 8 <= bytes.length && bytes.subarray(at, at + 4).every((byte) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)) return at + 4;
  }
  return place(bytes, random);
}

const MUTATIONS: readonly Mutation[] = [
  // A bit flips.
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.integer(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.integer(8));
    }),
  // A byte is another.
  (bytes, random) =>
    changed(bytes, (copy) => {
      copy[random.integer(copy.length)] = random.integer(2) === 0 ? pick(EDGE_BYTES, random) : random.integer(256);
    }),
  // Bytes are lost.
  (bytes, random) => replaced(bytes, run(bytes, random), []),
  // Bytes come in.
  (bytes, random) => {
    const at = place(bytes, random);
    return replaced(
      bytes,
      [at, at],
      Array.from({ length: 1 + random.integer(16) }, () => random.integer(256)),
    );
  },
  // A run is all the same: zeros of a half-written sector, or the longest number there is.
  (bytes, random) => changed(bytes, (copy) => copy.fill(pick(EDGE_BYTES, random), ...run(copy, random))),
  // The rest is missing.
  (bytes, random) => bytes.slice(0, place(bytes, random)),
  // The beginning of one file, the end of another.
  (bytes, random, others) => {
    const other = others.length === 0 ? bytes : pick(others, random);
    return concat(bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random)));
  },
  // A run stands somewhere else too, once or many times.
  (bytes, random) => {
    const copied = bytes.slice(...run(bytes, random));
    const many = Math.min(256, Math.ceil(MAX_GROWTH / Math.max(1, copied.length)));
    const times = random.integer(4) === 0 ? 1 + random.integer(many) : 1;
    const at = place(bytes, random);
    return replaced(bytes, [at, at], concat(...Array.from({ length: times }, () => copied)));
  },
  // A length or count says something else, in 2 or 4 bytes, the highest first or last.
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = fieldAt(copy, random);
      const size = pick([2, 4, 4], random);
      const old = copy.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
      const value = random.integer(2) === 0 ? pick(EDGE_NUMBERS, random) : old + random.integer(9) - 4;
      const last = random.integer(8) === 0;
      for (let k = 0; k < size; k++) copy[at + (last ? k : size - 1 - k)] = Math.floor(value / 256 ** k) % 256;
    }),
  // A word or number of text is another.
  (bytes, random) => {
    const [start, end] = wordAt(bytes, place(bytes, random));
    const other = bytes.slice(...wordAt(bytes, place(bytes, random)));
    return replaced(bytes, [start, end], random.integer(2) === 0 ? ascii(pick(EDGE_WORDS, random)) : other);
  },
];

/**
 * A damaged copy of a file: one to eight mutations, each drawn alike; fewer are likelier. The copy is at most MAX_GROWTH bytes longer than the
 * longest of `bytes` and `others`.
 * @param others files of the same kind, to splice with
 */
export function mutate(bytes: Uint8Array, random: RandomIntegers, others: readonly Uint8Array[] = []): Uint8Array {
  const longest = others.reduce((most, { length }) => Math.max(most, length), bytes.length) + MAX_GROWTH;
  let mutant = bytes;
  let left = MAX_MUTATIONS;
  do {
    mutant = pick(MUTATIONS, random)(mutant, random, others).slice(0, longest);
  } while (--left > 0 && random.integer(2) === 0);
  return mutant;
}
