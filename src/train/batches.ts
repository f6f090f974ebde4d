// The order in which examples are learned: endless epochs of shuffled batches, similar lengths together. The order follows from the
// seed and the examples alone, and the position in it can be saved and restored.

import { Random, type RandomState } from '../core/random.js';
import type { Example } from '../encoding/example.js';
import { type PackedBatch, packBatch } from './packed-batch.js';
import { entriesOf } from './stored-example.js';

/** Where a source of batches stands. */
export interface BatchPosition {
  /** Completed passes over the examples. */
  readonly epoch: number;
  /** Batches already taken in this pass. */
  readonly index: number;
  /** State of the generator at the beginning of this pass. */
  readonly random: RandomState;
}

/** What a batch can hold. */
export interface BatchRoom {
  /** Melodies. */
  readonly rows: number;
  /** Steps of all melodies together. */
  readonly tokens: number;
  /** Values that are not zero in all their inputs together. */
  readonly entries: number;
}

/** Room for every batch of `batchSize` melodies that any of these lists of examples can give. */
export function largestBatch(lists: readonly (readonly Example[])[], batchSize: number): BatchRoom {
  const most = (sizeOf: (example: Example) => number): number =>
    Math.max(
      ...lists.map((examples) => {
        const sizes = examples.map(sizeOf).sort((a, b) => b - a);
        return sizes.slice(0, batchSize).reduce((sum, size) => sum + size, 0);
      }),
    );
  return { rows: most(() => 1), tokens: most(({ steps }) => steps), entries: most(entriesOf) };
}

/** Batches are formed within pools of this many: large enough that lengths match, small enough that batches keep changing. */
const BATCHES_PER_POOL = 50;

/** The position before the first batch. */
export function firstPosition(seed: number): BatchPosition {
  return { epoch: 0, index: 0, random: new Random(seed).derive('batches').state };
}

export class BatchSource {
  readonly #examples: readonly Example[];
  readonly #batchSize: number;
  #position: BatchPosition;
  #order: readonly (readonly number[])[];
  #next: RandomState;

  /** Batches of `batchSize` of `examples`, of which there must be at least one, from `position` on. */
  constructor(examples: readonly Example[], batchSize: number, position: BatchPosition) {
    this.#examples = examples;
    this.#batchSize = batchSize;
    this.#position = position;
    [this.#order, this.#next] = this.#shuffled(position.random);
  }

  /** Where the next batch stands. */
  get position(): BatchPosition {
    return this.#position;
  }

  /** Every example is in exactly one batch of a pass; the last batch formed holds what is left over. */
  get batchesPerEpoch(): number {
    return this.#order.length;
  }

  next(): PackedBatch {
    const { epoch, index } = this.#position;
    const members = this.#order[index] as readonly number[];
    if (index + 1 < this.#order.length) {
      this.#position = { ...this.#position, index: index + 1 };
    } else {
      this.#position = { epoch: epoch + 1, index: 0, random: this.#next };
      [this.#order, this.#next] = this.#shuffled(this.#next);
    }
    return packBatch(members.map((member) => this.#examples[member] as Example));
  }

  /** The batches of one pass, as indices of examples, and the generator's state after forming them. */
  #shuffled(state: RandomState): [number[][], RandomState] {
    const random = new Random(state);
    const shuffled = random.shuffle([...this.#examples.keys()]);
    const batches: number[][] = [];
    const poolSize = this.#batchSize * BATCHES_PER_POOL;
    for (let start = 0; start < shuffled.length; start += poolSize) {
      const pool = shuffled.slice(start, start + poolSize).sort((a, b) => this.#steps(a) - this.#steps(b));
      for (let i = 0; i < pool.length; i += this.#batchSize) batches.push(pool.slice(i, i + this.#batchSize));
    }
    return [random.shuffle(batches), random.state];
  }

  #steps(index: number): number {
    return (this.#examples[index] as Example).steps;
  }
}

/** Batches for measuring: every example once, the longest first. Row r of a batch is `examples[r]`. */
export function* batchesOnce(all: readonly Example[], batchSize: number): Generator<{ batch: PackedBatch; examples: readonly Example[] }> {
  const order = [...all].sort((a, b) => b.steps - a.steps);
  for (let i = 0; i < order.length; i += batchSize) {
    const examples = order.slice(i, i + batchSize);
    yield { batch: packBatch(examples), examples };
  }
}
