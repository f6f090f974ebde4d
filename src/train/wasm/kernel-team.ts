// Training kernels, the worker threads that share their work, and the one memory they work in. It is planned for the largest batch of a
// run before the run begins, so its size is known then and never changes.

import { totalmem } from 'node:os';
import { MstError } from '../../core/errors.js';
import * as builds from '../../kernels/generated/training.js';
import { type Layout, planLayout } from '../../kernels/layout.js';
import { chooseModule, createMemory, type SimdKind } from '../../kernels/module.js';
import { TrainingKernels } from '../../kernels/training.js';
import type { NetworkShape } from '../../model/weights.js';
import type { BatchRoom } from '../batches.js';
import { KernelWorkers } from './threads.js';

export interface KernelOptions {
  /** Threads that share each step, this one included. */
  readonly threads: number;
  /** Default: the best this runtime has. */
  readonly simd?: SimdKind | undefined;
}

/** The kind of SIMD the kernels use here. @throws MstError `engine` where they do not run */
export function kernelSimd(): SimdKind {
  return chooseModule(builds).simd;
}

/**
 * Bytes of memory, of all threads together, in which a network is trained with batches of up to `room`.
 * @throws MstError `engine` when that is more than a wasm memory or this machine can have
 */
export function kernelMemory(shape: NetworkShape, { threads }: KernelOptions, room: BatchRoom): number {
  return layoutOf(shape, threads, room).bytes;
}

export class KernelTeam {
  /** Those of this thread, which leads. */
  readonly kernels: TrainingKernels;
  readonly #workers: KernelWorkers;

  /** @throws MstError `engine` where the kernels do not run, or for more memory than there is */
  constructor(shape: NetworkShape, { threads, simd }: KernelOptions, room: BatchRoom) {
    const { module } = chooseModule(builds, simd);
    const layout = layoutOf(shape, threads, room);
    const memory = createMemory(layout.bytes, true);
    this.kernels = new TrainingKernels(module, memory, layout);
    this.#workers = new KernelWorkers({ module, memory, layout });
  }

  stop(): void {
    this.kernels.stop();
    this.#workers.terminate();
  }
}

function layoutOf(shape: NetworkShape, threads: number, room: BatchRoom): Layout {
  const layout = planLayout(shape, { ...room, threads, training: true });
  // 0 and numbers beyond the machine's own mean that nothing constrains this process.
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  if (layout.bytes <= memory) return layout;
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  throw new MstError(
    'engine',
    `A batch of ${room.tokens} steps would take ${gigabytes(layout.bytes)} GB of memory; ${gigabytes(memory)} GB is all there is here.`,
    { hint: 'Use a smaller batch, as in --hparams "batch_size=4", fewer units, or shorter melodies.' },
  );
}
