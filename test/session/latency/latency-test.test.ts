// How late an output sounds, from clicks and the taps that follow them. Counted by hand.
import { expect, test } from 'vitest';
import { latencyOf } from '../../../src/session/latency/latency-test.js';

test('latency is the middle of the gaps between clicks and taps', () => {
  const clicks = Array.from({ length: 16 }, (_, k) => 1 + 0.75 * k);
  const after = (gaps: readonly number[]) => gaps.map((gap, k) => (clicks[k + 4] as number) + gap);
  expect(latencyOf(clicks, after([0.08, 0.09, 0.1, 0.07, 0.11, 0.09, 0.3]))).toBeCloseTo(0.09, 9);
  // Taps a little early count as well; too few, or none near a click, say nothing.
  expect(latencyOf(clicks, after([-0.02, -0.02, -0.02, -0.02, -0.02, -0.02]))).toBeCloseTo(-0.02, 9);
  expect(latencyOf(clicks, after([0.08, 0.09, 0.1]))).toBeUndefined();
  expect(latencyOf(clicks, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])).toBeUndefined();
});
