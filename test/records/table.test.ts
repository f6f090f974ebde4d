// Tables: bytes put together by hand, with a checksum computed bit by bit, and damage.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { readTable, type TableEntry, writeTable } from '../../src/records/table.js';

const source = { code: 'bad-model', what: 'the table', hint: 'None.' } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = (entries: readonly TableEntry[]): [string, string][] =>
  entries.map(({ key, value }) => [Buffer.from(key).toString('latin1'), Buffer.from(value).toString('latin1')]);

/** Masked CRC-32C, a bit at a time. */
function checksum(data: readonly number[]): number[] {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  return [masked & 255, (masked >>> 8) & 255, (masked >>> 16) & 255, masked >>> 24];
}
const block = (entries: readonly number[], restarts: readonly number[] = [0]): number[] => {
  const whole = [...entries, ...restarts.flatMap((at) => [at, 0, 0, 0]), restarts.length, 0, 0, 0];
  return [...whole, 0, ...checksum([...whole, 0])];
};
const footer = (metaindex: readonly number[], index: readonly number[]): number[] => {
  const places = [...metaindex, ...index];
  return [...places, ...new Array<number>(40 - places.length).fill(0), 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
};

/** "", "ab" and "ac" as LevelDB writes them: the last shares its first letter, and the index says "b", the shortest key after "ac". */
const data = block([0, 0, 1, 0x78, 0, 2, 1, 0x61, 0x62, 0x79, 1, 1, 2, 0x63, 0x7a, 0x7a]);
const metaindex = block([]);
const index = block([0, 1, 2, 0x62, 0, data.length - 5]);
const byHand = Uint8Array.from([
  ...data,
  ...metaindex,
  ...index,
  ...footer([data.length, metaindex.length - 5], [data.length + metaindex.length, index.length - 5]),
]);
const entries: TableEntry[] = [
  { key: bytes(''), value: bytes('x') },
  { key: bytes('ab'), value: bytes('y') },
  { key: bytes('ac'), value: bytes('zz') },
];

describe('tables', () => {
  it('are written as put together by hand', () => expect([...writeTable(entries)]).toEqual([...byHand]));

  it('are read as put together by hand', () => expect(plain(readTable(byHand, source))).toEqual(plain(entries)));

  it('come back, whatever the keys, over several blocks', () => {
    const key = fc.uint8Array({ maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(key, { selector: (k) => Buffer.from(k).toString('hex'), maxLength: 60 }), fc.nat(3), (keys, big) => {
        const sorted = keys
          .sort((a, b) => Buffer.compare(a, b))
          .map((k, i) => ({ key: k, value: new Uint8Array(i % 7 === big ? 200_000 : i) }));
        if (sorted.length === 0) return;
        expect(plain(readTable(writeTable(sorted), source))).toEqual(plain(sorted));
      }),
      { numRuns: 30 },
    );
  });

  it('are not written with keys out of order', () => {
    expect(() => writeTable([entries[1] as TableEntry, entries[0] as TableEntry])).toThrow(RangeError);
  });

  it('with any one byte changed are refused, or the same where nothing depends on it', () => {
    let refused = 0;
    for (let at = 0; at < byHand.length; at++) {
      const changed = Uint8Array.from(byHand);
      changed[at] = (changed[at] as number) ^ 0x41;
      try {
        expect(plain(readTable(changed, source))).toEqual(plain(entries));
        expect(at).toBeGreaterThanOrEqual(byHand.length - 48);
      } catch (error) {
        expect(error).toBeInstanceOf(MstError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(byHand.length - 48);
  });

  it('cut short are refused', () => {
    for (let length = 0; length < byHand.length; length++) {
      expect(() => readTable(byHand.slice(0, length), source)).toThrow(expect.objectContaining({ code: 'bad-model' }));
    }
  });

  const table = (blocks: readonly number[], indexEntries: readonly number[]): Uint8Array => {
    const own = block(indexEntries);
    const at = blocks.length + metaindex.length;
    return Uint8Array.from([...blocks, ...metaindex, ...own, ...footer([blocks.length, metaindex.length - 5], [at, own.length - 5])]);
  };
  const whole = [0, data.length - 5];
  it.each([
    ['blocks named twice', table(data, [0, 1, 2, 0x62, ...whole, 0, 1, 2, 0x63, ...whole]), /out of order|overlap/],
    ['a block past the end', table(data, [0, 1, 3, 0x62, 0, 0xff, 0x7f]), /ends past it/],
    ['a place with more behind it', table(data, [0, 1, 3, 0x62, ...whole, 0]), /followed by something else/],
    ['keys out of order', table(block([0, 1, 0, 0x62, 0, 1, 0, 0x61]), [0, 1, 2, 0x63, 0, 16]), /out of order/],
    ['a key that shares too much', table(block([0, 1, 0, 0x61, 3, 1, 0, 0x62]), [0, 1, 2, 0x63, 0, 16]), /shares more/],
    ['an entry past its block', table(block([0, 9, 0, 0x62]), [0, 1, 2, 0x63, 0, 12]), /past its block/],
    ['an index before its keys', table(data, [0, 1, 2, 0x61, ...whole]), /index does not fit/],
  ])('with %s are refused', (_, bad, message) => {
    expect(() => readTable(bad, source)).toThrow(expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message) }));
  });
});
