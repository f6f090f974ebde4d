// Distances against values worked out by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jensenShannonDistance, quantile, shares } from '../../src/evaluate/distance.js';

describe('jensenShannonDistance', () => {
  it('is 0 for equal distributions whatever their totals, 1 for those with nothing in common', () => {
    expect(jensenShannonDistance([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 7);
    expect(jensenShannonDistance([4, 0], [0, 1])).toBe(1);
  });

  it('is the root of the mean divergence from the middle, in bits', () => {
    // P = (1, 0), Q = (1/2, 1/2), M = (3/4, 1/4): D(P|M) = log2(4/3), D(Q|M) = (log2(2/3) + log2(2)) / 2.
    const divergence = (Math.log2(4 / 3) + (Math.log2(2 / 3) + 1) / 2) / 2;
    expect(jensenShannonDistance([8, 0], [5, 5])).toBeCloseTo(Math.sqrt(divergence), 12);
    // For (0.1, 0.9) and (0.9, 0.1) the middle is even: the divergence is 1 - H(0.1).
    expect(jensenShannonDistance([1, 9], [9, 1]) ** 2).toBeCloseTo(1 + 0.1 * Math.log2(0.1) + 0.9 * Math.log2(0.9), 12);
  });

  it('knows nothing of nothing', () => {
    expect(jensenShannonDistance([0, 0], [1, 1])).toBeNaN();
    expect(shares([0, 0])).toEqual([0, 0]);
  });

  it('is a metric', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 }).filter((c) => c.some((n) => n > 0));
    fc.assert(
      fc.property(counts, counts, counts, (a, b, c) => {
        const [ab, ba, bc, ac] = [
          jensenShannonDistance(a, b),
          jensenShannonDistance(b, a),
          jensenShannonDistance(b, c),
          jensenShannonDistance(a, c),
        ];
        expect(ab).toBeCloseTo(ba, 12);
        expect(ac).toBeLessThanOrEqual(ab + bc + 1e-7);
        expect(ab).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it('finds quantiles by nearest rank', () => {
  const values = [9, 1, 5, 3, 7];
  expect([0, 0.2, 0.21, 0.5, 0.95, 1].map((part) => quantile(values, part))).toEqual([1, 1, 3, 5, 9, 9]);
  expect(quantile([], 0.5)).toBeNaN();
});
