// The network once more, from the formulas of spec F.1-F.3 in plain float64 arrays: no caches, no ring, every slot computed anew.

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

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The logits after each of the dense input rows, from zero state. */
export function naiveLogits(shape: NetworkShape, weights: ReadonlyMap<string, Tensor>, rows: readonly ArrayLike<number>[]): number[][] {
  const data = (name: string): number[] => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`no ${name}`);
    return [...tensor.data];
  };
  const affine = (x: number[], kernel: string, bias: string | undefined): number[] => {
    const w = data(kernel);
    const columns = w.length / x.length;
    const b = bias === undefined ? new Array<number>(columns).fill(0) : data(bias);
    return b.map((start, j) => x.reduce((sum, value, k) => sum + value * (w[k * columns + j] as number), start));
  };
  const lstm = (prefix: string, x: number[], c: number[], h: number[]): [number[], number[]] => {
    const z = affine([...x, ...h], `${prefix}/kernel`, `${prefix}/bias`);
    const gate = (g: number, u: number): number => z[g * c.length + u] as number;
    const c2 = c.map((old, u) => old * sigmoid(gate(2, u) + 1) + sigmoid(gate(0, u)) * Math.tanh(gate(1, u)));
    return [c2, c2.map((value, u) => Math.tanh(value) * sigmoid(gate(3, u)))];
  };
  const zeros = (n: number): number[] => new Array<number>(n).fill(0);
  const states = shape.layerSizes.map((units): [number[], number[]] => [zeros(units), zeros(units)]);
  const units0 = shape.layerSizes[0] as number;
  let attention = zeros(units0);
  let memory = Array.from({ length: shape.attnLength }, () => zeros(units0));
  const wrapper = 'rnn/multi_rnn_cell/cell_0/attention_cell_wrapper';

  return rows.map((row) => {
    let x = Array.from(row);
    shape.layerSizes.forEach((_, layer) => {
      const [c, h] = states[layer] as [number[], number[]];
      if (layer > 0 || shape.attnLength === 0) {
        const next = lstm(`rnn/multi_rnn_cell/cell_${layer}/basic_lstm_cell`, x, c, h);
        states[layer] = next;
        x = next[1];
        return;
      }
      const mixed = affine([...x, ...attention], `${wrapper}/kernel`, `${wrapper}/bias`);
      const [c2, h2] = lstm(`${wrapper}/basic_lstm_cell`, mixed, c, h);
      states[0] = [c2, h2];
      const y = affine([...c2, ...h2], `${wrapper}/attention/kernel`, `${wrapper}/attention/bias`);
      const v = data(`${wrapper}/attention/attn_v`);
      const scores = memory.map((slot) =>
        affine(slot, `${wrapper}/attention/attn_w`, undefined).reduce(
          (s, p, u) => s + (v[u] as number) * Math.tanh(p + (y[u] as number)),
          0,
        ),
      );
      const exps = scores.map((s) => Math.exp(s));
      const total = exps.reduce((a, b) => a + b);
      attention = attention.map((_, u) => memory.reduce((sum, slot, t) => sum + ((exps[t] as number) / total) * (slot[u] as number), 0));
      const projection = `${wrapper}/attn_output_projection`;
      x = affine([...h2, ...attention], `${projection}/kernel`, `${projection}/bias`);
      memory = [...memory.slice(1), x];
    });
    return affine(x, 'fully_connected/weights', 'fully_connected/biases');
  });
}
