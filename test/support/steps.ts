// What steps are given when nobody watches.

import { silent } from '../../src/pipeline/progress.js';
import type { StepContext } from '../../src/pipeline/step.js';

export function quietly(overrides: Partial<StepContext> = {}): StepContext {
  return { progress: silent, signal: new AbortController().signal, force: false, jobs: 1, ...overrides };
}
