// Recipes, --hparams and plans. Expected: Magenta's own values (spec D.4) and the words of the command line.

import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS } from '../../src/encoding/configuration.js';
import { defaultSteps, planTraining } from '../../src/train/plan.js';
import { defaultRecipe, magentaRecipe, parseHParams } from '../../src/train/recipe.js';

const base = CONFIGURATIONS.basic_rnn.hparams;

describe('--hparams', () => {
  it('reads every name of Magenta, in any order, with spaces', () => {
    const text = ' attn_length=40, rnn_layer_sizes=[64, 32],batch_size=7,learning_rate=1e-2,dropout_keep_prob=.5 ,clip_norm=3';
    expect(parseHParams(text, base)).toEqual({
      batchSize: 7,
      rnnLayerSizes: [64, 32],
      dropoutKeepProb: 0.5,
      attnLength: 40,
      clipNorm: 3,
      learningRate: 0.01,
    });
  });

  it('leaves what is not named', () => {
    expect(parseHParams('batch_size=64', base)).toEqual({ ...base, batchSize: 64 });
    expect(parseHParams('', base)).toEqual(base);
  });

  it.each([
    ['batch_sise=64', 'batch_sise'],
    ['batch_size', 'NAME=VALUE'],
    ['batch_size=', 'batch_size'],
    ['batch_size=0', 'batch_size'],
    ['batch_size=1.5', 'whole'],
    ['batch_size=64,batch_size=32', 'twice'],
    ['batch_size=0x10', 'batch_size'],
    ['rnn_layer_sizes=64', 'list'],
    ['rnn_layer_sizes=[]', 'rnn_layer_sizes'],
    ['rnn_layer_sizes=[64,-1]', 'rnn_layer_sizes'],
    ['rnn_layer_sizes=[1,1,1,1,1,1,1,1,1]', 'layers'],
    ['rnn_layer_sizes=[64', 'list'],
    ['learning_rate=Infinity', 'learning_rate'],
    ['learning_rate=-1', 'learning_rate'],
    ['dropout_keep_prob=0', 'dropout_keep_prob'],
    ['dropout_keep_prob=1.01', 'dropout_keep_prob'],
    ['constructor=1', 'constructor'],
    ['batch_size=1,,clip_norm=2', 'NAME=VALUE'],
  ])('refuses %s, naming what is wrong', (text, named) => {
    expect(() => parseHParams(text, base)).toThrowError(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(named) }),
    );
  });
});

describe('a plan', () => {
  const examples = (n: number) => ({ examples: new Array(n).fill(null) });
  const settings = {
    configuration: 'basic_rnn',
    encoding: CONFIGURATIONS.basic_rnn.encoding,
    recipe: magentaRecipe(CONFIGURATIONS.basic_rnn),
    seed: 1,
    training: examples(1000),
  };

  it("of --compat magenta is Magenta's", () => {
    expect(planTraining({ ...settings, steps: 500 })).toMatchObject({
      hparams: { batchSize: 128, rnnLayerSizes: [128, 128], dropoutKeepProb: 0.5, attnLength: 0, learningRate: 0.001 },
      clipping: { by: 'variable', norm: 5 },
      weightDecay: 0,
      schedule: { kind: 'constant', learningRate: 0.001 },
      patience: null,
      steps: 500,
    });
    expect(magentaRecipe(CONFIGURATIONS.attention_rnn).hparams).toMatchObject({ attnLength: 40, clipNorm: 3 });
  });

  it("by default uses mst's recipe, keeping what belongs to the configuration", () => {
    const plan = planTraining({ ...settings, recipe: defaultRecipe(CONFIGURATIONS.attention_rnn, 100_000) });
    expect(plan).toMatchObject({
      hparams: { attnLength: 40, rnnLayerSizes: [128, 128] },
      clipping: { by: 'global' },
      schedule: { kind: 'cosine' },
    });
    expect(plan.schedule.learningRate).toBe(plan.hparams.learningRate);
    expect(plan.clipping.norm).toBe(plan.hparams.clipNorm);
  });

  it('has a length between few and many steps when none is given, and at most 20 evaluations', () => {
    expect(defaultSteps(16, 16)).toBe(600);
    expect(defaultSteps(1600, 16)).toBe(2000);
    expect(defaultSteps(1_000_000, 16)).toBe(20_000);
    const { steps, evaluateEvery, checkpointEvery } = planTraining({ ...settings, training: examples(10) });
    expect(steps / evaluateEvery).toBeLessThanOrEqual(20);
    expect(checkpointEvery).toBe(evaluateEvery);
  });

  it('with accompaniment learns from it in the first seven tenths, and is no longer for it', () => {
    const recipe = defaultRecipe(CONFIGURATIONS.basic_rnn, 100_000);
    const planned = (melodies: number, others: number, steps?: number) =>
      planTraining({ ...settings, recipe, training: examples(melodies), accompaniment: examples(others), steps });
    // Twenty passes in batches of eight.
    expect(planned(400, 1)).toMatchObject({ steps: 1000, firstCourse: 700 });
    expect(planned(400, 4000)).toMatchObject({ steps: 1000, firstCourse: 700 });
    expect(planned(400, 400, 10)).toMatchObject({ steps: 10, firstCourse: 7 });
    expect(planned(400, 400, 1)).not.toHaveProperty('firstCourse');
    expect(planned(400, 0)).toEqual(planTraining({ ...settings, recipe, training: examples(400) }));
  });

  it.each([{ steps: 0 }, { steps: 1.5 }, { checkpointEvery: -1 }, { evaluateEvery: Number.NaN }, { seed: 0.5 }])('refuses %o', (wrong) => {
    expect(() => planTraining({ ...settings, ...wrong })).toThrowError(expect.objectContaining({ code: 'usage' }));
  });
});
