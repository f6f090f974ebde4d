// From what hands play to what a melody model hears: one event a step. Of chords the upper voice is taken as it is in training
// (extraction/upper-line.ts), and a gap of a step between two notes is how they are articulated, not a rest.

import { upperLine } from '../../extraction/upper-line.js';
import { NO_EVENT, NOTE_OFF, STEPS_PER_QUARTER } from '../../music/melody.js';
import { straightened } from '../beat/swing.js';

/** A note in quarter notes from the beginning of the call. */
export interface CallNote {
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  /** Infinity = it is still held. */
  readonly end: number;
}

/** Up to so many steps of silence between two notes belong to the first one. */
const ARTICULATION = 1;

/**
 * The melody of some notes on the grid of 16ths, `steps` events from position 0. A note goes to the nearest step, one that begins outside
 * to the first or the last; a note still held, or held beyond the last step, has no NOTE_OFF.
 * @param now position up to which held notes are known to sound
 */
export function reduceToMelody(notes: readonly CallNote[], steps: number, swing: number, now: number): number[] {
  const events = new Array<number>(steps).fill(NO_EVENT);
  if (steps === 0 || notes.length === 0) return events;
  const step = (quarter: number): number => straightened(quarter, swing) * STEPS_PER_QUARTER;
  const placed = notes
    .map(({ pitch, velocity, start, end }) => {
      const exactStart = step(start);
      const exactEnd = Math.max(exactStart + 0.05, step(Number.isFinite(end) ? end : Math.max(now, start)));
      const first = Math.min(steps - 1, Math.max(0, Math.round(exactStart)));
      const held = !Number.isFinite(end);
      return { pitch, velocity, exactStart, exactEnd, start: first, end: Math.max(first + 1, Math.round(exactEnd)), held };
    })
    .sort((a, b) => a.start - b.start || b.pitch - a.pitch);
  const line = upperLine({
    instrument: 0,
    name: '',
    program: 0,
    isDrum: false,
    length: placed.length,
    starts: Float64Array.from(placed, ({ start }) => start),
    ends: Float64Array.from(placed, ({ end, held }) => (held ? Math.max(end, steps) : end)),
    exactStarts: Float64Array.from(placed, ({ exactStart }) => exactStart),
    exactEnds: Float64Array.from(placed, ({ exactEnd }) => exactEnd),
    pitches: Uint8Array.from(placed, ({ pitch }) => pitch),
    velocities: Uint8Array.from(placed, ({ velocity }) => velocity),
  });
  line.starts.forEach((start, k) => {
    events[start] = line.pitches[k] as number;
    const end = line.ends[k] as number;
    const next = line.starts[k + 1] ?? Infinity;
    if (end < steps && end < next && next - end > ARTICULATION) events[end] = NOTE_OFF;
  });
  return events;
}
