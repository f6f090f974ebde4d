// Vector times matrix, the inner loops of a network's step. A matrix is row-major; each function adds to `out`, so that the parts of
// a concatenated input are added one after the other. Everything else in a step is linear in its width.

import type { SparseRow } from '../encoding/example.js';

/** out += x · M, where M's rows begin at row `firstRow` of `matrix` and have `columns` values. */
export function addProduct(
  out: Float64Array,
  x: Float32Array | Float64Array,
  xStart: number,
  xLength: number,
  matrix: Float32Array,
  firstRow: number,
  columns: number,
): void {
  let k = 0;
  // Four rows at a time: `out` is read and written a quarter as often.
  for (; k + 4 <= xLength; k += 4) {
    const x0 = x[xStart + k] as number;
    const x1 = x[xStart + k + 1] as number;
    const x2 = x[xStart + k + 2] as number;
    const x3 = x[xStart + k + 3] as number;
    const r0 = (firstRow + k) * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    for (let j = 0; j < columns; j++) {
      out[j] =
        (out[j] as number) +
        x0 * (matrix[r0 + j] as number) +
        x1 * (matrix[r1 + j] as number) +
        x2 * (matrix[r2 + j] as number) +
        x3 * (matrix[r3 + j] as number);
    }
  }
  for (; k < xLength; k++) {
    const x0 = x[xStart + k] as number;
    const r0 = (firstRow + k) * columns;
    for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + x0 * (matrix[r0 + j] as number);
  }
}

/** out += row · M for a row of an encoder: adds or takes away one row of `matrix` per entry. */
export function addSparseProduct(out: Float64Array, row: SparseRow, matrix: Float32Array, columns: number): void {
  for (let k = 0; k < row.length; k++) {
    const start = (row.columns[k] as number) * columns;
    if ((row.signs[k] as number) > 0) for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + (matrix[start + j] as number);
    else for (let j = 0; j < columns; j++) out[j] = (out[j] as number) - (matrix[start + j] as number);
  }
}
