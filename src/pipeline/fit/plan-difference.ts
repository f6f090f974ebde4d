// How the plan a run was begun with differs from another one, in words.

import type { HParams } from '../../encoding/configuration.js';
import type { TrainingPlan } from '../../train/plan.js';

type Plan = Readonly<TrainingPlan>;

const steps = (n: number): string => `${n} ${n === 1 ? 'step' : 'steps'}`;

/** Each part of a plan but its hyperparameters, which are told one by one. */
const words: Readonly<Record<Exclude<keyof TrainingPlan, 'hparams'>, (plan: Plan) => string>> = {
  configuration: ({ configuration }) => `the configuration ${configuration}`,
  encoding: ({ encoding: { encoder, minPitch, maxPitch, transposeToKey } }) =>
    `pitches ${minPitch} to ${maxPitch - 1} ${transposeToKey === null ? 'in their own keys' : `in key ${transposeToKey} (0 = C)`}, encoded as ${encoder}`,
  steps: (plan) => steps(plan.steps),
  seed: ({ seed }) => `seed ${seed}`,
  firstCourse: ({ firstCourse }) =>
    firstCourse === undefined ? 'the melodies alone from the first step on' : `the accompaniment too in the first ${steps(firstCourse)}`,
  schedule: ({ schedule }) =>
    schedule.kind === 'constant'
      ? `a learning rate of ${schedule.learningRate} throughout`
      : `a learning rate that rises to ${schedule.learningRate} in ${steps(schedule.warmupSteps)} and then falls to ${Math.round(100 * schedule.finalFraction)}% of it`,
  clipping: ({ clipping: { by, norm } }) => `gradients clipped to ${norm}, ${by === 'global' ? 'all together' : 'each variable by itself'}`,
  weightDecay: ({ weightDecay }) => `a weight decay of ${weightDecay}`,
  checkpointEvery: ({ checkpointEvery }) => `a checkpoint every ${steps(checkpointEvery)}`,
  evaluateEvery: ({ evaluateEvery }) => `an evaluation every ${steps(evaluateEvery)}`,
  patience: ({ patience }) => (patience === null ? 'no early end' : `an early end after ${patience} evaluations without a better one`),
};

/** "600 steps, not 900 steps; batch_size 8, not 16": what a run was begun with, and what is asked of it now. */
export function planDifference(before: TrainingPlan, now: TrainingPlan): string {
  const parts = (Object.keys(words) as (keyof typeof words)[]).filter((key) => !same(before[key], now[key]));
  const fields = (Object.keys({ ...before.hparams, ...now.hparams }) as (keyof HParams)[]).filter(
    (field) => !same(before.hparams[field], now.hparams[field]),
  );
  return [
    ...parts.map((key) => `${words[key](before)}, not ${words[key](now)}`),
    ...fields.map((field) => `${optionName(field)} ${settingOf(before.hparams[field])}, not ${settingOf(now.hparams[field])}`),
  ].join('; ');
}

/** As --hparams calls it. */
function optionName(field: keyof HParams): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function settingOf(value: HParams[keyof HParams]): string {
  if (value === undefined) return 'unset';
  return typeof value === 'object' ? `[${value.join(',')}]` : String(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
