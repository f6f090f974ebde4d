// Session time: seconds since the session began, from one monotonic clock that all threads of the process read alike.

import { hrtime } from 'node:process';

/** How often the two clocks of a thread are compared; the closest of the comparisons counts. */
const COMPARISONS = 16;

/**
 * A clock of the session. Another thread gets the same clock by `new SessionTime(epoch)`. Reading it makes no garbage, so that a thread
 * that spins on it is not held up by the collection of any.
 */
export class SessionTime {
  /** Session time 0 on the clock of `process.hrtime.bigint()`, in nanoseconds. */
  readonly epoch: bigint;
  /** Session time 0 on this thread's `performance.now()`, in milliseconds; that clock begins with the thread. */
  readonly #zero: number;

  constructor(epoch: bigint = hrtime.bigint()) {
    this.epoch = epoch;
    let closest = Number.POSITIVE_INFINITY;
    let zero = 0;
    for (let k = 0; k < COMPARISONS; k++) {
      const before = performance.now();
      const now = Number(hrtime.bigint() - epoch) / 1e6;
      const after = performance.now();
      if (after - before >= closest) continue;
      closest = after - before;
      zero = (before + after) / 2 - now;
    }
    this.#zero = zero;
  }

  /** Seconds since the session began. */
  now(): number {
    return (performance.now() - this.#zero) / 1000;
  }
}
