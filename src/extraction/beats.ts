// Where the quarter notes of a song lie in its seconds, by its own list of tempos: what makes a tempo change no reason to cut anything.
import { lastAtMost } from '../music/ascending.js';
import { DEFAULT_QPM, type Tempo } from '../music/note-sequence.js';

/** A song's time in quarter notes and in seconds. Asking takes the logarithm of the number of tempos. */
export class BeatMap {
  readonly #times: number[] = [0];
  readonly #quarters: number[] = [0];
  readonly #perSecond: number[] = [DEFAULT_QPM / 60];

  /** Tempos in any order; of several at one time the last one holds, and one that is no positive number is passed over. */
  constructor(tempos: readonly Tempo[]) {
    const usable = tempos.filter(({ time, qpm }) => Number.isFinite(time) && qpm > 0 && Number.isFinite(qpm));
    for (const { time, qpm } of usable.sort((a, b) => a.time - b.time)) {
      const last = this.#times.length - 1;
      const from = this.#times[last] as number;
      const perSecond = this.#perSecond[last] as number;
      if (time <= from) {
        this.#perSecond[last] = qpm / 60;
      } else if (qpm / 60 !== perSecond) {
        this.#times.push(time);
        this.#quarters.push((this.#quarters[last] as number) + (time - from) * perSecond);
        this.#perSecond.push(qpm / 60);
      }
    }
  }

  /** Quarter notes from the beginning of the song. */
  quarterAt(seconds: number): number {
    const k = stretchOf(this.#times, seconds);
    return (this.#quarters[k] as number) + (seconds - (this.#times[k] as number)) * (this.#perSecond[k] as number);
  }

  /** Seconds from the beginning of the song. */
  secondsAt(quarter: number): number {
    const k = stretchOf(this.#quarters, quarter);
    return (this.#times[k] as number) + (quarter - (this.#quarters[k] as number)) / (this.#perSecond[k] as number);
  }
}

/** Index of the last of the ascending numbers that is not above x; 0 if all are. */
export function stretchOf(ascending: readonly number[], x: number): number {
  return Math.max(
    0,
    lastAtMost(ascending, x, (start) => start),
  );
}
