// Everything that sounds: the page's own synthesizer and the MIDI outputs that are switched on, as one.

import type { SoundVoice } from '../../../audio/live/instrument.js';
import type { TimedMessage } from '../../../audio/live/timed-player.js';
import type { MidiOut } from './midi-out.js';

/** What is needed of the page's sound. */
export interface Loudspeaker {
  readonly running: boolean;
  play(messages: readonly TimedMessage[]): void;
  cancel(voice: SoundVoice, from: number): void;
  silence(voice?: SoundVoice): void;
}

/** Controllers that would undo what the page has set: banks of sounds, and volume. */
const OWN_CONTROLLERS: readonly number[] = [0, 32, 7];

export class Speakers {
  readonly #sound: Loudspeaker;
  readonly #out: MidiOut;

  constructor(sound: Loudspeaker, out: MidiOut) {
    this.#sound = sound;
    this.#out = out;
  }

  /** Whether the page's own sound says when it has played something. */
  get tells(): boolean {
    return this.#sound.running;
  }

  /** Plays a message at a session time. @param id by which the sound tells that it was played */
  at(time: number, voice: SoundVoice, bytes: readonly number[], id?: number): void {
    if (sounds(bytes)) this.#sound.play([{ time, voice, bytes, ...(id !== undefined && { id }) }]);
    this.#out.send(time, voice, bytes);
  }

  /** Plays at once. @param except MIDI outputs that have sounded it themselves */
  now(voice: SoundVoice, bytes: readonly number[], except?: (output: string) => boolean): void {
    if (!sounds(bytes)) return;
    this.#sound.play([{ time: null, voice, bytes }]);
    this.#out.sendNow(voice, bytes, except);
  }

  cancel(voice: SoundVoice, from: number): void {
    this.#sound.cancel(voice, from);
    this.#out.cancel(voice, from);
  }

  /** Ends everything, or all of one voice. */
  silence(voice?: SoundVoice): void {
    this.#sound.silence(voice);
    this.#out.silence(voice);
  }

  /** Time has passed. */
  advance(now: number): void {
    this.#out.advance(now);
  }
}

/** Whether a message makes or shapes tones; which instrument plays them, the page decides. */
function sounds([status = 0, first = 0]: readonly number[]): boolean {
  const kind = status & 0xf0;
  if (kind < 0x80 || kind === 0xf0 || kind === 0xc0) return false;
  return kind !== 0xb0 || !OWN_CONTROLLERS.includes(first);
}
