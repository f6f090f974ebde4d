// TFRecord: records one after another, each with its length and two checksums (spec E.1). What a record holds is not looked at.
import { MstError } from '../core/errors.js';
import { maskedCrc32c } from './crc32c.js';

const headerBytes = 12;
const footerBytes = 4;

/** A longer record is refused unless a reader is told otherwise: 256 MiB, some millions of notes. */
const defaultLongestRecord = 256 * 2 ** 20;

export interface RecordOptions {
  /** What messages call the file. */
  name: string;
  /** Bytes of the longest record to accept. */
  longest?: number;
}

/** One record as it stands in a file: length, its checksum, the data, its checksum. */
export function encodeRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(headerBytes + data.length + footerBytes);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(4, Math.floor(data.length / 2 ** 32), true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(data, headerBytes);
  view.setUint32(headerBytes + data.length, maskedCrc32c(data), true);
  return record;
}

/**
 * Reads a file of any size in pieces: `push` each piece, then call `end`. Holds one record and one piece at most, and never more than has
 * arrived, whatever length a record claims.
 * @throws MstError `bad-record` with the record's number (from 1), its byte offset and what is wrong.
 */
export class RecordDecoder {
  readonly #scanner: Scanner;
  #held = new Uint8Array(0);
  #filled = 0;

  constructor(options: RecordOptions) {
    this.#scanner = new Scanner(options);
  }

  /** The records that this piece completes, as copies; the piece may be reused afterwards. */
  push(piece: Uint8Array): Uint8Array[] {
    let bytes = piece;
    let filled = piece.length;
    if (this.#filled > 0) {
      this.#hold(piece);
      bytes = this.#held;
      filled = this.#filled;
    }
    const records: Uint8Array[] = [];
    let at = 0;
    for (let record = this.#scanner.next(bytes, at, filled); record; record = this.#scanner.next(bytes, at, filled)) {
      records.push(bytes.slice(record.from, record.to));
      at = record.to + footerBytes;
    }
    if (bytes === piece) {
      this.#hold(piece.subarray(at));
    } else if (at > 0) {
      this.#held.copyWithin(0, at, filled);
      this.#filled = filled - at;
    }
    return records;
  }

  /** Refuses a file that stops inside a record. */
  end(): void {
    if (this.#filled > 0) throw this.#scanner.truncated(this.#filled);
  }

  #hold(piece: Uint8Array): void {
    const needed = this.#filled + piece.length;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      grown.set(this.#held.subarray(0, this.#filled));
      this.#held = grown;
    }
    this.#held.set(piece, this.#filled);
    this.#filled = needed;
  }
}

/** Finds and checks records; knows how many there were and where the next one stands in the file. */
class Scanner {
  readonly #name: string;
  readonly #longest: number;
  #number = 1;
  #offset = 0;
  /** Length of the record at `#offset` once its header has been checked. */
  #length: number | undefined;

  constructor({ name, longest = defaultLongestRecord }: RecordOptions) {
    this.#name = name;
    this.#longest = longest;
  }

  /** Where the data of the record at bytes[at..filled) stands, or undefined while it is not complete. */
  next(bytes: Uint8Array, at: number, filled: number): { from: number; to: number } | undefined {
    if (filled - at < headerBytes) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#length === undefined) {
      if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes, at, at + 8)) throw this.#fault('the checksum of its length does not match');
      const length = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
      if (length > this.#longest) throw this.#fault(`it claims ${length} bytes, more than the ${this.#longest} this reader accepts`);
      this.#length = length;
    }
    const from = at + headerBytes;
    const to = from + this.#length;
    if (filled < to + footerBytes) return undefined;
    if (view.getUint32(to, true) !== maskedCrc32c(bytes, from, to)) throw this.#fault('the checksum of its data does not match');
    this.#number++;
    this.#offset += headerBytes + this.#length + footerBytes;
    this.#length = undefined;
    return { from, to };
  }

  truncated(rest: number): MstError {
    const whole = this.#length === undefined ? 'its header' : `its ${headerBytes + this.#length + footerBytes} bytes`;
    return this.#fault(`the file ends ${rest} bytes after its start, within ${whole}`);
  }

  #fault(problem: string): MstError {
    return new MstError('bad-record', `${this.#name}: record ${this.#number} at byte ${this.#offset}: ${problem}.`, {
      hint: `The file is damaged from there on, or is not a TFRecord file. Make it again, or copy it again from where it came; the ${this.#number - 1} records before are sound.`,
    });
  }
}
