import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests that play in real time mostly wait: every core has a worker, and two have no less than two.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
