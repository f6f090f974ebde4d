// The tempo of a recorded session: from seconds to quarter notes and back, over all of it. It grows with the session.

import type { Stretch } from '../beat/tempo.js';
import type { LogEntry } from '../log/log-entry.js';

const MICRO = 1e-6;
/** Seconds; a tempo that held for less is left out. */
const SHORTEST_STRETCH = 0.005;
/** A MIDI file holds no tempo below 3.58 quarter notes a minute; what is slower counts as standing still. */
const SLOWEST_QPM = 4;

/** What a log says of its tempo, entry by entry. */
export class TempoRecord {
  readonly #stretches: Stretch[] = [];
  #whole: readonly Stretch[] | undefined;

  /** Where the beat moved to where a note was, the beat before takes up the difference. */
  add(entry: Extract<LogEntry, { type: 'tempo' }>): void {
    const stretches = this.#stretches;
    this.#whole = undefined;
    const next = { time: entry.t * MICRO, quarter: entry.quarter, qpm: entry.qpm };
    // Of tempos set in one moment the last one counts, and one that was to come later does not.
    while (stretches.length > 0 && next.time - (stretches.at(-1) as Stretch).time < SHORTEST_STRETCH) stretches.pop();
    const last = stretches.at(-1);
    // Music that stood still may go on anywhere.
    if (last !== undefined && last.qpm > 0 && Math.abs(next.quarter - quarterIn(last, next.time)) > MICRO) {
      const from = Math.max(last.time, next.time - 60 / last.qpm);
      const quarter = quarterIn(last, from);
      stretches.push({ time: from, quarter, qpm: ((next.quarter - quarter) * 60) / (next.time - from) });
    }
    stretches.push(next);
  }

  /** Quarter notes a minute, as it is now. */
  get qpm(): number | undefined {
    return this.#stretches.at(-1)?.qpm;
  }

  /**
   * The tempo of the whole session from time 0 on.
   * @param qpm the tempo when the log says nothing
   */
  whole(qpm: number, beatsPerBar: number): readonly Stretch[] {
    this.#whole ??= this.#made(qpm, beatsPerBar);
    return this.#whole;
  }

  #made(qpm: number, beatsPerBar: number): Stretch[] {
    const stretches = this.#stretches.map((stretch, k) => {
      if (stretch.qpm >= SLOWEST_QPM) return stretch;
      const before = this.#stretches.slice(0, k).findLast((each) => each.qpm >= SLOWEST_QPM)?.qpm ?? qpm;
      return { ...stretch, qpm: silentTempo(stretch, this.#stretches[k + 1], before, beatsPerBar) };
    });
    if (stretches.length === 0) return [{ time: 0, quarter: 0, qpm }];
    const first = timeAt(stretches, 0);
    const music = stretches.filter(({ time }) => time > first);
    const start = { time: first, quarter: 0, qpm: (stretches.findLast(({ time }) => time <= first) ?? (stretches[0] as Stretch)).qpm };
    if (first < SHORTEST_STRETCH) return [{ ...start, time: 0 }, ...music];
    // What is before the first bar line becomes whole bars, so that all bar lines stay where they are.
    const quarters = Math.max(1, Math.round((first * start.qpm) / 60 / beatsPerBar)) * beatsPerBar;
    return [{ time: 0, quarter: -quarters, qpm: (quarters * 60) / first }, start, ...music];
  }
}

/** The position at a time. */
export function quarterAt(stretches: readonly Stretch[], time: number): number {
  return quarterIn(
    lastWhere(stretches, (stretch) => stretch.time <= time),
    time,
  );
}

/** The time of a position. */
export function timeAt(stretches: readonly Stretch[], quarter: number): number {
  const stretch = lastWhere(stretches, (each) => each.quarter <= quarter);
  return stretch.time + ((quarter - stretch.quarter) * 60) / stretch.qpm;
}

/** The last of those, at the beginning, that pass; the first one when none does. */
export function lastWhere(stretches: readonly Stretch[], passes: (stretch: Stretch) => boolean): Stretch {
  let low = 0;
  let high = stretches.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (passes(stretches[middle] as Stretch)) low = middle;
    else high = middle;
  }
  return stretches[low] as Stretch;
}

/**
 * A tempo for music that stood still: at it there are as many whole bars as come nearest to the silence, and what the place has moved, so
 * that bar lines stay bar lines.
 */
function silentTempo(held: Stretch, next: Stretch | undefined, qpm: number, beatsPerBar: number): number {
  if (next === undefined) return qpm;
  const seconds = next.time - held.time;
  const rest = (((next.quarter - held.quarter) % beatsPerBar) + beatsPerBar) % beatsPerBar;
  const moved = rest < MICRO || beatsPerBar - rest < MICRO ? 0 : rest;
  const barsAt = (tempo: number): number => ((seconds * tempo) / 60 - moved) / beatsPerBar;
  const bars = Math.max(moved === 0 ? 1 : 0, Math.ceil(barsAt(SLOWEST_QPM)), Math.round(barsAt(qpm)));
  return ((moved + bars * beatsPerBar) * 60) / seconds;
}

function quarterIn({ time, quarter, qpm }: Stretch, at: number): number {
  return quarter + ((at - time) * qpm) / 60;
}
