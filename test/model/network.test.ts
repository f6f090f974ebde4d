// The network against its formulas (naive-network.ts) on random weights, and against probabilities computed by Magenta's own graph.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import { rowOf } from '../../src/encoding/example.js';
import { MelodyNetwork } from '../../src/model/network.js';
import type { NetworkShape, Tensor } from '../../src/model/weights.js';
import { denseInputs } from '../support/dense-inputs.js';
import { naiveLogits, randomWeights } from './naive-network.js';

const melody = (random: Random, length: number): number[] =>
  Array.from({ length }, () => (random.integer(3) === 0 ? -2 : random.integer(6) === 0 ? -1 : 48 + random.integer(36)));

describe('MelodyNetwork against the formulas', () => {
  const cases = CONFIG_NAMES.flatMap((name) => {
    const { encoding, hparams } = configuration(name);
    return [[8, 8], [7, 5], [6], [5, 9, 3]].map((layerSizes) => ({
      name,
      encoding,
      layerSizes,
      attnLength: hparams.attnLength > 0 ? 6 : 0,
    }));
  });
  // Attention belongs to no encoder: a one-hot model may have it as well.
  cases.push({ name: 'basic_rnn', encoding: configuration('basic_rnn').encoding, layerSizes: [6, 4], attnLength: 3 });

  it.each(cases)('$name with layers $layerSizes and attention $attnLength', ({ encoding, layerSizes, attnLength }) => {
    const random = new Random(7);
    const encoder = createEncoder(encoding);
    const shape: NetworkShape = { inputSize: encoder.inputSize, numClasses: encoder.numClasses, layerSizes, attnLength };
    const weights = randomWeights(shape, random);
    const example = encoder.encode(melody(random, 20));
    const expected = naiveLogits(shape, weights, denseInputs(example));
    const network = new MelodyNetwork(shape, weights);
    const state = network.createState();
    const logits = new Float32Array(network.numClasses);
    let largest = 0;
    for (let t = 0; t < example.steps; t++) {
      network.step(rowOf(example.inputs, t), state, logits);
      const want = expected[t] as number[];
      for (let c = 0; c < want.length; c++) largest = Math.max(largest, Math.abs((want[c] as number) - (logits[c] as number)));
    }
    expect(state.steps).toBe(19);
    expect(largest).toBeLessThan(1e-5);
    expect(Math.max(...expected.flat().map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('goes on alike from a copied state, and leaves the copy alone', () => {
    const random = new Random(3);
    const encoder = createEncoder(configuration('attention_rnn').encoding);
    const shape = { inputSize: encoder.inputSize, numClasses: encoder.numClasses, layerSizes: [5, 5], attnLength: 4 };
    const network = new MelodyNetwork(shape, randomWeights(shape, random));
    const { inputs } = encoder.encode(melody(random, 16));
    const run = (state: ReturnType<MelodyNetwork['createState']>, from: number, to: number): Float32Array => {
      const logits = new Float32Array(network.numClasses);
      for (let t = from; t < to; t++) network.step(rowOf(inputs, t), state, logits);
      return logits;
    };
    const state = network.createState();
    const saved = network.createState();
    run(state, 0, 9);
    network.copyState(state, saved);
    const first = run(state, 9, 15);
    network.copyState(saved, state);
    expect(run(state, 9, 15)).toEqual(first);
    expect(run(saved, 9, 15)).toEqual(first);
  });

  it('refuses weights that are not its own', () => {
    const shape = { inputSize: 38, numClasses: 38, layerSizes: [4], attnLength: 0 };
    const weights = randomWeights(shape, new Random(1));
    expect(() => new MelodyNetwork({ ...shape, layerSizes: [5] }, weights)).toThrow(expect.objectContaining({ code: 'bad-model' }));
    expect(() => new MelodyNetwork({ ...shape, layerSizes: [] }, weights)).toThrow(expect.objectContaining({ code: 'bad-model' }));
    (weights.get('fully_connected/biases') as Tensor).data[3] = Number.NaN;
    expect(() => new MelodyNetwork(shape, weights)).toThrow(expect.objectContaining({ code: 'bad-model' }));
  });
});

const shared = process.env.MST_SHARED;

describe.skipIf(!shared)("MelodyNetwork against Magenta's trained models", () => {
  const pipeline = join(shared ?? '', 'spec/golden/pipeline');
  const lines = <T>(file: string): T[] =>
    readFileSync(join(pipeline, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as T);

  it.each(['basic_rnn', 'attention_rnn'] as const)('%s gives its probabilities to 2e-6 and its log likelihood', (config) => {
    const file = JSON.parse(readFileSync(join(pipeline, `weights_${config}.json`), 'utf8')) as {
      variables: Record<string, { shape: number[]; f32le_base64: string }>;
    };
    const weights = new Map(
      Object.entries(file.variables).map(([name, { shape, f32le_base64 }]): [string, Tensor] => [
        name,
        { shape, data: new Float32Array(new Uint8Array(Buffer.from(f32le_base64, 'base64')).buffer) },
      ]),
    );
    const { encoding, hparams } = configuration(config);
    const encoder = createEncoder(encoding);
    const network = new MelodyNetwork(
      { inputSize: encoder.inputSize, numClasses: encoder.numClasses, layerSizes: hparams.rnnLayerSizes, attnLength: hparams.attnLength },
      weights,
    );
    const encoded = lines<{ id: string; config: string; squashed_events: number[] }>('encoded.jsonl');
    const expected = lines<{ id: string; steps: number; loglik: number; softmax: number[][] }>(`softmax_${config}.jsonl`);
    let largest = 0;
    for (const { id, steps, loglik, softmax } of expected) {
      const melody = encoded.find((line) => line.id === id && line.config === config);
      const example = encoder.encode(melody?.squashed_events ?? []);
      const state = network.createState();
      const logits = new Float32Array(network.numClasses);
      let sum = 0;
      for (let t = 0; t < steps; t++) {
        network.step(rowOf(example.inputs, t), state, logits);
        const exps = [...logits].map(Math.exp);
        const total = exps.reduce((a, b) => a + b);
        exps.forEach((e, c) => {
          largest = Math.max(largest, Math.abs(e / total - (softmax[t]?.[c] as number)));
        });
        sum += Math.log((exps[example.labels[t] as number] as number) / total);
      }
      expect(Math.abs(sum - loglik)).toBeLessThan(0.01);
    }
    expect(expected.length).toBe(6);
    expect(largest).toBeLessThan(2e-6);
  });
});
