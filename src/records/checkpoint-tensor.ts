// What a TensorFlow checkpoint says of one variable, whatever the checkpoint's format: the types and bounds both formats share.

import { MstError } from '../core/errors.js';
import { type Field, message, nestedList, plain, type Schema } from './message.js';
import type { WireSource } from './wire.js';

/** TensorFlow's numbers of the types melody models are made of. */
export const DataType = { float32: 1, int64: 9 } as const;

/** Bytes of the largest value that is read, and the most dimensions one may have. */
export const MOST_BYTES = 2 ** 29;
const MOST_DIMENSIONS = 8;
/** Things in the lists of a message: far above those of the largest graph, far below what would exhaust a machine. */
const MOST_ITEMS = 1_000_000;

/** One variable of a checkpoint. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** The values of a float32 variable. */
  readonly floats?: Float32Array;
  /** The value of an int64 scalar, such as global_step. */
  readonly integer?: number;
}

/** The variables of a checkpoint by the names TensorFlow gave them. */
export type StoredTensors = Map<string, StoredTensor>;

export interface TensorShape {
  dim: { size: number }[];
  unknownRank: boolean;
}

export const tensorShape: Schema<TensorShape> = message<TensorShape>('TensorShapeProto', {
  dim: nestedList(2, () => dimension),
  unknownRank: plain(3, 'bool'),
});
const dimension = message<{ size: number }>('TensorShapeProto.Dim', { size: plain(1, 'int64') as Field<number> });

/** How a checkpoint is spoken of in errors. */
export function checkpointSource(name: string): WireSource {
  return { code: 'bad-model', what: name, most: MOST_ITEMS, hint: 'Copy or download the checkpoint again; if it stays so, it is damaged.' };
}

export function refuse({ code, what, hint }: WireSource, problem: string): never {
  throw new MstError(code, `${what} cannot be read: ${problem}.`, { hint });
}

/** The dimensions of a variable, whose values take at most MOST_BYTES. */
export function readShape(shape: TensorShape | undefined, name: string, source: WireSource): number[] {
  const sizes = (shape?.dim ?? []).map(({ size }) => size);
  if (shape?.unknownRank || sizes.length > MOST_DIMENSIONS || sizes.some((size) => size < 0)) {
    refuse(source, `the variable ${name} has the impossible shape [${sizes.slice(0, 9)}]`);
  }
  if (!(sizes.reduce((product, size) => product * size, 4) <= MOST_BYTES)) refuse(source, `the variable ${name} is too large`);
  return sizes;
}

/** Little-endian float32 values. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, k) => view.getFloat32(4 * k, true));
}
