// Plays lists of notes, one list at a time. Notes are handed to the sound card a little ahead, so that a busy page or one in the background
// does not stutter.

import { strike, type Voice } from './synth.js';

/** Seconds: how far ahead notes are handed over, how often, and the fade when something is stopped. */
const AHEAD = 1.5;
const EVERY = 0.2;
const FADE = 0.03;
const LEAD = 0.06;

/** Times in seconds from the beginning of what is played. */
export interface PlayedNote {
  readonly start: number;
  readonly seconds: number;
  readonly pitch: number;
  readonly voice: Voice;
}

interface Playing {
  readonly owner: object;
  readonly notes: readonly PlayedNote[];
  readonly seconds: number;
  /** Time of the context at which its beginning is, was or would have been. */
  readonly zero: number;
  readonly output: GainNode;
  readonly timer: number;
  readonly ended: () => void;
  next: number;
}

export class Player {
  #context: AudioContext | undefined;
  #master: GainNode | undefined;
  #playing: Playing | undefined;
  #volume = 0.8;
  /** Which call was the last; an earlier one that still waits for the sound to begin gives up. */
  #calls = 0;

  /** 0..1, as the ear hears it. */
  set volume(volume: number) {
    this.#volume = volume;
    if (this.#context !== undefined) this.#master?.gain.setTargetAtTime(volume ** 2, this.#context.currentTime, 0.02);
  }

  /** Whose notes are playing. */
  get owner(): object | undefined {
    return this.#playing?.owner;
  }

  /** Seconds from the beginning of what is playing, as it is heard. */
  get position(): number {
    if (this.#playing === undefined || this.#context === undefined) return 0;
    const late = Number.isFinite(this.#context.outputLatency) ? this.#context.outputLatency : 0;
    const heard = this.#context.currentTime - late - this.#playing.zero;
    return Math.min(Math.max(0, heard), this.#playing.seconds);
  }

  /**
   * Stops what is playing and plays these notes, in order of their starts, from `from` seconds on. Call it when the user has just pressed
   * something: browsers let no sound begin otherwise. Nothing is played when something else is asked for before the sound could begin.
   * @param ended called once when it ends, by itself or not
   */
  async play(
    owner: object,
    notes: readonly PlayedNote[],
    { from = 0, seconds, ended }: { from?: number; seconds: number; ended: () => void },
  ): Promise<void> {
    this.stop();
    const call = this.#calls;
    const { context, master } = this.#open();
    if (context.state !== 'running') await context.resume();
    if (call !== this.#calls) return;
    const output = new GainNode(context);
    output.connect(master);
    const zero = context.currentTime + LEAD - from;
    const timer = setInterval(() => this.#fill(), 1000 * EVERY);
    const next = notes.findIndex(({ start }) => start >= from - 1e-6);
    this.#playing = { owner, notes, seconds, zero, output, timer, ended, next: next < 0 ? notes.length : next };
    this.#fill();
  }

  stop(): void {
    this.#calls++;
    const playing = this.#playing;
    if (playing === undefined || this.#context === undefined) return;
    this.#playing = undefined;
    clearInterval(playing.timer);
    const { output } = playing;
    output.gain.setTargetAtTime(0, this.#context.currentTime, FADE / 3);
    setTimeout(() => output.disconnect(), 4000 * FADE);
    playing.ended();
  }

  #open(): { context: AudioContext; master: GainNode } {
    if (this.#context !== undefined && this.#master !== undefined) return { context: this.#context, master: this.#master };
    const context = new AudioContext({ latencyHint: 'interactive' });
    const master = new GainNode(context, { gain: this.#volume ** 2 });
    // Many notes at once stay below what loudspeakers can take.
    master.connect(new DynamicsCompressorNode(context, { threshold: -14, ratio: 6 })).connect(context.destination);
    this.#context = context;
    this.#master = master;
    return { context, master };
  }

  #fill(): void {
    const playing = this.#playing;
    if (playing === undefined || this.#context === undefined) return;
    const now = this.#context.currentTime;
    for (; playing.next < playing.notes.length; playing.next++) {
      const { start, seconds, pitch, voice } = playing.notes[playing.next] as PlayedNote;
      const at = playing.zero + start;
      if (at > now + AHEAD) break;
      // What a sleeping computer has slept through is not made up for.
      if (at >= now - 0.1) strike(playing.output, { pitch, at: Math.max(at, now), seconds }, voice);
    }
    if (now > playing.zero + playing.seconds + 0.25) this.stop();
  }
}
