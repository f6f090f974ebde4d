// The examples a model is trained or measured on, in memory, with what identifies them. Reading them from files is the pipeline's work.

import { createHash } from 'node:crypto';
import { MstError } from '../core/errors.js';
import type { Example } from '../encoding/example.js';
import { ExampleStore } from './stored-example.js';

export interface Dataset {
  /** Stored in few bytes: what is asked of one is made anew each time. */
  readonly examples: readonly Example[];
  /** Width of one step's input. */
  readonly inputSize: number;
  readonly numClasses: number;
  /** Steps of all examples together: a step is one token. */
  readonly tokens: number;
  /** sha256, in hex, of all inputs and labels in their order. */
  readonly digest: string;
}

/**
 * A data set of examples of one encoder. Examples without a step are left out: there is nothing in them to learn.
 * @throws MstError `bad-record` naming the first example that is not of this encoder
 */
export function createDataset(examples: Iterable<Example>, sizes: { inputSize: number; numClasses: number }): Dataset {
  const builder = new DatasetBuilder(sizes);
  for (const example of examples) builder.add(example);
  return builder.finish();
}

/** Makes a data set as `createDataset` does, of examples that come one by one and need not be kept. */
export class DatasetBuilder {
  readonly #sizes: { readonly inputSize: number; readonly numClasses: number };
  readonly #store = new ExampleStore();
  readonly #examples: Example[] = [];
  readonly #hash = createHash('sha256');
  #tokens = 0;
  #count = 0;

  constructor({ inputSize, numClasses }: { inputSize: number; numClasses: number }) {
    this.#sizes = { inputSize, numClasses };
    this.#hash.update(`${inputSize} ${numClasses}\n`);
  }

  /** @throws MstError `bad-record` for an example of another encoder */
  add(example: Example): void {
    check(example, this.#count++, this.#sizes);
    if (example.steps === 0) return;
    this.#examples.push(this.#store.store(example));
    this.#tokens += example.steps;
    this.#hash.update(`${example.steps}\n`);
    const { rowStart, columns, signs } = example.inputs;
    for (const part of [rowStart, columns, signs, example.labels]) this.#hash.update(part);
  }

  /** The data set; nothing can be added any more. */
  finish(): Dataset {
    return { examples: this.#examples, ...this.#sizes, tokens: this.#tokens, digest: this.#hash.digest('hex') };
  }
}

function check(example: Example, index: number, { inputSize, numClasses }: { inputSize: number; numClasses: number }): void {
  const fail = (what: string): never => {
    throw new MstError('bad-record', `Example ${index} ${what}.`, {
      hint: 'The examples belong to another configuration; make them again with `mst examples`.',
    });
  };
  const { rowStart, columns, signs } = example.inputs;
  if (example.inputSize !== inputSize) fail(`has inputs of ${example.inputSize} values, not ${inputSize}`);
  if (example.labels.length !== example.steps) fail(`has ${example.labels.length} labels for ${example.steps} steps`);
  const entries = rowStart[example.steps];
  if (rowStart.length !== example.steps + 1 || entries !== columns.length || entries !== signs.length) fail('has broken rows of inputs');
  if (rowStart.some((start, t) => t > 0 && start < (rowStart[t - 1] as number))) fail('has broken rows of inputs');
  if (columns.some((column) => column >= inputSize)) fail(`has an input beyond column ${inputSize - 1}`);
  const label = example.labels.find((value) => value < 0 || value >= numClasses);
  if (label !== undefined) fail(`has the label ${label}, where labels are 0 to ${numClasses - 1}`);
}
