// Adam, clipping, the schedule and the first weights. Expected values: the formulas of spec F.4 and F.6, worked out here in float64.

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIGURATIONS } from '../../src/encoding/configuration.js';
import type { Weights } from '../../src/model/weights.js';
import { loadEngine } from '../../src/train/engines.js';
import { initialWeights } from '../../src/train/initialize.js';
import { Adam, clipGradients, zeroSlots } from '../../src/train/optimizer.js';
import { networkShape } from '../../src/train/plan.js';
import { learningRateAt } from '../../src/train/schedule.js';
import { createVariables, disposeVariables, readVariables } from '../../src/train/variables.js';

const weightsOf = (data: Record<string, number[]>): Weights =>
  new Map(Object.entries(data).map(([name, values]) => [name, { shape: [values.length], data: Float32Array.from(values) }]));

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await loadEngine(engine);
  });

  it('Adam takes the steps of its formula, epsilon outside the root', () => {
    // The second gradients are so small that it shows where epsilon stands.
    const gradientsOfSteps = [
      [0.5, 3e-8, 0],
      [-0.25, 1e-8, 2],
    ];
    const before = weightsOf({ w: [1, -2, 0.5] });
    const variables = createVariables(before);
    const adam = new Adam(variables, zeroSlots(before));
    const [w, m, v] = [
      [1, -2, 0.5],
      [0, 0, 0],
      [0, 0, 0],
    ] as [number[], number[], number[]];
    gradientsOfSteps.forEach((g, i) => {
      const t = i + 1;
      const gradient = tf.tensor1d(g);
      adam.apply(new Map([['w', gradient]]), { step: t, learningRate: 0.1, weightDecay: 0 });
      gradient.dispose();
      const rate = (0.1 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      g.forEach((gk, k) => {
        m[k] = 0.9 * (m[k] as number) + 0.1 * gk;
        v[k] = 0.999 * (v[k] as number) + 0.001 * gk * gk;
        w[k] = (w[k] as number) - (rate * (m[k] as number)) / (Math.sqrt(v[k] as number) + 1e-8);
      });
      const got = readVariables(variables).get('w')?.data as Float32Array;
      w.forEach((expected, k) => {
        expect(got[k]).toBeCloseTo(expected, 5);
      });
      const slots = adam.slots();
      m.forEach((expected, k) => {
        expect(Math.abs((slots.m.get('w')?.data[k] as number) - expected)).toBeLessThan(1e-7);
      });
    });
    adam.dispose();
    disposeVariables(variables);
  });

  it('takes the decay from matrices, not from vectors, whatever the gradient', () => {
    const before: Weights = new Map([
      ['matrix', { shape: [2, 1], data: Float32Array.of(1, -2) }],
      ['vector', { shape: [2], data: Float32Array.of(1, -2) }],
    ]);
    const variables = createVariables(before);
    const adam = new Adam(variables, zeroSlots(before));
    const gradients = new Map<string, tf.Tensor>([
      ['matrix', tf.tensor2d([0, 0], [2, 1])],
      ['vector', tf.tensor1d([0, 0])],
    ]);
    for (const step of [1, 2]) adam.apply(gradients, { step, learningRate: 0.1, weightDecay: 0.5 });
    const after = readVariables(variables);
    [0.95 ** 2, -2 * 0.95 ** 2].forEach((expected, k) => {
      expect(after.get('matrix')?.data[k]).toBeCloseTo(expected, 6);
    });
    expect([...(after.get('vector')?.data ?? [])]).toEqual([1, -2]);
    tf.dispose([...gradients.values()]);
    adam.dispose();
    disposeVariables(variables);
  });

  it('goes on from saved slots as if it had never stopped, to the byte', () => {
    const start = weightsOf({ a: [0.3, -0.2], b: [0.7] });
    const gradients = (step: number) =>
      new Map([
        ['a', tf.tensor1d([Math.sin(step), 0.1 * step])],
        ['b', tf.tensor1d([Math.cos(step)])],
      ]);
    const run = (from: Weights, slots: ReturnType<typeof zeroSlots>, first: number, last: number) => {
      const variables = createVariables(from);
      const adam = new Adam(variables, slots);
      for (let step = first; step <= last; step++) {
        const g = gradients(step);
        adam.apply(g, { step, learningRate: 0.01, weightDecay: 0.1 });
        tf.dispose([...g.values()]);
      }
      const result = { variables: readVariables(variables), slots: adam.slots() };
      adam.dispose();
      disposeVariables(variables);
      return result;
    };
    const whole = run(start, zeroSlots(start), 1, 6);
    const half = run(start, zeroSlots(start), 1, 3);
    expect(run(half.variables, half.slots, 4, 6)).toEqual(whole);
  });

  it.each([
    // Norms 5 and 12; together 13. A gradient within its limit stays as it is.
    { by: 'variable' as const, norm: 6, expected: { a: [3, 4], b: [0, 6], c: [0] } },
    { by: 'global' as const, norm: 6.5, expected: { a: [1.5, 2], b: [0, 6], c: [0] } },
    { by: 'global' as const, norm: 13.5, expected: { a: [3, 4], b: [0, 12], c: [0] } },
  ])('clips by $by norm at $norm', ({ expected, ...clipping }) => {
    const gradients = new Map([
      ['a', tf.tensor1d([3, 4])],
      ['b', tf.tensor1d([0, 12])],
      ['c', tf.tensor1d([0])],
    ]);
    const clipped = clipGradients(gradients, clipping);
    for (const [name, values] of Object.entries(expected)) {
      const got = [...(clipped.get(name)?.dataSync() ?? [])];
      expect(got).toHaveLength(values.length);
      values.forEach((value, i) => {
        expect(got[i]).toBeCloseTo(value, 5);
      });
    }
    tf.dispose([...gradients.values(), ...clipped.values()]);
  });
});

describe('the learning rate', () => {
  it('stays where it is when it is constant', () => {
    expect([1, 50, 100].map((step) => learningRateAt({ kind: 'constant', learningRate: 0.001 }, step, 100))).toEqual([0.001, 0.001, 0.001]);
  });

  it('rises in a line and falls as half a cosine', () => {
    const schedule = { kind: 'cosine', learningRate: 0.2, warmupSteps: 10, finalFraction: 0.1 } as const;
    const at = (step: number) => learningRateAt(schedule, step, 110);
    expect(at(1)).toBeCloseTo(0.02, 12);
    expect(at(5)).toBeCloseTo(0.1, 12);
    expect(at(10)).toBeCloseTo(0.2, 12);
    // Half way the cosine is 0: the mean of the peak and the end.
    expect(at(60)).toBeCloseTo((0.2 + 0.02) / 2, 12);
    expect(at(110)).toBeCloseTo(0.02, 12);
  });
});

describe('the first weights', () => {
  const shape = networkShape(CONFIGURATIONS.attention_rnn);
  const weights = initialWeights(shape, 1);

  it.each([
    ['rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/kernel', 202 + 74],
    ['rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/basic_lstm_cell/kernel', 202 + 512],
    ['rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/attention/attn_w', 256],
    ['rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/attention/attn_v', 256],
    ['fully_connected/weights', 128 + 40],
  ])('fill %s uniformly up to the limit of Glorot', (name, fans) => {
    const data = weights.get(name)?.data as Float32Array;
    const limit = Math.sqrt(6 / fans);
    const max = Math.max(...data.map(Math.abs));
    expect(max).toBeLessThanOrEqual(Math.fround(limit));
    expect(max).toBeGreaterThan(0.95 * limit);
    // A uniform variable has variance limit² / 3.
    expect(data.reduce((sum, x) => sum + x * x, 0) / data.length / (limit ** 2 / 3)).toBeCloseTo(1, data.length > 1000 ? 1 : 0);
  });

  it('leave biases at zero, and follow the seed', () => {
    for (const [name, { data }] of weights)
      expect(
        data.every((x) => x === 0),
        name,
      ).toBe(/bias(es)?$/.test(name));
    const head = (seed: number) =>
      Buffer.from(initialWeights(shape, seed).get('fully_connected/weights')?.data.buffer ?? new ArrayBuffer(0));
    expect(head(1).equals(head(1))).toBe(true);
    expect(head(1).equals(head(2))).toBe(false);
  });
});
