// The metrics on predictions small enough to add up by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsAccumulator } from '../../src/evaluate/metrics.js';

const ln = Math.log;

describe('MetricsAccumulator', () => {
  it('gives the arithmetic of four steps', () => {
    const metrics = new MetricsAccumulator({ numClasses: 3, defaultEventLabel: 0 });
    const events = [-2, 60, 60];
    metrics.add([ln(0.5), ln(0.3), ln(0.2)], 0, { eventsOfClasses: events }); // right
    metrics.add([ln(0.6), ln(0.3), ln(0.1)], 1, { eventsOfClasses: events }); // wrong
    metrics.add([ln(0.1), ln(0.8), ln(0.1)], 1, { eventsOfClasses: events }); // right
    metrics.add([ln(0.1), ln(0.8), ln(0.1)], 0, { eventsOfClasses: events }); // wrong
    const result = metrics.result();
    const loss = -(ln(0.5) + ln(0.3) + ln(0.8) + ln(0.1)) / 4;
    expect(result.loss).toBeCloseTo(loss, 12);
    expect(result['metrics/perplexity']).toBeCloseTo((0.5 * 0.3 * 0.8 * 0.1) ** -0.25, 10);
    expect(result['metrics/accuracy']).toBe(0.5);
    expect(result['metrics/event_accuracy']).toBe(0.5);
    expect(result['metrics/no_event_accuracy']).toBe(0.5);
    expect(result['metrics/per_class_accuracy']).toBeCloseTo((0.5 + 0.5 + 0) / 3, 12);
    expect(result['metrics/loss_per_step']).toBe(result.loss);
    expect(result['metrics/perplexity_per_step']).toBe(result['metrics/perplexity']);
    expect(result.natsPerEvent).toBeCloseTo(-(ln(0.5) + ln(0.4) + ln(0.9) + ln(0.1)) / 4, 12);
    expect(metrics.steps).toBe(4);
  });

  it('does not mind a constant added to all logits, nor large ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: -1e5, max: 1e5 }),
        (logits, shift) => {
          const of = (scores: number[]): number => {
            const metrics = new MetricsAccumulator({ numClasses: 5, defaultEventLabel: 0 });
            metrics.add(scores, 2);
            return metrics.result().loss;
          };
          expect(of(logits.map((x) => x + shift))).toBeCloseTo(of(logits), 8);
          expect(of(logits)).toBeCloseTo(ln(logits.reduce((sum, x) => sum + Math.exp(x - (logits[2] as number)), 0)), 10);
        },
      ),
    );
  });

  it('reads its row from the middle of a batch', () => {
    const metrics = new MetricsAccumulator({ numClasses: 2, defaultEventLabel: 0 });
    metrics.add(new Float32Array([9, 9, 1, 1, 9, 9]), 1, { offset: 2 });
    expect(metrics.result().loss).toBeCloseTo(ln(2), 12);
  });

  it('says NaN where there is nothing to measure, and does not hide a diverged model', () => {
    const metrics = new MetricsAccumulator({ numClasses: 2, defaultEventLabel: 0 });
    expect(metrics.result().loss).toBeNaN();
    metrics.add([1, 0], 0);
    expect(metrics.result()['metrics/event_accuracy']).toBeNaN();
    expect(metrics.result()['metrics/no_event_accuracy']).toBe(1);
    expect(metrics.result().natsPerEvent).toBeNaN();
    expect(() => metrics.add([Number.NaN, 0], 0)).toThrow(expect.objectContaining({ code: 'diverged' }));
    expect(metrics.steps).toBe(1);
  });
});
