// What is on its way out: messages with their times, what of them is due, what sounds. The one place that knows which notes are open, so
// that none stays so.

import type { ActionSink } from './action.js';
import { noteOff, readMessage } from './midi-message.js';
import type { Voice } from './settings.js';

/** A note that would begin later than this (seconds) is not played: it would do more harm than a gap. */
export const LATEST_NOTE = 0.1;
/** A message this close (seconds) may have gone out already when it is taken back: its note is ended all the same. */
export const ON_ITS_WAY = 0.03;

export interface Pending {
  readonly time: number;
  readonly voice: Voice;
  readonly bytes: readonly number[];
}

export class Output {
  readonly #emit: ActionSink;
  /** By time; of equal times in the order given. */
  readonly #pending: Pending[] = [];
  readonly #sounding = new Map<string, { readonly voice: Voice; readonly channel: number; readonly pitch: number }>();

  constructor(emit: ActionSink) {
    this.#emit = emit;
  }

  /** Sends a message at a time. */
  send(time: number, voice: Voice, bytes: readonly number[], first?: number): void {
    let at = this.#pending.length;
    while (at > 0 && (this.#pending[at - 1] as Pending).time > time) at--;
    this.#pending.splice(at, 0, { time, voice, bytes });
    this.#emit(first === undefined ? { type: 'send', time, voice, bytes } : { type: 'send', time, voice, bytes, first });
  }

  /** When the next message is due; Infinity without one. */
  get nextTime(): number {
    return this.#pending[0]?.time ?? Infinity;
  }

  /** The next message, which is due: it is as good as sent. */
  take(): Pending {
    const pending = this.#pending.shift() as Pending;
    this.#follow(pending);
    return pending;
  }

  /** Takes back what a voice would send at `from` or later. Its sounding notes go on. */
  cancel(voice: Voice, from: number): void {
    if (!this.#pending.some((each) => each.voice === voice && each.time >= from)) return;
    const kept = this.#pending.filter((each) => !(each.voice === voice && each.time >= from));
    this.#pending.splice(0, this.#pending.length, ...kept);
    this.#emit({ type: 'cancel', voice, from });
  }

  /** Ends a voice now: takes back what is to come, and ends what sounds or may have begun just now. */
  cut(voice: Voice, now: number): void {
    const open = new Map([...this.#sounding].filter(([, note]) => note.voice === voice));
    for (const each of this.#pending) {
      const message = readMessage(each.bytes);
      if (each.voice !== voice || message.type !== 'note-on' || each.time > now + ON_ITS_WAY) continue;
      open.set(keyOf(voice, message.channel, message.pitch), { voice, channel: message.channel, pitch: message.pitch });
    }
    this.cancel(voice, now);
    for (const { channel, pitch } of open.values()) this.send(now, voice, noteOff(channel, pitch));
  }

  /** Pitches of a voice that sound. */
  sounding(voice: Voice): number[] {
    return [...this.#sounding.values()].filter((note) => note.voice === voice).map(({ pitch }) => pitch);
  }

  /** What is to come of a voice. */
  pending(voice: Voice): Pending[] {
    return this.#pending.filter((each) => each.voice === voice);
  }

  #follow({ voice, bytes }: Pending): void {
    const message = readMessage(bytes);
    if (message.type === 'note-on') {
      const { channel, pitch } = message;
      this.#sounding.set(keyOf(voice, channel, pitch), { voice, channel, pitch });
    } else if (message.type === 'note-off') {
      this.#sounding.delete(keyOf(voice, message.channel, message.pitch));
    }
  }
}

function keyOf(voice: Voice, channel: number, pitch: number): string {
  return `${voice} ${channel} ${pitch}`;
}
