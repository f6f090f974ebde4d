// A MIDI file as a player: its messages with their times, handed out in real time or as a virtual clock asks for them.

import { MstError } from '../core/errors.js';
import { readConductor } from '../music/midi-conductor.js';
import { MidiDamage } from '../music/midi-damage.js';
import { DATA_LENGTHS } from '../music/midi-file.js';
import { salvageMidi } from '../music/midi-salvage.js';
import { secondsAt } from '../music/tempo-map.js';

/** A message of one to three bytes, and when it is played: seconds from the beginning of the file. */
export interface TimedMessage {
  readonly time: number;
  readonly bytes: readonly number[];
}

const FIRST_SYSTEM_STATUS = 0xf0;
/** Timers do not run longer than this, in milliseconds. */
const LONGEST_TIMER_MS = 1000;

/**
 * What all tracks of a file play, in the order of time; of the same time, track after track. Damage is read through.
 * @throws MstError `bad-midi` for what is no MIDI file, `no-input` when it plays nothing
 */
export function readFileMessages(bytes: Uint8Array): TimedMessage[] {
  const damage = new MidiDamage();
  const file = salvageMidi(bytes, damage);
  const { tempoMap } = readConductor(file, damage);
  const events: number[] = [];
  for (const { first, end } of file.tracks) {
    for (let event = first; event < end; event++) if ((file.statuses[event] as number) < FIRST_SYSTEM_STATUS) events.push(event);
  }
  const tick = (event: number): number => file.ticks[event] as number;
  events.sort((a, b) => tick(a) - tick(b) || a - b);
  if (events.length === 0) throw new MstError('no-input', 'The MIDI file plays nothing.', { hint: 'Choose one with notes in it.' });
  return events.map((event) => {
    const status = file.statuses[event] as number;
    const at = file.offsets[event] as number;
    return { time: secondsAt(tempoMap, tick(event)), bytes: [status, ...file.bytes.subarray(at, at + (DATA_LENGTHS[status] as number))] };
  });
}

export class FilePort {
  readonly #messages: readonly TimedMessage[];
  readonly #start: number;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param start session time at which the file begins, in seconds */
  constructor(messages: readonly TimedMessage[], start: number) {
    this.#messages = messages;
    this.#start = start;
  }

  /** Session time of the next message, or undefined when there is none any more. */
  get nextTime(): number | undefined {
    const next = this.#messages[this.#next];
    return next === undefined ? undefined : this.#start + next.time;
  }

  /** Hands out everything due at `time` (session seconds) or before, with the times it is due at. */
  advance(time: number, listen: (time: number, bytes: readonly number[]) => void): void {
    for (let due = this.nextTime; due !== undefined && due <= time; due = this.nextTime) {
      const { bytes } = this.#messages[this.#next++] as TimedMessage;
      listen(due, bytes);
    }
  }

  /** Plays in real time by the clock of the session, and says when it is done. What is heard has the time it is due at, as if played exactly. */
  play(now: () => number, listen: (time: number, bytes: readonly number[]) => void, done: () => void): void {
    this.advance(now(), listen);
    const next = this.nextTime;
    if (next === undefined) done();
    else this.#timer = setTimeout(() => this.play(now, listen, done), Math.min(LONGEST_TIMER_MS, Math.max(0, (next - now()) * 1000)));
  }

  /** Plays no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
