// One training step after another: loss, gradients, clipping, Adam. It owns the variables on the engine and nothing on disk.

import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../core/random.js';
import type { NetworkShape, Weights } from '../model/weights.js';
import type { Engine } from './engines.js';
import type { Network, Variables } from './network.js';
import { Adam, type AdamSlots, clipGradients } from './optimizer.js';
import type { PackedBatch } from './packed-batch.js';
import type { TrainingPlan } from './plan.js';
import { learningRateAt } from './schedule.js';
import { createVariables, disposeVariables, readVariables } from './variables.js';

/** The values a step changes. */
export interface TrainedValues {
  readonly variables: Weights;
  readonly slots: AdamSlots;
}

export class Stepper {
  readonly network: Network;
  readonly variables: Variables;
  readonly #adam: Adam;
  readonly #plan: TrainingPlan;
  readonly #dropoutSeed: number;

  constructor(engine: Engine, shape: NetworkShape, plan: TrainingPlan, start: TrainedValues) {
    this.network = engine.createNetwork(shape);
    this.variables = createVariables(start.variables);
    this.#adam = new Adam(this.variables, start.slots);
    this.#plan = plan;
    this.#dropoutSeed = new Random(plan.seed).derive('dropout').uint32();
  }

  /** The loss of a batch, and its gradients by the variables' names: the caller's to dispose. */
  gradients(batch: PackedBatch, step: number): { loss: number; gradients: Map<string, tf.Tensor> } {
    const dropout = { seed: this.#dropoutSeed, step, keep: this.#plan.hparams.dropoutKeepProb };
    const { value, grads } = tf.variableGrads(() => this.network.loss(this.variables, batch, dropout), [...this.variables.values()]);
    const loss = value.dataSync()[0] as number;
    value.dispose();
    const gradients = new Map([...this.variables].map(([name, variable]) => [name, grads[variable.name] as tf.Tensor]));
    return { loss, gradients };
  }

  /** Learns from a batch and returns its loss before that. When the loss is not finite, nothing is learned. */
  step(batch: PackedBatch, step: number): number {
    const { loss, gradients } = this.gradients(batch, step);
    if (Number.isFinite(loss)) {
      const clipped = clipGradients(gradients, this.#plan.clipping);
      this.#adam.apply(clipped, step, learningRateAt(this.#plan.schedule, step, this.#plan.steps));
      tf.dispose([...clipped.values()]);
    }
    tf.dispose([...gradients.values()]);
    return loss;
  }

  /** Whether every value is still a number. Values that are not must not push a good checkpoint out. */
  isFinite(): boolean {
    const { variables, slots } = this.read();
    return [variables, slots.m, slots.v].every((weights) => [...weights.values()].every(({ data }) => data.every(Number.isFinite)));
  }

  read(): TrainedValues {
    return { variables: readVariables(this.variables), slots: this.#adam.slots() };
  }

  dispose(): void {
    this.#adam.dispose();
    disposeVariables(this.variables);
    this.network.dispose();
  }
}
