// What every step is given besides its inputs, and what it gives back.

import type { Progress } from './progress.js';

export interface StepContext {
  readonly progress: Progress;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Repeat the step though nothing has changed. */
  readonly force: boolean;
  /** Worker threads to use; as many as there are cores by default. */
  readonly jobs?: number;
}

export interface StepResult<Summary> {
  /** True when nothing had changed since the step last ran. */
  readonly skipped: boolean;
  readonly summary: Summary;
}
