// Examples as a data set holds them: a byte for each entry of a row, one for the length of the row and one for the label, where a plain
// example takes several times that. A hundred thousand songs fit into memory so.

import type { Example, SparseRows } from '../encoding/example.js';

const PAGE_BYTES = 2 ** 20;
/** Entries of a row, and classes, that a byte can count; columns that two bytes can, a sign beside them. */
const MOST = 255;
const MOST_COLUMNS = 2 ** 15;

/** An example in few bytes. What is asked of it is made anew each time, so ask once for many steps. */
export class StoredExample implements Example {
  readonly steps: number;
  readonly inputSize: number;
  /** Entries of all rows together. */
  readonly entries: number;
  /** Labels, then for each step the number of its entries and the entries: twice the column, and 1 more where it is negative. */
  readonly #bytes: Uint8Array;

  constructor(example: Pick<Example, 'steps' | 'inputSize'>, entries: number, bytes: Uint8Array) {
    this.steps = example.steps;
    this.inputSize = example.inputSize;
    this.entries = entries;
    this.#bytes = bytes;
  }

  get labels(): Int32Array {
    return Int32Array.from(this.#bytes.subarray(0, this.steps));
  }

  get inputs(): SparseRows {
    const { steps, entries, inputSize } = this;
    const bytes = this.#bytes;
    const width = widthOf(inputSize);
    const rowStart = new Int32Array(steps + 1);
    const columns = new Uint16Array(entries);
    const signs = new Int8Array(entries);
    let at = steps;
    let next = 0;
    for (let step = 0; step < steps; step++) {
      const end = next + (bytes[at++] as number);
      for (; next < end; next++) {
        const entry = width === 1 ? (bytes[at] as number) : (bytes[at] as number) + 256 * (bytes[at + 1] as number);
        at += width;
        columns[next] = entry >> 1;
        signs[next] = (entry & 1) === 1 ? -1 : 1;
      }
      rowStart[step + 1] = next;
    }
    return { rowStart, columns, signs };
  }
}

function widthOf(inputSize: number): 1 | 2 {
  return inputSize <= 128 ? 1 : 2;
}

/** The number of entries of an example. */
export function entriesOf(example: Example): number {
  return example instanceof StoredExample ? example.entries : example.inputs.columns.length;
}

/** Stores examples one behind the other in pages of memory. */
export class ExampleStore {
  #page = new Uint8Array(0);
  #used = 0;

  /** The example in few bytes; itself when it does not fit them, as none of mst's encoders makes it. */
  store(example: Example): Example {
    const { steps, inputSize, inputs, labels } = example;
    const { rowStart, columns, signs } = inputs;
    const width = widthOf(inputSize);
    if (inputSize > MOST_COLUMNS) return example;
    for (let t = 0; t < steps; t++) {
      if ((labels[t] as number) > MOST || (rowStart[t + 1] as number) - (rowStart[t] as number) > MOST) return example;
    }
    const bytes = this.#room(2 * steps + width * columns.length);
    bytes.set(labels);
    let at = steps;
    for (let t = 0; t < steps; t++) {
      const end = rowStart[t + 1] as number;
      bytes[at++] = end - (rowStart[t] as number);
      for (let k = rowStart[t] as number; k < end; k++) {
        const entry = 2 * (columns[k] as number) + ((signs[k] as number) < 0 ? 1 : 0);
        bytes[at++] = entry & 255;
        if (width === 2) bytes[at++] = entry >> 8;
      }
    }
    return new StoredExample(example, columns.length, bytes);
  }

  #room(size: number): Uint8Array {
    if (this.#used + size > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, size));
      this.#used = 0;
    }
    const room = this.#page.subarray(this.#used, this.#used + size);
    this.#used += size;
    return room;
  }
}
