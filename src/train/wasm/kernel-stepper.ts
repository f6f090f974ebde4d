// Training steps wholly inside the fused kernels: variables, moments and Adam stay in their memory, and all threads share the optimiser's
// work too. It learns what TensorStepper learns.

import { MstError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { ADAM } from '../../kernels/training.js';
import { type NetworkShape, variableShapes, type Weights } from '../../model/weights.js';
import type { BatchRoom } from '../batches.js';
import type { PackedBatch } from '../packed-batch.js';
import type { TrainingPlan } from '../plan.js';
import { learningRateAt } from '../schedule.js';
import type { Stepper, TrainedValues } from '../stepper.js';
import { logProbabilities } from './kernel-network.js';
import { type KernelOptions, KernelTeam } from './kernel-team.js';

export class KernelStepper implements Stepper {
  readonly #team: KernelTeam;
  readonly #shape: NetworkShape;
  readonly #plan: TrainingPlan;
  readonly #dropoutSeed: number;

  constructor(options: KernelOptions, shape: NetworkShape, plan: TrainingPlan, start: TrainedValues, room: BatchRoom) {
    this.#team = new KernelTeam(shape, options, room);
    this.#shape = shape;
    this.#plan = plan;
    this.#dropoutSeed = new Random(plan.seed).derive('dropout').uint32();
    const { variables, moments } = this.#team.kernels;
    const fill = (views: readonly Float32Array[], weights: Weights): void => {
      [...variableShapes(shape).keys()].forEach((name, i) => {
        views[i]?.set(weights.get(name)?.data ?? fail(name));
      });
    };
    fill(variables, start.variables);
    fill(moments.m, start.slots.m);
    fill(moments.s, start.slots.v);
  }

  /** Bytes of memory in use, by all threads together. */
  get bytes(): number {
    return this.#team.kernels.bytes;
  }

  step(batch: PackedBatch, step: number): number {
    const { hparams, clipping, weightDecay, schedule, steps } = this.#plan;
    const { kernels } = this.#team;
    const { lossSum } = kernels.gradient(batch, { seed: this.#dropoutSeed, step, keep: hparams.dropoutKeepProb });
    if (Number.isFinite(lossSum)) {
      const learningRate = learningRateAt(schedule, step, steps);
      kernels.adam({ ...ADAM, step, learningRate, weightDecay, clip: clipping.norm, clipPerVariable: clipping.by === 'variable' });
    }
    return lossSum / batch.tokens;
  }

  logits(batch: PackedBatch): Float32Array {
    return logProbabilities(this.#team.kernels, batch);
  }

  isFinite(): boolean {
    const { variables, moments } = this.#team.kernels;
    return [variables, moments.m, moments.s].every((views) => views.every((values) => values.every(Number.isFinite)));
  }

  read(): TrainedValues {
    const { variables, moments } = this.#team.kernels;
    const copy = (views: readonly Float32Array[]): Weights =>
      new Map(
        [...variableShapes(this.#shape)].map(([name, shape], i) => [name, { shape, data: Float32Array.from(views[i] as Float32Array) }]),
      );
    return { variables: copy(variables), slots: { m: copy(moments.m), v: copy(moments.s) } };
  }

  dispose(): void {
    this.#team.stop();
  }
}

function fail(what: string): never {
  throw new MstError('bad-model', `The kernels lack ${what}.`, { hint: 'This is a fault of the program.' });
}
