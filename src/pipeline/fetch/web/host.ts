// How one host is treated: a few requests at a time, a pause between their beginnings, and silence when it asks for it.

import type { Time } from './time.js';
import { WebTrouble } from './trouble.js';

export class Host {
  readonly #time: Time;
  readonly #waiting: (() => void)[] = [];
  /** Requests at a time, and how many more may begin now. */
  #width: number;
  #slots: number;
  #pause: number;
  /** When the next request may begin, and until when none may. */
  #next = 0;
  #heldUntil = 0;
  #closed: WebTrouble | undefined;
  #failures = 0;

  constructor(time: Time, { slots, pause }: { slots: number; pause: number }) {
    this.#time = time;
    this.#width = slots;
    this.#slots = slots;
    this.#pause = pause;
  }

  /** Slows down to one request at a time with this pause, as a robots.txt may ask. */
  slowDown(pause: number): void {
    this.#pause = Math.max(this.#pause, pause);
    this.#next = Math.max(this.#next, this.#time.now() + this.#pause);
    this.#slots -= this.#width - 1;
    this.#width = 1;
  }

  /** No request begins in the next milliseconds. @returns whether that was not so already */
  hold(milliseconds: number): boolean {
    const until = this.#time.now() + milliseconds;
    const isLonger = until > this.#heldUntil;
    if (isLonger) this.#heldUntil = until;
    return isLonger;
  }

  /** Nothing more is asked of this host; whoever tries is told why. */
  close(reason: string): void {
    this.#closed ??= new WebTrouble(reason);
  }

  /** Counts addresses that failed in a row; returns how many. */
  count(outcome: 'failed' | 'answered'): number {
    this.#failures = outcome === 'failed' ? this.#failures + 1 : 0;
    return this.#failures;
  }

  /**
   * Waits for a turn.
   * @returns what ends it, to be called once
   * @throws WebTrouble when the host is closed; the abort reason
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    this.#requireOpen();
    if (this.#slots > 0) this.#slots -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      do {
        this.#requireOpen();
        const now = this.#time.now();
        const begin = Math.max(now, this.#next, this.#heldUntil);
        this.#next = begin + this.#pause;
        await this.#time.sleep(begin - now, signal);
        // It may have asked for silence meanwhile.
      } while (this.#time.now() < this.#heldUntil);
      signal.throwIfAborted();
      this.#requireOpen();
    } catch (error) {
      this.#leave();
      throw error;
    }
    return () => this.#leave();
  }

  #leave(): void {
    this.#slots += 1;
    if (this.#slots < 1) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#slots -= 1;
    next();
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}
