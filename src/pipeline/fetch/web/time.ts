// The clock and the sleep that waiting is done with, passed in so that a test need not wait.

import { setTimeout } from 'node:timers/promises';

export interface Time {
  /** Milliseconds since 1970. */
  now(): number;
  /** @throws the abort reason */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Time as it passes. @param now a clock in milliseconds */
export function realTime(now: () => number): Time {
  return {
    now,
    async sleep(milliseconds, signal) {
      try {
        await setTimeout(milliseconds, undefined, { signal });
      } catch {
        signal.throwIfAborted();
      }
    },
  };
}
