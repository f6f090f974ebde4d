// The forecast against runs whose every step takes a known time: it must say, early, how long they take.
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/train/dataset.js';
import { Forecast } from '../../src/train/forecast.js';
import { randomDataset } from './music.js';
import { smallPlan } from './run-fixture.js';

const plan = { ...smallPlan('basic_rnn'), steps: 1000, evaluateEvery: 100 };
// Two batches of four melodies of ten steps: 40 tokens a step.
const training = randomDataset('basic_rnn', new Array<number>(8).fill(10));
const nothing: Dataset = { ...training, examples: [], tokens: 0 };

/** Runs a plan by a clock on which the first steps take ten times as long; gives what was forecast, when, and how long it took. */
function run({ heldOut = nothing, perToken = 5, from = 0, perEvaluation = 0 } = {}) {
  let now = 1_000_000;
  const began = now;
  const forecast = new Forecast(plan, { training, heldOut, now });
  const told: { step: number; seconds: number; at: number }[] = [];
  for (let step = from + 1; step <= plan.steps; step++) {
    now += perToken * 40 * (step - from <= 4 ? 10 : 1);
    const evaluates = step % plan.evaluateEvery === 0;
    if (evaluates) now += perEvaluation;
    const seconds = forecast.after({ step, tokens: step * 40, ...(evaluates && { evaluation: {} }) }, now);
    if (seconds !== undefined) told.push({ step, seconds, at: (now - began) / 1000 });
  }
  return { told, took: (now - began) / 1000 };
}

describe('the forecast of a run', () => {
  it('is told once, after twenty steps, and comes true', () => {
    const { told, took } = run();
    expect(told).toHaveLength(1);
    expect(told[0]?.step).toBe(20);
    expect(told[0]?.seconds).toBeCloseTo(took, 6);
  });

  it('waits three seconds where steps are quick', () => {
    const { told, took } = run({ perToken: 0.2 });
    expect(told[0]?.at).toBeGreaterThanOrEqual(3);
    expect(told[0]?.at).toBeLessThan(3.1);
    expect(told[0]?.seconds).toBeCloseTo(took, 6);
  });

  it('counts measuring the songs set aside', () => {
    // 1200 tokens measured at a third of what learning a token takes.
    const heldOut = { ...training, tokens: 1200 };
    const { told, took } = run({ heldOut, perEvaluation: 1200 * (5 / 3) });
    expect(told[0]?.seconds).toBeCloseTo(took, 6);
    expect(took).toBeGreaterThan(run().took + 19);
  });

  it('is about what is left of a run that goes on, and leaves evaluations out of the pace of steps', () => {
    const { told, took } = run({ from: 890, perEvaluation: 60_000 });
    expect(told[0]?.step).toBe(910);
    // The evaluation behind it is in the forecast; that before it, of no tokens, is not.
    expect(told[0]?.seconds).toBeCloseTo(took - 60, 6);
  });

  it('is not told of a run that is over before', () => {
    expect(run({ from: 985 }).told).toEqual([]);
  });
});
