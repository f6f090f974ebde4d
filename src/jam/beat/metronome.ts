// The metronome, and the MIDI clock for other machines: what goes out beat by beat, a little ahead of its time.

import { noteOff, noteOn } from '../midi-message.js';
import type { Output } from '../output.js';
import type { Metronome, Voice } from '../settings.js';
import type { Phase } from '../status.js';

/** Seconds ahead of which beats are sent, beside the latency of what plays them. */
const AHEAD = 0.25;
export const CLICK_SECONDS = 0.05;
/** Notes of the metronome: General MIDI's high and low wood block. */
export const ACCENT = { pitch: 76, velocity: 110 };
export const BEAT = { pitch: 77, velocity: 80 };
const CLOCK_TICKS = 24;
const CLOCK = 0xf8;
/** What is left of rounding, in quarter notes. */
const ROUNDING = 1e-9;

/** Whether the metronome is heard in a phase. */
export function clicks(metronome: Metronome, phase: Phase): boolean {
  return metronome === 'count-in' ? phase === 'count-in' : metronome === 'on' && phase !== 'ended';
}

/** What is sent at every multiple of `spacing` quarter notes. */
interface Pulse {
  readonly voice: Voice;
  readonly spacing: number;
  send(time: number, index: number): void;
}

/** Sends a pulse ahead of time: the engine asks when it is due, and lets it send. */
export class Ahead {
  readonly #pulse: Pulse;
  readonly #output: Output;
  readonly #timeAt: (quarter: number) => number;
  /** Seconds from sending to sounding. */
  latency: number;
  /** The next pulse, counted from quarter 0; undefined = silent. */
  #next: number | undefined;

  constructor(output: Output, timeAt: (quarter: number) => number, latency: number, pulse: Pulse) {
    this.latency = latency;
    this.#output = output;
    this.#timeAt = timeAt;
    this.#pulse = pulse;
  }

  /** When the next pulse wants to be sent; Infinity while silent. */
  get due(): number {
    return this.#next === undefined ? Infinity : this.#timeAt(this.#next * this.#pulse.spacing) - AHEAD - this.latency;
  }

  /** Sends the next pulse. */
  send(now: number): void {
    if (this.#next === undefined) return;
    const time = this.#timeAt(this.#next * this.#pulse.spacing);
    this.#pulse.send(Math.max(now, time), this.#next);
    this.#next++;
  }

  /** Begins, or after a change of tempo begins anew, with the first pulse at a position or after it. */
  startAt(quarter: number, now: number): void {
    this.#output.cancel(this.#pulse.voice, now);
    // Before the music begins, at quarter 0, nothing beats.
    this.#next = Math.max(0, Math.ceil(quarter / this.#pulse.spacing - ROUNDING));
  }

  stop(now: number): void {
    this.#output.cut(this.#pulse.voice, now);
    this.#next = undefined;
  }

  get running(): boolean {
    return this.#next !== undefined;
  }
}

export function createMetronome(
  output: Output,
  timeAt: (quarter: number) => number,
  { channel, beatsPerBar, latency }: { channel: number; beatsPerBar: number; latency: number },
): Ahead {
  return new Ahead(output, timeAt, latency, {
    voice: 'click',
    spacing: 1,
    send(time, beat) {
      const { pitch, velocity } = beat % beatsPerBar === 0 ? ACCENT : BEAT;
      output.send(time, 'click', noteOn(channel, pitch, velocity));
      output.send(time + CLICK_SECONDS, 'click', noteOff(channel, pitch));
    },
  });
}

/** 24 ticks a quarter note. */
export function createClockOut(output: Output, timeAt: (quarter: number) => number, latency: number): Ahead {
  return new Ahead(output, timeAt, latency, {
    voice: 'clock',
    spacing: 1 / CLOCK_TICKS,
    send: (time) => output.send(time, 'clock', [CLOCK]),
  });
}
