// How the variables of a network are cut into blocks, one for each product: the boundary between Magenta's storage and the kernels'.

import { blockBytes } from './records.js';

/** What the kernels need to know of a network. */
export interface KernelShape {
  /** Width of one step's input. */
  readonly inputSize: number;
  readonly numClasses: number;
  /** Units of each LSTM layer, bottom first. */
  readonly layerSizes: readonly number[];
  /** Steps the attention looks back over, its slots; 0 = no attention. */
  readonly attnLength: number;
}

/** A range of rows of one variable. */
export interface Block {
  /** What the kernels call it: `0.x`, `0.recurrent`, `attention.w`, `head`… */
  readonly name: string;
  /** Number of its variable in the list of variables. */
  readonly variable: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Units if gated, else columns. */
  readonly columns: number;
  readonly gated: boolean;
  /** Rows that are looked up one by one (sparse inputs, biases) lie in a table, others in panels. */
  readonly table: boolean;
  /** Whether gradients flow back through it: then its transpose is packed too. */
  readonly backward: boolean;
}

export const pad8 = (n: number): number => Math.ceil(n / 8) * 8;

/** Bytes from one row of `width` values to the next: an odd number of cache lines, so that rows spread over the whole cache. */
export function strideOf(width: number): number {
  return (Math.ceil((width * 4) / 64) | 1) * 64;
}

/** Rows and columns of every variable (a vector has one row), in the order of Magenta's variables, and the blocks they are cut into. */
export function cutVariables(shape: KernelShape): { variables: { rows: number; columns: number }[]; blocks: Block[] } {
  const variables: { rows: number; columns: number }[] = [];
  const blocks: Block[] = [];
  const matrix = (
    columns: number,
    parts: readonly { name: string; rows: number; table?: boolean; backward?: boolean; gated?: boolean }[],
  ) => {
    let firstRow = 0;
    for (const { name, rows, table = false, backward = true, gated = false } of parts) {
      const variable = variables.length;
      blocks.push({ name, variable, firstRow, rows, columns: gated ? columns / 4 : columns, gated, table, backward });
      firstRow += rows;
    }
    variables.push({ rows: firstRow, columns });
  };
  const vector = (name: string, columns: number, gated = false): void =>
    matrix(columns, [{ name, rows: 1, table: true, backward: false, gated }]);

  let below = shape.inputSize;
  shape.layerSizes.forEach((units, level) => {
    const attends = level === 0 && shape.attnLength > 0;
    if (attends) {
      matrix(below, [
        { name: 'attention.inputTable', rows: below, table: true, backward: false },
        { name: 'attention.inputAttended', rows: units },
      ]);
      vector('attention.inputBias', below);
    }
    const sparse = level === 0 && !attends;
    matrix(4 * units, [
      { name: `${level}.x`, rows: below, gated: true, table: sparse, backward: !sparse },
      { name: `${level}.recurrent`, rows: units, gated: true },
    ]);
    vector(`${level}.bias`, 4 * units, true);
    if (attends) {
      matrix(units, [{ name: 'attention.w', rows: units }]);
      vector('attention.v', units);
      matrix(units, [
        { name: 'attention.queryC', rows: units },
        { name: 'attention.queryH', rows: units },
      ]);
      vector('attention.queryBias', units);
      matrix(units, [
        { name: 'attention.outputH', rows: units },
        { name: 'attention.outputAttended', rows: units },
      ]);
      vector('attention.outputBias', units);
    }
    below = units;
  });
  matrix(shape.numClasses, [{ name: 'head', rows: below }]);
  vector('head.bias', shape.numClasses);
  return { variables, blocks };
}

/** A block and where it lies. */
export interface PlacedBlock extends Block {
  readonly record: number;
  readonly rowWidth: number;
  readonly width: number;
  readonly packed: number;
  readonly tableStride: number;
  /** Panels of the transpose; 0 = none. */
  readonly backwardAt: number;
  /** Offset in a thread's gradient memory. */
  readonly gradient: number;
}

/** Places blocks with `take`, which gives the address of that many bytes; gradients lie one after the other from 0 on. */
export function placeBlocks(
  blocks: readonly Block[],
  take: (bytes: number) => number,
  training: boolean,
): { placed: PlacedBlock[]; gradientBytes: number } {
  let gradientBytes = 0;
  const placed = blocks.map((block): PlacedBlock => {
    const rowWidth = block.table ? block.rows : pad8(block.rows);
    const width = pad8(block.columns) * (block.gated ? 4 : 1);
    const tableStride = block.table ? strideOf(width) : 0;
    const bytes = Math.ceil((block.table ? rowWidth * tableStride : rowWidth * width * 4) / 64) * 64;
    const gradient = gradientBytes;
    gradientBytes += bytes;
    const backwardAt = training && block.backward ? take(bytes) : 0;
    return { ...block, record: take(blockBytes), rowWidth, width, packed: take(bytes), tableStride, backwardAt, gradient };
  });
  return { placed, gradientBytes };
}

/** Where a variable lies in the flat list of variables, in values. */
export interface PlacedVariable {
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
}

/** Places the variables one after the other. */
export function placeVariables(cut: readonly { rows: number; columns: number }[]): { variables: PlacedVariable[]; parameters: number } {
  let parameters = 0;
  const variables = cut.map(({ rows, columns }) => {
    const offset = parameters;
    parameters += rows * columns;
    return { rows, columns, offset };
  });
  return { variables, parameters };
}
