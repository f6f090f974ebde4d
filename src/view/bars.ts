// Musical time of a NoteSequence for drawing it: quarter notes from seconds, and where bars and beats begin.
import type { NoteSequence, Tempo } from '../music/note-sequence.js';

const DEFAULT_QPM = 120;

/** Turns seconds into quarter notes from the beginning; 120 quarter notes per minute until the first tempo. */
export function quarterClock(tempos: readonly Tempo[]): (seconds: number) => number {
  const stretches = [{ time: 0, quarter: 0, qpm: DEFAULT_QPM }];
  for (const { time, qpm } of tempos.toSorted((a, b) => a.time - b.time)) {
    stretches.push({ time, quarter: quarterAt(stretches, time), qpm });
  }
  return (seconds) => quarterAt(stretches, seconds);
}

function quarterAt(stretches: readonly { time: number; quarter: number; qpm: number }[], seconds: number): number {
  const stretch = stretches.findLast(({ time }) => time <= seconds) ?? stretches[0];
  return stretch === undefined ? 0 : stretch.quarter + ((seconds - stretch.time) * stretch.qpm) / 60;
}

/** Bars of one metre. Lengths and places are quarter notes. */
export interface Metre {
  readonly start: number;
  readonly end: number;
  readonly beat: number;
  readonly beatsPerBar: number;
}

/** The metres of a piece up to `end` (quarter notes), 4/4 until the first is given. A metre always begins a bar. */
export function metresOf(
  { timeSignatures }: Pick<NoteSequence, 'timeSignatures'>,
  clock: (seconds: number) => number,
  end: number,
): Metre[] {
  const signatures = [{ time: 0, numerator: 4, denominator: 4 }, ...timeSignatures.toSorted((a, b) => a.time - b.time)];
  return signatures
    .map(({ time, numerator, denominator }, i) => ({
      start: clock(time),
      end: Math.min(end, clock(signatures[i + 1]?.time ?? Number.POSITIVE_INFINITY)),
      beat: 4 / denominator,
      beatsPerBar: numerator,
    }))
    .filter((metre) => metre.start < metre.end);
}
