// Models with random weights, and their probabilities.

import { Random } from '../../src/core/random.js';
import { type ConfigName, configuration } from '../../src/encoding/configuration.js';
import { type Model, networkShape, openModel } from '../../src/model/model.js';
import { sizeOf, variableShapes } from '../../src/model/weights.js';
import { softmax } from '../model/naive-old-attention.js';

/** A model of a configuration with weights large enough that its distributions are far from uniform. */
export function randomModel(name: ConfigName, layerSizes: readonly number[], card: Partial<Model['card']> = {}, seed = 5): Model {
  const { encoding, hparams } = configuration(name);
  const full = { name: 'random', configuration: name, encoding, layerSizes, attnLength: hparams.attnLength, ...card };
  const random = new Random(seed);
  const weights = new Map(
    [...variableShapes(networkShape(full))].map(([variable, shape]) => [
      variable,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() - 0.5) * 1.2) },
    ]),
  );
  return { card: full, weights };
}

/** What a model expects after each event of a melody. */
export function probabilities(model: Model, events: readonly number[]): number[][] {
  const { encoder, network } = openModel(model);
  const cursor = encoder.start();
  const state = network.createState();
  const logits = new Float32Array(network.numClasses);
  return events.map((event) => {
    cursor.push(event);
    network.step(cursor.input(), state, logits);
    return softmax(logits);
  });
}

/** The largest difference between two lists of distributions. */
export function farthest(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...a.flatMap((row, t) => Array.from(row, (value, k) => Math.abs(value - ((b[t] as ArrayLike<number>)[k] ?? Number.NaN)))),
  );
}
