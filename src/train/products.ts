// Matrix products on the engine, for values that live in typed arrays: the one kind of work the engines do much faster than a loop.
// Transposed operands are laid out first, because the WebAssembly engine's own transposed products are some twenty times slower.

import * as tf from '@tensorflow/tfjs-core';

/** Takes the values of a tensor and frees it. (Not from inside `tf.tidy`: that would search the returned array for tensors.) */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return values;
}

/** values [rows, inner] · matrix [inner, columns]; the result may be written to by the caller. */
export function product(values: Float32Array, rows: number, matrix: tf.Tensor2D): Float32Array {
  const left = tf.tensor2d(values, [rows, values.length / rows]);
  const result = tf.matMul(left, matrix);
  const out = valuesOf(result);
  left.dispose();
  return out;
}

/** a [rows, n]ᵀ · b [rows, m], as a tensor [n, m]: the gradient of a weight matrix from its inputs and the gradient of its outputs. */
export function outerProduct(a: Float32Array, b: Float32Array, rows: number): tf.Tensor2D {
  return tf.tidy(() =>
    tf.matMul(tf.transpose(tf.tensor2d(a, [rows, a.length / rows])), tf.tensor2d(b, [rows, b.length / rows])),
  ) as tf.Tensor2D;
}

/** The sums of the columns of x [rows, columns]: the gradient of a bias. */
export function columnSums(x: Float32Array, columns: number): tf.Tensor1D {
  const sums = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) sums[j] = (sums[j] as number) + (x[i + j] as number);
  }
  return tf.tensor1d(Float32Array.from(sums));
}

/** Adds `bias` to each row of x [rows, bias.length], in place. */
export function addBias(x: Float32Array, bias: Float32Array): Float32Array {
  const columns = bias.length;
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) x[i + j] = (x[i + j] as number) + (bias[j] as number);
  }
  return x;
}

/** Copies rows of `width` values from `source` to `target`, whose rows are `stride` apart, from `column` on. */
export function copyColumns(source: Float32Array, width: number, target: Float32Array, stride: number, column: number): void {
  for (let i = 0, o = column; i < source.length; i += width, o += stride) target.set(source.subarray(i, i + width), o);
}
