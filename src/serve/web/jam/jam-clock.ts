// Session time as it is heard: seconds from one steady clock, led by the sound card while that runs, and the ways from it to the
// AudioContext's time (for what sounds here) and to the browser's (for events, and MIDI outputs). Pure: it is told what clocks show.

/** What the two clocks show at one moment. */
export interface ClockReading {
  /** The AudioContext's time that is heard at that moment, seconds. */
  readonly heard: number;
  /** The browser's time, as `performance.now()` and events have it, milliseconds. */
  readonly browser: number;
}

/** Readings jitter; the middle one of so many counts. */
const READINGS = 15;
/** What they differ by more, sound has stood still in between, or come by another way; seconds. */
const JUMP = 0.03;
/** The most by which session time follows a sound card from one reading to the next, seconds. */
const FOLLOW = 0.0005;

export class JamClock {
  /** Session time 0 on the browser's clock, seconds. */
  #origin = 0;
  /** By how much the sound card has run ahead of the browser's clock, seconds. */
  #drift = 0;
  /** Heard time minus the browser's, seconds; undefined without sound. */
  #offset: number | undefined;
  #readings: number[] = [];
  #latest = 0;

  /** Session time begins anew, with 0 at a time of the browser (milliseconds). */
  restart(browser: number): void {
    this.#origin = browser / 1000 + this.#drift;
    this.#latest = 0;
  }

  /** Seconds of session time at a time of the browser (milliseconds). */
  at(browser: number): number {
    return browser / 1000 + this.#drift - this.#origin;
  }

  /** The same for this moment: never earlier than it said before. */
  now(browser: number): number {
    this.#latest = Math.max(this.#latest, this.at(browser));
    return this.#latest;
  }

  /** The browser's time (milliseconds) of a session time. */
  browserTime(session: number): number {
    return (session + this.#origin - this.#drift) * 1000;
  }

  /** Where session time 0 is in the AudioContext's time; undefined without sound. */
  get zero(): number | undefined {
    return this.#offset === undefined ? undefined : this.#origin - this.#drift + this.#offset;
  }

  /** The clocks were read. Returns whether `zero` has changed. */
  read({ heard, browser }: ClockReading): boolean {
    this.#readings.push(heard - browser / 1000);
    if (this.#readings.length > READINGS) this.#readings.shift();
    const offset = [...this.#readings].sort((a, b) => a - b)[this.#readings.length >> 1] as number;
    const change = offset - (this.#offset ?? Number.POSITIVE_INFINITY);
    if (Math.abs(change) > JUMP || this.#readings.length < READINGS) {
      this.#offset = offset;
      return change !== 0;
    }
    const step = Math.min(FOLLOW, Math.max(-FOLLOW, change));
    this.#offset = (this.#offset ?? 0) + step;
    this.#drift += step;
    return false;
  }

  /** Sound has stopped: what was read does not hold any more. Session time goes on. */
  forget(): void {
    this.#readings = [];
  }
}
