import { expect, it } from 'vitest';
import { planDifference } from '../../../src/pipeline/fit/plan-difference.js';
import type { TrainingPlan } from '../../../src/train/plan.js';

const plan: TrainingPlan = {
  configuration: 'basic_rnn',
  encoding: { encoder: 'onehot', minPitch: 48, maxPitch: 84, transposeToKey: 0 },
  hparams: { batchSize: 8, rnnLayerSizes: [64, 64], dropoutKeepProb: 0.5, attnLength: 0, clipNorm: 0.1, learningRate: 0.01 },
  clipping: { by: 'global', norm: 0.1 },
  weightDecay: 0.1,
  schedule: { kind: 'cosine', learningRate: 0.01, warmupSteps: 240, finalFraction: 0.01 },
  seed: 1,
  steps: 600,
  checkpointEvery: 30,
  evaluateEvery: 30,
  patience: 8,
};

it.each<[string, Partial<TrainingPlan>]>([
  ['600 steps, not 1 step', { steps: 1 }],
  ['seed 1, not seed 2', { seed: 2 }],
  ['batch_size 8, not 16; rnn_layer_sizes [64,64], not [128]', { hparams: { ...plan.hparams, batchSize: 16, rnnLayerSizes: [128] } }],
  ['the melodies alone from the first step on, not the accompaniment too in the first 420 steps', { firstCourse: 420 }],
  ['an early end after 8 evaluations without a better one, not no early end', { patience: null }],
  [
    'a learning rate that rises to 0.01 in 240 steps and then falls to 1% of it, not a learning rate of 0.01 throughout',
    { schedule: { kind: 'constant', learningRate: 0.01 } },
  ],
  ['', {}],
])('says %j', (words, change) => {
  expect(planDifference(plan, { ...plan, ...change })).toBe(words);
});

it('says every difference in words: nothing of it is JSON', () => {
  const other: TrainingPlan = {
    configuration: 'mono_rnn',
    encoding: { encoder: 'lookback', minPitch: 0, maxPitch: 128, transposeToKey: null },
    hparams: { batchSize: 1, rnnLayerSizes: [1], dropoutKeepProb: 1, attnLength: 40, attnLayers: 'all', clipNorm: 3, learningRate: 0.1 },
    clipping: { by: 'variable', norm: 3 },
    weightDecay: 0,
    schedule: { kind: 'constant', learningRate: 0.1 },
    seed: 9,
    steps: 9,
    firstCourse: 6,
    checkpointEvery: 9,
    evaluateEvery: 9,
    patience: null,
  };
  const said = planDifference(plan, other);
  expect(said).not.toMatch(/[{}"]|null|undefined/);
  // Every part of the plan but its hyperparameters, and each of these.
  expect(said.split('; ')).toHaveLength(Object.keys(other).length - 1 + Object.keys(other.hparams).length);
});
