// The open outputs of the clock thread: which voice goes to which of them, and which notes sound there, so that none is ever left sounding
// by an output that closes, a voice that goes elsewhere, an event taken back too late, or the end of the session.

import { ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN_PEDAL } from '../../jam/midi-message.js';
import { MOST_OUTPUTS, VOICES } from './clock-memory.js';
import type { Output } from './output.js';
import { CHANNELS, CONTROL_CHANGE, isNoteOff, isNoteOn, NOTE_OFF, noteIndex, PITCHES, threeBytes } from './packed-message.js';

const NOTES = CHANNELS * PITCHES;
const LAST_STATUS_OF_CHANNELS = 0xef;

export class Outputs {
  readonly #outputs: (Output | undefined)[] = new Array(MOST_OUTPUTS).fill(undefined);
  /** For each voice, one bit for each output it goes to. */
  readonly #routes = new Int32Array(VOICES.length);
  /** For each output and note, one bit for each voice that holds it. */
  readonly #sounding = new Uint8Array(MOST_OUTPUTS * NOTES);
  /** For each voice and note, when it was last to begin, in session seconds. */
  readonly #begun = new Float64Array(VOICES.length * NOTES);
  /** For each output, one bit for each channel that was ever sent to. */
  readonly #channels = new Int32Array(MOST_OUTPUTS);
  readonly #now: () => number;
  readonly #failed: (output: number, error: unknown) => void;

  /** @param failed told of an output that could not be written to; it is closed then */
  constructor(now: () => number, failed: (output: number, error: unknown) => void) {
    this.#now = now;
    this.#failed = failed;
  }

  /** Puts an output in a place. What sounded on the one before it that was lost, as of a device plugged in again, is ended first. */
  open(place: number, output: Output): void {
    if (this.#outputs[place] !== undefined) this.close(place);
    this.#outputs[place] = output;
    this.#silence(place, false);
  }

  /** Gives up the output of a place without a word to it, since it is not there any more. */
  lose(place: number): void {
    this.#shut(place);
  }

  /** Silences and closes the output of a place, if there is one; what comes there next begins clean. */
  close(place: number): void {
    this.#silence(place, false);
    this.#shut(place);
    this.#sounding.fill(0, place * NOTES, (place + 1) * NOTES);
    this.#channels[place] = 0;
  }

  /** Sends a voice to the outputs of `bits`; what it holds elsewhere is ended. */
  route(voice: number, bits: number): void {
    const left = (this.#routes[voice] as number) & ~bits;
    this.#routes[voice] = bits;
    for (let place = 0; place < MOST_OUTPUTS; place++) if ((left >> place) & 1) this.#endVoice(voice, place, Number.NEGATIVE_INFINITY);
  }

  /** Sends a message of a voice that was due at `time` to wherever the voice goes. */
  send(voice: number, message: number, time: number): void {
    const on = isNoteOn(message);
    const off = isNoteOff(message);
    const index = on || off ? noteIndex(message) : 0;
    if (on) this.#begun[voice * NOTES + index] = time;
    const bits = this.#routes[voice] as number;
    for (let place = 0; bits >> place !== 0; place++) {
      if (!((bits >> place) & 1) || this.#outputs[place] === undefined) continue;
      const at = place * NOTES + index;
      if (on) this.#sounding[at] = (this.#sounding[at] as number) | (1 << voice);
      // What could not be ended sounds on there, until the output is back.
      if (this.#write(place, message) && off) this.#sounding[at] = (this.#sounding[at] as number) & ~(1 << voice);
    }
  }

  /** Ends what a voice should not have begun: its notes due at `from` or later that were sent before they could be taken back. */
  takeBack(voice: number, from: number): void {
    for (let place = 0; place < MOST_OUTPUTS; place++) this.#endVoice(voice, place, from);
  }

  /** Ends every note everywhere. @param hard also what rings on after its end */
  silence(hard: boolean): void {
    for (let place = 0; place < MOST_OUTPUTS; place++) this.#silence(place, hard);
  }

  closeAll(): void {
    for (let place = 0; place < MOST_OUTPUTS; place++) this.close(place);
  }

  #silence(place: number, hard: boolean): void {
    for (let index = 0; index < NOTES; index++) {
      const at = place * NOTES + index;
      if (this.#sounding[at] === 0) continue;
      if (this.#write(place, noteOff(index))) this.#sounding[at] = 0;
    }
    this.#silenceChannels(place, hard);
  }

  #silenceChannels(place: number, hard: boolean): void {
    for (let channel = 0; channel < CHANNELS; channel++) {
      if (!(((this.#channels[place] as number) >> channel) & 1)) continue;
      this.#write(place, threeBytes(CONTROL_CHANGE | channel, SUSTAIN_PEDAL, 0));
      this.#write(place, threeBytes(CONTROL_CHANGE | channel, ALL_NOTES_OFF, 0));
      if (hard) this.#write(place, threeBytes(CONTROL_CHANGE | channel, ALL_SOUND_OFF, 0));
    }
  }

  #endVoice(voice: number, place: number, from: number): void {
    for (let index = 0; index < NOTES; index++) {
      const at = place * NOTES + index;
      const held = this.#sounding[at] as number;
      if (!((held >> voice) & 1) || (this.#begun[voice * NOTES + index] as number) < from) continue;
      if (this.#write(place, noteOff(index))) this.#sounding[at] = held & ~(1 << voice);
    }
  }

  /** Whether it was written. */
  #write(place: number, message: number): boolean {
    const output = this.#outputs[place];
    if (output === undefined) return false;
    const status = message & 0xff;
    if (status <= LAST_STATUS_OF_CHANNELS) this.#channels[place] = (this.#channels[place] as number) | (1 << (status & 0x0f));
    try {
      output.send(message, this.#now());
      return true;
    } catch (error) {
      this.#shut(place);
      this.#failed(place, error);
      return false;
    }
  }

  #shut(place: number): void {
    const output = this.#outputs[place];
    this.#outputs[place] = undefined;
    try {
      output?.close();
    } catch {
      // It is gone, and that is what was wanted.
    }
  }
}

const noteOff = (index: number): number => threeBytes(NOTE_OFF | Math.floor(index / PITCHES), index % PITCHES, 0);
