// Files as Magenta wrote them in 2016 and 2017: TensorFlow V1 checkpoints and .mag bundles, put together field by field from the formats'
// description (spec H.1, H.2). The table they stand in is the program's own, which is tested against TensorFlow's bytes.

import { compareBytes, writeTable } from '../../src/records/table.js';

export interface MadeTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** A field of bytes, text or a message. */
export function field(number: number, content: ArrayLike<number> | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

const floats = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const shapeOf = (shape: readonly number[]): Uint8Array => concat(shape.map((size) => field(2, number(1, size))));
/** A slice that is everything: an empty message for every dimension. */
const everything = (shape: readonly number[]): Uint8Array => concat(shape.map(() => field(1, [])));

/** The key of a variable's values. */
function keyOf(name: string, rank: number): Uint8Array {
  return Uint8Array.from([
    0,
    ...ascii(name),
    0,
    1,
    ...(rank === 0 ? [0] : [1, rank]),
    ...Array.from({ length: rank }, () => [0x80, 0x7f]).flat(),
  ]);
}

/** A checkpoint of format V1. @param more float32 = 1 for all; the first entry's list may be given another type by name */
export function checkpointV1(tensors: ReadonlyMap<string, MadeTensor>): Uint8Array {
  const metas = [...tensors].map(([name, { shape }]) =>
    field(1, concat([field(1, name), field(2, shapeOf(shape)), number(3, 1), field(4, everything(shape))])),
  );
  const first = { key: new Uint8Array(), value: field(1, concat([...metas, field(2, number(1, 1))])) };
  const rest = [...tensors].map(([name, { shape, data }]) => ({
    key: keyOf(name, shape.length),
    value: field(2, concat([field(1, name), field(2, everything(shape)), field(3, field(5, floats(data)))])),
  }));
  return writeTable([first, ...rest.sort((a, b) => compareBytes(a.key, b.key))]);
}

/** A graph with one constant: the shape an attention's memory is brought into. */
export function attentionGraph(steps: number, units: number): Uint8Array {
  const content = new Uint8Array(Int32Array.of(-1, steps, units).buffer);
  const tensor = concat([number(1, 3), field(2, field(2, number(1, 3))), field(4, content)]);
  const attribute = concat([field(1, 'value'), field(2, field(8, tensor))]);
  const node = concat([field(1, 'RNN/while/AttentionCellWrapper/Reshape/shape'), field(2, 'Const'), field(5, attribute)]);
  return field(2, field(1, node));
}

/** A bundle. */
export function bundle(id: string, checkpoint: Uint8Array, graph: Uint8Array = new Uint8Array()): Uint8Array {
  return concat([field(1, concat([field(1, id), field(2, 'A melody RNN.')])), field(2, checkpoint), field(3, graph)]);
}

/** Today's name of a variable as TensorFlow before 1.0 spelled it. */
export function oldSpelling(name: string): string {
  return name
    .replace(/^rnn\//, 'RNN/')
    .replace('multi_rnn_cell', 'MultiRNNCell')
    .replace(/cell_(\d+)/, 'Cell$1')
    .replace('basic_lstm_cell', 'BasicLSTMCell')
    .replace('attention_cell_wrapper', 'AttentionCellWrapper')
    .replace('attn_output_projection', 'AttnOutputProjection')
    .replace('/attention/', '/Attention/')
    .replace('attn_w', 'AttnW')
    .replace('attn_v', 'AttnV')
    .replace(/^(RNN\/.*)\/kernel$/, '$1/Linear/Matrix')
    .replace(/^(RNN\/.*)\/bias$/, '$1/Linear/Bias');
}
