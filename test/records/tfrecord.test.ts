// TFRecord files: against the reader in support/, a file that TensorFlow wrote (MST_SHARED), and damage of every kind.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { encodeRecord, RecordDecoder } from '../../src/records/tfrecord.js';
import { bitwiseCrc32c, readTFRecords } from '../support/tfrecord-reader.js';

const name = 'x.tfrecord';
const join = (parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Feeds the file in pieces of these sizes, over and over; `records` gets what is read. */
function stream(
  file: Uint8Array,
  sizes: number[],
  { longest, records = [] }: { longest?: number; records?: Uint8Array[] } = {},
): Uint8Array[] {
  const decoder = new RecordDecoder(longest === undefined ? { name } : { name, longest });
  const piece = new Uint8Array(Math.max(...sizes));
  for (let at = 0, i = 0; at < file.length; i++) {
    const size = Math.min(sizes[i % sizes.length] ?? 1, file.length - at);
    // One buffer for all pieces, as a file reader would have.
    piece.set(file.subarray(at, at + size));
    records.push(...decoder.push(piece.subarray(0, size)));
    at += size;
  }
  decoder.end();
  return records;
}

function errorOf(run: () => unknown): MstError {
  try {
    run();
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
  throw new Error('no error');
}

test('the header of a record of 76 bytes', () => {
  expect(encodeRecord(new Uint8Array(76)).slice(0, 12)).toEqual(bytes('4c00000000000000f5d4a2a0'));
});

test('what is written reads back, by the independent reader, whole and in pieces', () => {
  const records = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });
  const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(records, sizes, (parts, pieces) => {
      const file = join(parts.map(encodeRecord));
      expect(readTFRecords(file)).toEqual(parts);
      expect(stream(file, [1000])).toEqual(parts);
      expect(stream(file, pieces)).toEqual(parts);
    }),
  );
});

test('any changed byte is noticed, and the records before it are given', () => {
  const parts = [bytes('0102'), new Uint8Array(0), bytes('030405')];
  const file = join(parts.map(encodeRecord));
  const starts = [0, 18, 34];
  for (let at = 0; at < file.length; at++) {
    const damaged = file.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 64;
    const number = at < 18 ? 1 : at < 34 ? 2 : 3;
    for (const size of [7, 1000]) {
      const error = errorOf(() => stream(damaged, [size]));
      expect(error.code).toBe('bad-record');
      expect(error.message).toContain(`x.tfrecord: record ${number} at byte ${starts[number - 1]}: the checksum of its`);
    }
    const given: Uint8Array[] = [];
    errorOf(() => stream(damaged, [1], { records: given }));
    expect(given).toEqual(parts.slice(0, number - 1));
  }
});

test('a file that stops within a record', () => {
  const file = join([bytes('0102'), bytes('030405')].map(encodeRecord));
  for (let length = 1; length < file.length; length++) {
    const cut = file.subarray(0, length);
    if (length === 18) continue;
    const message = `record ${length < 18 ? 1 : 2} at byte ${length < 18 ? 0 : 18}: the file ends ${length < 18 ? length : length - 18} bytes after its start`;
    expect(errorOf(() => stream(cut, [1000])).message).toContain(message);
    expect(errorOf(() => stream(cut, [5])).message).toContain(message);
  }
});

test('a record longer than allowed is refused from its header alone', () => {
  const file = encodeRecord(new Uint8Array(1000));
  expect(stream(file, [64], { longest: 1000 })).toHaveLength(1);
  const decoder = new RecordDecoder({ name, longest: 999 });
  expect(errorOf(() => decoder.push(file.subarray(0, 12))).message).toContain('it claims 1000 bytes, more than the 999');

  // A sound header that claims 2^40 bytes.
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(4, 256, true);
  const crc = BigInt(bitwiseCrc32c(header.subarray(0, 8)));
  view.setUint32(8, Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn), true);
  expect(errorOf(() => stream(header, [12])).message).toContain('it claims 1099511627776 bytes');
});

describe.skipIf(!process.env.MST_SHARED)('a file written by TensorFlow', () => {
  test('reads, and is written the same', () => {
    const file = new Uint8Array(readFileSync(`${process.env.MST_SHARED}/spec/golden/tf-checkpoint/x.tfrecord`));
    const [record] = stream(file, [file.length]);
    expect(record).toHaveLength(76);
    expect(encodeRecord(record ?? new Uint8Array(0))).toEqual(file);
  });
});
