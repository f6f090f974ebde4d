// Session time in the browser: reads the clocks of sound and page, tells the sound where time 0 is, and lets time pass while it is wanted.

import type { Sound } from '../sound/sound.js';
import { JamClock } from './jam-clock.js';

export class Timekeeper {
  readonly #address: string;
  readonly #sound: Sound;
  readonly #tick: () => void;
  readonly #clock = new JamClock();
  #worker: Worker | undefined;

  /** @param address of the ticker's script. @param tick called every few milliseconds while time is to pass, with the clocks just read */
  constructor(address: string, sound: Sound, tick: () => void) {
    this.#address = address;
    this.#sound = sound;
    this.#tick = tick;
  }

  /** Seconds of session time as it is heard now. */
  now(): number {
    return this.#clock.now(performance.now());
  }

  /** Session time of an event, by its `timeStamp`. */
  at(browser: number): number {
    return this.#clock.at(browser);
  }

  /** The browser's time (milliseconds) of a session time. */
  browserTime(session: number): number {
    return this.#clock.browserTime(session);
  }

  /** Session time begins anew, with 0. */
  restart(): void {
    this.read();
    this.#clock.restart(performance.now());
    this.#tell();
  }

  /** Starts what time passes by, so that it is there when the network is not. */
  prepare(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#address);
    worker.onmessage = () => {
      this.read();
      this.#tick();
    };
    // One that could not be fetched is tried again when it is wanted.
    worker.onerror = () => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    this.#worker = worker;
    return worker;
  }

  /** Has time pass, or not. */
  run(wanted: boolean): void {
    if (wanted) this.prepare();
    this.#worker?.postMessage(wanted);
    if (!wanted) this.#clock.forget();
  }

  /** Reads the clocks, where the sound has one. */
  read(): void {
    const reading = this.#sound.read();
    if (reading === undefined) this.#clock.forget();
    else if (this.#clock.read(reading)) this.#tell();
  }

  #tell(): void {
    const { zero } = this.#clock;
    if (zero !== undefined) this.#sound.setZero(zero);
  }
}
