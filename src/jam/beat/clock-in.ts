// The MIDI clock of another machine, 24 ticks a quarter note, smoothed: ticks arrive unevenly, the tempo they mean is even.

const TICKS_PER_QUARTER = 24;
/** Ticks that the tempo is read from. */
const WINDOW = 48;
const FEWEST = 12;
/** A tempo is given every so many ticks. */
const REPORT = 6;
/** After a pause of so many seconds the ticks before it say nothing any more. */
const PAUSE = 1;

export interface ClockReading {
  readonly qpm: number;
  /** Quarter notes counted, at the time of the last tick, smoothed. */
  readonly quarter: number;
}

export class ClockIn {
  #times: number[] = [];
  #heard = 0;
  #counted = 0;
  #paused = false;

  /**
   * The next tick is where the machine runs on: what came before says nothing of its evenness.
   * @param anew whether that is quarter 0
   */
  runOn(anew: boolean): void {
    this.#times = [];
    this.#heard = 0;
    this.#paused = false;
    if (anew) this.#counted = 0;
  }

  /** Where the next tick that counts is, in quarter notes. */
  get next(): number {
    return this.#counted / TICKS_PER_QUARTER;
  }

  /** Whether ticks had ceased for a while since this was asked last, so that nobody knows how many there would have been. */
  takePause(): boolean {
    const paused = this.#paused;
    this.#paused = false;
    return paused;
  }

  /**
   * Hears a tick at a time (seconds); every few ticks says what they mean: a straight line through the last of them.
   * @param counts false = the machine stands still and only tells its tempo
   */
  tick(time: number, counts: boolean): ClockReading | undefined {
    const last = this.#times.at(-1);
    if (last !== undefined && time - last > PAUSE) {
      this.#times = [];
      this.#paused = true;
    }
    this.#times.push(time);
    if (this.#times.length > WINDOW) this.#times.shift();
    if (counts) this.#counted++;
    const n = this.#times.length;
    if (this.#heard++ % REPORT !== 0 || n < FEWEST) return undefined;
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
    const quarter = (this.#counted - 1 + (time - smoothed) / secondsPerTick) / TICKS_PER_QUARTER;
    return { qpm: 60 / (secondsPerTick * TICKS_PER_QUARTER), quarter };
  }
}
