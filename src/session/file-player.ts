// MIDI files that play as the human, on the clock of the session: all as they are, or turn by turn, waiting while the model plays.

import { noteOff, readMessage } from '../jam/midi-message.js';
import type { TimedMessage } from './file-messages.js';

/** Who hears a player; times are session seconds. */
export type Hear = (time: number, bytes: readonly number[]) => void;

export class FilePlayer {
  readonly #messages: readonly TimedMessage[];
  #next = 0;
  /** Session time at which the file would have begun had it never waited. */
  #start: number;
  /** Since when it waits. */
  #waitingSince: number | undefined;
  readonly #held = new Map<string, { readonly channel: number; readonly pitch: number }>();

  /** @param start session time at which the file begins, in seconds */
  constructor(messages: readonly TimedMessage[], start: number) {
    this.#messages = messages;
    this.#start = start;
  }

  /** Whether all was played. */
  get over(): boolean {
    return this.#next >= this.#messages.length;
  }

  /** Session time of the next message; Infinity when there is none, or while it waits. */
  get nextTime(): number {
    const next = this.#messages[this.#next];
    return next === undefined || this.#waitingSince !== undefined ? Number.POSITIVE_INFINITY : this.#start + next.time;
  }

  /** Plays everything due at `time` or before, each message at the time it is due. */
  advance(time: number, hear: Hear): void {
    for (let due = this.nextTime; due <= time; due = this.nextTime) {
      const { bytes } = this.#messages[this.#next++] as TimedMessage;
      this.#follow(bytes);
      hear(due, bytes);
    }
  }

  /** Stops at `time`, and lets go of what it holds. */
  wait(time: number, hear: Hear): void {
    this.#waitingSince ??= time;
    for (const { channel, pitch } of this.#held.values()) hear(time, noteOff(channel, pitch));
    this.#held.clear();
  }

  /** Goes on at `time` with what was to come when it stopped. */
  resume(time: number): void {
    if (this.#waitingSince === undefined) return;
    this.#start += time - this.#waitingSince;
    this.#waitingSince = undefined;
  }

  #follow(bytes: readonly number[]): void {
    const message = readMessage(bytes);
    if (message.type !== 'note-on' && message.type !== 'note-off') return;
    const { channel, pitch } = message;
    if (message.type === 'note-on') this.#held.set(`${channel} ${pitch}`, { channel, pitch });
    else this.#held.delete(`${channel} ${pitch}`);
  }
}
