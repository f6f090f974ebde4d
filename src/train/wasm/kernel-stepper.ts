// Training steps wholly inside the fused kernels: variables, moments and Adam stay in their memory, and all threads share the optimiser's
// work too. It learns what TensorStepper learns.

import { Random } from '../../core/random.js';
import { ADAM } from '../../kernels/training.js';
import { type NetworkShape, tensorOf, variableShapes, type Weights } from '../../model/weights.js';
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
    const names = [...variableShapes(shape).keys()];
    const valuesOf = (weights: Weights): Float32Array[] => names.map((name) => tensorOf(weights, name).data);
    const [values, m, s] = [start.variables, start.slots.m, start.slots.v].map(valuesOf) as [
      Float32Array[],
      Float32Array[],
      Float32Array[],
    ];
    this.#team = new KernelTeam(shape, options, room);
    this.#shape = shape;
    this.#plan = plan;
    this.#dropoutSeed = new Random(plan.seed).derive('dropout').uint32();
    const { variables, moments } = this.#team.kernels;
    variables.forEach((view, i) => {
      view.set(values[i] as Float32Array);
      moments.m[i]?.set(m[i] as Float32Array);
      moments.s[i]?.set(s[i] as Float32Array);
    });
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
