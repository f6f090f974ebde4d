import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests that play in real time mostly wait: there is a worker more than there are cores.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: availableParallelism() + 1,
  },
});
