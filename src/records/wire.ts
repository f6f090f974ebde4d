// The wire format of protocol buffers: tags, varints, fixed fields, lengths. The reader refuses whatever a sound writer never writes:
// fields that end past their message, varints over ten bytes, groups, text that is not UTF-8, numbers beyond exact JavaScript integers.
import { type ErrorCode, MstError } from '../core/errors.js';

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** How a reader speaks of its input when it must refuse it. */
export interface WireSource {
  code: ErrorCode;
  /** What the bytes are, e.g. "songs.tfrecord: record 3: the NoteSequence". */
  what: string;
  hint: string;
  /** Most things all lists of a message may hold together; for input that nobody vouches for. */
  most?: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

export class WireReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #source: WireSource;
  /** Next byte to read, and the end of the message being read. */
  at = 0;
  end: number;
  /** Of the field that `tag` has just read. */
  wireType = 0;
  #fieldAt = 0;
  #left: number;

  constructor(bytes: Uint8Array, source: WireSource) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
    this.#left = source.most ?? Number.POSITIVE_INFINITY;
  }

  /** Counts one more thing in a list. */
  countItem(): void {
    if (--this.#left < 0) this.fail(`its lists hold more than ${this.#source.most} things`);
  }

  fail(problem: string, at = this.#fieldAt): never {
    throw new MstError(this.#source.code, `${this.#source.what} cannot be read: at byte ${at}, ${problem}.`, { hint: this.#source.hint });
  }

  /** The next field's number, its wire type kept in `wireType`; 0 at the end of the message. */
  tag(): number {
    if (this.at >= this.end) return 0;
    this.#fieldAt = this.at;
    const first = this.bytes[this.at] as number;
    if (first < 128 && first > 7) {
      this.at++;
      this.wireType = first & 7;
      return first >> 3;
    }
    const tag = this.#varint();
    this.wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 0x1fffffff) this.fail(`the field number ${number} does not exist`);
    return number;
  }

  /** Refuses a field of another wire type. */
  expect(wireType: number, field: string): void {
    if (this.wireType !== wireType) this.fail(`${field} has wire type ${this.wireType} instead of ${wireType}`);
  }

  /** Reads the length of a field and returns where the field ends. */
  lengthEnd(): number {
    const length = this.#varint();
    if (length > this.end - this.at) this.fail(`a field of ${length} bytes ends past its message`);
    return this.at + length;
  }

  /** An int32 or enum: the low 32 bits, signed. */
  int32(): number {
    const first = this.at < this.end ? (this.bytes[this.at] as number) : 128;
    if (first < 128) {
      this.at++;
      return first;
    }
    this.#readVarint();
    return this.#low | 0;
  }

  bool(): boolean {
    this.#readVarint();
    return (this.#low | this.#high) !== 0;
  }

  /** An int64 as a number; refused where a number cannot hold it exactly. */
  int64(): number {
    this.#readVarint();
    const value = (this.#high | 0) * 2 ** 32 + (this.#low >>> 0);
    if (!Number.isSafeInteger(value)) this.fail('a number is too large to be held exactly');
    return value;
  }

  fixed32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A view of the field's bytes. */
  block(): Uint8Array {
    const end = this.lengthEnd();
    const block = this.bytes.subarray(this.at, end);
    this.at = end;
    return block;
  }

  text(): string {
    const block = this.block();
    try {
      return utf8.decode(block);
    } catch {
      return this.fail('a text is not UTF-8');
    }
  }

  /** Passes over the field whose tag has been read. */
  skip(): void {
    if (this.wireType === WireType.varint) this.#readVarint();
    else if (this.wireType === WireType.fixed64) this.#take(8);
    else if (this.wireType === WireType.bytes) this.at = this.lengthEnd();
    else if (this.wireType === WireType.fixed32) this.#take(4);
    else this.fail(`the wire type ${this.wireType} is not known`);
  }

  #low = 0;
  #high = 0;

  /** A varint into two halves of 32 bits. */
  #readVarint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.at >= this.end) this.fail('the message ends within a number');
      const byte = this.bytes[this.at++] as number;
      if (shift < 28) low |= (byte & 127) << shift;
      else if (shift === 28) {
        low |= (byte & 15) << 28;
        high = (byte & 127) >> 4;
      } else if (shift < 63) high |= (byte & 127) << (shift - 32);
      else if (byte > 1) this.fail('a number has more than 64 bits');
      else high |= byte << 31;
      if (byte < 128) break;
    }
    this.#low = low;
    this.#high = high;
  }

  /** A varint that counts something: never negative. */
  #varint(): number {
    this.#readVarint();
    return (this.#high >>> 0) * 2 ** 32 + (this.#low >>> 0);
  }

  #take(count: number): number {
    const at = this.at;
    if (count > this.end - at) this.fail(`the message ends within a field of ${count} bytes`);
    this.at = at + count;
    return at;
  }
}

/** Bytes that a writer keeps for the next message. */
const mostKept = 2 ** 22;

export class WireWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Begins anew. Room beyond what is usual is given back. */
  clear(): void {
    this.#at = 0;
    if (this.#bytes.length <= mostKept) return;
    this.#bytes = new Uint8Array(256);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A copy of what has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  tag(field: number, wireType: number): void {
    this.int64(field * 8 + wireType);
  }

  /** An int32, int64, enum or count: any safe integer, negative ones in ten bytes. */
  int64(value: number): void {
    this.#room(10);
    if (value >= 0 && value < 128) {
      this.#bytes[this.#at++] = value;
      return;
    }
    let low = value >>> 0;
    let high = Math.floor(value / 2 ** 32) >>> 0;
    while (high !== 0 || low > 127) {
      this.#bytes[this.#at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#at++] = low;
  }

  /** An int32 that is not 0, after its tag, which is below 128. */
  plainInt(tag: number, value: number): void {
    if (value === 0) return;
    this.#room(11);
    this.#bytes[this.#at++] = tag;
    this.int64(value);
  }

  /** A double that is not 0, after its tag, which is below 128. */
  plainDouble(tag: number, value: number): void {
    if (Object.is(value, 0)) return;
    this.#room(9);
    this.#bytes[this.#at++] = tag;
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  float(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#at, value, true);
    this.#at += 4;
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  block(bytes: Uint8Array): void {
    this.int64(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  text(text: string): void {
    this.block(utf8Encoder.encode(text));
  }

  /** Begins a nested message; what is returned is what `close` needs to end it. */
  open(): number {
    this.#room(1);
    return ++this.#at;
  }

  /** Ends the nested message begun at `start`: puts its length before it. */
  close(start: number): void {
    const length = this.#at - start;
    // Most are shorter than 128 bytes and fit the one byte kept free; a longer one is moved.
    let extra = 0;
    for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) extra++;
    if (extra > 0) {
      this.#room(extra);
      this.#bytes.copyWithin(start + extra, start, this.#at);
    }
    this.#at = start - 1;
    this.int64(length);
    this.#at += length;
  }

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
