// What the player's hands do on the page: keys held by pointer or letters, passed on to the session, and remembered for a few seconds, so
// that notes are seen before a jam begins, too.

import type { RollNote } from '../../../jam/status.js';
import type { PageSession } from '../page-session.js';

/** Seconds that a note is remembered. */
const MEMORY = 8;

interface Played {
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  end: number | null;
}

export class Hands {
  readonly #session: PageSession;
  readonly #held = new Map<string, Played>();
  #played: Played[] = [];

  constructor(session: PageSession) {
    this.#session = session;
  }

  /**
   * @param key tells held keys apart, such as `KeyA` or `pointer 3`
   * @param at the `timeStamp` of the event that did it; absent: now
   */
  press(key: string, pitch: number, velocity: number, at?: number): void {
    if (pitch < 0 || pitch > 127) return;
    this.release(key, at);
    const now = performance.now() / 1000;
    const note: Played = { pitch, velocity, start: now, end: null };
    this.#held.set(key, note);
    this.#played.push(note);
    this.#session.press(key, pitch, velocity, at);
  }

  release(key: string, at?: number): void {
    const note = this.#held.get(key);
    if (note === undefined) return;
    note.end = performance.now() / 1000;
    this.#held.delete(key);
    this.#session.release(key, at);
  }

  holds(key: string): boolean {
    return this.#held.has(key);
  }

  releaseAll(): void {
    for (const key of [...this.#held.keys()]) this.release(key);
  }

  /** Pitches that are held. */
  get pitches(): number[] {
    return [...this.#held.values()].map(({ pitch }) => pitch);
  }

  /** Notes of the last seconds, by the page's clock. */
  get notes(): RollNote[] {
    const since = performance.now() / 1000 - MEMORY;
    this.#played = this.#played.filter(({ end }) => end === null || end > since);
    return this.#played.map((note) => ({ voice: 'you', ...note }));
  }
}
