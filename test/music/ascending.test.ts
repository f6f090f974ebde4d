// Compared with looking at every number.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastAtMost } from '../../src/music/ascending.js';

it('the last number that is not above another is found, or that there is none', () => {
  const numbers = fc.array(fc.integer({ min: -5, max: 20 }), { maxLength: 20 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(numbers, fc.integer({ min: -7, max: 22 }), (ascending, x) => {
      expect(lastAtMost(ascending, x, (n) => n)).toBe(ascending.findLastIndex((n) => n <= x));
    }),
    { numRuns: 500 },
  );
});
