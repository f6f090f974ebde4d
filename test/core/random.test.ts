import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';

describe('Random', () => {
  it('is xoshiro128**', () => {
    // The first outputs from the state 1, 2, 3, 4: rotl(s1 * 5, 7) * 9, worked out by hand.
    const random = new Random([1, 2, 3, 4]);
    expect([random.uint32(), random.uint32(), random.uint32(), random.uint32()]).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('continues from a saved state', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, skipped) => {
        const random = new Random(seed);
        for (let i = 0; i < skipped; i++) random.uint32();
        const copy = new Random(random.state);
        expect([copy.uint32(), copy.uint32()]).toEqual([random.uint32(), random.uint32()]);
      }),
    );
  });

  it('gives different streams for different seeds, above 32 bits too', () => {
    const first = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => new Random(seed).state.join());
    expect(new Set(first).size).toBe(first.length);
  });

  it('is uniform: chi-squared of 16 bins over 160,000 draws stays under its 0.1% point', () => {
    const random = new Random(7);
    const bins = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) {
      const bin = Math.floor(random.uniform() * 16);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquared = bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom
  });

  it('draws integers below n only, and all of them', () => {
    const random = new Random(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const shuffled = new Random(seed).shuffle([...items]);
        expect(shuffled.sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  it('derives streams by label without moving on itself', () => {
    const random = new Random(5);
    const before = random.state;
    expect(random.derive('a').state).not.toEqual(random.derive('b').state);
    expect(random.derive('a').state).toEqual(random.derive('a').state);
    expect(random.state).toEqual(before);
  });
});
