// An example: the inputs and labels of one melody. Every encoder's inputs are 0, +1 or -1, so rows are kept sparse;
// the dense form is the one of Magenta's TFRecord files (spec E.2).

import { MstError } from '../core/errors.js';

/** The input of one step: `signs[k]` (+1 or -1) stands in column `columns[k]` for k < length; all other columns are 0. */
export interface SparseRow {
  length: number;
  readonly columns: Uint16Array;
  readonly signs: Int8Array;
}

/** The inputs of many steps: those of step t are entries rowStart[t] up to, not including, rowStart[t + 1]. */
export interface SparseRows {
  /** steps + 1 offsets. */
  readonly rowStart: Int32Array;
  readonly columns: Uint16Array;
  readonly signs: Int8Array;
}

export interface Example {
  readonly steps: number;
  readonly inputSize: number;
  readonly inputs: SparseRows;
  /** One class index per step. */
  readonly labels: Int32Array;
}

/** A row with room for `capacity` entries. */
export function createRow(capacity: number): SparseRow {
  return { length: 0, columns: new Uint16Array(capacity), signs: new Int8Array(capacity) };
}

/** Appends an entry to a row. */
export function addEntry(row: SparseRow, column: number, sign: 1 | -1): void {
  row.columns[row.length] = column;
  row.signs[row.length] = sign;
  row.length++;
}

/** The input of one step, as a view into `inputs`. */
export function rowOf(inputs: SparseRows, step: number): SparseRow {
  const start = inputs.rowStart[step] as number;
  const end = inputs.rowStart[step + 1] as number;
  return { length: end - start, columns: inputs.columns.subarray(start, end), signs: inputs.signs.subarray(start, end) };
}

/** Writes the input of one step as `inputSize` numbers into `out` at `offset`. */
export function writeDense(example: Example, step: number, out: Float32Array, offset = 0): void {
  const { rowStart, columns, signs } = example.inputs;
  out.fill(0, offset, offset + example.inputSize);
  const end = rowStart[step + 1] as number;
  for (let k = rowStart[step] as number; k < end; k++) out[offset + (columns[k] as number)] = signs[k] as number;
}

/**
 * An example from the dense rows and labels of a SequenceExample.
 * @throws MstError `bad-record` when it is not one of an encoder with these sizes
 */
export function exampleFromDense(
  inputs: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  { inputSize, numClasses }: { inputSize: number; numClasses: number },
): Example {
  const fail = (what: string): never => {
    throw new MstError('bad-record', what, { hint: 'The examples belong to another configuration; make them again with `mst examples`.' });
  };
  if (inputs.length !== labels.length) fail(`The example has ${inputs.length} inputs, but ${labels.length} labels.`);
  const rowStart = new Int32Array(inputs.length + 1);
  const columns: number[] = [];
  const signs: number[] = [];
  inputs.forEach((row, step) => {
    if (row.length !== inputSize) fail(`The example's input at step ${step} has ${row.length} values, not ${inputSize}.`);
    for (let column = 0; column < inputSize; column++) {
      const value = row[column] as number;
      if (value === 0) continue;
      if (value !== 1 && value !== -1) fail(`The example's input at step ${step}, column ${column} is ${value}, not 0, 1 or -1.`);
      columns.push(column);
      signs.push(value);
    }
    rowStart[step + 1] = columns.length;
    const label = labels[step] as number;
    if (!Number.isInteger(label) || label < 0 || label >= numClasses)
      fail(`The example's label at step ${step} is ${label}, not below ${numClasses}.`);
  });
  return {
    steps: inputs.length,
    inputSize,
    inputs: { rowStart, columns: Uint16Array.from(columns), signs: Int8Array.from(signs) },
    labels: Int32Array.from(labels),
  };
}
