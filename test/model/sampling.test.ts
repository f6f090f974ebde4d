// Probabilities and draws: arithmetic, limits, and frequencies.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { argmax, checkTemperature, chooseClass, drawCategorical, logSoftmax } from '../../src/model/sampling.js';

const probabilities = (logits: number[], temperature: number): number[] =>
  [...logSoftmax(logits, temperature, new Float64Array(logits.length))].map(Math.exp);

describe('logSoftmax', () => {
  it('gives the probabilities of the logits, sharper when cold and flatter when hot', () => {
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    expect(probabilities(logits, 1)[1]).toBeCloseTo(2 / 8, 12);
    expect(probabilities(logits, 0.5)[1]).toBeCloseTo(4 / 30, 12);
    expect(probabilities(logits, 2)[1]).toBeCloseTo(Math.SQRT2 / (1 + Math.SQRT2 + Math.sqrt(5)), 12);
    expect(probabilities(logits, 0)[1]).toBeCloseTo(2 / 8, 12);
  });

  it('stays a distribution for any logits and temperature', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: Number.MIN_VALUE, max: 1e6, noNaN: true }),
        (logits, temperature) => {
          expect(probabilities(logits, temperature).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it.each([[[Number.NaN, 0]], [[0, Number.NaN]], [[Number.POSITIVE_INFINITY, 0]]])('refuses the logits %j', (logits) => {
    expect(() => probabilities(logits, 1)).toThrow(expect.objectContaining({ code: 'bad-model' }));
  });
});

describe('choosing', () => {
  it('draws each class as often as its probability says', () => {
    const random = new Random(2);
    const p = [0.5, 0, 0.3, 0.15, 0.05];
    const draws = 40_000;
    const counts = p.map(() => 0);
    for (let k = 0; k < draws; k++) {
      const drawn = drawCategorical(p.map(Math.log), random);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    expect(counts[1]).toBe(0);
    // Four standard deviations of a binomial count.
    p.forEach((q, k) => {
      expect(Math.abs((counts[k] as number) - draws * q)).toBeLessThanOrEqual(4 * Math.sqrt(draws * q * (1 - q)));
    });
  });

  it('takes the likeliest at temperature 0, the lowest of several', () => {
    expect(argmax([1, 3, 3, 2])).toBe(1);
    expect(chooseClass([-5, -1, -1], 0, new Random(1))).toBe(1);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the temperature %d', (temperature) => {
    expect(() => checkTemperature(temperature)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
