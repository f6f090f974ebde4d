// TensorFlow checkpoints of format V1 (spec H.2), read: one table whose first entry lists the variables and whose others hold their values.
// It is what lies in a .mag bundle, and what TensorFlow before 0.12 wrote.

import {
  checkpointSource,
  DataType,
  floatsOf,
  MOST_BYTES,
  readShape,
  refuse,
  type StoredTensors,
  type TensorShape,
  tensorShape,
} from './checkpoint-tensor.js';
import { decodeMessage, type Field, message, nested, nestedList, plain, repeated } from './message.js';
import { readTable } from './table.js';

interface Extent {
  start: number;
  length?: number | undefined;
}
interface Slice {
  extent: Extent[];
}
interface SliceMeta {
  name: string;
  shape?: TensorShape | undefined;
  type: number;
  slice: Slice[];
}
/** Values of one variable; of a TensorProto only what checkpoints use. Packed numbers are taken as bytes, since there may be millions. */
interface Values {
  floats: Uint8Array[];
  integers: number[];
}
interface SavedSlice {
  name: string;
  slice?: Slice | undefined;
  data?: Values | undefined;
}
interface SavedSlices {
  meta?: { tensor: SliceMeta[] } | undefined;
  data?: SavedSlice | undefined;
}

const extent = message<Extent>('TensorSliceProto.Extent', {
  start: plain(1, 'int64'),
  length: { number: 2, type: 'int64', rule: 'optional' } as Field<number>,
});
const slice = message<Slice>('TensorSliceProto', { extent: nestedList(1, () => extent) });
const sliceMeta = message<SliceMeta>('SavedSliceMeta', {
  name: plain(1, 'string'),
  shape: nested(2, () => tensorShape),
  type: plain(3, 'enum'),
  slice: nestedList(4, () => slice),
});
const slicesMeta = message<{ tensor: SliceMeta[] }>('SavedTensorSliceMeta', { tensor: nestedList(1, () => sliceMeta) });
const values = message<Values>('TensorProto', { floats: repeated(5, 'bytes'), integers: repeated(10, 'int64') });
const savedSlice = message<SavedSlice>('SavedSlice', {
  name: plain(1, 'string'),
  slice: nested(2, () => slice),
  data: nested(3, () => values),
});
const savedSlices = message<SavedSlices>('SavedTensorSlices', { meta: nested(1, () => slicesMeta), data: nested(2, () => savedSlice) });

/**
 * The variables of a checkpoint.
 * @param name what errors call it
 * @throws MstError `bad-model`; every checksum is looked at
 */
export function decodeCheckpointV1(bytes: Uint8Array, name: string): StoredTensors {
  const source = checkpointSource(name);
  const [first, ...entries] = readTable(bytes, source);
  const meta = first !== undefined && first.key.length === 0 ? decodeMessage(savedSlices, first.value, source).meta : undefined;
  if (meta === undefined) return refuse(source, 'its first entry is not that of a checkpoint');
  const listed = new Map(meta.tensor.map((tensor) => [tensor.name, tensor]));
  const tensors: StoredTensors = new Map();
  let total = 0;
  for (const entry of entries) {
    const saved = decodeMessage(savedSlices, entry.value, source).data ?? refuse(source, 'one of its entries holds no variable');
    const about = listed.get(saved.name) ?? refuse(source, `the variable ${saved.name} is not in its list`);
    if (tensors.has(saved.name) || about.slice.length !== 1 || !isWhole(about.slice[0]) || !isWhole(saved.slice)) {
      refuse(source, `the variable ${saved.name} is kept in slices, which no melody model is`);
    }
    const shape = readShape(about.shape, saved.name, source);
    const count = shape.reduce((product, size) => product * size, 1);
    const { floats, integers } = saved.data ?? { floats: [], integers: [] };
    if (about.type === DataType.float32) {
      const data = floatsOf(joined(floats));
      total += 4 * data.length;
      if (total > MOST_BYTES) refuse(source, 'it is too large for a melody model');
      if (data.length !== count) refuse(source, `the variable ${saved.name} has ${data.length} values for the shape [${shape}]`);
      tensors.set(saved.name, { shape, floats: data });
    } else if (about.type === DataType.int64 && count === 1 && integers.length === 1) {
      tensors.set(saved.name, { shape, integer: integers[0] as number });
    } else tensors.set(saved.name, { shape });
  }
  const lacking = [...listed.keys()].find((variable) => !tensors.has(variable));
  if (lacking !== undefined) refuse(source, `the values of ${lacking} are missing`);
  return tensors;
}

/** A slice that is all of its variable: every dimension from its start, without a length. */
function isWhole(part: Slice | undefined): boolean {
  return part === undefined || part.extent.every(({ start, length }) => start === 0 && length === undefined);
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const [only] = blocks;
  const size = blocks.reduce((sum, { length }) => sum + length, 0);
  const rest = size % 4;
  if (blocks.length === 1 && only !== undefined && rest === 0) return only;
  const whole = new Uint8Array(size - rest);
  let at = 0;
  for (const block of blocks) {
    whole.set(block.subarray(0, whole.length - at), at);
    at += block.length;
  }
  return whole;
}
