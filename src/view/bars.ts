// Musical time of a NoteSequence for drawing it: quarter notes from seconds, and where bars and beats begin.
import type { NoteSequence, Tempo } from '../music/note-sequence.js';

const DEFAULT_QPM = 120;
/** Quarter notes; metres that say less are damage, and would fill the memory with bars. */
const SHORTEST_BAR = 0.25;

/** Turns seconds into quarter notes from the beginning; 120 quarter notes per minute until the first tempo. */
export function quarterClock(tempos: readonly Tempo[]): (seconds: number) => number {
  const stretches = [{ time: 0, quarter: 0, qpm: DEFAULT_QPM }];
  for (const { time, qpm } of tempos.toSorted((a, b) => a.time - b.time)) {
    stretches.push({ time, quarter: quarterAt(stretches, time), qpm });
  }
  return (seconds) => quarterAt(stretches, seconds);
}

/** Turns quarter notes into seconds: the inverse of that clock. */
export function secondsClock(tempos: readonly Tempo[]): (quarter: number) => number {
  const clock = quarterClock(tempos);
  const stretches = [{ time: 0, qpm: DEFAULT_QPM }, ...tempos.toSorted((a, b) => a.time - b.time)].map((tempo) => ({
    ...tempo,
    quarter: clock(tempo.time),
  }));
  return (quarter) => {
    const stretch = stretches.findLast((candidate) => candidate.quarter <= quarter + 1e-9) ?? stretches[0];
    return stretch === undefined ? 0 : stretch.time + ((quarter - stretch.quarter) * 60) / stretch.qpm;
  };
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

/** The quarter notes at which the bars begin, up to `last`, and where the last one ends. */
export function barsUntil(sequence: Pick<NoteSequence, 'timeSignatures'>, clock: (seconds: number) => number, last: number): number[] {
  const starts: number[] = [];
  for (const { start, end, beat, beatsPerBar } of metresOf(sequence, clock, Number.POSITIVE_INFINITY)) {
    const bar = Math.max(beat * beatsPerBar, SHORTEST_BAR);
    for (let i = 0, at = start; at < end; at = start + ++i * bar) {
      starts.push(at);
      if (at >= last - 1e-6 && starts.length > 1) return starts;
    }
  }
  return starts;
}

/** "1:05" */
export function asTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
