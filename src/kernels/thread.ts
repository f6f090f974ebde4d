// One thread's share of the work: what it does in each phase of a command, on the memory all threads share.

import type { PlacedBlock } from './blocks.js';
import type { Layout, ThreadPlace } from './layout.js';
import { startModule } from './module.js';
import type { WasmMemory, WasmModule } from './webassembly.js';

/** What the training module exports. */
interface TrainingExports {
  forward(network: number): void;
  backward(network: number): void;
  packBlock(block: number, variables: number, first: number, last: number): void;
  reduceBlock(block: number, gradients: number, threads: number, threadBytes: number, flat: number, first: number, last: number): number;
  adam(
    values: number,
    gradient: number,
    m: number,
    s: number,
    count: number,
    scale: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    keep: number,
  ): void;
}

/** How the optimiser moves the variables (spec F.6); see TrainingKernels.adam. */
export interface AdamStep {
  /** Learning rate times the bias corrections. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Share of every matrix's values that is taken away before the step; vectors (biases) keep theirs. */
  readonly decay: number;
  /** Largest norm; Infinity = no clipping. */
  readonly clip: number;
  /** Whether each variable's gradient is clipped by its own norm, or all by their common one. */
  readonly clipPerVariable: boolean;
}

export class KernelThread {
  readonly #layout: Layout;
  readonly #thread: number;
  readonly #place: ThreadPlace;
  readonly #kernels: TrainingExports;
  readonly #bytes: Uint8Array;
  readonly #squares: readonly Float64Array[];

  /** @throws MstError `engine` when the module and this code do not belong together */
  constructor(module: WasmModule, memory: WasmMemory, layout: Layout, thread: number) {
    this.#kernels = startModule(module, memory, layout.control) as unknown as TrainingExports;
    this.#layout = layout;
    this.#thread = thread;
    this.#place = layout.threadPlaces[thread] as ThreadPlace;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#squares = layout.threadPlaces.map((place) => new Float64Array(memory.buffer, place.squares, layout.variables.length));
  }

  /** Calls `work` with this thread's share of each block's rows. */
  #eachShare(work: (block: PlacedBlock, first: number, last: number) => void): void {
    const { threads } = this.#layout.capacity;
    for (const block of this.#layout.blocks) {
      const first = Math.floor((block.rows * this.#thread) / threads);
      const last = Math.floor((block.rows * (this.#thread + 1)) / threads);
      if (last > first) work(block, first, last);
    }
  }

  /** Brings its share of the variables into the form the products read. */
  pack(): void {
    this.#eachShare((block, first, last) => this.#kernels.packBlock(block.record, this.#layout.flatVariables, first, last));
  }

  forward(): void {
    this.#kernels.forward(this.#place.network);
  }

  /** Clears its gradients and runs its rows forward and backward. `tokens` are its own, `firstToken` those of the threads before. */
  gradient(firstToken: number, tokens: number): void {
    const { gradientBytes, tokenArrays, capacity, shape } = this.#layout;
    const clear = (address: number, bytes: number): void => {
      this.#bytes.fill(0, address, address + bytes);
    };
    clear(this.#place.gradients, gradientBytes);
    for (const [name, address] of this.#place.scratch) {
      const [level] = name.split('.');
      const stride = tokenArrays.get(name === 'dAttended' ? '0.h' : `${level}.h`)?.stride ?? 0;
      if (/\.dh$|\.dc$|^dAttended$/.test(name)) clear(address, capacity.rows * stride);
    }
    if (shape.attnLength > 0) {
      for (const name of ['attention.dOutput', 'attention.dProjected']) {
        const array = tokenArrays.get(name);
        if (array) clear(array.wholeAt + firstToken * array.stride, tokens * array.stride);
      }
    }
    this.#kernels.forward(this.#place.network);
    this.#kernels.backward(this.#place.network);
  }

  /** Sums the threads' gradients over its share of the rows. */
  reduce(): void {
    const { capacity, gradientBytes, flatGradient, threadPlaces } = this.#layout;
    const squares = this.#squares[this.#thread] as Float64Array;
    squares.fill(0);
    const first = (threadPlaces[0] as ThreadPlace).gradients;
    this.#eachShare((block, from, to) => {
      const sum = this.#kernels.reduceBlock(block.record, first, capacity.threads, gradientBytes, flatGradient, from, to);
      squares[block.variable] = (squares[block.variable] as number) + sum;
    });
  }

  /** Moves its share of the values of every variable. */
  adam({ rate, beta1, beta2, epsilon, decay, clip, clipPerVariable }: AdamStep): void {
    const { variables, capacity, flatVariables, flatGradient, adamM, adamS } = this.#layout;
    const norms = gradientSquares(this.#squares).map(Math.sqrt);
    const global = Math.hypot(...norms);
    variables.forEach(({ rows, columns, offset }, index) => {
      const size = rows * columns;
      const first = Math.floor((size * this.#thread) / capacity.threads);
      const count = Math.floor((size * (this.#thread + 1)) / capacity.threads) - first;
      const at = (offset + first) * 4;
      const scale = clip === Number.POSITIVE_INFINITY ? 1 : clip / Math.max(clip, clipPerVariable ? (norms[index] as number) : global);
      const keep = rows > 1 ? 1 - decay : 1;
      this.#kernels.adam(flatVariables + at, flatGradient + at, adamM + at, adamS + at, count, scale, rate, beta1, beta2, epsilon, keep);
    });
  }
}

/** Sum of squares of each variable's gradient, from the threads' parts in their order. */
export function gradientSquares(parts: readonly Float64Array[]): number[] {
  return Array.from(parts[0] as Float64Array, (_, index) => parts.reduce((sum, part) => sum + (part[index] as number), 0));
}
