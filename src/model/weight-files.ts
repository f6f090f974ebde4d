// The weights of a model as files: weights_manifest.json and its shards, the format of Magenta.js and TensorFlow.js (spec I.2).

import { badModel, Fields, parseJson } from './json-fields.js';
import { sizeOf, type Tensor, type Weights } from './weights.js';

export const MANIFEST = 'weights_manifest.json';
const SHARD_BYTES = 4 * 1024 * 1024;
/** Limits of what is read: far above every melody model, far below what would exhaust a machine. */
const MAX_BYTES = 1024 * 1024 * 1024;
const MAX_TENSORS = 10_000;
const MAX_SHARDS = 4096;
const MAX_RANK = 8;

/** Where the files of a folder come from. */
export type ReadFile = (name: string) => Uint8Array | undefined;

/** The manifest and shards of these tensors, in their order, as float32. */
export function encodeWeights(weights: Weights): Map<string, Uint8Array> {
  let total = 0;
  for (const { data } of weights.values()) total += 4 * data.length;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { data } of weights.values())
    for (const value of data) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  const count = Math.max(1, Math.ceil(total / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, k) => `group1-shard${k + 1}of${count}`);
  const manifest = [{ paths, weights: [...weights].map(([name, { shape }]) => ({ name, shape, dtype: 'float32' })) }];
  const files = new Map([[MANIFEST, new TextEncoder().encode(`${JSON.stringify(manifest)}\n`)]]);
  paths.forEach((path, k) => {
    files.set(path, bytes.subarray(k * SHARD_BYTES, (k + 1) * SHARD_BYTES));
  });
  return files;
}

/** How one tensor lies in the bytes of its group. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly bytesPerValue: 1 | 2 | 4;
  /** value = stored · scale + min; undefined for float32. */
  readonly quantization: { readonly min: number; readonly scale: number } | undefined;
}

/** The tensors of a manifest and its shards. @throws MstError `bad-model` naming the file and what is wrong with it */
export function decodeWeights(read: ReadFile): Map<string, Tensor> {
  const source = read(MANIFEST);
  if (source === undefined)
    throw badModel(MANIFEST, 'The file is missing.', 'A model folder needs it beside config.json; copy the whole folder.');
  const groups = parseJson(MANIFEST, source);
  if (!Array.isArray(groups) || groups.length === 0 || groups.length > MAX_SHARDS)
    throw badModel(MANIFEST, 'The file is not a list of weight groups.');
  const tensors = new Map<string, Tensor>();
  const seen = new Set<string>();
  let budget = MAX_BYTES;
  for (const group of groups) {
    const fields = new Fields(MANIFEST, group);
    const paths = fields.array('paths', MAX_SHARDS).map((path) => checkPath(path, seen));
    const entries = fields.array('weights', MAX_TENSORS).map(readEntry);
    const needed = entries.reduce((sum, entry) => sum + entry.size * entry.bytesPerValue, 0);
    budget -= needed;
    if (budget < 0) throw badModel(MANIFEST, `The weights would take more than ${MAX_BYTES} bytes.`);
    if (tensors.size + entries.length > MAX_TENSORS) throw badModel(MANIFEST, `The model has more than ${MAX_TENSORS} variables.`);
    const bytes = joinShards(read, paths, needed);
    let offset = 0;
    for (const entry of entries) {
      if (tensors.has(entry.name)) throw badModel(MANIFEST, `The variable ${entry.name} is listed twice.`);
      tensors.set(entry.name, { shape: entry.shape, data: readValues(bytes, offset, entry) });
      offset += entry.size * entry.bytesPerValue;
    }
  }
  return tensors;
}

/** A shard lies in the folder itself, under a plain name, and is listed once. */
function checkPath(path: unknown, seen: Set<string>): string {
  if (typeof path !== 'string' || !/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(path) || path.includes('..')) {
    throw badModel(MANIFEST, `${JSON.stringify(path)?.slice(0, 80)} is not the name of a file in the model's folder.`);
  }
  if (seen.has(path)) throw badModel(MANIFEST, `The file ${path} is listed twice.`);
  seen.add(path);
  return path;
}

function readEntry(value: unknown): Entry {
  const fields = new Fields(MANIFEST, value);
  const name = fields.text('name');
  const shape = fields.integers('shape', { min: 0, max: MAX_BYTES, maxLength: MAX_RANK });
  const size = sizeOf(shape);
  if (size > MAX_BYTES) throw badModel(MANIFEST, `The variable ${name} would have ${size} values.`);
  if (fields.text('dtype') !== 'float32') fields.fail('dtype', 'float32');
  if (!fields.has('quantization')) return { name, shape, size, bytesPerValue: 4, quantization: undefined };
  const quantization = fields.object('quantization');
  const dtype = quantization.text('dtype');
  if (dtype !== 'uint8' && dtype !== 'uint16') quantization.fail('dtype', 'uint8 or uint16');
  return {
    name,
    shape,
    size,
    bytesPerValue: dtype === 'uint8' ? 1 : 2,
    quantization: { min: quantization.number('min'), scale: quantization.number('scale') },
  };
}

function joinShards(read: ReadFile, paths: readonly string[], needed: number): Uint8Array {
  let total = 0;
  const shards = paths.map((path) => {
    const shard = read(path);
    if (shard === undefined) throw badModel(path, 'The file is missing.', `${MANIFEST} names it; copy the whole folder.`);
    total += shard.length;
    if (total > needed) throw badModel(path, `The weight files have more bytes than the ${needed} of ${MANIFEST}.`);
    return shard;
  });
  if (total < needed) throw badModel(paths.at(-1) ?? MANIFEST, `The weight files have ${total} bytes, not the ${needed} of ${MANIFEST}.`);
  const bytes = new Uint8Array(needed);
  let offset = 0;
  for (const shard of shards) {
    bytes.set(shard, offset);
    offset += shard.length;
  }
  return bytes;
}

function readValues(bytes: Uint8Array, offset: number, { size, bytesPerValue, quantization }: Entry): Float32Array {
  const view = new DataView(bytes.buffer, offset, size * bytesPerValue);
  const data = new Float32Array(size);
  for (let k = 0; k < size; k++) {
    if (quantization === undefined) data[k] = view.getFloat32(4 * k, true);
    else data[k] = (bytesPerValue === 1 ? view.getUint8(k) : view.getUint16(2 * k, true)) * quantization.scale + quantization.min;
  }
  return data;
}
