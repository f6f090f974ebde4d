// Sorted tables of keys and values, the LevelDB format in which TensorFlow keeps checkpoints (spec H.2): blocks with checksums, an index
// of them, and a footer. Keys and values are bytes; what they mean is not looked at.

import { MstError } from '../core/errors.js';
import { maskedCrc32c } from './crc32c.js';
import { type WireSource, WireWriter } from './wire.js';

const FOOTER = 48;
/** Where in the footer the magic number begins; the two places before it are padded to there. */
const PLACES = 40;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
/** Behind every block: a byte for its compression and a checksum. */
const TRAILER = 5;
const RAW = 0;
/** Entries between two keys that are written whole. */
const RESTART_EVERY = 16;
/** A block is closed once it has this many bytes, as in TensorFlow. */
const BLOCK_BYTES = 262_144;
/** Entries of the largest table that is read. */
const MOST_ENTRIES = 100_000;

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Whether bytes begin and end as a table does: a first key shares nothing. (A bundle may end with a table, too.) */
export function isTable(bytes: Uint8Array): boolean {
  return bytes.length >= FOOTER && bytes[0] === 0 && MAGIC.every((byte, k) => bytes[bytes.length - MAGIC.length + k] === byte);
}

/**
 * The entries of a table in their order; values are views of `bytes`.
 * @throws MstError with the source's code for anything no sound writer writes: a wrong checksum, keys out of order, places outside
 */
export function readTable(bytes: Uint8Array, source: WireSource): TableEntry[] {
  const reader: TableReader = new TableReader(bytes, source);
  if (!isTable(bytes)) reader.fail('it does not begin and end as a TensorFlow table does, so it is cut off or something else');
  const cursor = new Cursor(reader, bytes, bytes.length - FOOTER, bytes.length - FOOTER + PLACES);
  const metaindex = cursor.place();
  const index = cursor.place();
  if (reader.block(metaindex).length > 0) reader.fail('it has data beside its keys that no checkpoint has');
  const entries: TableEntry[] = [];
  for (const { key, value } of reader.block(index)) {
    const place = new Cursor(reader, value, 0, value.length);
    const block = reader.block(place.place());
    place.end();
    const last = block.at(-1);
    if (last === undefined) reader.fail('one of its blocks is empty');
    if (compareBytes(last.key, key) > 0) reader.fail('its index does not fit its blocks');
    const before = entries.at(-1);
    if (before !== undefined && compareBytes(before.key, (block[0] as TableEntry).key) >= 0) reader.fail('its blocks are out of order');
    for (const entry of block) entries.push(entry);
    if (entries.length > MOST_ENTRIES) reader.fail(`it has more than ${MOST_ENTRIES} entries`);
  }
  return entries;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

class TableReader {
  readonly #bytes: Uint8Array;
  readonly #source: WireSource;
  /** Every block of a sound table is read once, so all together have no more bytes than the table. */
  #left: number;

  constructor(bytes: Uint8Array, source: WireSource) {
    this.#bytes = bytes;
    this.#source = source;
    this.#left = bytes.length;
  }

  fail(problem: string): never {
    throw new MstError(this.#source.code, `${this.#source.what} cannot be read: ${problem}.`, { hint: this.#source.hint });
  }

  block({ offset, size }: Place): TableEntry[] {
    const end = offset + size;
    if (!(end + TRAILER <= this.#bytes.length)) this.fail(`a block of ${size} bytes at byte ${offset} ends past it`);
    this.#left -= size + TRAILER;
    if (this.#left < 0) this.fail('its blocks overlap');
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    if (view.getUint32(end + 1, true) !== maskedCrc32c(this.#bytes, offset, end + 1)) {
      this.fail(`the checksum of the block at byte ${offset} does not match, so it is damaged`);
    }
    if (this.#bytes[end] !== RAW) this.fail('its blocks are compressed, which those of checkpoints never are');
    if (size < 8) this.fail(`the block at byte ${offset} is too small`);
    const restarts = view.getUint32(end - 4, true);
    if (restarts < 1 || restarts > (size - 4) / 4) this.fail(`the block at byte ${offset} has a wrong number of restarts`);
    return this.#entries(offset, end - 4 - 4 * restarts);
  }

  #entries(from: number, to: number): TableEntry[] {
    const cursor = new Cursor(this, this.#bytes, from, to);
    const entries: TableEntry[] = [];
    let key = new Uint8Array(0);
    while (!cursor.done) {
      const shared = cursor.varint();
      const unshared = cursor.varint();
      const length = cursor.varint();
      if (shared > key.length) this.fail('a key shares more with the one before than there is');
      const next = new Uint8Array(shared + cursor.check(unshared));
      next.set(key.subarray(0, shared));
      next.set(cursor.take(unshared), shared);
      if (entries.length > 0 && compareBytes(key, next) >= 0) this.fail('its keys are out of order');
      if (entries.length >= MOST_ENTRIES) this.fail(`it has more than ${MOST_ENTRIES} entries`);
      key = next;
      entries.push({ key, value: cursor.take(length) });
    }
    return entries;
  }
}

/** Reads on within bytes[at..end). */
class Cursor {
  readonly #reader: TableReader;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(reader: TableReader, bytes: Uint8Array, at: number, end: number) {
    this.#reader = reader;
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  end(): void {
    if (!this.done) this.#reader.fail('one of its places is followed by something else');
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      if (this.done) break;
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return this.#reader.fail('a number in it is broken off or too large');
  }

  place(): Place {
    return { offset: this.varint(), size: this.varint() };
  }

  /** `count`, if there are as many bytes. */
  check(count: number): number {
    if (count > this.#end - this.#at) this.#reader.fail('an entry ends past its block');
    return count;
  }

  take(count: number): Uint8Array {
    const at = this.#at;
    this.#at += this.check(count);
    return this.#bytes.subarray(at, at + count);
  }
}

/** The table of these entries, as TensorFlow writes it. @throws RangeError for keys that are not in ascending order */
export function writeTable(entries: readonly TableEntry[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  const put = (block: Uint8Array): Uint8Array => {
    const at = offset;
    pieces.push(block);
    offset += block.length;
    return encodePlace(at, block.length - TRAILER);
  };
  const index: TableEntry[] = [];
  let block = new BlockWriter(RESTART_EVERY);
  entries.forEach(({ key, value }, k) => {
    const next = entries[k + 1]?.key;
    if (next !== undefined && compareBytes(key, next) >= 0) throw new RangeError('the keys of a table ascend');
    block.add(key, value);
    if (next !== undefined && block.size < BLOCK_BYTES) return;
    index.push({ key: next === undefined ? shortSuccessor(key) : separator(key, next), value: put(block.finish()) });
    block = new BlockWriter(RESTART_EVERY);
  });
  const metaindex = put(new BlockWriter(RESTART_EVERY).finish());
  const indexBlock = new BlockWriter(1);
  for (const { key, value } of index) indexBlock.add(key, value);
  const places = concat([metaindex, put(indexBlock.finish())]);
  const footer = new Uint8Array(FOOTER);
  footer.set(places);
  footer.set(MAGIC, PLACES);
  return concat([...pieces, footer]);
}

function encodePlace(offset: number, size: number): Uint8Array {
  const writer = new WireWriter();
  writer.int64(offset);
  writer.int64(size);
  return writer.finish();
}

class BlockWriter {
  readonly #pieces: Uint8Array[] = [];
  readonly #restarts: number[] = [0];
  readonly #every: number;
  #size = 0;
  #count = 0;
  #last: Uint8Array = new Uint8Array(0);

  constructor(restartEvery: number) {
    this.#every = restartEvery;
  }

  /** Bytes with the list of restarts. */
  get size(): number {
    return this.#size + 4 * this.#restarts.length + 4;
  }

  add(key: Uint8Array, value: Uint8Array): void {
    let shared = 0;
    if (this.#count === this.#every) {
      this.#restarts.push(this.#size);
      this.#count = 0;
    } else while (shared < this.#last.length && shared < key.length && this.#last[shared] === key[shared]) shared++;
    const writer = new WireWriter();
    writer.int64(shared);
    writer.int64(key.length - shared);
    writer.int64(value.length);
    const entry = concat([writer.finish(), key.subarray(shared), value]);
    this.#pieces.push(entry);
    this.#size += entry.length;
    this.#last = key;
    this.#count++;
  }

  /** The block with its trailer. */
  finish(): Uint8Array {
    const writer = new WireWriter();
    for (const restart of this.#restarts) writer.fixed32(restart);
    writer.fixed32(this.#restarts.length);
    const block = concat([...this.#pieces, writer.finish(), new Uint8Array(TRAILER)]);
    const end = block.length - TRAILER;
    block[end] = RAW;
    new DataView(block.buffer).setUint32(end + 1, maskedCrc32c(block, 0, end + 1), true);
    return block;
  }
}

/** A short key at or after `key` and before `next`: LevelDB's, so that tables are equal to the byte. */
function separator(key: Uint8Array, next: Uint8Array): Uint8Array {
  let same = 0;
  while (same < key.length && same < next.length && key[same] === next[same]) same++;
  const byte = key[same];
  if (byte === undefined || byte >= 255 || byte + 1 >= (next[same] ?? 0)) return key;
  return concat([key.subarray(0, same), [byte + 1]]);
}

/** A short key at or after `key`. */
function shortSuccessor(key: Uint8Array): Uint8Array {
  const at = key.findIndex((byte) => byte !== 255);
  return at < 0 ? key : concat([key.subarray(0, at), [(key[at] as number) + 1]]);
}

/** Order of bytes, as of memcmp: below 0, 0 or above 0. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let k = 0; k < length; k++) {
    const difference = (a[k] as number) - (b[k] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
