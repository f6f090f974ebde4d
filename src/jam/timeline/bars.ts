// Tempo and bars of a session of which parts were taken out: what stays keeps its own tempo, and its bar lines where they were in it.

import type { Tempo, TimeSignature } from '../../music/note-sequence.js';
import type { Stretch } from '../beat/tempo.js';
import type { Run } from './edited.js';
import { lastWhere, quarterAt, timeAt } from './tempo.js';

/** Quarter notes by which rounding may move a position. */
const ROUNDING = 1e-3;
const LONGEST_BAR = 255;

/**
 * Tempos and metres after cuts, in seconds of the recording. Where a cut leaves a part of a bar, that bar is shorter or longer than others.
 * @param stretches the tempo of the whole session
 */
export function cutBars(
  stretches: readonly Stretch[],
  runs: readonly Run[],
  beatsPerBar: number,
): { tempos: Tempo[]; timeSignatures: TimeSignature[] } {
  const cut = cutTempo(stretches, runs);
  const metres = new Metres(beatsPerBar);
  for (const { from, shift } of runs) metres.join(quarterAt(cut, from - shift), modulo(quarterAt(stretches, from), beatsPerBar));
  return {
    tempos: cut.map(({ time, qpm }) => ({ time, qpm })),
    timeSignatures: metres.list.map(({ quarter, beats }) => ({ time: timeAt(cut, quarter), numerator: beats, denominator: 4 })),
  };
}

function cutTempo(stretches: readonly Stretch[], runs: readonly Run[]): Stretch[] {
  const cut: Stretch[] = [];
  const add = (time: number, qpm: number): void => {
    cut.push({ time, quarter: cut.length === 0 ? 0 : quarterAt(cut, time), qpm });
  };
  let next = 0;
  for (const { from, to, shift } of runs) {
    const { qpm } = lastWhere(stretches, ({ time }) => time <= from);
    if (cut.at(-1)?.qpm !== qpm) add(from - shift, qpm);
    for (; (stretches[next]?.time ?? Number.POSITIVE_INFINITY) <= from; ) next++;
    for (; (stretches[next]?.time ?? Number.POSITIVE_INFINITY) < to; next++) {
      const stretch = stretches[next] as Stretch;
      add(stretch.time - shift, stretch.qpm);
    }
  }
  return cut.length === 0 ? [{ time: 0, quarter: 0, qpm: stretches[0]?.qpm ?? 120 }] : cut;
}

/** A metre from a bar line on. */
interface Metre {
  readonly quarter: number;
  readonly beats: number;
}

class Metres {
  readonly list: Metre[];
  readonly #beats: number;

  constructor(beats: number) {
    this.#beats = beats;
    this.list = [{ quarter: 0, beats }];
  }

  /** What follows at `quarter` begins `own` quarter notes after a bar line of its own. */
  join(quarter: number, own: number): void {
    const regular = this.list.at(-1) as Metre;
    // A cut within an odd bar makes that bar another one.
    const within = this.list.length > 1 && quarter < regular.quarter - ROUNDING;
    if (within) this.list.pop();
    const last = this.list.at(-1) as Metre;
    const past = within ? quarter - last.quarter : modulo(quarter - last.quarter, this.#beats);
    if (!within && Math.abs(past - own) < ROUNDING) return;
    const beats = Math.round(past + (own === 0 ? 0 : this.#beats - own));
    const line = quarter - past;
    // Cuts between beats have no bar lines to keep.
    if (!isWhole(past) || !isWhole(own) || beats > LONGEST_BAR) {
      if (within) this.list.push(regular);
      return;
    }
    if (beats > 0) this.#set(line, beats);
    this.#set(line + beats, this.#beats);
  }

  #set(quarter: number, beats: number): void {
    if (Math.abs((this.list.at(-1) as Metre).quarter - quarter) < ROUNDING) this.list.pop();
    if (this.list.at(-1)?.beats !== beats) this.list.push({ quarter, beats });
  }
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < ROUNDING;
}

/** The remainder, 0 where rounding makes it nearly nothing or nearly all. */
function modulo(value: number, by: number): number {
  const rest = ((value % by) + by) % by;
  return rest < ROUNDING || by - rest < ROUNDING ? 0 : rest;
}
