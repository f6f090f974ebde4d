// A place for steps to work in, without a terminal.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { silent } from '../../src/pipeline/progress.js';
import type { StepContext } from '../../src/pipeline/step.js';

/** What steps are given when nobody watches. */
export function quietly(overrides: Partial<StepContext> = {}): StepContext {
  return { progress: silent, signal: new AbortController().signal, force: false, jobs: 2, ...overrides };
}

/** A new folder that goes when the test does. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mst-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
