// Training with the fused kernels: loss, gradient and optimiser of a whole network for packed batches, on one thread or several.
// This is the leader's side; team.ts has the other threads' and thread.ts what each does. Memory and module come from outside.

import { checkBatch, eachToken, type KernelBatch, type Part, splitBatch, writePart } from './batch.js';
import { stepBits } from './dropout.js';
import type { Layout } from './layout.js';
import { Team } from './team.js';
import { type AdamStep, gradientSquares, KernelThread } from './thread.js';
import type { WasmMemory, WasmModule } from './webassembly.js';
import { wireBlocks, wireThread } from './wiring.js';

/** Dropout of one training step. */
export interface KernelDropout {
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  readonly step: number;
  /** Probability that an output is kept, above 0 and up to 1. */
  readonly keep: number;
}

/** Adam's constants in Magenta's training (spec F.6). */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** What a pass over a batch found. Arrays are packed like the batch's labels. */
export interface PassResult {
  /** Cross-entropy of each step, in nats. */
  readonly losses: Float32Array;
  /** The most probable class of each step, the first of equals. */
  readonly predictions: Int32Array;
  /** Sum of `losses`. */
  readonly lossSum: number;
  /** Steps whose prediction is the label. */
  readonly correct: number;
}

export class TrainingKernels {
  readonly layout: Layout;
  /** Every variable, live in the memory, in the order of Magenta's variables: write to it to set the weights. */
  readonly variables: readonly Float32Array[];
  /** Gradient of the mean loss by every variable; valid after gradient(). */
  readonly gradients: readonly Float32Array[];
  /** Adam's first and second moments of every variable. */
  readonly moments: { readonly m: readonly Float32Array[]; readonly s: readonly Float32Array[] };
  readonly #buffer: ArrayBufferLike;
  readonly #self: KernelThread;
  readonly #team: Team;
  readonly #squares: readonly Float64Array[];

  /** Thread 0 of a team on `memory`, fresh and made for `layout`; the other threads run Team.follow on the same memory. */
  constructor(module: WasmModule, memory: WasmMemory, layout: Layout) {
    this.layout = layout;
    this.#buffer = memory.buffer;
    wireBlocks(this.#buffer, layout.blocks, layout.variables);
    this.#self = new KernelThread(module, memory, layout, 0);
    this.#team = new Team(this.#buffer, layout);
    const views = (base: number): Float32Array[] =>
      base === 0
        ? []
        : layout.variables.map(({ rows, columns, offset }) => new Float32Array(this.#buffer, base + offset * 4, rows * columns));
    this.variables = views(layout.flatVariables);
    this.gradients = views(layout.flatGradient);
    this.moments = { m: views(layout.adamM), s: views(layout.adamS) };
    this.#squares = layout.threadPlaces.map((place) => new Float64Array(this.#buffer, place.squares, layout.variables.length));
  }

  /** Bytes of the memory, of all threads together. */
  get bytes(): number {
    return this.#buffer.byteLength;
  }

  /** Norm of each variable's gradient; valid after gradient(). */
  get gradientNorms(): number[] {
    return gradientSquares(this.#squares).map(Math.sqrt);
  }

  /** Loss, predictions, and the gradient of the mean loss (spec F.1-F.5). @throws MstError `engine` for a batch that does not fit */
  gradient(batch: KernelBatch, { seed, step, keep }: KernelDropout): PassResult {
    const parts = this.#prepare(batch, {
      training: true,
      keep,
      stepBits: stepBits(seed, step),
      gradientScale: 1 / batch.tokens,
      logProbabilities: false,
    });
    this.#team.setShares([...parts.map((part) => part.firstToken), batch.tokens]);
    this.#team.lead('gradient', this.#self);
    return this.#collect(batch, parts);
  }

  /**
   * Losses and predictions without dropout, in little memory.
   * @param logProbabilities where to write the log-probabilities of all classes, packed: [tokens, numClasses]
   */
  evaluate(batch: KernelBatch, logProbabilities?: Float32Array): PassResult {
    const wanted = logProbabilities !== undefined;
    const parts = this.#prepare(batch, { training: false, keep: 1, stepBits: 0, gradientScale: 0, logProbabilities: wanted });
    this.#team.lead('evaluate', this.#self);
    if (wanted) {
      const classes = this.layout.shape.numClasses;
      const all = new Float32Array(this.#buffer, this.layout.lists.get('logProbabilities'), batch.tokens * classes);
      for (const part of parts) {
        eachToken(batch, part, (own, packed) => {
          logProbabilities.set(all.subarray(own * classes, (own + 1) * classes), packed * classes);
        });
      }
    }
    return this.#collect(batch, parts);
  }

  /**
   * Moves the variables by the gradient last computed: clipping, then Adam in TensorFlow's form (spec F.6),
   * with weight decay apart from the gradient (Loshchilov and Hutter, AdamW): `weightDecay` times the learning rate of each matrix is taken away.
   * @param step 1 for the first
   */
  adam(
    options: Omit<AdamStep, 'rate' | 'decay'> & { readonly learningRate: number; readonly weightDecay: number; readonly step: number },
  ): void {
    const { learningRate, weightDecay, step, beta1, beta2 } = options;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    this.#team.setAdam({ ...options, rate, decay: learningRate * weightDecay });
    this.#team.lead('adam', this.#self);
  }

  /** Lets the other threads go. */
  stop(): void {
    this.#team.lead('stop', this.#self);
  }

  #prepare(batch: KernelBatch, options: Parameters<typeof wireThread>[4]): Part[] {
    checkBatch(batch, this.layout);
    const parts = splitBatch(batch, this.layout.capacity.threads);
    parts.forEach((part, thread) => {
      writePart(this.#buffer, this.layout, batch, part, thread);
      wireThread(this.#buffer, this.layout, thread, part, options);
    });
    return parts;
  }

  #collect(batch: KernelBatch, parts: readonly Part[]): PassResult {
    const { tokens, labels } = batch;
    const losses = new Float32Array(tokens);
    const predictions = new Int32Array(tokens);
    const ownLosses = new Float32Array(this.#buffer, this.layout.lists.get('losses'), tokens);
    const ownPredictions = new Int32Array(this.#buffer, this.layout.lists.get('predictions'), tokens);
    for (const part of parts) {
      eachToken(batch, part, (own, packed) => {
        losses[packed] = ownLosses[own] as number;
        predictions[packed] = ownPredictions[own] as number;
      });
    }
    let lossSum = 0;
    let correct = 0;
    for (let i = 0; i < tokens; i++) {
      lossSum += losses[i] as number;
      if (predictions[i] === labels[i]) correct++;
    }
    return { losses, predictions, lossSum, correct };
  }
}
