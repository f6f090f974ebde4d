import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import * as builds from '../../src/kernels/generated/training.js';
import { planLayout } from '../../src/kernels/layout.js';
import { chooseModule, createMemory, type SimdKind } from '../../src/kernels/module.js';
import { TrainingKernels } from '../../src/kernels/training.js';
import { type NetworkShape, sizeOf, variableShapes } from '../../src/model/weights.js';
import { reference } from './reference.js';
import { capacityFor, distance, randomBatch, randomVariables } from './samples.js';

type Batch = ReturnType<typeof randomBatch>;

function kernelsFor(shape: NetworkShape, batch: Batch, variables: readonly Float32Array[], simd?: SimdKind): TrainingKernels {
  const layout = planLayout(shape, capacityFor(batch));
  const { module } = chooseModule(builds, simd);
  const kernels = new TrainingKernels(module, createMemory(layout.bytes, true), layout);
  variables.forEach((values, i) => {
    kernels.variables[i]?.set(values);
  });
  return kernels;
}

const many = (rows: number, longest: number): number[] => Array.from({ length: rows }, (_, r) => longest - r * 3);
const cases: { name: string; shape: NetworkShape; lengths: readonly number[] }[] = [
  { name: 'one layer of 3 units', shape: { inputSize: 5, numClasses: 3, layerSizes: [3], attnLength: 0 }, lengths: [6, 4, 4, 1, 1] },
  {
    name: 'two layers of odd sizes',
    shape: { inputSize: 11, numClasses: 9, layerSizes: [10, 7], attnLength: 0 },
    lengths: [9, 8, 8, 5, 2, 1],
  },
  { name: 'three layers, one melody', shape: { inputSize: 4, numClasses: 2, layerSizes: [8, 16, 5], attnLength: 0 }, lengths: [7] },
  { name: 'several windows', shape: { inputSize: 3, numClasses: 2, layerSizes: [3, 2], attnLength: 0 }, lengths: many(11, 90) },
  { name: 'attention, fewer steps than slots', shape: { inputSize: 7, numClasses: 5, layerSizes: [6], attnLength: 9 }, lengths: [5, 3, 3] },
  {
    name: 'attention and a layer above',
    shape: { inputSize: 9, numClasses: 4, layerSizes: [5, 9], attnLength: 3 },
    lengths: [9, 8, 4, 4, 1],
  },
  { name: 'attention, several windows', shape: { inputSize: 2, numClasses: 2, layerSizes: [3], attnLength: 5 }, lengths: many(9, 60) },
];
const [odd, attending] = [cases[1], cases[5]] as [(typeof cases)[number], (typeof cases)[number]];

const alternating = (k: number): number => (k % 2 === 0 ? 1 : -1);
/**
 * Attention whose queries and projections, by unit, lie in the hundreds, and whose scores reach `scores` and more. Where they cancel each
 * other, float32 leaves their sum, and so what is compared, with a relative error of up to 2^-24 * 300 * the sum of v.
 */
const extremes = [
  { name: 'both of one sign', query: () => 400, projection: () => 300, v: (k: number) => 3 + k, scores: 10, tolerance: 1e-4 },
  { name: 'opposite, the query larger', query: () => -500, projection: () => 300, v: (k: number) => 30 + k, scores: 100, tolerance: 1e-4 },
  { name: 'opposite, the projection larger', query: () => 200, projection: () => -900, v: () => 300, scores: 1000, tolerance: 1e-4 },
  {
    name: 'signs that alternate',
    query: (k: number) => 300 * alternating(k),
    projection: (k: number) => -700 * alternating(k),
    v: (k: number) => 300 * alternating(k),
    scores: 1000,
    tolerance: 1e-4,
  },
  { name: 'cancelling each other', query: () => 300, projection: () => -300, v: (k: number) => 1 + k / 5, scores: 1, tolerance: 1e-3 },
  { name: 'cancelling, scores of hundreds', query: () => -300, projection: () => 300, v: () => 50, scores: 100, tolerance: 1e-2 },
] as const;

describe('the gradient of a whole network', () => {
  for (const { name, shape, lengths } of cases) {
    for (const keep of [1, 0.6]) {
      it(`equals the one derived from the formulas: ${name}, keep ${keep}`, () => {
        const batch = randomBatch(shape, lengths, 1);
        const variables = randomVariables(shape, 2);
        const drop = { seed: 12345, step: 7, keep };
        const kernels = kernelsFor(shape, batch, variables, 'simd');
        const result = kernels.gradient(batch, drop);
        const expected = reference(shape, variables, batch, drop);
        expect(distance(result.losses, expected.losses)).toBeLessThan(4e-6);
        // The gradients of the attention's scores are small differences of large terms, of which float32 leaves less.
        const tolerance = (variable: string): number => (variable.includes('/attention/') ? 1e-4 : 1e-5);
        [...variableShapes(shape)].forEach(([variable, dimensions], i) => {
          expect(kernels.gradients[i]?.length, variable).toBe(sizeOf(dimensions));
          expect(distance(kernels.gradients[i] ?? [], expected.gradients[i] ?? []), variable).toBeLessThan(tolerance(variable));
        });
      });
    }
  }

  it('keeps every output where nearly all are to be kept', () => {
    const { shape, lengths } = odd;
    const batch = randomBatch(shape, lengths, 1);
    const kernels = kernelsFor(shape, batch, randomVariables(shape, 2));
    const { losses } = kernels.gradient(batch, { seed: 1, step: 1, keep: 1 - 1e-12 });
    expect(distance(losses, kernels.evaluate(batch).losses)).toBeLessThan(1e-6);
  });

  it('is the slope of the measured loss', () => {
    for (const { shape, lengths } of [odd, attending]) {
      const batch = randomBatch(shape, lengths, 3);
      const variables = randomVariables(shape, 4);
      const kernels = kernelsFor(shape, batch, variables);
      kernels.gradient(batch, { seed: 1, step: 1, keep: 1 });
      const gradients = kernels.gradients.map((values) => values.slice());
      const random = new Random(5);
      const direction = variables.map((values) => Float64Array.from(values, () => random.uniform() - 0.5));
      const slope = gradients.reduce(
        (sum, g, i) => sum + g.reduce((s, x, k) => s + x * ((direction[i] as Float64Array)[k] as number), 0),
        0,
      );
      const lossAt = (shift: number): number => {
        variables.forEach((values, i) => {
          kernels.variables[i]?.set(values.map((value, k) => value + shift * ((direction[i] as Float64Array)[k] as number)));
        });
        return kernels.evaluate(batch).lossSum / batch.tokens;
      };
      const h = 0.01;
      expect(Math.abs((lossAt(h) - lossAt(-h)) / (2 * h) - slope)).toBeLessThan(2e-3 * Math.abs(slope));
    }
  });

  it('holds where gates saturate', () => {
    for (const { shape, lengths } of [odd, attending]) {
      const batch = randomBatch(shape, lengths, 1);
      const variables = randomVariables(shape, 2, 30);
      const kernels = kernelsFor(shape, batch, variables);
      const drop = { seed: 1, step: 1, keep: 1 };
      const { losses } = kernels.gradient(batch, drop);
      const expected = reference(shape, variables, batch, drop);
      // Weights this large amplify float32's rounding from step to step.
      expect(distance(losses, expected.losses)).toBeLessThan(1e-3);
      const all = (lists: readonly ArrayLike<number>[]): number[] => lists.flatMap((list) => Array.from(list));
      expect(distance(all(kernels.gradients), all(expected.gradients))).toBeLessThan(1e-2);
    }
  });

  for (const simd of ['simd', 'relaxed-simd'] as const) {
    for (const { name, query, projection, v, scores, tolerance } of extremes) {
      it.skipIf(simd === 'relaxed-simd' && !relaxedRuns())(`holds where attention is extreme, with ${simd}: ${name}`, () => {
        const { shape, lengths } = attending;
        const batch = randomBatch(shape, lengths, 1);
        const variables = randomVariables(shape, 2);
        const units = shape.layerSizes[0] as number;
        const named = new Map([...variableShapes(shape).keys()].map((key, i) => [key.split('/').slice(-2).join('/'), i]));
        const change = (key: string, to: (value: number, k: number) => number): void => {
          const i = named.get(key) as number;
          variables[i] = (variables[i] as Float32Array).map(to);
        };
        // Every output's first unit is 1, so that the first row of W decides what every slot is projected to.
        change('attn_output_projection/kernel', (value, k) => (k % units === 0 ? 0 : value));
        change('attn_output_projection/bias', (value, k) => (k === 0 ? 1 : value));
        change('attention/attn_w', (value, k) => (k < units ? projection(k) : value));
        change('attention/bias', (_, k) => query(k));
        change('attention/attn_v', (_, k) => v(k));
        const drop = { seed: 1, step: 1, keep: 1 };
        const expected = reference(shape, variables, batch, drop);
        expect(Math.max(...expected.scores.map(Math.abs))).toBeGreaterThan(scores);
        const kernels = kernelsFor(shape, batch, variables, simd);
        for (const losses of [kernels.evaluate(batch).losses, kernels.gradient(batch, drop).losses]) {
          expect(distance(losses, expected.losses)).toBeLessThan(tolerance);
        }
        // Gradients that are nothing, as where every tanh is 1, come out as the rounding of the terms that cancel each other.
        const least = 1e-4 * Math.max(...expected.gradients.flatMap((gradient) => [...gradient.map(Math.abs)]));
        [...variableShapes(shape).keys()].forEach((variable, i) => {
          expect(distance(kernels.gradients[i] ?? [], expected.gradients[i] ?? [], least), variable).toBeLessThan(tolerance);
        });
      });
    }
  }

  it('comes out the same to the byte when computed again, and on a memory used before', () => {
    const { shape, lengths } = attending;
    const batch = randomBatch(shape, lengths, 1);
    const kernels = kernelsFor(shape, batch, randomVariables(shape, 2));
    const drop = { seed: 9, step: 3, keep: 0.5 };
    const first = kernels.gradient(batch, drop);
    const gradients = kernels.gradients.map((values) => values.slice());
    kernels.gradient(randomBatch(shape, [4, 2], 8), { ...drop, step: 4 });
    kernels.evaluate(batch);
    const second = kernels.gradient(batch, drop);
    expect(second).toEqual(first);
    expect(kernels.gradients.map((values) => values.slice())).toEqual(gradients);
    expect(kernels.gradient(batch, { ...drop, step: 5 }).lossSum).not.toBe(first.lossSum);
  });

  it.skipIf(!relaxedRuns())('is as exact with relaxed SIMD', () => {
    const { shape, lengths } = attending;
    const batch = randomBatch(shape, lengths, 1);
    const variables = randomVariables(shape, 2);
    const kernels = kernelsFor(shape, batch, variables, 'relaxed-simd');
    kernels.gradient(batch, { seed: 1, step: 1, keep: 1 });
    const { gradients } = reference(shape, variables, batch);
    gradients.forEach((expected, i) => {
      expect(distance(kernels.gradients[i] ?? [], expected)).toBeLessThan(1e-4);
    });
  });
});

function relaxedRuns(): boolean {
  try {
    return chooseModule(builds, 'relaxed-simd').simd === 'relaxed-simd';
  } catch {
    return false;
  }
}

describe('a pass without gradient', () => {
  for (const { name, shape, lengths } of cases) {
    it(`gives the losses, predictions and probabilities of the formulas: ${name}`, () => {
      const batch = randomBatch(shape, lengths, 6);
      const variables = randomVariables(shape, 7);
      const layout = planLayout(shape, { ...capacityFor(batch), training: false });
      const kernels = new TrainingKernels(chooseModule(builds).module, createMemory(layout.bytes, true), layout);
      variables.forEach((values, i) => {
        kernels.variables[i]?.set(values);
      });
      const logProbabilities = new Float32Array(batch.tokens * shape.numClasses);
      const { losses, predictions, correct } = kernels.evaluate(batch, logProbabilities);
      const expected = reference(shape, variables, batch);
      expect(distance(losses, expected.losses)).toBeLessThan(4e-6);
      const wanted = expected.logits.flatMap((logits) => {
        const sum = Math.log(logits.reduce((total, x) => total + Math.exp(x), 0));
        return logits.map((x) => x - sum);
      });
      expect(distance(logProbabilities, wanted)).toBeLessThan(4e-6);
      const best = expected.logits.map((logits) => logits.indexOf(Math.max(...logits)));
      expect([...predictions]).toEqual(best);
      expect(correct).toBe(best.filter((label, token) => label === batch.labels[token]).length);
    });
  }

  it('shows a network that has diverged', () => {
    const { shape, lengths } = odd;
    const batch = randomBatch(shape, lengths, 6);
    const kernels = kernelsFor(shape, batch, randomVariables(shape, 7));
    kernels.variables[2]?.fill(Number.NaN, 3, 4);
    expect(kernels.evaluate(batch).lossSum).toBeNaN();
    expect(kernels.gradient(batch, { seed: 1, step: 1, keep: 1 }).lossSum).toBeNaN();
  });
});

describe('Adam', () => {
  const options = { learningRate: 0.01, weightDecay: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  for (const [name, clip, clipPerVariable] of [
    ['no clipping', Number.POSITIVE_INFINITY, false],
    ['the norm of all', 0.05, false],
    ['the norm of each variable', 0.02, true],
  ] as const) {
    it(`moves the variables as TensorFlow's formulas say, matrices decaying, clipping by ${name}`, () => {
      const { shape, lengths } = odd;
      const batch = randomBatch(shape, lengths, 1);
      const kernels = kernelsFor(shape, batch, randomVariables(shape, 2));
      const isMatrix = [...variableShapes(shape).values()].map((dimensions) => dimensions.length > 1);
      expect(new Set(isMatrix).size).toBe(2);
      const values = kernels.variables.map((variable) => Float64Array.from(variable));
      const m = values.map((variable) => new Float64Array(variable.length));
      const s = values.map((variable) => new Float64Array(variable.length));
      for (let step = 1; step <= 3; step++) {
        kernels.gradient(batch, { seed: 1, step, keep: 1 });
        const norms = kernels.gradients.map((g) => Math.hypot(...g));
        expect(distance(kernels.gradientNorms, norms)).toBeLessThan(1e-5);
        const rate = (options.learningRate * Math.sqrt(1 - options.beta2 ** step)) / (1 - options.beta1 ** step);
        kernels.gradients.forEach((gradient, i) => {
          const norm = clipPerVariable ? (norms[i] as number) : Math.hypot(...norms);
          const scale = norm > clip ? clip / norm : 1;
          const [value, mi, si] = [values[i], m[i], s[i]] as [Float64Array, Float64Array, Float64Array];
          const keep = isMatrix[i] ? 1 - options.learningRate * options.weightDecay : 1;
          gradient.forEach((x, k) => {
            mi[k] = options.beta1 * (mi[k] as number) + (1 - options.beta1) * x * scale;
            si[k] = options.beta2 * (si[k] as number) + (1 - options.beta2) * (x * scale) ** 2;
            value[k] = (value[k] as number) * keep - (rate * (mi[k] as number)) / (Math.sqrt(si[k] as number) + options.epsilon);
          });
        });
        kernels.adam({ ...options, step, clip, clipPerVariable });
        values.forEach((value, i) => {
          expect(distance(kernels.variables[i] ?? [], value)).toBeLessThan(2e-5);
          expect(distance(kernels.moments.m[i] ?? [], m[i] ?? [])).toBeLessThan(2e-4);
        });
      }
    });
  }
});

describe('what does not fit', () => {
  const { shape, lengths } = odd;
  const batch = randomBatch(shape, lengths, 1);
  const kernels = kernelsFor(shape, batch, randomVariables(shape, 2));
  const with0 = <T extends { readonly [index: number]: number; slice(): T }>(list: T, at: number, value: number): T => {
    const copy = list.slice();
    (copy as { [index: number]: number })[at] = value;
    return copy;
  };
  const damaged: Record<string, Batch> = {
    'more rows': { ...randomBatch(shape, [...lengths, 1], 1) },
    'more steps': randomBatch(shape, [10, ...lengths.slice(1)], 1),
    'a label too large': { ...batch, labels: with0(batch.labels, 3, 9) },
    'a label below 0': { ...batch, labels: with0(batch.labels, 3, -1) },
    'a column too large': { ...batch, inputs: { ...batch.inputs, columns: with0(batch.inputs.columns, 0, 11) } },
    'offsets that jump': { ...batch, stepStart: with0(batch.stepStart, 2, 5) },
    'rows that come back': { ...batch, activeRows: with0(batch.activeRows, 8, 6) },
    'inputs that end early': { ...batch, inputs: { ...batch.inputs, signs: batch.inputs.signs.slice(1) } },
    'inputs out of order': { ...batch, inputs: { ...batch.inputs, rowStart: with0(batch.inputs.rowStart, 1, 99) } },
  };
  for (const [name, bad] of Object.entries(damaged)) {
    it(`is refused: ${name}`, () => {
      expect(() => kernels.gradient(bad, { seed: 1, step: 1, keep: 1 })).toThrow(/cannot be computed/);
    });
  }

  it('is refused before memory is taken: a batch beyond 4 GB', () => {
    const large = { inputSize: 38, numClasses: 38, layerSizes: [512, 512], attnLength: 0 };
    expect(() => planLayout(large, { threads: 2, rows: 64, tokens: 300_000, entries: 300_000, training: true })).toThrow(/4 GB/);
  });
});
