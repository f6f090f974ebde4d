// Overfitting and the other warnings, from losses and figures written here.

import { describe, expect, it } from 'vitest';
import { type CurvePoint, findOverfitting } from '../../src/evaluate/learning-curve.js';
import type { Baselines, Copying } from '../../src/evaluate/report.js';
import { warningsOf } from '../../src/evaluate/warnings.js';

/** Training loss falls from 2 by 0.1 every 10 steps; held-out loss as given, every 50. */
function curve(...heldOut: number[]): CurvePoint[] {
  const training = Array.from({ length: heldOut.length * 5 }, (_, i) => ({ step: 10 * (i + 1), training: 2 - 0.1 * i }));
  return [...training, ...heldOut.map((loss, i) => ({ step: 50 * (i + 1), heldOut: loss }))].sort((a, b) => a.step - b.step);
}

describe('findOverfitting', () => {
  it('sees held-out loss rise while training loss falls', () => {
    const found = findOverfitting(curve(1.5, 1.2, 1.3, 1.4));
    expect(found).toMatchObject({ bestStep: 100, bestHeldOut: 1.2, lastStep: 200, lastHeldOut: 1.4 });
    // The last ten batches: 0 to 9 tenths below 2, then 10 to 19.
    expect(found?.trainingThen).toBeCloseTo(2 - 0.45, 10);
    expect(found?.trainingNow).toBeCloseTo(2 - 1.45, 10);
  });

  it('counts from where the melodies alone are learned', () => {
    const early = curve(1.1, 1.4, 1.3, 1.3);
    expect(findOverfitting(early)).toMatchObject({ bestStep: 50 });
    expect(findOverfitting(early, 50)).toBeNull();
    expect(findOverfitting(curve(1.1, 1.2, 1.4), 50)).toMatchObject({ bestStep: 100, bestHeldOut: 1.2, lastStep: 150 });
    expect(findOverfitting(early, 200)).toBeNull();
  });

  it('does not take noise, progress, or nothing for it', () => {
    expect(findOverfitting(curve(1.5, 1.2, 1.22, 1.25))).toBeNull();
    expect(findOverfitting(curve(1.5, 1.4, 1.3))).toBeNull();
    expect(findOverfitting(curve())).toBeNull();
    // Both rise: it diverges, and learns nothing by heart.
    const rising = curve(1, 1.5, 2).map((point) => (point.training === undefined ? point : { ...point, training: 4 - point.training }));
    expect(findOverfitting(rising)).toBeNull();
  });
});

describe('warningsOf', () => {
  const foretelling = (natsPerEvent: number) => ({ natsPerEvent, perplexity: Math.exp(natsPerEvent), accuracy: 0.7, eventAccuracy: 0.3 });
  const baselines = (model: number, sixGram: number): Baselines => ({
    model: foretelling(model),
    unigram: foretelling(2),
    sixGram: foretelling(sixGram),
    advantagePercent: 100 * (1 - model / sixGram),
    learnedFrom: { melodies: 9, events: 999, sampled: false },
  });
  const copying = (copies: Copying['judgement']['copies']): Copying => ({
    judgement: { generated: 20, heldOut: 50, bars: { generated: { median: 1, high: 1, most: 1 }, heldOut: null }, levels: [], copies },
    passages: [],
  });
  const calm = { step: 100, baselines: baselines(0.8, 1), copying: copying(null), overfitting: null };
  const codes = (changes: Partial<Parameters<typeof warningsOf>[0]>) => warningsOf({ ...calm, ...changes }).map(({ code }) => code);

  it('says nothing when all is well, or nothing can be said', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ baselines: null })).toEqual([]);
  });

  it('compares with the 6-gram', () => {
    expect(codes({ baselines: baselines(1, 1) })).toEqual(['no-better-than-6-gram']);
    expect(warningsOf({ ...calm, baselines: baselines(1.25, 1.125) })[0]?.message).toMatch(/1\.250.*1\.125/);
  });

  it('says whether the checkpoint is from before the overfitting', () => {
    const overfitting = findOverfitting(curve(1.5, 1.2, 1.3, 1.4));
    const advice = (step: number) => warningsOf({ ...calm, step, overfitting })[0]?.advice;
    expect(codes({ overfitting })).toEqual(['overfits']);
    expect(advice(100)).toContain('before');
    expect(advice(150)).toContain('--checkpoint best');
  });

  it('says how much is copied, and what real songs share', () => {
    const [warning] = warningsOf({ ...calm, copying: copying({ bars: 4, generated: 13, heldOut: 4 }) });
    expect(warning).toMatchObject({ code: 'copies', message: expect.stringMatching(/13 of 20.*4 bars.* 8% /) });
  });
});
