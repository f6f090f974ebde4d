// A melody RNN in plain float64, one melody and one step at a time, written from the equations of spec F.1-F.5 and used only by tests.

import type { NetworkShape } from '../../src/model/weights.js';

export type Values = Map<string, Float64Array>;

/** What an output of a layer is multiplied by. */
export type Mask = (layer: number, row: number, time: number, unit: number) => number;

export interface Melody {
  readonly inputs: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function get(values: Values, name: string): Float64Array {
  const value = values.get(name);
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}

/** x · matrix + bias, for a row-major matrix of x.length rows. */
function affine(x: readonly number[], matrix: Float64Array, bias?: Float64Array): number[] {
  const columns = matrix.length / x.length;
  return Array.from({ length: columns }, (_, j) =>
    x.reduce((sum, xi, i) => sum + xi * (matrix[i * columns + j] as number), bias?.[j] ?? 0),
  );
}

/** The logits of each step of one melody. */
export function naiveLogits(shape: NetworkShape, values: Values, inputs: Melody['inputs'], row = 0, mask: Mask = () => 1): number[][] {
  const root = 'rnn/multi_rnn_cell';
  const state = shape.layerSizes.map((units) => ({ c: new Array<number>(units).fill(0), h: new Array<number>(units).fill(0) }));
  const all = shape.attnLayers === 'all';
  const attended = all ? shape.layerSizes.length : shape.attnLength > 0 ? 1 : 0;
  const top = shape.layerSizes[Math.max(0, attended - 1)] as number;
  let attention = new Array<number>(top).fill(0);
  let memory = Array.from({ length: shape.attnLength }, () => new Array<number>(top).fill(0));

  const cell = (layer: number, x: readonly number[], prefix: string): number[] => {
    const s = state[layer] as { c: number[]; h: number[] };
    const units = s.c.length;
    const z = affine([...x, ...s.h], get(values, `${prefix}/kernel`), get(values, `${prefix}/bias`));
    const gate = (k: number, u: number) => z[k * units + u] as number;
    s.c = s.c.map((c, u) => c * sigmoid(gate(2, u) + 1) + sigmoid(gate(0, u)) * Math.tanh(gate(1, u)));
    s.h = s.c.map((c, u) => Math.tanh(c) * sigmoid(gate(3, u)));
    return s.h;
  };

  return inputs.map((input, time) => {
    let x: number[] = [...input];
    shape.layerSizes.forEach((_, layer) => {
      if (layer < attended - 1) return;
      if (layer === attended - 1) {
        const w = all ? 'rnn/attention_cell_wrapper' : `${root}/cell_0/attention_cell_wrapper`;
        let out = affine([...x, ...attention], get(values, `${w}/kernel`), get(values, `${w}/bias`));
        for (let k = 0; k < attended; k++)
          out = cell(k, out, all ? `${w}/multi_rnn_cell/cell_${k}/basic_lstm_cell` : `${w}/basic_lstm_cell`);
        const states = state.slice(0, attended).flatMap(({ c, h }) => [...c, ...h]);
        const y = affine(states, get(values, `${w}/attention/kernel`), get(values, `${w}/attention/bias`));
        const v = get(values, `${w}/attention/attn_v`);
        const scores = memory.map((slot) =>
          affine(slot, get(values, `${w}/attention/attn_w`)).reduce(
            (sum, k, u) => sum + (v[u] as number) * Math.tanh(k + (y[u] as number)),
            0,
          ),
        );
        const exps = scores.map((s) => Math.exp(s));
        const total = exps.reduce((a, b) => a + b, 0);
        attention = attention.map((_, u) => memory.reduce((sum, slot, t) => sum + ((exps[t] as number) / total) * (slot[u] as number), 0));
        x = affine(
          [...out, ...attention],
          get(values, `${w}/attn_output_projection/kernel`),
          get(values, `${w}/attn_output_projection/bias`),
        );
        memory = [...memory.slice(1), x];
      } else {
        x = cell(layer, x, `${root}/cell_${layer}/basic_lstm_cell`);
      }
      x = x.map((value, unit) => value * mask(layer, row, time, unit));
    });
    return affine(x, get(values, 'fully_connected/weights'), get(values, 'fully_connected/biases'));
  });
}

/** Mean cross-entropy over all steps of all melodies. `rows` says which row of the batch each melody is, for the mask. */
export function naiveLoss(shape: NetworkShape, values: Values, melodies: readonly Melody[], mask?: Mask): number {
  let sum = 0;
  let steps = 0;
  melodies.forEach(({ inputs, labels }, row) => {
    naiveLogits(shape, values, inputs, row, mask).forEach((logits, t) => {
      sum += Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0)) - (logits[labels[t] as number] as number);
      steps++;
    });
  });
  return sum / steps;
}

/** Logits as natural log probabilities. */
export function logSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const sum = top + Math.log(logits.reduce((total, value) => total + Math.exp(value - top), 0));
  return logits.map((value) => value - sum);
}
