// Runs from beginning to end. Expected: a run stopped and resumed holds the bytes of one that was not; losses are those of the float64
// network in ../model/naive-network.ts; what can be learned is learned, measured against entropies worked out here.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { CONFIG_NAMES } from '../../src/encoding/configuration.js';
import { readCheckpoint } from '../../src/train/checkpoint.js';
import { type Engine, loadEngine } from '../../src/train/engines.js';
import { stepsForMinutes } from '../../src/train/fit-minutes.js';
import type { PackedBatch } from '../../src/train/packed-batch.js';
import { networkShape } from '../../src/train/plan.js';
import { checkpointName, checkpointPath, checkpointSteps } from '../../src/train/run-folder.js';
import { readRun } from '../../src/train/run-record.js';
import type { Stepper } from '../../src/train/stepper.js';
import { hasStalled, trainModel } from '../../src/train/trainer.js';
import { naiveLoss } from '../model/naive-network.js';
import { denseInputs } from '../support/dense-inputs.js';
import { datasetOf, randomDataset } from './music.js';
import { contentsOf, scales, smallPlan, smallRun, temporaryFolder } from './run-fixture.js';

/** The engine most users have; and one that computes in TensorFlow.js, which stays the active one: the kernels do without. */
let engine: Engine;
let tensorEngine: Engine;
const root = temporaryFolder();
/** A run without accompaniment that was never interrupted. */
const whole = join(root, 'whole');
beforeAll(async () => {
  engine = await loadEngine('wasm', { threads: 1 });
  tensorEngine = await loadEngine('cpu');
  expect(await trainModel({ ...smallRun(whole), engine })).toMatchObject({ startedAt: 0, step: 24, ended: 'done' });
});

/** A signal that aborts once `step` is reached, and the callback that makes it do so. */
function abortAt(step: number) {
  const controller = new AbortController();
  return { signal: controller.signal, onProgress: (report: { step: number }) => report.step === step && controller.abort() };
}

const metricsOf = (folder: string) =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a run', () => {
  it('ends with the same bytes when it is repeated, and with others by another seed', async () => {
    const [again, other] = [join(root, 'again'), join(root, 'other')];
    await trainModel({ ...smallRun(again), engine });
    expect(contentsOf(again)).toEqual(contentsOf(whole));
    await trainModel({ ...smallRun(other), plan: smallPlan('basic_rnn', { seed: 12 }), engine });
    expect(contentsOf(other)['step-000024/tensors.bin']).not.toEqual(contentsOf(whole)['step-000024/tensors.bin']);
  });

  it.each([[1], [4, 13], [5, 6, 23]])('ends with the same bytes when it is interrupted after step %i and resumed', async (...stops) => {
    const folder = join(root, `stopped-${stops.join('-')}`);
    let startedAt = 0;
    for (const [i, stop] of stops.entries()) {
      const result = await trainModel({ ...smallRun(folder), resume: i > 0, engine, ...abortAt(stop) });
      expect(result).toMatchObject({ startedAt, step: stop, ended: 'interrupted' });
      startedAt = stop;
    }
    expect(await trainModel({ ...smallRun(folder), resume: true, engine })).toMatchObject({ startedAt, step: 24, ended: 'done' });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
    // Resuming what is finished changes nothing.
    expect(await trainModel({ ...smallRun(folder), resume: true, engine })).toMatchObject({ startedAt: 24, ended: 'done' });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
  });

  it('keeps its last checkpoint and the three with the lowest held-out loss, and points to last and best', () => {
    const measured = metricsOf(whole).filter(({ held_out }) => held_out);
    expect(measured.map(({ step }) => step)).toEqual([5, 10, 15, 20, 24]);
    const ranked = measured.sort((a, b) => a.held_out.loss - b.held_out.loss).map(({ step }) => step);
    const kept = [...new Set([...ranked.slice(0, 3), 24])].sort((a, b) => a - b);
    expect(checkpointSteps(whole)).toEqual(kept);
    expect(checkpointPath(whole, 'last')).toBe(join(whole, 'step-000024'));
    expect(checkpointPath(whole, 'best')).toBe(join(whole, checkpointName(ranked[0])));
  });

  it('writes down the held-out loss of its weights', () => {
    const { heldOut, plan } = smallRun(whole);
    const shape = networkShape(plan);
    const { variables } = readCheckpoint(checkpointPath(whole, 'last'), shape);
    const melodies = (heldOut?.examples ?? []).map((example) => ({ rows: denseInputs(example), labels: example.labels }));
    const { held_out } = metricsOf(whole).find(({ step, held_out }) => step === 24 && held_out);
    expect(held_out.loss).toBeCloseTo(naiveLoss(shape, variables, melodies), 5);
    // One label of basic_rnn stands for one event.
    expect(held_out.natsPerEvent).toBeCloseTo(held_out.loss, 10);
  });

  it('says in run.json what it is', () => {
    expect(readRun(whole)).toMatchObject({
      plan: smallPlan('basic_rnn'),
      engine: { name: 'wasm' },
      inputs: { training: { examples: 11 }, heldOut: { examples: 5, tokens: 62 } },
    });
  });

  it('is not begun twice in one folder, nor resumed where there is none', async () => {
    await expect(trainModel({ ...smallRun(whole), engine })).rejects.toMatchObject({
      code: 'exists',
      hint: expect.stringContaining('--resume'),
    });
    await expect(trainModel({ ...smallRun(join(root, 'nothing')), resume: true, engine })).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    { what: 'seed', changes: { plan: smallPlan('basic_rnn', { seed: 12 }) } },
    { what: 'steps', changes: { plan: smallPlan('basic_rnn', { steps: 30 }) } },
    { what: 'training examples', changes: { training: randomDataset('basic_rnn', [9]) } },
    { what: 'held-out examples', changes: { heldOut: null } },
  ])('is not resumed with another $what', async ({ what, changes }) => {
    const before = contentsOf(whole);
    await expect(trainModel({ ...smallRun(whole), engine, resume: true, ...changes })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(what),
    });
    expect(contentsOf(whole)).toEqual(before);
  });

  it('goes on from the checkpoint before a damaged one only when that is moved away, and sweeps what was left half-done', async () => {
    const folder = join(root, 'damaged');
    await trainModel({ ...smallRun(folder), engine, ...abortAt(13) });
    const newest = join(folder, 'step-000013');
    const tensors = readFileSync(join(newest, 'tensors.bin'));
    tensors[1000] = (tensors[1000] as number) ^ 1;
    writeFileSync(join(newest, 'tensors.bin'), tensors);
    const resumed = { ...smallRun(folder), resume: true, engine };
    await expect(trainModel(resumed)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringContaining(join(newest, 'tensors.bin')),
      hint: expect.stringContaining('step-000013'),
    });
    renameSync(newest, join(root, 'moved-away'));
    mkdirSync(join(folder, `.step-000015.${process.pid}-2.tmp`));
    writeFileSync(join(folder, `.step-000015.${process.pid}-2.tmp/tensors.bin`), 'half');
    writeFileSync(join(folder, 'metrics.jsonl'), '{"step":14,"lo', { flag: 'a' });
    expect(await trainModel(resumed)).toMatchObject({ startedAt: 10, ended: 'done' });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
  });

  it('starts over when it was killed before its first checkpoint', async () => {
    const folder = join(root, 'killed-early');
    mkdirSync(folder);
    writeFileSync(join(folder, 'run.json'), readFileSync(join(whole, 'run.json')));
    writeFileSync(join(folder, 'metrics.jsonl'), '{"step":1}\n');
    expect(await trainModel({ ...smallRun(folder), resume: true, engine })).toMatchObject({ startedAt: 0, ended: 'done' });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
  });

  it('tells what it does by the clock it is given', async () => {
    let time = 0;
    const reports: { tokens: number; tokensPerSecond: number; total: number }[] = [];
    const folder = join(root, 'clock');
    const onProgress = (report: (typeof reports)[number]) => {
      reports.push(report);
      time += 500;
    };
    await trainModel({ ...smallRun(folder), engine, now: () => time, onProgress });
    reports.forEach(({ tokens, tokensPerSecond, total }, i) => {
      expect(tokensPerSecond).toBeCloseTo(i === 0 ? 0 : tokens / (0.5 * i), 6);
      expect(total).toBe(24);
    });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
  });
});

describe('a run in TensorFlow.js', () => {
  it('ends with the same bytes when it is interrupted twice and resumed', async () => {
    const [straight, stopped] = [join(root, 'tensors-straight'), join(root, 'tensors-stopped')];
    await trainModel({ ...smallRun(straight), engine: tensorEngine });
    await trainModel({ ...smallRun(stopped), engine: tensorEngine, ...abortAt(4) });
    await trainModel({ ...smallRun(stopped), engine: tensorEngine, resume: true, ...abortAt(13) });
    expect(await trainModel({ ...smallRun(stopped), engine: tensorEngine, resume: true })).toMatchObject({ startedAt: 13, ended: 'done' });
    expect(contentsOf(stopped)).toEqual(contentsOf(straight));
  });

  it('holds as many tensors after each step as after the first, and none at the end', async () => {
    const before = tf.memory().numTensors;
    const during: number[] = [];
    const onProgress = () => during.push(tf.memory().numTensors);
    const plan = smallPlan('attention_rnn', { steps: 12 });
    await trainModel({ ...smallRun(join(root, 'tensors'), 'attention_rnn'), plan, engine: tensorEngine, onProgress });
    expect(during).toHaveLength(12);
    expect(new Set(during).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('training', () => {
  it.each(CONFIG_NAMES)('learns a pattern better than counting events could, for %s', async (config) => {
    const training = datasetOf(
      config,
      scales(8).map((melody) => melody.slice(0, 18)),
    );
    const counts = new Map<number, number>();
    for (const { labels } of training.examples) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    const entropy = [...counts.values()].reduce((sum, n) => sum - (n / training.tokens) * Math.log(n / training.tokens), 0);
    const { hparams } = smallPlan(config, {}, [16]);
    const every = { steps: 100, evaluateEvery: 100, checkpointEvery: 100 };
    const plan = smallPlan(config, { ...every, hparams: { ...hparams, dropoutKeepProb: 1 } }, [16]);
    const folder = join(root, `learns-${config}`);
    await trainModel({ ...smallRun(folder), plan, training, heldOut: training, engine });
    expect(metricsOf(folder).at(-1).held_out.loss).toBeLessThan(0.7 * entropy);
  });

  it('ends early when the held-out loss no longer falls', async () => {
    const folder = join(root, 'early');
    const plan = smallPlan('basic_rnn', { steps: 400, evaluateEvery: 5, patience: 2 }, [12]);
    const options = { ...smallRun(folder), plan, training: datasetOf('basic_rnn', scales(6)), engine };
    const result = await trainModel(options);
    expect(result.ended).toBe('early');
    const losses = metricsOf(folder).flatMap(({ held_out }) => (held_out ? [held_out.loss] : []));
    expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 3);
    expect(result.best?.loss).toBe(Math.min(...losses));
    expect(await trainModel({ ...options, resume: true })).toMatchObject({ ended: 'early', startedAt: result.step });
  });

  it.each([
    [[3, 2, 1], 2, false],
    [[1, 2], 2, false],
    [[1, 2, 3], 2, true],
    [[3, 1, 1, 1], 2, true],
    [[3, 1, 2, 0.5], 2, false],
    [[1, 2, 3, 4], null, false],
    [[], 1, false],
  ])('after the losses %o with patience %o has stalled: %o', (losses, patience, expected) => {
    expect(
      hasStalled(
        losses.map((loss, i) => ({ step: i + 1, loss })),
        patience,
      ),
    ).toBe(expected);
  });

  it('stops when the loss is no longer a number, and keeps the last good checkpoint', async () => {
    const folder = join(root, 'diverged');
    const broken: Engine = {
      ...tensorEngine,
      createNetwork(...given) {
        const network = tensorEngine.createNetwork(...given);
        const notANumber = (variables: readonly tf.Tensor[]) =>
          tf.customGrad(() => ({ value: tf.scalar(Number.NaN), gradFunc: () => variables.map((v) => tf.zerosLike(v)) }))(
            ...variables,
          ) as tf.Scalar;
        return {
          ...network,
          loss: (variables, batch, dropout) =>
            dropout?.step === 8 ? notANumber([...variables.values()]) : network.loss(variables, batch, dropout),
        };
      },
    };
    const before = tf.memory().numTensors;
    await expect(trainModel({ ...smallRun(folder), engine: broken })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/step 8.*step-000006/),
      hint: expect.stringContaining('learning_rate'),
    });
    expect(checkpointSteps(folder).at(-1)).toBe(6);
    readCheckpoint(join(folder, 'step-000006'), networkShape(smallPlan('basic_rnn')));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('never saves weights that are no numbers', async () => {
    const folder = join(root, 'infinite');
    const broken: Engine = {
      ...tensorEngine,
      createNetwork(...given) {
        const network = tensorEngine.createNetwork(...given);
        const infinite = (variables: readonly tf.Tensor[]) =>
          tf.customGrad(() => ({ value: tf.scalar(1), gradFunc: () => variables.map((v) => tf.fill(v.shape, Number.NaN)) }))(
            ...variables,
          ) as tf.Scalar;
        return {
          ...network,
          loss: (variables, batch, dropout) =>
            dropout?.step === 9 ? infinite([...variables.values()]) : network.loss(variables, batch, dropout),
        };
      },
    };
    await expect(trainModel({ ...smallRun(folder), engine: broken })).rejects.toMatchObject({ code: 'diverged' });
    expect(checkpointSteps(folder).at(-1)).toBe(6);
    expect(existsSync(join(folder, 'step-000009'))).toBe(false);
  });

  it('refuses nothing to learn from, and examples of another configuration', async () => {
    const empty = datasetOf('basic_rnn', []);
    await expect(trainModel({ ...smallRun(join(root, 'empty')), training: empty, engine })).rejects.toMatchObject({ code: 'no-melody' });
    const other = randomDataset('mono_rnn', [5]);
    await expect(trainModel({ ...smallRun(join(root, 'foreign')), training: other, engine })).rejects.toMatchObject({ code: 'bad-record' });
    expect(existsSync(join(root, 'foreign'))).toBe(false);
  });

  it('opens no file to write to when the engine cannot train the network', async () => {
    const folder = join(root, 'too-large');
    const small: Engine = {
      ...engine,
      createStepper() {
        throw new MstError('engine', 'There is no memory.');
      },
    };
    await expect(trainModel({ ...smallRun(folder), engine: small })).rejects.toMatchObject({ code: 'engine' });
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('without held-out examples takes the last checkpoint for the best', async () => {
    const folder = join(root, 'unmeasured');
    expect(await trainModel({ ...smallRun(folder), heldOut: null, engine })).toMatchObject({ ended: 'done', best: null });
    expect(checkpointPath(folder, 'best')).toBe(join(folder, 'step-000024'));
    expect(checkpointSteps(folder)).toEqual([24]);
  });
});

describe('a run with accompaniment', () => {
  const finished = join(root, 'accompanied');
  const accompaniment = randomDataset('basic_rnn', [8, 40, 11, 6, 17, 23, 9], 9);
  const accompanied = (folder: string) => ({
    ...smallRun(folder),
    plan: smallPlan('basic_rnn', { firstCourse: 13 }),
    accompaniment,
    engine,
  });
  beforeAll(async () => {
    expect(await trainModel(accompanied(finished))).toMatchObject({ step: 24, ended: 'done' });
  });

  it.each([[6], [12, 13], [13], [14], [4, 19]])(
    'ends with the same bytes when it is interrupted after step %i and resumed',
    async (...stops) => {
      const folder = join(root, `accompanied-${stops.join('-')}`);
      for (const [i, stop] of stops.entries()) {
        const result = await trainModel({ ...accompanied(folder), resume: i > 0, ...abortAt(stop) });
        expect(result).toMatchObject({ step: stop, ended: 'interrupted' });
      }
      expect(await trainModel({ ...accompanied(folder), resume: true })).toMatchObject({ step: 24, ended: 'done' });
      expect(contentsOf(folder)).toEqual(contentsOf(finished));
    },
  );

  it('learns other things than one without, and says in run.json what', () => {
    expect(contentsOf(whole)['step-000024/tensors.bin']).not.toEqual(contentsOf(finished)['step-000024/tensors.bin']);
    expect(readRun(finished)).toMatchObject({
      plan: { firstCourse: 13 },
      inputs: { training: { examples: 11 }, accompaniment: { examples: 7 } },
    });
    expect(Object.keys(readRun(whole).inputs)).toEqual(['training', 'heldOut']);
  });

  it('takes for its best a checkpoint that has learned from the melodies last', () => {
    const measured = metricsOf(finished).filter(({ held_out }) => held_out);
    expect(measured.map(({ step }) => step)).toEqual([5, 10, 15, 20, 24]);
    const late = measured.filter(({ step }) => step > 13).sort((a, b) => a.held_out.loss - b.held_out.loss);
    expect(checkpointPath(finished, 'best')).toBe(join(finished, checkpointName(late[0].step)));
    expect(checkpointSteps(finished)).toEqual([15, 20, 24]);
  });

  it('without effect on a plan without a course for it', async () => {
    const ignored = join(root, 'ignored');
    await trainModel({ ...smallRun(ignored), accompaniment, engine });
    expect(contentsOf(ignored)).toEqual(contentsOf(whole));
  });

  it('is not resumed with other accompaniment', async () => {
    const other = { ...accompanied(finished), accompaniment: randomDataset('basic_rnn', [9], 3), resume: true };
    await expect(trainModel(other)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('accompaniment') });
  });
});

describe('fitting a run to minutes', () => {
  it('divides the time by what a step takes', () => {
    // A clock that moves 100 ms each time it is asked: each measured step takes 100 ms.
    let time = 0;
    const now = () => (time += 100);
    const training = datasetOf('basic_rnn', scales(8));
    const steps = stepsForMinutes(1, smallPlan('basic_rnn'), { engine, training, heldOut: null, now });
    expect(steps).toBeGreaterThan(560);
    expect(steps).toBeLessThanOrEqual(600);
  });

  it('takes memory for the batches it measures, not for the largest of the run', () => {
    const training = randomDataset(
      'basic_rnn',
      Array.from({ length: 64 }, (_, i) => 3 + i),
    );
    const measured: number[] = [];
    let planned = 0;
    const watched: Engine = {
      ...engine,
      createStepper(shape, plan, start, room) {
        planned = room.tokens;
        const stepper = engine.createStepper(shape, plan, start, room);
        const step = (batch: PackedBatch, number: number) => {
          measured.push(batch.tokens);
          return stepper.step(batch, number);
        };
        return { step, dispose: () => stepper.dispose() } as Stepper;
      },
    };
    stepsForMinutes(1, smallPlan('basic_rnn'), { engine: watched, training, heldOut: null, now: () => 0 });
    expect(measured).toHaveLength(5);
    expect(planned).toBe(Math.max(...measured));
    expect(planned).toBeLessThan(63 + 64 + 65 + 66);
  });

  it('leaves room for measuring, and makes at least one step', () => {
    let time = 0;
    const now = () => (time += 100);
    const training = datasetOf('basic_rnn', scales(8));
    const fitted = (minutes: number, heldOut: typeof training | null) =>
      stepsForMinutes(minutes, smallPlan('basic_rnn'), { engine, training, heldOut, now });
    expect(fitted(1, training)).toBeLessThan(fitted(1, null));
    expect(fitted(0.0001, null)).toBe(1);
  });
});
