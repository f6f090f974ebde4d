// A batch on its way into the kernels: checked, split over threads, and written where each thread looks for its part.

import { MstError } from '../core/errors.js';
import type { SparseRows } from '../encoding/example.js';
import type { Layout } from './layout.js';

/**
 * Melodies packed step by step, without padding: rows sorted by length, longest first; entry `stepStart[t] + r` of packed arrays is
 * row r at step t, and `activeRows[t]` rows, the first ones, still run at step t.
 */
export interface KernelBatch {
  /** Number of melodies. */
  readonly rows: number;
  /** Steps of the longest melody. */
  readonly steps: number;
  /** Steps of all melodies together: the length of packed arrays. */
  readonly tokens: number;
  /** One per step, never increasing, at least 1. */
  readonly activeRows: Int32Array;
  /** steps + 1 offsets into packed arrays. */
  readonly stepStart: Int32Array;
  /** Packed. */
  readonly inputs: SparseRows;
  /** Packed. */
  readonly labels: Int32Array;
}

/** What one thread works on. */
export interface Part {
  /** Its rows of the batch, in order. */
  readonly rows: readonly number[];
  readonly steps: number;
  readonly tokens: number;
  /** Its first place in the lists of tokens, of offsets, of rows and of entries. */
  readonly firstToken: number;
  readonly firstRow: number;
  readonly firstEntry: number;
}

function fault(problem: string): MstError {
  return new MstError('engine', `The batch cannot be computed: ${problem}.`, {
    hint: 'This is a fault of the program, not of your music.',
  });
}

/** Refuses a batch that would make a kernel read or write outside its memory. @throws MstError `engine` */
export function checkBatch(batch: KernelBatch, { shape, capacity }: Layout): void {
  const { rows, steps, tokens, activeRows, stepStart, inputs, labels } = batch;
  if (!(rows >= 1 && rows <= capacity.rows)) throw fault(`it has ${rows} rows, and there is room for ${capacity.rows}`);
  if (!(tokens >= 1 && tokens <= capacity.tokens)) throw fault(`it has ${tokens} steps, and there is room for ${capacity.tokens}`);
  const entries = inputs.rowStart[tokens] ?? -1;
  if (!(entries >= 0 && entries <= capacity.entries))
    throw fault(`it has ${entries} input values, and there is room for ${capacity.entries}`);
  let at = 0;
  let before = rows;
  for (let t = 0; t < steps; t++) {
    const active = activeRows[t] ?? 0;
    if (active < 1 || active > before || stepStart[t] !== at || (t === 0 && active !== rows)) throw fault(`step ${t} is not packed`);
    before = active;
    at += active;
  }
  if (at !== tokens || stepStart[steps] !== tokens || labels.length < tokens) throw fault('its steps do not add up');
  if (inputs.rowStart[0] !== 0 || inputs.columns.length < entries || inputs.signs.length < entries)
    throw fault('its inputs are incomplete');
  for (let token = 0; token < tokens; token++) {
    if ((inputs.rowStart[token + 1] as number) < (inputs.rowStart[token] as number)) throw fault('its inputs are out of order');
    if (!((labels[token] as number) >= 0 && (labels[token] as number) < shape.numClasses)) throw fault(`label ${labels[token]}`);
  }
  for (let entry = 0; entry < entries; entry++) {
    const column = inputs.columns[entry] as number;
    if (!(column >= 0 && column < shape.inputSize)) throw fault(`input column ${column}`);
  }
}

/** Gives every row, the longest first, to the thread with the fewest steps so far. */
export function splitBatch(batch: KernelBatch, threads: number): Part[] {
  const lengths = new Int32Array(batch.rows);
  for (let t = 0; t < batch.steps; t++) for (let r = 0; r < (batch.activeRows[t] as number); r++) lengths[r] = t + 1;
  const rowsOf: number[][] = Array.from({ length: threads }, () => []);
  const load = new Array<number>(threads).fill(0);
  lengths.forEach((length, row) => {
    const thread = load.indexOf(Math.min(...load));
    (rowsOf[thread] as number[]).push(row);
    load[thread] = (load[thread] as number) + length;
  });
  let firstToken = 0;
  let firstRow = 0;
  let firstEntry = 0;
  return rowsOf.map((rows, thread) => {
    const tokens = load[thread] as number;
    const part = { rows, steps: rows.length > 0 ? (lengths[rows[0] as number] as number) : 0, tokens, firstToken, firstRow, firstEntry };
    firstToken += tokens;
    firstRow += rows.length;
    rows.forEach((row) => {
      for (let t = 0; t < (lengths[row] as number); t++) {
        const token = (batch.stepStart[t] as number) + row;
        firstEntry += (batch.inputs.rowStart[token + 1] as number) - (batch.inputs.rowStart[token] as number);
      }
    });
    return part;
  });
}

/** Calls `visit` with each token of a part in the part's packed order, and its place in the batch's packed arrays. */
export function eachToken(batch: KernelBatch, part: Part, visit: (own: number, packed: number) => void): void {
  let own = part.firstToken;
  for (let t = 0; t < part.steps; t++) {
    const active = batch.activeRows[t] as number;
    const start = batch.stepStart[t] as number;
    for (const row of part.rows) {
      if (row >= active) break;
      visit(own++, start + row);
    }
  }
}

/** Writes a part's lists; offsets and entry starts need one place more than there are tokens, so part i is shifted by i. */
export function writePart(buffer: ArrayBufferLike, layout: Layout, batch: KernelBatch, part: Part, thread: number): void {
  const integers = (name: string, length: number): Int32Array => new Int32Array(buffer, layout.lists.get(name) as number, length);
  const { capacity } = layout;
  const active = integers('active', capacity.tokens);
  const offsets = integers('offsets', capacity.tokens + capacity.threads);
  const rowIds = integers('rowIds', capacity.rows);
  const labels = integers('labels', capacity.tokens);
  const starts = integers('entryStarts', capacity.tokens + capacity.threads);
  const columns = integers('columns', capacity.entries);
  const values = new Float32Array(buffer, layout.lists.get('values') as number, capacity.entries);
  part.rows.forEach((row, index) => {
    rowIds[part.firstRow + index] = row;
  });
  let sum = 0;
  for (let t = 0; t < part.steps; t++) {
    const running = part.rows.findIndex((row) => row >= (batch.activeRows[t] as number));
    const count = running < 0 ? part.rows.length : running;
    active[part.firstToken + t] = count;
    offsets[part.firstToken + thread + t] = sum;
    sum += count;
  }
  offsets[part.firstToken + thread + part.steps] = sum;
  let entry = 0;
  const { rowStart, columns: from, signs } = batch.inputs;
  eachToken(batch, part, (own, packed) => {
    labels[own] = batch.labels[packed] as number;
    starts[own + thread] = entry;
    const end = rowStart[packed + 1] as number;
    for (let k = rowStart[packed] as number; k < end; k++, entry++) {
      columns[part.firstEntry + entry] = from[k] as number;
      values[part.firstEntry + entry] = signs[k] as number;
    }
  });
  starts[part.firstToken + thread + part.tokens] = entry;
}
