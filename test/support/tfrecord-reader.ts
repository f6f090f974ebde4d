// An independent reader of TFRecord files and SequenceExamples for tests: written from the format's description alone, sharing no code with
// src, slow and plain on purpose. It throws on any damage.

/** CRC-32C one bit at a time. */
export function bitwiseCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const out = (crc ^ (byte >> bit)) & 1;
      crc >>>= 1;
      if (out === 1) crc = (crc ^ 0x82f63b78) >>> 0;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** What the eight bits of a byte do to a register that is empty otherwise: files of hundreds of megabytes are read byte by byte. */
const ofByte = Int32Array.from({ length: 256 }, (_, byte) => {
  let register = byte;
  for (let bit = 0; bit < 8; bit++) register = (register & 1) === 1 ? (register >>> 1) ^ 0x82f63b78 : register >>> 1;
  return register;
});

function bytewiseCrc32c(bytes: Uint8Array): number {
  let register = -1;
  for (let i = 0; i < bytes.length; i++) register = (register >>> 8) ^ (ofByte[(register ^ (bytes[i] as number)) & 255] as number);
  return ~register >>> 0;
}

function checkMasked(bytes: Uint8Array, stored: number, what: string): void {
  const crc = BigInt(bytewiseCrc32c(bytes));
  const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
  if (Number((rotated + 0xa282ead8n) & 0xffffffffn) !== stored) throw new Error(`${what}: checksum differs`);
}

/** The data of every record of a file. */
export function readTFRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    checkMasked(bytes.subarray(at, at + 8), view.getUint32(at + 8, true), `length of record ${records.length}`);
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (data.length !== length) throw new Error(`record ${records.length} is cut off`);
    checkMasked(data, view.getUint32(at + 12 + length, true), `record ${records.length}`);
    records.push(data);
    at += 16 + length;
  }
  return records;
}

interface WireField {
  number: number;
  wireType: number;
  /** Varints as numbers, everything else as bytes. */
  value: bigint | Uint8Array;
}

function wireFields(bytes: Uint8Array): WireField[] {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut off within a varint');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new Error('cut off within a field');
    at += count;
    return bytes.subarray(at - count, at);
  };
  const fields: WireField[] = [];
  while (at < bytes.length) {
    const tag = Number(varint());
    const wireType = tag & 7;
    if (![0, 1, 2, 5].includes(wireType)) throw new Error(`wire type ${wireType}`);
    const value = wireType === 0 ? varint() : take(wireType === 1 ? 8 : wireType === 5 ? 4 : Number(varint()));
    fields.push({ number: tag >> 3, wireType, value });
  }
  return fields;
}

/** All length-delimited fields of this number. */
function blocks(bytes: Uint8Array, number: number): Uint8Array[] {
  return wireFields(bytes).flatMap((field) => {
    if (field.number !== number) return [];
    if (!(field.value instanceof Uint8Array) || field.wireType !== 2) throw new Error(`field ${number} is not length-delimited`);
    return [field.value];
  });
}

function only<T>(items: T[], what: string): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`${items.length} times ${what}`);
  return item;
}

/** The two feature lists of a SequenceExample: one row of numbers and one label per step. */
export function readSequenceExample(bytes: Uint8Array): { inputs: number[][]; labels: number[] } {
  const lists = new Map<string, Uint8Array[]>();
  for (const entry of blocks(only(blocks(bytes, 2), 'feature_lists'), 1)) {
    const key = new TextDecoder().decode(only(blocks(entry, 1), 'key'));
    if (lists.has(key)) throw new Error(`two lists "${key}"`);
    lists.set(key, blocks(only(blocks(entry, 2), 'value'), 1));
  }
  const features = (key: string): Uint8Array[] => lists.get(key) ?? [];
  if ([...lists.keys()].sort().join() !== 'inputs,labels') throw new Error(`lists ${[...lists.keys()].join()}`);
  const inputs = features('inputs').map((feature) => {
    const packed = only(blocks(only(blocks(feature, 2), 'float_list'), 1), 'values');
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    return Array.from({ length: packed.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  });
  const labels = features('labels').map((feature) => {
    const packed = only(blocks(only(blocks(feature, 3), 'int64_list'), 1), 'values');
    // A packed varint is a field without its tag: read it as field 1.
    const [field] = wireFields(Uint8Array.of(8, ...packed));
    if (typeof field?.value !== 'bigint') throw new Error('no label');
    return Number(field.value);
  });
  return { inputs, labels };
}
