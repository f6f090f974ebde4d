// Playing a recording back: its messages are given to the speakers a moment before they are due. Pure; told what time it is.

import type { PlaybackMessage } from '../recording/messages.js';
import type { Speakers } from './speakers.js';

/** Seconds from the click to the first sound, so that this can be on time. */
const LEAD_IN = 0.08;
/** Messages are given to the speakers this much ahead, seconds. */
const AHEAD = 0.3;

export interface PlaybackPlan {
  readonly messages: readonly PlaybackMessage[];
  /** Where what is played begins and ends in the timeline, seconds. */
  readonly span: { readonly start: number; readonly end: number };
  /** Where in the timeline to begin. */
  readonly from: number;
}

export class Playback {
  readonly #speakers: Speakers;
  readonly #plan: PlaybackPlan;
  /** Session time of the timeline's time 0. */
  readonly #zero: number;
  #next: number;

  constructor(plan: PlaybackPlan, speakers: Speakers, now: number) {
    const { messages, span, from } = plan;
    this.#plan = plan;
    this.#speakers = speakers;
    this.#zero = now + LEAD_IN - from;
    const first = messages.findIndex(({ time }) => span.start + time >= from);
    this.#next = first < 0 ? messages.length : first;
  }

  /** Where it is in the timeline, seconds. */
  time(now: number): number {
    const { span, from } = this.#plan;
    return Math.min(span.end, Math.max(from, now - this.#zero));
  }

  /** Time has passed. Returns whether it goes on. */
  advance(now: number): boolean {
    const { messages, span } = this.#plan;
    for (let message = messages[this.#next]; message !== undefined; message = messages[++this.#next]) {
      const due = this.#zero + span.start + message.time;
      if (due > now + AHEAD) break;
      this.#speakers.at(due, message.voice, message.bytes);
    }
    return now - this.#zero < span.end || this.#next < messages.length;
  }
}
