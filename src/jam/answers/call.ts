// What you play while the model listens: notes by position, and what can be said of them. Recording is the log's business.

import { STEPS_PER_QUARTER } from '../../music/melody.js';
import { NO_SWING, swingOf } from '../beat/swing.js';
import { type CallNote, reduceToMelody } from './reduction.js';

/** Notes that are remembered; of more the oldest are forgotten (they are in the log all the same). */
const MEMORY = 2048;

interface PlayedNote {
  readonly key: string;
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  end: number;
}

export class Call {
  #notes: PlayedNote[] = [];
  readonly #held = new Map<string, PlayedNote>();
  /** Where it begins, in quarter notes of the session. A note up to a step earlier belongs to it. */
  start = 0;
  #lastEnd = -Infinity;

  /** Begins a new call at a position; what was played before it is forgotten, but for notes just before and notes still held. */
  begin(quarter: number): void {
    this.start = quarter;
    this.#notes = this.#notes.filter((note) => this.#counts(note));
    this.#lastEnd = this.#notes.reduce((last, { end }) => (Number.isFinite(end) ? Math.max(last, end) : last), -Infinity);
  }

  /** @param key tells notes apart: source, channel and pitch */
  noteOn(key: string, pitch: number, velocity: number, quarter: number): void {
    this.noteOff(key, quarter);
    const note = { key, pitch, velocity, start: quarter, end: Infinity };
    this.#notes.push(note);
    this.#held.set(key, note);
    if (this.#notes.length > MEMORY) this.#notes.shift();
  }

  noteOff(key: string, quarter: number): void {
    const note = this.#held.get(key);
    if (note === undefined) return;
    this.#held.delete(key);
    note.end = Math.max(note.start, quarter);
    this.#lastEnd = Math.max(this.#lastEnd, note.end);
  }

  /** Ends the held notes whose key passes. */
  release(quarter: number, passes: (key: string) => boolean): void {
    for (const key of [...this.#held.keys()]) if (passes(key)) this.noteOff(key, quarter);
  }

  get empty(): boolean {
    return !this.#notes.some((note) => this.#counts(note));
  }

  /** Whether a note of this call is held. */
  get holds(): boolean {
    return [...this.#held.values()].some((note) => this.#counts(note));
  }

  /** Where the last note ended, in quarter notes of the session; -Infinity before the first. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  /** Where the next second eighth is expected in its beat. */
  get swing(): number {
    return swingOf(this.#own().map(({ start }) => start));
  }

  /** Mean velocities on the beat and off it; undefined for an empty call. */
  get velocities(): readonly [number, number] | undefined {
    const own = this.#own();
    const mean = (notes: readonly PlayedNote[]): number | undefined =>
      notes.length === 0 ? undefined : Math.round(notes.reduce((sum, { velocity }) => sum + velocity, 0) / notes.length);
    const isOnBeat = ({ start }: PlayedNote): boolean => Math.abs(start - Math.round(start)) < 0.5 / STEPS_PER_QUARTER;
    const onBeat = mean(own.filter(isOnBeat));
    const offBeat = mean(own.filter((note) => !isOnBeat(note)));
    const either = onBeat ?? offBeat;
    return either === undefined ? undefined : [onBeat ?? either, offBeat ?? either];
  }

  /**
   * Its melody, `steps` events from its start, as it is known at `now` (a position); held notes are taken to go on, the rest to be silence.
   */
  melody(steps: number, now: number): number[] {
    const notes: CallNote[] = this.#own().map(({ pitch, velocity, start, end }) => ({
      pitch,
      velocity,
      start: start - this.start,
      end: end - this.start,
    }));
    // Swing is a matter of beats; a call that begins between them is taken as it is.
    return reduceToMelody(notes, steps, Number.isInteger(this.start) ? this.swing : NO_SWING, now - this.start);
  }

  #own(): PlayedNote[] {
    return this.#notes.filter((note) => this.#counts(note));
  }

  #counts({ start }: PlayedNote): boolean {
    return start >= this.start - 1 / STEPS_PER_QUARTER;
  }
}
