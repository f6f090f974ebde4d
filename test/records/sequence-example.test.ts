// SequenceExample: against bytes worked out by hand from the protobuf encoding, the independent reader in support/, and TensorFlow's own
// record (MST_SHARED).
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { decodeSequenceExample, encodeSequenceExample } from '../../src/records/sequence-example.js';
import { expectSame } from '../support/same.js';
import { readSequenceExample, readTFRecords } from '../support/tfrecord-reader.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** A field holding a message. */
const field = (number: number, ...parts: Uint8Array[]): Uint8Array => {
  const inside = parts.flatMap((part) => [...part]);
  const length = inside.length < 128 ? [inside.length] : [(inside.length & 127) | 128, inside.length >> 7];
  return Uint8Array.of(number * 8 + 2, ...length, ...inside);
};
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const entry = (key: string, ...features: Uint8Array[]): Uint8Array => field(1, field(1, text(key)), field(2, ...features));
const label = (...varint: number[]): Uint8Array => field(1, field(3, field(1, Uint8Array.from(varint))));
const row = (...floats: number[]): Uint8Array => field(1, field(2, field(1, new Uint8Array(Float32Array.from(floats).buffer))));
const example = (...entries: Uint8Array[]): Uint8Array => field(2, ...entries);

const small = { inputSize: 3, inputs: Float32Array.of(0, 1, 0, 1, 0, 0), labels: [0, 2] };
const smallBytes = example(entry('labels', label(0), label(2)), entry('inputs', row(0, 1, 0), row(1, 0, 0)));

const refusal = (input: Uint8Array): string => {
  try {
    decodeSequenceExample(input, 'x: record 3');
  } catch (error) {
    if (error instanceof MstError && error.code === 'bad-record') return error.message;
    throw error;
  }
  return 'not refused';
};

test('two steps, byte by byte', () => {
  expect(smallBytes.slice(0, 14)).toEqual(bytes('124a 0a18 0a06 6c6162656c73 120e'));
  expect(encodeSequenceExample(small)).toEqual(smallBytes);
});

test('the lists may come in either order, with others and a context beside them', () => {
  const expected = { ...small, labels: Int32Array.from(small.labels) };
  expect(decodeSequenceExample(smallBytes)).toEqual(expected);
  const turned = example(entry('inputs', row(0, 1, 0), row(1, 0, 0)), entry('other', label(1)), entry('labels', label(0), label(2)));
  expect(decodeSequenceExample(Uint8Array.of(...field(1, field(1)), ...turned))).toEqual(expected);
});

test('what is written reads back, by the independent reader too', () => {
  const shape = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.oneof(fc.nat(200), fc.nat(2 ** 31 - 1)), { maxLength: 40 }));
  fc.assert(
    fc.property(shape, fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 50 }), ([inputSize, labels], values) => {
      const inputs = Float32Array.from({ length: inputSize * labels.length }, (_, i) => values[i % values.length] ?? 0);
      const encoded = encodeSequenceExample({ inputSize, inputs, labels });
      const rows = labels.map((_, step) => [...inputs.subarray(step * inputSize, (step + 1) * inputSize)]);
      expectSame(readSequenceExample(encoded), { inputs: rows, labels });
      const size = labels.length > 0 ? inputSize : 0;
      expectSame(decodeSequenceExample(encoded), { inputSize: size, inputs, labels: Int32Array.from(labels) });
    }),
  );
});

test('rows and lists of every length of length', () => {
  for (const [inputSize, steps] of [
    [31, 2],
    [32, 40],
    [4000, 3],
    [121, 511],
    [1, 20_000],
  ] as const) {
    const inputs = Float32Array.from({ length: inputSize * steps }, (_, i) => (i % 7) - 3);
    const labels = Int32Array.from({ length: steps }, (_, i) => i % 300);
    const encoded = encodeSequenceExample({ inputSize, inputs, labels });
    const read = readSequenceExample(encoded);
    expectSame(Float32Array.from(read.inputs.flat()), inputs);
    expectSame(Int32Array.from(read.labels), labels);
    expectSame(decodeSequenceExample(encoded), { inputSize, inputs, labels });
  }
});

test('inputs that are a part of a larger array', () => {
  const inputs = Float32Array.of(9, 0, 1, 0, 1, 0, 0, 9).subarray(1, 7);
  expect(encodeSequenceExample({ ...small, inputs })).toEqual(smallBytes);
});

test('rows that are nearly all 0 are written as those rows are', () => {
  const row = fc.uniqueArray(fc.tuple(fc.nat(129), fc.constantFrom(1, -1)), { maxLength: 9, selector: ([column]) => column });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const inputSize = 130;
      const inputs = new Float32Array(rows.length * inputSize);
      for (const [step, entries] of rows.entries()) for (const [column, sign] of entries) inputs[step * inputSize + column] = sign;
      let entries = 0;
      const sparse = {
        rowStart: [0, ...rows.map(({ length }) => (entries += length))],
        columns: rows.flatMap((entries) => entries.map(([column]) => column)),
        signs: rows.flatMap((entries) => entries.map(([, sign]) => sign)),
      };
      const labels = rows.map((_, step) => step);
      expectSame(encodeSequenceExample({ inputSize, inputs: sparse, labels }), encodeSequenceExample({ inputSize, inputs, labels }));
    }),
  );
  const broken = [
    { rowStart: [0, 1], columns: [0], signs: [1] },
    { rowStart: [0, 2, 1], columns: [0], signs: [1] },
    { rowStart: [0, 1, 2], columns: [0], signs: [1] },
    { rowStart: [0, 1, 1], columns: [3], signs: [1] },
    { rowStart: [0, 1, 1], columns: [0], signs: [] },
  ];
  for (const inputs of broken) expect(() => encodeSequenceExample({ inputSize: 3, inputs, labels: [0, 0] })).toThrow(MstError);
});

test('what cannot be written is refused', () => {
  for (const wrong of [
    { ...small, inputSize: 2 },
    { ...small, inputSize: 0 },
    { ...small, labels: [0] },
    { ...small, labels: [0, -1] },
    { ...small, labels: [0, 1.5] },
    { ...small, labels: [0, 2 ** 31] },
  ]) {
    expect(() => encodeSequenceExample(wrong)).toThrow(MstError);
  }
});

test('what is no example of a melody is refused', () => {
  const labels = entry('labels', label(0), label(2));
  const inputs = entry('inputs', row(0, 1, 0), row(1, 0, 0));
  expect(refusal(new Uint8Array(0))).toContain('x: record 3 has no list "inputs"');
  expect(refusal(example(inputs))).toContain('has no list "labels"');
  expect(refusal(example(inputs, entry('labels', label(0))))).toContain('has 2 inputs but 1 labels');
  expect(refusal(example(labels, entry('inputs', row(0, 1, 0), row(1, 0))))).toContain('step 1 has 2 inputs where the first had 3');
  expect(refusal(example(labels, entry('inputs', row(), row())))).toContain('differ in size');
  expect(refusal(example(labels, entry('inputs', label(0), label(1))))).toContain('is not of its kind');
  expect(refusal(example(labels, entry('inputs', field(1, field(2, field(1, bytes('000000')))), row(1))))).toContain('differ in size');
  expect(refusal(example(entry('labels', row(0), row(2)), inputs))).toContain('is not of its kind');
  expect(refusal(example(entry('labels', label(0, 1), label(2)), inputs))).toContain('does not have one label');
  expect(refusal(example(entry('labels', label(), label(2)), inputs))).toContain('does not have one label');
  expect(refusal(example(entry('labels', label(255, 255, 255, 255, 255, 255, 255, 255, 255, 1), label(2)), inputs))).toContain(
    'one label of 0 or more',
  );
  expect(refusal(example(entry('labels', field(1, field(3, bytes('0800'))), label(2)), inputs))).toContain('is not packed');
  // One long row and many empty ones ask for far more memory than came.
  const many = Array.from({ length: 1000 }, () => field(1));
  const long = row(...Array.from({ length: 1000 }, () => 1));
  expect(refusal(example(entry('labels', ...many.map(() => label(0)), label(0)), entry('inputs', long, ...many)))).toContain(
    'differ in size',
  );
});

test('damage is refused or read, never anything else', () => {
  for (let length = 0; length < smallBytes.length; length++) expect(refusal(smallBytes.subarray(0, length))).not.toBe('not refused');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(smallBytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const damaged = smallBytes.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      refusal(damaged);
    }),
    { numRuns: 3000 },
  );
});

describe.skipIf(!process.env.MST_SHARED)('a record written by TensorFlow', () => {
  test('reads, and is written the same', () => {
    const [record] = readTFRecords(new Uint8Array(readFileSync(`${process.env.MST_SHARED}/spec/golden/tf-checkpoint/x.tfrecord`)));
    if (!record) throw new Error('no record');
    expect(decodeSequenceExample(record)).toEqual({ inputSize: 3, inputs: Float32Array.of(0, 1, 0, 1, 0, 0), labels: Int32Array.of(0, 2) });
    expect(encodeSequenceExample(small)).toEqual(record);
  });
});
