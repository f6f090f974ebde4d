// Training kernels with room for whatever batch comes: when one is larger than all before, everything moves to a larger memory.

import * as builds from '../../kernels/generated/training.js';
import { type Capacity, planLayout } from '../../kernels/layout.js';
import { chooseModule, createMemory, type SimdKind } from '../../kernels/module.js';
import { TrainingKernels } from '../../kernels/training.js';
import type { WasmModule } from '../../kernels/webassembly.js';
import type { NetworkShape } from '../../model/weights.js';
import type { PackedBatch } from '../packed-batch.js';
import { KernelWorkers } from './threads.js';

export interface KernelOptions {
  /** Threads that share each step, this one included. */
  readonly threads: number;
  /** Default: the best this runtime has. */
  readonly simd?: SimdKind | undefined;
}

/** Room is taken for batches this much larger than the largest so far, so that it grows only a few times. */
const HEADROOM = 1.25;

/** The kind of SIMD the kernels use here. @throws MstError `engine` where they do not run */
export function kernelSimd(): SimdKind {
  return chooseModule(builds).simd;
}

export class GrowingKernels {
  readonly #shape: NetworkShape;
  readonly #module: WasmModule;
  readonly #workers: KernelWorkers;
  #room: Capacity;
  #kernels: TrainingKernels;

  /** @throws MstError `engine` where the kernels do not run */
  constructor(shape: NetworkShape, { threads, simd }: KernelOptions) {
    this.#shape = shape;
    this.#module = chooseModule(builds, simd).module;
    this.#workers = new KernelWorkers(threads - 1);
    this.#room = { threads, rows: 1, tokens: 1, entries: 1, training: true };
    this.#kernels = this.#start();
  }

  /** Those that hold the variables now. */
  get current(): TrainingKernels {
    return this.#kernels;
  }

  /** Bytes of memory in use, by all threads together. */
  get bytes(): number {
    return this.#kernels.layout.bytes;
  }

  /** Makes room for a batch; variables and moments keep their values. @throws MstError `engine` when there is not enough memory */
  fit(batch: PackedBatch): TrainingKernels {
    const { rows, tokens, entries } = this.#room;
    const neededEntries = batch.inputs.rowStart[batch.tokens] as number;
    if (batch.rows <= rows && batch.tokens <= tokens && neededEntries <= entries) return this.#kernels;
    const grown = (had: number, needed: number): number => (needed <= had ? had : Math.ceil(needed * HEADROOM));
    this.#room = {
      ...this.#room,
      rows: Math.max(rows, batch.rows),
      tokens: grown(tokens, batch.tokens),
      entries: grown(entries, neededEntries),
    };
    const before = this.#kernels;
    this.#kernels = this.#start();
    before.stop();
    const moved = (from: readonly Float32Array[], to: readonly Float32Array[]): void => {
      from.forEach((values, i) => {
        to[i]?.set(values);
      });
    };
    moved(before.variables, this.#kernels.variables);
    moved(before.moments.m, this.#kernels.moments.m);
    moved(before.moments.s, this.#kernels.moments.s);
    return this.#kernels;
  }

  stop(): void {
    this.#kernels.stop();
    this.#workers.terminate();
  }

  #start(): TrainingKernels {
    const layout = planLayout(this.#shape, this.#room);
    const memory = createMemory(layout.bytes, true);
    const kernels = new TrainingKernels(this.#module, memory, layout);
    this.#workers.assign(this.#module, memory, layout);
    return kernels;
  }
}
