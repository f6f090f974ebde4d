// What you play, from the page's keys and from MIDI instruments: it sounds at once, and the jam hears it with the time at which it happened.

import { SUSTAIN_PEDAL } from '../../../jam/midi-message.js';
import type { MidiState, PortChoice } from '../page-session.js';
import type { Sound } from '../sound/sound.js';
import { Hand } from './hand.js';
import type { MidiOut } from './midi-out.js';
import { MidiPorts } from './midi-ports.js';
import type { Speakers } from './speakers.js';

export interface PlayingHooks {
  /** @param at the browser's time, milliseconds. @param source index of the input */
  played(bytes: readonly number[], at: number, source: number): void;
  /** An input is gone, with what it held. */
  lost(source: number): void;
  portsChanged(state: MidiState): void;
  /** Which MIDI ports the user chose so far. */
  choice(): PortChoice;
  /** The user chose otherwise. */
  chose(ports: PortChoice): void;
  /** Whether the pedal hands over instead of sustaining. */
  pedalSteers(): boolean;
}

/** What the keys of the page are called in recordings; MIDI inputs have their own names. */
const PAGE_KEYS = 'Keys of the page';
const CONTROL_CHANGE = 0xb0;

export class YourPlaying {
  readonly #sound: Sound;
  readonly #speakers: Speakers;
  readonly #hooks: PlayingHooks;
  readonly #hand = new Hand();
  readonly #ports: MidiPorts;
  /** Ids of MIDI inputs by the order in which they were first heard; the page's keys come before them. */
  readonly #inputs: string[] = [];
  readonly #names: string[] = [PAGE_KEYS];
  readonly #outputNames = new Map<string, string>();

  constructor({ sound, speakers, out }: { sound: Sound; speakers: Speakers; out: MidiOut }, hooks: PlayingHooks) {
    this.#sound = sound;
    this.#speakers = speakers;
    this.#hooks = hooks;
    this.#ports = new MidiPorts({
      changed: (state) => hooks.portsChanged(state),
      choice: () => hooks.choice(),
      chose: (choice) => hooks.chose(choice),
      message: (input, bytes, at, name) => this.#hear(input, bytes, at, name),
      lost: (input) => this.#lose(input),
      openOutput: (id, port, name) => {
        this.#outputNames.set(id, name);
        out.open(id, port);
      },
      closeOutput: (id) => out.close(id),
    });
  }

  /** Names of inputs by their index. */
  get sources(): readonly string[] {
    return [...this.#names];
  }

  get ports(): MidiPorts {
    return this.#ports;
  }

  /** A key of the page goes down. @param at the browser's time, milliseconds */
  press(key: string, pitch: number, velocity: number, at: number): void {
    const waking = this.#asleep ? this.#sound.start() : undefined;
    const messages = this.#hand.press(key, pitch, velocity);
    this.#play(messages, at);
    void waking?.then(() => {
      // What was struck before the sound was awake is heard if it is still held; MIDI outputs have it already.
      if (this.#sound.running && this.#hand.holds(key)) this.#sound.play(messages.map((bytes) => ({ time: null, voice: 'you', bytes })));
    });
  }

  release(key: string, at: number): void {
    this.#play(this.#hand.release(key), at);
  }

  /** Lets go of all keys of the page. */
  letGo(): void {
    this.#play(this.#hand.releaseAll(), performance.now());
  }

  /** Whether a gesture can wake the sound. What has failed is tried again when a jam begins. */
  get #asleep(): boolean {
    return !this.#sound.running && this.#sound.state.state !== 'failed';
  }

  #play(messages: readonly (readonly number[])[], at: number): void {
    for (const bytes of messages) {
      this.#speakers.now('you', bytes);
      this.#hooks.played(bytes, at, 0);
    }
  }

  #hear(id: string, bytes: readonly number[], at: number, name: string): void {
    if (this.#asleep && navigator.userActivation?.hasBeenActive) void this.#sound.start();
    const source = this.#sourceOf(id) ?? this.#add(id, name);
    const [status = 0, controller] = bytes;
    const steers = (status & 0xf0) === CONTROL_CHANGE && controller === SUSTAIN_PEDAL && this.#hooks.pedalSteers();
    // An instrument that is an output as well has sounded by itself.
    if (!steers) this.#speakers.now('you', bytes, (output) => this.#outputNames.get(output) === name);
    this.#hooks.played(bytes, at, source);
  }

  #lose(id: string): void {
    const source = this.#sourceOf(id);
    if (source === undefined) return;
    this.#speakers.silence('you');
    this.#hooks.lost(source);
  }

  #add(id: string, name: string): number {
    this.#names.push(name);
    return this.#inputs.push(id);
  }

  #sourceOf(id: string): number | undefined {
    const index = this.#inputs.indexOf(id);
    return index < 0 ? undefined : index + 1;
  }
}
