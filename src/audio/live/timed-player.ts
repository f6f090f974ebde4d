// Plays messages at their times, exact to a block of the synthesizer, by counting frames. No clock and no browser in it: the audio thread
// drives it, a test does with arithmetic.

import { noteOff, readMessage, silence } from '../../jam/midi-message.js';
import { LATEST_NOTE } from '../../jam/output.js';
import { type Instrument, SOUND_VOICES, type SoundVoice } from './instrument.js';

/** A message to be played. */
export interface TimedMessage {
  /** Seconds of session time; null = at once. */
  readonly time: number | null;
  readonly voice: SoundVoice;
  readonly bytes: readonly number[];
  /** Whoever gives one is told when it was played. */
  readonly id?: number;
}

/** What became of a message that had an id. */
export interface Played {
  readonly id: number;
  /** When it took effect, seconds of session time. */
  readonly time: number;
  /** It was too late, and left out. */
  readonly dropped: boolean;
}

export interface TimedPlayerOptions {
  /** Frames a second. */
  readonly rate: number;
  /** Frames of the instrument's block. */
  readonly block: number;
}

/** Messages that may wait; of more, the newest are left out. */
const MOST_WAITING = 50_000;
const CHANNELS = 16;

interface Waiting extends TimedMessage {
  readonly time: number;
}

interface Sounding {
  readonly voice: SoundVoice;
  readonly channel: number;
  readonly pitch: number;
  /** When it was due. */
  readonly due: number;
}

export class TimedPlayer {
  readonly #instrument: Instrument;
  readonly #rate: number;
  readonly #block: number;
  /** The latest first, so that the next one is at the end; of equal times the first given is nearer the end. */
  readonly #waiting: Waiting[] = [];
  readonly #sounding = new Map<string, Sounding>();
  #played: Played[] = [];
  #frame = 0;
  /** Where session time 0 is, in seconds of the frames' time. */
  zero = 0;

  constructor(instrument: Instrument, { rate, block }: TimedPlayerOptions) {
    this.#instrument = instrument;
    this.#rate = rate;
    this.#block = block;
  }

  /** Takes a message; it is played when its time has come, or at once when that has passed. */
  play(message: TimedMessage): void {
    const { time } = message;
    if (time === null) {
      this.#send({ ...message, time: this.#now });
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) return;
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle] as Waiting).time > time) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, { ...message, time });
  }

  /** Takes back what a voice would play at `from` or later. A note of those that sounds already (sound runs ahead of what is heard) ends. */
  cancel(voice: SoundVoice, from: number): void {
    this.#keep((each) => each.voice !== voice || each.time < from);
    for (const [key, note] of this.#sounding) if (note.voice === voice && note.due >= from) this.#end(key, note);
  }

  /** Takes back all that is to come, and ends all that sounds; of one voice, or of all. */
  silence(voice?: SoundVoice): void {
    this.#keep((each) => voice !== undefined && each.voice !== voice);
    for (const [key, note] of this.#sounding) if (voice === undefined || note.voice === voice) this.#sounding.delete(key);
    for (const each of voice === undefined ? SOUND_VOICES : [voice]) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        for (const bytes of silence(channel)) this.#instrument.send(bytes, portOf(each));
      }
    }
  }

  /** Renders into the whole of both arrays, a multiple of the block long. @param frame index of the first frame */
  render(left: Float32Array, right: Float32Array, frame: number): void {
    for (let at = 0; at + this.#block <= left.length; at += this.#block) {
      this.#frame = frame + at;
      this.#sendDue();
      this.#instrument.render(left, right, at);
    }
    this.#frame = frame + left.length;
  }

  /** What was played since this was asked last. */
  takePlayed(): readonly Played[] {
    const played = this.#played;
    if (played.length > 0) this.#played = [];
    return played;
  }

  /** Session time of the next frame. */
  get #now(): number {
    return this.#frame / this.#rate - this.zero;
  }

  /** Sends what is due within half a block of its beginning, or before. */
  #sendDue(): void {
    const now = this.#now;
    const until = now + this.#block / 2 / this.#rate;
    for (let next = this.#waiting.at(-1); next !== undefined && next.time < until; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      const dropped = next.time < now - LATEST_NOTE && readMessage(next.bytes).type === 'note-on';
      if (!dropped) this.#send(next);
      if (next.id !== undefined) this.#played.push({ id: next.id, time: now, dropped });
    }
  }

  #send({ voice, bytes, time }: Waiting): void {
    const message = readMessage(bytes);
    if (message.type === 'note-on' || message.type === 'note-off') {
      const { channel, pitch } = message;
      const key = `${voice} ${channel} ${pitch}`;
      if (message.type === 'note-on') this.#sounding.set(key, { voice, channel, pitch, due: time });
      else this.#sounding.delete(key);
    }
    this.#instrument.send([...bytes], portOf(voice));
  }

  #end(key: string, { voice, channel, pitch }: Sounding): void {
    this.#sounding.delete(key);
    this.#instrument.send(noteOff(channel, pitch), portOf(voice));
  }

  #keep(passes: (each: Waiting) => boolean): void {
    const kept = this.#waiting.filter(passes);
    if (kept.length < this.#waiting.length) this.#waiting.splice(0, this.#waiting.length, ...kept);
  }
}

function portOf(voice: SoundVoice): number {
  return SOUND_VOICES.indexOf(voice);
}
