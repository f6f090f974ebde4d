// One line about counted work: bar, percentage, rate, time left. Pure: the time comes in, a line comes out.

import cliProgress from 'cli-progress';
import { formatRate, formatSeconds } from './format.js';

/** Seconds over which rate and time left are measured. */
const memory = 15;

export class Bar {
  #total: number | undefined;
  #unit = '';
  #done = 0;
  #info = '';
  /** Times in seconds and what was done by then, oldest first. */
  #samples: [number, number][] = [];

  /** @param now seconds */
  start(total: number | undefined, unit: string, now: number): void {
    this.#total = total;
    this.#unit = unit;
    this.#done = 0;
    this.#info = '';
    this.#samples = [[now, 0]];
  }

  update(done: number, info: string | undefined, now: number): void {
    // What was done before the first report, as when a run is resumed, says nothing about the rate.
    if (this.#samples.length === 1 && this.#done === 0) this.#samples = [[now, done]];
    this.#done = done;
    if (info !== undefined) this.#info = info;
    const last = this.#samples.at(-1);
    if (last === undefined || now - last[0] >= 0.1) this.#samples.push([now, done]);
    while (this.#samples.length > 2 && now - (this.#samples[1]?.[0] ?? now) > memory) this.#samples.shift();
  }

  /** Items a second, undefined before there is anything to measure. */
  rate(now: number): number | undefined {
    const [time, done] = this.#samples[0] ?? [now, 0];
    return now - time >= 0.5 && this.#done > done ? (this.#done - done) / (now - time) : undefined;
  }

  /** "120/300 steps, 12/s, 15 s left, loss 1.2" */
  text(now: number): string {
    return [...this.#figures(now), this.#info].filter((part) => part !== '').join(', ');
  }

  /** The same with a bar before it, as cli-progress draws it, or '' before work is counted. */
  line(now: number): string {
    if (this.#samples.length === 0) return '';
    const figures = [...this.#figures(now), this.#info].filter((part) => part !== '').join(' · ');
    if (this.#total === undefined || this.#total <= 0) return figures;
    const progress = Math.min(1, this.#done / this.#total);
    return cliProgress.Format.Formatter(
      {
        format: '{bar} {percentage}% · {figures}',
        barsize: 10,
        barCompleteString: '█'.repeat(11),
        barIncompleteString: '░'.repeat(11),
        barGlue: '',
        formatTime: () => '',
      } as cliProgress.Options,
      { progress, value: this.#done, total: this.#total, eta: 0, startTime: 0, stopTime: 1, maxWidth: 0 },
      { figures },
    );
  }

  #figures(now: number): string[] {
    const rate = this.rate(now);
    const done = this.#total === undefined ? `${this.#done} ${this.#unit}` : `${this.#done}/${this.#total} ${this.#unit}`;
    if (rate === undefined) return [done];
    const left = this.#total === undefined ? undefined : Math.max(0, this.#total - this.#done) / rate;
    return [done, formatRate(rate), ...(left === undefined || left === 0 ? [] : [`${formatSeconds(left)} left`])];
  }
}
