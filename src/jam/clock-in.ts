// The MIDI clock of another machine, 24 ticks a quarter note, smoothed: ticks arrive unevenly, the tempo they mean is even.

const TICKS_PER_QUARTER = 24;
/** Ticks that the tempo is read from. */
const WINDOW = 48;
const FEWEST = 12;
/** A tempo is given every so many ticks. */
const REPORT = 6;
/** A pause of so many seconds means another beginning. */
const PAUSE = 1;

export interface ClockReading {
  readonly qpm: number;
  /** Quarter notes since the first tick, at the time of the last one, smoothed. */
  readonly quarter: number;
}

export class ClockIn {
  #times: number[] = [];
  #count = 0;

  /** Begins anew: the next tick is quarter 0. */
  reset(): void {
    this.#times = [];
    this.#count = 0;
  }

  /** Hears a tick at a time (seconds); every few ticks says what they mean: a straight line through the last of them. */
  tick(time: number): ClockReading | undefined {
    const last = this.#times.at(-1);
    if (last !== undefined && time - last > PAUSE) this.reset();
    this.#times.push(time);
    if (this.#times.length > WINDOW) this.#times.shift();
    const index = this.#count++;
    const n = this.#times.length;
    if (n < FEWEST || index % REPORT !== 0) return undefined;
    const mean = (n - 1) / 2;
    const meanTime = this.#times.reduce((sum, each) => sum + each, 0) / n;
    let slope = 0;
    let norm = 0;
    this.#times.forEach((each, k) => {
      slope += (k - mean) * (each - meanTime);
      norm += (k - mean) ** 2;
    });
    const secondsPerTick = slope / norm;
    if (!(secondsPerTick > 0)) return undefined;
    const smoothed = meanTime + (n - 1 - mean) * secondsPerTick;
    const quarter = (index + (time - smoothed) / secondsPerTick) / TICKS_PER_QUARTER;
    return { qpm: 60 / (secondsPerTick * TICKS_PER_QUARTER), quarter };
  }
}
