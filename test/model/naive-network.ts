// The network once more, from the formulas of spec F.1-F.3 and H.2b in plain float64 arrays: no caches, no ring, every slot computed anew.
// What training and playing are held against.

import type { Random } from '../../src/core/random.js';
import { type NetworkShape, sizeOf, type Tensor, variableShapes } from '../../src/model/weights.js';

/** Random weights of a shape, within ±limit. */
export function randomWeights(shape: NetworkShape, random: Random, limit = 0.5): Map<string, Tensor> {
  return new Map(
    [...variableShapes(shape)].map(([name, dims]) => [
      name,
      { shape: dims, data: Float32Array.from({ length: sizeOf(dims) }, () => (random.uniform() * 2 - 1) * limit) },
    ]),
  );
}

/** Values of a variable, row-major. */
export interface Values {
  readonly data: Float32Array | Float64Array;
}

/** What an output of a layer is multiplied by. */
export type Mask = (layer: number, time: number, unit: number) => number;

type Vector = Float64Array<ArrayBuffer>;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function joined(...parts: readonly ArrayLike<number>[]): Vector {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The logits after each of the dense input rows, from zero state. */
export function naiveLogits(
  shape: NetworkShape,
  weights: ReadonlyMap<string, Values>,
  rows: readonly ArrayLike<number>[],
  mask: Mask = () => 1,
): number[][] {
  const data = (name: string): Float32Array | Float64Array => {
    const values = weights.get(name)?.data;
    if (values === undefined) throw new Error(`no ${name}`);
    return values;
  };
  /** x · kernel + bias. Most of an input is zeros, which add nothing. */
  const affine = (x: Vector, kernel: string, bias?: string): Vector => {
    const w = data(kernel);
    const columns = w.length / x.length;
    const out = bias === undefined ? new Float64Array(columns) : new Float64Array(data(bias));
    for (let k = 0; k < x.length; k++) {
      const value = x[k] as number;
      if (value !== 0) for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + value * (w[k * columns + j] as number);
    }
    return out;
  };
  const states = shape.layerSizes.map((units) => ({ c: new Float64Array(units), h: new Float64Array(units) }));
  /** Moves a cell on and gives its output. */
  const cell = (layer: number, x: Vector, name: string): Vector => {
    const state = states[layer] as (typeof states)[number];
    const z = affine(joined(x, state.h), `${name}/kernel`, `${name}/bias`);
    const gate = (g: number, u: number): number => z[g * state.c.length + u] as number;
    state.c = state.c.map((c, u) => c * sigmoid(gate(2, u) + 1) + sigmoid(gate(0, u)) * Math.tanh(gate(1, u)));
    state.h = state.c.map((c, u) => Math.tanh(c) * sigmoid(gate(3, u)));
    return state.h;
  };

  const stack = 'rnn/multi_rnn_cell';
  const all = shape.attnLayers === 'all';
  const wrapper = all ? 'rnn/attention_cell_wrapper' : `${stack}/cell_0/attention_cell_wrapper`;
  const attended = shape.attnLength === 0 ? 0 : all ? shape.layerSizes.length : 1;
  const units = shape.layerSizes[Math.max(0, attended - 1)] as number;
  let attention = new Float64Array(units);
  let memory = Array.from({ length: shape.attnLength }, () => new Float64Array(units));
  /** The cells the attention is around, and it. */
  const wrapped = (input: Vector): Vector => {
    let x = affine(joined(input, attention), `${wrapper}/kernel`, `${wrapper}/bias`);
    for (let layer = 0; layer < attended; layer++)
      x = cell(layer, x, all ? `${wrapper}/multi_rnn_cell/cell_${layer}/basic_lstm_cell` : `${wrapper}/basic_lstm_cell`);
    const y = affine(
      joined(...states.slice(0, attended).flatMap(({ c, h }) => [c, h])),
      `${wrapper}/attention/kernel`,
      `${wrapper}/attention/bias`,
    );
    const v = data(`${wrapper}/attention/attn_v`);
    const scores = memory.map((slot) =>
      affine(slot, `${wrapper}/attention/attn_w`).reduce((sum, p, u) => sum + (v[u] as number) * Math.tanh(p + (y[u] as number)), 0),
    );
    const exps = scores.map((score) => Math.exp(score));
    const total = exps.reduce((a, b) => a + b);
    attention = attention.map((_, u) => memory.reduce((sum, slot, t) => sum + ((exps[t] as number) / total) * (slot[u] as number), 0));
    const out = affine(joined(x, attention), `${wrapper}/attn_output_projection/kernel`, `${wrapper}/attn_output_projection/bias`);
    memory = [...memory.slice(1), out];
    return out;
  };

  return rows.map((row, time) => {
    let x = joined(row);
    for (let layer = Math.max(0, attended - 1); layer < shape.layerSizes.length; layer++) {
      x = layer < attended ? wrapped(x) : cell(layer, x, `${stack}/cell_${layer}/basic_lstm_cell`);
      x = x.map((value, unit) => value * mask(layer, time, unit));
    }
    return [...affine(x, 'fully_connected/weights', 'fully_connected/biases')];
  });
}

/** A melody to learn from: dense input rows and a label for each. */
export interface LabelledRows {
  readonly rows: readonly ArrayLike<number>[];
  readonly labels: ArrayLike<number>;
}

/** Mean cross-entropy over all steps of all melodies, in nats. @param maskOf the mask of melody `row` of the batch */
export function naiveLoss(
  shape: NetworkShape,
  weights: ReadonlyMap<string, Values>,
  melodies: readonly LabelledRows[],
  maskOf?: (row: number) => Mask,
): number {
  let sum = 0;
  let steps = 0;
  melodies.forEach(({ rows, labels }, row) => {
    naiveLogits(shape, weights, rows, maskOf?.(row)).forEach((logits, t) => {
      sum += Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0)) - (logits[labels[t] as number] as number);
      steps++;
    });
  });
  return sum / steps;
}
