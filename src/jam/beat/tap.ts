// A tempo tapped in: the mean of the gaps between the last taps. A pause begins anew.

import { FASTEST_QPM, SLOWEST_QPM } from './tempo.js';

const TAPS = 5;
const PAUSE_SECONDS = 60 / SLOWEST_QPM;
const FEWEST = 3;

export class TapTempo {
  #taps: number[] = [];

  /** Counts a tap at a time (seconds). Returns the tempo in quarter notes per minute from the third tap in a row on, else undefined. */
  tap(time: number): number | undefined {
    const last = this.#taps.at(-1);
    if (last !== undefined && time - last > PAUSE_SECONDS) this.#taps = [];
    this.#taps = [...this.#taps, time].slice(-TAPS);
    const [first = time] = this.#taps;
    if (this.#taps.length < FEWEST || time <= first) return undefined;
    const qpm = (60 * (this.#taps.length - 1)) / (time - first);
    return Math.min(FASTEST_QPM, Math.max(SLOWEST_QPM, qpm));
  }
}
