// TensorFlow checkpoints of format V2 (spec H.3), read and written: PREFIX.index, a table of entries, and PREFIX.data-00000-of-00001, the
// values one after another. No graph (.meta) is written: Magenta builds its own when it is given a checkpoint.

import {
  checkpointSource,
  DataType,
  floatsOf,
  MOST_BYTES,
  readShape,
  refuse,
  type StoredTensor,
  type StoredTensors,
  type TensorShape,
  tensorShape,
} from './checkpoint-tensor.js';
import { maskedCrc32c } from './crc32c.js';
import { decodeMessage, encodeMessage, message, nested, nestedList, plain } from './message.js';
import { compareBytes, readTable, type TableEntry, writeTable } from './table.js';

interface BundleHeader {
  numShards: number;
  endianness: number;
  version?: { producer: number } | undefined;
}

const versionDef = message<{ producer: number }>('VersionDef', { producer: plain(1, 'int32') });
const bundleHeader = message<BundleHeader>('BundleHeaderProto', {
  numShards: plain(1, 'int32'),
  endianness: plain(2, 'enum'),
  version: nested(3, () => versionDef),
});

interface BundleEntry {
  dtype: number;
  shape?: TensorShape | undefined;
  shardId: number;
  offset: number;
  size: number;
  crc32c: number;
  slices: object[];
}

const slice = message<object>('TensorSliceProto', {});
const bundleEntry = message<BundleEntry>('BundleEntryProto', {
  dtype: plain(1, 'enum'),
  shape: nested(2, () => tensorShape),
  shardId: plain(3, 'int32'),
  offset: plain(4, 'int64'),
  size: plain(5, 'int64'),
  crc32c: plain(6, 'fixed32'),
  slices: nestedList(7, () => slice),
});

const MOST_SHARDS = 1000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the file with the values of a shard is called behind the prefix. */
export function shardName(shard: number, shards: number): string {
  const five = (n: number): string => String(n).padStart(5, '0');
  return `.data-${five(shard)}-of-${five(shards)}`;
}

/**
 * The variables of a checkpoint.
 * @param index the bytes of PREFIX.index
 * @param read the bytes of PREFIX + the given ending, undefined when there is no such file
 * @param name what errors call the checkpoint
 * @throws MstError `bad-model`; every checksum is looked at
 */
export function decodeCheckpointV2(index: Uint8Array, read: (ending: string) => Uint8Array | undefined, name: string): StoredTensors {
  const source = checkpointSource(`${name}.index`);
  const [first, ...entries] = readTable(index, source);
  if (first === undefined || first.key.length > 0) return refuse(source, 'its first entry is not that of a checkpoint');
  const { numShards, endianness } = decodeMessage(bundleHeader, first.value, source);
  if (endianness !== 0) refuse(source, 'its values are big-endian; write it again on another computer');
  if (numShards < 1 || numShards > MOST_SHARDS) refuse(source, `it names ${numShards} files of values`);
  const shards = new Map<number, Uint8Array>();
  const shardOf = (shard: number): Uint8Array => {
    const ending = shardName(shard, numShards);
    const bytes = shards.get(shard) ?? read(ending);
    if (bytes === undefined) return refuse(checkpointSource(`${name}${ending}`), 'the file is missing; copy all files of the checkpoint');
    shards.set(shard, bytes);
    return bytes;
  };
  const tensors: StoredTensors = new Map();
  let total = 0;
  for (const { key, value } of entries) {
    const variable = nameOf(key) ?? refuse(source, 'a name in it is not UTF-8');
    const entry = decodeMessage(bundleEntry, value, source);
    if (entry.slices.length > 0) refuse(source, `the variable ${variable} is kept in slices, which no melody model is`);
    if (entry.shardId < 0 || entry.shardId >= numShards) refuse(source, `the variable ${variable} is in a file that does not exist`);
    const bytes = shardOf(entry.shardId);
    if (!(entry.offset >= 0 && entry.size >= 0 && entry.offset + entry.size <= bytes.length)) {
      refuse(checkpointSource(`${name}${shardName(entry.shardId, numShards)}`), `the values of ${variable} end past it`);
    }
    total += entry.size;
    if (total > MOST_BYTES) refuse(source, 'it is too large for a melody model');
    tensors.set(variable, tensorFrom(bytes.subarray(entry.offset, entry.offset + entry.size), entry, variable, name));
  }
  return tensors;
}

function nameOf(key: Uint8Array): string | undefined {
  try {
    return utf8.decode(key);
  } catch {
    return undefined;
  }
}

function tensorFrom(bytes: Uint8Array, { dtype, shape: stored, crc32c }: BundleEntry, variable: string, name: string): StoredTensor {
  const source = checkpointSource(name);
  // The checksum of a variable of texts covers more than its bytes; no network has one.
  if (dtype !== DataType.float32 && dtype !== DataType.int64) return { shape: [] };
  const shape = readShape(stored, variable, source);
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== count * (dtype === DataType.float32 ? 4 : 8)) {
    refuse(source, `the variable ${variable} has ${bytes.length} bytes for the shape [${shape}]`);
  }
  if (crc32c !== maskedCrc32c(bytes)) refuse(source, `the checksum of ${variable} does not match, so it is damaged`);
  if (dtype === DataType.float32) return { shape, floats: floatsOf(bytes) };
  if (count !== 1) return { shape };
  const value = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
  return Number.isSafeInteger(value) ? { shape, integer: value } : { shape };
}

/** The two files of a checkpoint by their endings. @throws RangeError for a variable with neither or both kinds of values */
export function encodeCheckpointV2(tensors: ReadonlyMap<string, StoredTensor>): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  const names = [...tensors.keys()].sort((a, b) => compareBytes(encoder.encode(a), encoder.encode(b)));
  const header: BundleHeader = { numShards: 1, endianness: 0, version: { producer: 1 } };
  const entries: TableEntry[] = [{ key: new Uint8Array(0), value: encodeMessage(bundleHeader, header) }];
  const values: Uint8Array[] = [];
  let offset = 0;
  for (const name of names) {
    const tensor = tensors.get(name) as StoredTensor;
    const bytes = bytesOf(name, tensor);
    const entry: BundleEntry = {
      dtype: tensor.floats === undefined ? DataType.int64 : DataType.float32,
      shape: { dim: tensor.shape.map((size) => ({ size })), unknownRank: false },
      shardId: 0,
      offset,
      size: bytes.length,
      crc32c: maskedCrc32c(bytes),
      slices: [],
    };
    entries.push({ key: encoder.encode(name), value: encodeMessage(bundleEntry, entry) });
    values.push(bytes);
    offset += bytes.length;
  }
  const data = new Uint8Array(offset);
  let at = 0;
  for (const bytes of values) {
    data.set(bytes, at);
    at += bytes.length;
  }
  return new Map([
    ['.index', writeTable(entries)],
    [shardName(0, 1), data],
  ]);
}

function bytesOf(name: string, { shape, floats, integer }: StoredTensor): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if ((floats === undefined) === (integer === undefined) || count !== (floats?.length ?? 1)) {
    throw new RangeError(`the variable ${name} has not the values of its shape [${shape}]`);
  }
  const bytes = new Uint8Array(floats === undefined ? 8 : 4 * count);
  const view = new DataView(bytes.buffer);
  if (integer !== undefined) view.setBigInt64(0, BigInt(integer), true);
  floats?.forEach((value, k) => {
    view.setFloat32(4 * k, value, true);
  });
  return bytes;
}
