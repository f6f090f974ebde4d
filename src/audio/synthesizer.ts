// A synthesizer: MIDI messages in, stereo sound out, in blocks of 64 frames. spessasynth_core does the work; this is all that the rest of
// mst knows of it.

import { SpessaSynthProcessor } from 'spessasynth_core';
import { MstError } from '../core/errors.js';
import { Reverb } from './reverb.js';
import type { SoundFont } from './soundfont-bytes.js';

/** Frames of a block; messages take effect between two. At 44.1 kHz it is 1.5 ms. */
export const BLOCK = 64;

export interface SynthesizerOptions {
  /** Frames a second. */
  readonly rate: number;
  /** Reverb, chorus and delay; default true. */
  readonly effects?: boolean;
  /** Groups of 16 channels; default 1. */
  readonly ports?: number;
}

const CHANNELS = 16;
const SYSTEM_EXCLUSIVE = 0xf0;
const CONTROL_CHANGE = 0xb0;
const SUSTAIN_PEDAL = 64;
const SOSTENUTO_PEDAL = 66;

export class Synthesizer {
  readonly #processor: SpessaSynthProcessor;
  readonly #font: SoundFont;

  constructor(font: SoundFont, { rate, effects = true, ports = 1 }: SynthesizerOptions) {
    this.#font = font;
    this.#processor = new SpessaSynthProcessor(rate, {
      maxBufferSize: BLOCK,
      effectsEnabled: effects,
      eventsEnabled: false,
      reverbProcessor: new Reverb(rate),
    });
    this.#processor.onMissingPreset = () => undefined;
    while (this.#processor.midiChannels.length < ports * CHANNELS) this.#processor.createMIDIChannel();
    this.#guard(() => this.#processor.soundBankManager.addSoundBank(font.bank, 'main'));
  }

  /** Tones that sound, releases included. */
  get voices(): number {
    return this.#processor.voiceCount;
  }

  /**
   * Plays a message of one to three bytes, or a system exclusive one beginning with 0xf0; it takes effect with the next block.
   * @throws MstError `bad-soundfont` when the sounds it asks for cannot be decoded
   */
  send(bytes: number[], port = 0): void {
    if (bytes[0] !== SYSTEM_EXCLUSIVE) {
      this.#guard(() => this.#processor.processMessage(bytes, port * CHANNELS));
      return;
    }
    try {
      this.#processor.processMessage(bytes, port * CHANNELS);
    } catch {
      // Messages for one maker's instruments come in forms no other knows; one that is not understood changes nothing.
    }
  }

  /** Lets all keys and pedals go. */
  release(): void {
    for (let channel = 0; channel < this.#processor.midiChannels.length; channel++) {
      for (const pedal of [SUSTAIN_PEDAL, SOSTENUTO_PEDAL]) {
        this.#processor.processMessage([CONTROL_CHANGE | (channel % CHANNELS), pedal, 0], channel - (channel % CHANNELS));
      }
    }
    this.#processor.stopAllChannels(false);
  }

  /** Renders the next block into `left` and `right` from `at` on, in place of what was there. */
  render(left: Float32Array, right: Float32Array, at: number): void {
    left.fill(0, at, at + BLOCK);
    right.fill(0, at, at + BLOCK);
    this.#guard(() => this.#processor.process(left, right, at, BLOCK));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      throw new MstError(
        'bad-soundfont',
        `${this.#font.path} cannot be played: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          hint: 'Try another soundfont, or leave --soundfont out for the sounds of mst.',
          cause,
        },
      );
    }
  }
}
