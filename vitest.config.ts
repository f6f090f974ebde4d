import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Rooms whose tests leave nothing behind in their process, TensorFlow.js least of all, so that one process runs many of them. */
const light = ['audio', 'core', 'encoding', 'evaluate', 'extraction', 'jam', 'music', 'notation', 'records', 'registry', 'view'];
const lightTests = light.map((room) => `test/${room}/**/*.test.ts`);

// As many workers as cores, for some tests play in real time; two at least, for these mostly wait.
export default defineConfig(({ mode }) => ({
  test: {
    env: mode === 'thorough' ? { THOROUGH: 'yes' } : {},
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { extends: true, test: { name: 'light', include: lightTests, isolate: false } },
      { extends: true, test: { name: 'mst', include: ['test/**/*.test.ts'], exclude: lightTests } },
    ],
  },
}));
