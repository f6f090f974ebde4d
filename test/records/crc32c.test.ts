// Expected values: the check value and the vectors of RFC 3720 (B.4), and a CRC computed bit by bit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from '../../src/records/crc32c.js';
import { bitwiseCrc32c } from '../support/tfrecord-reader.js';

test('published vectors', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(0))).toBe(0);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
});

test('masked', () => {
  // A TFRecord header of length 76 stores f5 d4 a2 a0.
  expect(maskedCrc32c(Uint8Array.of(76, 0, 0, 0, 0, 0, 0, 0))).toBe(0xa0a2d4f5);
});

test('any bytes, whole, in pieces and as a part', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
      const from = Math.min(a, b, bytes.length);
      const to = Math.min(Math.max(a, b), bytes.length);
      expect(crc32c(bytes)).toBe(bitwiseCrc32c(bytes));
      expect(crc32c(bytes, from, to)).toBe(bitwiseCrc32c(bytes.subarray(from, to)));
      expect(crc32c(bytes, to, bytes.length, crc32c(bytes, 0, to))).toBe(bitwiseCrc32c(bytes));
    }),
  );
});
