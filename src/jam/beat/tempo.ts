// From seconds of session time to quarter notes and back, in a tempo that changes while it is played. The beat never jumps back.

import { MstError } from '../../core/errors.js';

export const SLOWEST_QPM = 20;
export const FASTEST_QPM = 400;
/** Stretches that are remembered; nobody asks for older ones. */
const MEMORY = 256;

/** From `time` (seconds), which is at `quarter`, on at `qpm`; 0 = the music stands still. */
export interface Stretch {
  readonly time: number;
  readonly quarter: number;
  readonly qpm: number;
}

/** @throws MstError `usage` for a tempo that cannot be played */
export function checkTempo(qpm: number): void {
  if (qpm >= SLOWEST_QPM && qpm <= FASTEST_QPM) return;
  throw new MstError('usage', `The tempo cannot be ${qpm} quarter notes a minute.`, {
    hint: `Give a number from ${SLOWEST_QPM} to ${FASTEST_QPM}.`,
  });
}

export class Tempo {
  readonly #stretches: Stretch[];

  constructor(first: Stretch) {
    this.#stretches = [first];
  }

  /** The stretch we are in now. */
  get last(): Stretch {
    return this.#stretches.at(-1) as Stretch;
  }

  /** The music begins at a time, perhaps a little later: before it, positions are below the first. */
  begin(time: number, quarter: number, qpm: number): void {
    this.#stretches.splice(0, this.#stretches.length, { time, quarter, qpm });
  }

  /** Says where we are at a time, not before where we were. */
  anchor(time: number, quarter: number, qpm: number): void {
    while (this.#stretches.length > 0 && this.last.time >= time) this.#stretches.pop();
    this.#stretches.push({ time, quarter, qpm });
    if (this.#stretches.length > MEMORY) this.#stretches.shift();
  }

  /** Position in quarter notes at a time. */
  quarterAt(time: number): number {
    const stretch = this.#stretches.findLast((each) => each.time <= time) ?? (this.#stretches[0] as Stretch);
    return stretch.quarter + ((time - stretch.time) * stretch.qpm) / 60;
  }

  /** The time at which a position is, or will be if the tempo stays; Infinity for what comes after music that stands still. */
  timeAt(quarter: number): number {
    const stretch = this.#stretches.findLast((each) => each.quarter <= quarter) ?? (this.#stretches[0] as Stretch);
    if (quarter === stretch.quarter) return stretch.time;
    return stretch.time + ((quarter - stretch.quarter) * 60) / stretch.qpm;
  }
}
