// Plays the open recording back, from when the sound is awake until the end, or until that is called off.

import type { RecordingKeeper } from '../recording/keeper.js';
import type { Sound } from '../sound/sound.js';
import { Playback } from './playback.js';
import type { Speakers } from './speakers.js';
import type { Timekeeper } from './timekeeper.js';

export interface RecordPlayerHooks {
  /** Whether nothing goes on by now that it would disturb. */
  mayBegin(): boolean;
  /** Another turn is played back, or everything (null), or nothing any more. */
  changed(turn: number | null | undefined): void;
}

export class RecordPlayer {
  readonly #sound: Sound;
  readonly #speakers: Speakers;
  readonly #time: Timekeeper;
  readonly #hooks: RecordPlayerHooks;
  #playback: Playback | undefined;
  /** How often a playback was asked for or called off. */
  #asked = 0;

  constructor({ sound, speakers, time }: { sound: Sound; speakers: Speakers; time: Timekeeper }, hooks: RecordPlayerHooks) {
    this.#sound = sound;
    this.#speakers = speakers;
    this.#time = time;
    this.#hooks = hooks;
  }

  /** Whether something is played back. */
  get playing(): boolean {
    return this.#playback !== undefined;
  }

  /** Where it is in the timeline, seconds; null when nothing is played back. */
  get place(): number | null {
    return this.#playback?.time(this.#time.now()) ?? null;
  }

  /** Plays a turn, or with `null` everything, from a time of the timeline (seconds) or the beginning; to be called from a gesture. */
  play(recording: RecordingKeeper, turn: number | null, from?: number): void {
    this.stop();
    const asked = this.#asked;
    void this.#sound.start().then(() => {
      if (asked !== this.#asked || !this.#hooks.mayBegin()) return;
      this.#time.read();
      const span = recording.span(turn);
      const plan = { messages: recording.messages(turn), span, from: Math.min(span.end, Math.max(span.start, from ?? span.start)) };
      this.#playback = new Playback(plan, this.#speakers, this.#time.now());
      this.#hooks.changed(turn);
    });
  }

  stop(): void {
    this.#asked++;
    if (this.#playback === undefined) return;
    this.#speakers.silence();
    this.#end();
  }

  /** Time has passed. @param now session time */
  advance(now: number): void {
    if (this.#playback !== undefined && !this.#playback.advance(now)) this.#end();
  }

  #end(): void {
    this.#playback = undefined;
    this.#hooks.changed(undefined);
  }
}
