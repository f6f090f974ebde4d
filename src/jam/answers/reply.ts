// The model's turn as it goes out: events become notes in time, part by part as they arrive. A note that is late by more than a moment is
// left out, and nothing moves because of it.

import { NO_EVENT, STEPS_PER_QUARTER } from '../../music/melody.js';
import { swung } from '../beat/swing.js';
import { noteOff, noteOn } from '../midi-message.js';
import { LATEST_NOTE, ON_ITS_WAY, type Output } from '../output.js';

/** Notes that are over are forgotten when there are so many. */
const MEMORY = 1024;

/** Where a reply stands in time, and how it is played. */
export interface ReplyPlace {
  /** Index of the model's turn. */
  readonly turn: number;
  /** Position of its beginning, in quarter notes of the session. */
  readonly quarter: number;
  readonly timeAt: (quarter: number) => number;
  /** When the turn ends, in seconds; asked whenever something is placed. */
  readonly end: () => number;
  readonly swing: number;
  /** Velocities on the beat and off it. */
  readonly velocities: readonly [number, number];
  readonly channel: number;
}

interface ReplyNote {
  readonly pitch: number;
  readonly velocity: number;
  /** Steps from the beginning; the end is undefined until it is known. */
  readonly on: number;
  off: number | undefined;
  /** Seconds; undefined while not on its way. */
  onTime: number | undefined;
  offTime: number | undefined;
  dropped: boolean;
}

export class Reply {
  readonly place: ReplyPlace;
  readonly #output: Output;
  #notes: ReplyNote[] = [];
  #open: ReplyNote | undefined;
  #first: ReplyNote | undefined;
  #length = 0;
  #late = 0;

  constructor(output: Output, place: ReplyPlace) {
    this.#output = output;
    this.place = place;
  }

  /** Steps known so far. */
  get length(): number {
    return this.#length;
  }

  /** When its first note goes, or went, out; Infinity while there is none. */
  get firstTime(): number {
    return this.#first?.onTime ?? Infinity;
  }

  /** Adds events, one a step, and sends what is known by them. @param last no more will follow: what sounds ends with them */
  add(events: readonly number[], last: boolean, now: number): void {
    for (const event of events) {
      const step = this.#length++;
      if (event === NO_EVENT) continue;
      if (this.#open !== undefined) this.#open.off = step;
      this.#open = undefined;
      if (event < 0) continue;
      const onBeat = step % STEPS_PER_QUARTER === 0;
      const velocity = Math.min(127, Math.max(1, this.place.velocities[onBeat ? 0 : 1]));
      this.#open = { pitch: event, velocity, on: step, off: undefined, onTime: undefined, offTime: undefined, dropped: false };
      this.#notes.push(this.#open);
    }
    if (last && this.#open !== undefined) {
      this.#open.off = this.#length;
      this.#open = undefined;
    }
    this.#send(now);
    const over = this.#notes.length - MEMORY;
    if (over > 0) this.#notes.splice(0, over);
  }

  /** The music stands still: what sounds ends, and what is to come waits until `retime`. */
  hold(now: number): void {
    this.#output.cut('model', now);
    for (const note of this.#notes) {
      if (note.onTime !== undefined && note.onTime > now) [note.onTime, note.offTime] = [undefined, undefined];
      else if (note.onTime !== undefined && (note.offTime ?? Infinity) > now) note.offTime = now;
    }
  }

  /** Sends again what is still to come, after the tempo or the end of the turn has changed. */
  retime(now: number): void {
    const from = now + ON_ITS_WAY;
    this.#output.cancel('model', from);
    for (const note of this.#notes) {
      if (note.onTime !== undefined && note.onTime >= from) note.onTime = undefined;
      if (note.offTime !== undefined && note.offTime >= from) note.offTime = undefined;
    }
    this.#send(now);
  }

  /** Notes left out since this was asked last. */
  takeLate(): number {
    const late = this.#late;
    this.#late = 0;
    return late;
  }

  #timeOf(step: number): number {
    return this.place.timeAt(this.place.quarter + swung(step / STEPS_PER_QUARTER, this.place.swing));
  }

  #send(now: number): void {
    const end = this.place.end();
    for (const note of this.#notes) {
      if (note.dropped || (note.onTime !== undefined && note.offTime !== undefined)) continue;
      if (note.onTime === undefined) this.#sendOn(note, now, end);
      if (note.onTime === undefined) continue;
      if (note.off === undefined) continue;
      const off = Math.min(end, this.#timeOf(note.off));
      // The music stands still, and nobody knows until when.
      if (off === Infinity) continue;
      note.offTime = Math.max(off, note.onTime, now);
      this.#output.send(note.offTime, 'model', noteOff(this.place.channel, note.pitch));
    }
  }

  #sendOn(note: ReplyNote, now: number, end: number): void {
    const time = this.#timeOf(note.on);
    if (time === Infinity) return;
    const over = note.off !== undefined && this.#timeOf(note.off) <= now;
    if (time >= end || time < now - LATEST_NOTE || over) {
      note.dropped = true;
      if (time < end) this.#late++;
      return;
    }
    note.onTime = Math.max(time, now);
    this.#first ??= note;
    const first = note === this.#first ? this.place.turn : undefined;
    this.#output.send(note.onTime, 'model', noteOn(this.place.channel, note.pitch, note.velocity), first);
  }
}
