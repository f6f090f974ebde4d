// One training step after another: loss, gradients, clipping, Adam. A stepper owns the variables on its engine and nothing on disk. The one
// here works through TensorFlow.js on any engine; an engine may bring its own (see engines.ts).

import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../core/random.js';
import type { Weights } from '../model/weights.js';
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

/** What trains one network. */
export interface Stepper {
  /** Learns from a batch as step `step`, counted from 1, and returns its loss before that. When the loss is not finite, nothing is learned. */
  step(batch: PackedBatch, step: number): number;
  /** Logits or log probabilities of a batch, [tokens, classes], with every output kept. */
  logits(batch: PackedBatch): Float32Array;
  /** Whether every value is still a number. Values that are not must not push a good checkpoint out. */
  isFinite(): boolean;
  read(): TrainedValues;
  /** Gives back what it holds: variables, threads, memory. */
  dispose(): void;
}

export class TensorStepper implements Stepper {
  readonly #network: Network;
  readonly #variables: Variables;
  readonly #adam: Adam;
  readonly #plan: TrainingPlan;
  readonly #dropoutSeed: number;

  /** Takes the network over: `dispose` disposes of it too. */
  constructor(network: Network, plan: TrainingPlan, start: TrainedValues) {
    this.#network = network;
    this.#variables = createVariables(start.variables);
    this.#adam = new Adam(this.#variables, start.slots);
    this.#plan = plan;
    this.#dropoutSeed = new Random(plan.seed).derive('dropout').uint32();
  }

  /** The loss of a batch, and its gradients by the variables' names: the caller's to dispose. */
  gradients(batch: PackedBatch, step: number): { loss: number; gradients: Map<string, tf.Tensor> } {
    const dropout = { seed: this.#dropoutSeed, step, keep: this.#plan.hparams.dropoutKeepProb };
    const { value, grads } = tf.variableGrads(() => this.#network.loss(this.#variables, batch, dropout), [...this.#variables.values()]);
    const loss = value.dataSync()[0] as number;
    value.dispose();
    const gradients = new Map([...this.#variables].map(([name, variable]) => [name, grads[variable.name] as tf.Tensor]));
    return { loss, gradients };
  }

  step(batch: PackedBatch, step: number): number {
    const { loss, gradients } = this.gradients(batch, step);
    if (Number.isFinite(loss)) {
      const clipped = clipGradients(gradients, this.#plan.clipping);
      this.#adam.apply(clipped, {
        step,
        learningRate: learningRateAt(this.#plan.schedule, step, this.#plan.steps),
        weightDecay: this.#plan.weightDecay,
      });
      tf.dispose([...clipped.values()]);
    }
    tf.dispose([...gradients.values()]);
    return loss;
  }

  logits(batch: PackedBatch): Float32Array {
    const tensor = this.#network.logits(this.#variables, batch);
    const logits = tensor.dataSync<'float32'>();
    tensor.dispose();
    return logits;
  }

  isFinite(): boolean {
    const { variables, slots } = this.read();
    return [variables, slots.m, slots.v].every((weights) => [...weights.values()].every(({ data }) => data.every(Number.isFinite)));
  }

  read(): TrainedValues {
    return { variables: readVariables(this.#variables), slots: this.#adam.slots() };
  }

  dispose(): void {
    this.#adam.dispose();
    disposeVariables(this.#variables);
    this.#network.dispose();
  }
}
