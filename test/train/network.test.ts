// The network and its hand-written gradients, on every engine that is here. Expected values: a float64 network written from the spec in
// ../model/naive-network.ts, its central finite differences, and (with MST_SHARED) probabilities computed by Magenta's own graph.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, CONFIGURATIONS, type ConfigName } from '../../src/encoding/configuration.js';
import type { Example } from '../../src/encoding/example.js';
import { rowBits, stepBits, unitBits } from '../../src/kernels/dropout.js';
import { type NetworkShape, variableShapes, type Weights } from '../../src/model/weights.js';
import { largestBatch } from '../../src/train/batches.js';
import { type Engine, loadEngine } from '../../src/train/engines.js';
import { initialWeights } from '../../src/train/initialize.js';
import { clipGradients } from '../../src/train/optimizer.js';
import { packBatch } from '../../src/train/packed-batch.js';
import { networkShape } from '../../src/train/plan.js';
import { createVariables, disposeVariables } from '../../src/train/variables.js';
import { type LabelledRows, naiveLogits, naiveLoss, type Values } from '../model/naive-network.js';
import { denseInputs } from '../support/dense-inputs.js';
import { randomDataset } from './music.js';

const RAGGED = [9, 6, 6, 3, 1];

/** A tiny network of a configuration, with biases that are not zero and weights large enough that every part matters. */
function tinyNetwork(config: ConfigName, layerSizes: readonly number[], attnLayers?: 'all'): { shape: NetworkShape; weights: Weights } {
  const { encoding, hparams } = CONFIGURATIONS[config];
  const attnLength = hparams.attnLength > 0 ? 4 : 0;
  const shape = networkShape({
    encoding,
    hparams: { ...hparams, rnnLayerSizes: layerSizes, attnLength, ...(attnLayers && { attnLayers }) },
  });
  const weights = initialWeights(shape, 3);
  const random = new Random(4);
  for (const [name, { data }] of weights) {
    for (let i = 0; i < data.length; i++) data[i] = /bias/.test(name) ? random.uniform() - 0.5 : 2 * (data[i] as number);
  }
  return { shape, weights };
}

/** Examples in the order of the batch's rows: the longest first. */
function melodiesOf(examples: readonly Example[]): LabelledRows[] {
  return [...examples].sort((a, b) => b.steps - a.steps).map((example) => ({ rows: denseInputs(example), labels: example.labels }));
}

/** Logits as natural log probabilities. */
function logSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const sum = top + Math.log(logits.reduce((total, value) => total + Math.exp(value - top), 0));
  return logits.map((value) => value - sum);
}

/** Loss and gradients by variable, as plain numbers. */
function lossAndGradients(
  engine: Engine,
  shape: NetworkShape,
  weights: Weights,
  examples: readonly Example[],
  dropout: { seed: number; step: number; keep: number } | null,
) {
  const variables = createVariables(weights);
  const network = engine.createNetwork(shape, largestBatch([examples], examples.length));
  const { value, grads } = tf.variableGrads(() => network.loss(variables, packBatch(examples), dropout), [...variables.values()]);
  const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]?.dataSync().slice() as Float32Array]));
  const loss = value.dataSync()[0] as number;
  tf.dispose([value, ...Object.values(grads)]);
  disposeVariables(variables);
  network.dispose();
  return { loss, gradients };
}

/** Steps of a variable to one side or the other, by the places that are moved: where its gradient is largest, some others, and everywhere. */
function movesOf(gradient: Float32Array, random: Random): { what: string; signs: [place: number, sign: number][] }[] {
  const places = [...gradient.keys()];
  const largest = places.toSorted((a, b) => Math.abs(gradient[b] as number) - Math.abs(gradient[a] as number)).slice(0, 12);
  const others = Array.from({ length: 12 }, () => random.integer(gradient.length));
  const single = [...new Set([...largest, ...others])].map((i) => ({ what: `[${i}]`, signs: [[i, 1]] as [number, number][] }));
  return [...single, { what: ' as a whole', signs: places.map((i) => [i, 2 * random.integer(2) - 1]) }];
}

const cases: { config: ConfigName; layerSizes: number[]; attnLayers?: 'all' }[] = [
  { config: 'basic_rnn', layerSizes: [5, 4] },
  { config: 'mono_rnn', layerSizes: [3] },
  { config: 'lookback_rnn', layerSizes: [4, 3, 2] },
  { config: 'attention_rnn', layerSizes: [4, 3] },
  { config: 'attention_rnn', layerSizes: [2, 3], attnLayers: 'all' },
];

describe.each(['cpu', 'wasm'])('the network on %s', (engineName) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine(engineName);
  });

  it.each(cases)('has the loss of the equations, melody by melody, for $config $layerSizes', ({ config, layerSizes, attnLayers }) => {
    const { shape, weights } = tinyNetwork(config, layerSizes, attnLayers);
    const { examples } = randomDataset(config, [3, 9, 1, 6, 6]);
    const { loss } = lossAndGradients(engine, shape, weights, examples, null);
    expect(loss).toBeCloseTo(naiveLoss(shape, weights, melodiesOf(examples)), 5);
  });

  it.each(cases)(
    'has gradients that agree with finite differences, dropout on, ragged lengths, for $config $layerSizes',
    ({ config, layerSizes, attnLayers }) => {
      const { shape, weights } = tinyNetwork(config, layerSizes, attnLayers);
      const { examples } = randomDataset(config, RAGGED);
      const melodies = melodiesOf(examples);
      const dropout = { seed: 77, step: 5, keep: 0.6 };
      const maskOf = (row: number) => (layer: number, time: number, unit: number) =>
        unitBits(rowBits(stepBits(77, 5), layer, row, time), unit) / 4294967296 < 0.6 ? 1 / 0.6 : 0;
      const lossWith = (name: string, signs: readonly (readonly [number, number])[], by: number): number => {
        const data = new Float64Array(weights.get(name)?.data ?? []);
        for (const [i, sign] of signs) data[i] = (data[i] as number) + by * sign;
        return naiveLoss(shape, new Map<string, Values>(weights).set(name, { data }), melodies, maskOf);
      };
      const { loss, gradients } = lossAndGradients(engine, shape, weights, examples, dropout);
      expect(loss).toBeCloseTo(naiveLoss(shape, weights, melodies, maskOf), 5);
      expect([...gradients.keys()]).toEqual([...variableShapes(shape).keys()]);
      const random = new Random(6);
      for (const [name, gradient] of gradients) {
        expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(5e-5);
        for (const { what, signs } of movesOf(gradient, random)) {
          const h = 1e-5;
          const expected = (lossWith(name, signs, h) - lossWith(name, signs, -h)) / (2 * h);
          const slope = signs.reduce((sum, [i, sign]) => sum + sign * (gradient[i] as number), 0);
          expect(Math.abs(slope - expected), `${name}${what}: ${slope} for ${expected}`).toBeLessThan(2e-7 + 1e-4 * Math.abs(expected));
        }
      }
    },
  );

  it.each(CONFIG_NAMES)('says the same of what comes next in a batch as alone, for %s', (config) => {
    const { shape, weights } = tinyNetwork(config, [4, 4]);
    const { examples } = randomDataset(config, RAGGED);
    const variables = createVariables(weights);
    const network = engine.createNetwork(shape, largestBatch([examples], examples.length));
    const batch = packBatch(examples);
    const logits = network.logits(variables, batch).dataSync();
    melodiesOf(examples).forEach(({ rows }, row) => {
      naiveLogits(shape, weights, rows).forEach((expected, t) => {
        const p = (batch.stepStart[t] as number) + row;
        const ours = logSoftmax([...logits.subarray(p * shape.numClasses, (p + 1) * shape.numClasses)]);
        for (const [k, value] of logSoftmax(expected).entries()) expect(ours[k]).toBeCloseTo(value, 4);
      });
    });
    disposeVariables(variables);
  });

  it('frees all it takes', () => {
    const { shape, weights } = tinyNetwork('attention_rnn', [4, 3]);
    const { examples } = randomDataset('attention_rnn', RAGGED);
    const run = () => lossAndGradients(engine, shape, weights, examples, { seed: 1, step: 1, keep: 0.5 });
    run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
    const gradients = new Map([['a', tf.tensor1d([3, 4])]]);
    tf.dispose([...clipGradients(gradients, { by: 'global', norm: 1 }).values(), ...gradients.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const golden = process.env.MST_SHARED === undefined ? '' : join(process.env.MST_SHARED, 'spec/golden/pipeline');
const lines = (file: string) =>
  readFileSync(join(golden, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(golden === '')('the network with weights trained by Magenta', () => {
  it.each(['basic_rnn', 'attention_rnn'] as const)('gives the probabilities of Magenta, for %s', async (config) => {
    const engine = await loadEngine('wasm');
    const stored = JSON.parse(readFileSync(join(golden, `weights_${config}.json`), 'utf8')).variables as Record<
      string,
      { shape: number[]; f32le_base64: string }
    >;
    const weights: Weights = new Map(
      Object.entries(stored).map(([name, { shape, f32le_base64 }]) => {
        const bytes = Uint8Array.from(Buffer.from(f32le_base64, 'base64'));
        return [name, { shape, data: new Float32Array(bytes.buffer) }];
      }),
    );
    const shape = networkShape(CONFIGURATIONS[config]);
    const encoded = lines('encoded.jsonl').filter((line) => line.config === config);
    const variables = createVariables(weights);
    const network = engine.createNetwork(shape, { rows: 1, tokens: 1000, entries: 10_000 });
    let worst = 0;
    for (const { id, steps, softmax } of lines(`softmax_${config}.jsonl`)) {
      const { inputs_signed, input_size, labels } = encoded.find((line) => line.id === id) as {
        inputs_signed: number[][];
        input_size: number;
        labels: number[];
      };
      const rows = inputs_signed.slice(0, steps);
      const example: Example = {
        steps,
        inputSize: input_size,
        inputs: {
          rowStart: Int32Array.from([0, ...rows.map((_, t) => rows.slice(0, t + 1).flat().length)]),
          columns: Uint16Array.from(rows.flat().map((k) => Math.abs(k) - 1)),
          signs: Int8Array.from(rows.flat().map(Math.sign)),
        },
        labels: Int32Array.from(labels.slice(0, steps)),
      };
      const probabilities = tf.tidy(() => tf.softmax(network.logits(variables, packBatch([example]))));
      const got = probabilities.dataSync();
      probabilities.dispose();
      (softmax as number[][]).flat().forEach((expected, i) => {
        worst = Math.max(worst, Math.abs((got[i] as number) - expected));
      });
      expect(got.length).toBe((softmax as number[][]).flat().length);
    }
    disposeVariables(variables);
    expect(worst).toBeLessThan(1e-5);
  });
});
