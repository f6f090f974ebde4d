// Where the bars and beats of a NoteSequence lie, for drawing it.
import type { BeatMap } from '../extraction/beats.js';
import type { NoteSequence } from '../music/note-sequence.js';

/** Quarter notes that rounding may move a note by. */
export const INSTANT = 1e-6;
/** Music that says it has more quarter notes than this is damaged, or too long for its bars to be drawn. */
export const MOST_QUARTERS = 40_000;
/** Quarter notes; metres that say less are damage, and would fill the memory with bars. */
const SHORTEST_BAR = 0.25;

/** Bars of one metre. Lengths and places are quarter notes. */
export interface Metre {
  readonly start: number;
  readonly end: number;
  readonly beat: number;
  readonly beatsPerBar: number;
}

/** The metres of a piece up to `end` (quarter notes), 4/4 until the first is given. A metre always begins a bar. */
export function metresOf({ timeSignatures }: Pick<NoteSequence, 'timeSignatures'>, beats: BeatMap, end: number): Metre[] {
  const signatures = [{ time: 0, numerator: 4, denominator: 4 }, ...timeSignatures.toSorted((a, b) => a.time - b.time)];
  return signatures
    .map(({ time, numerator, denominator }, i) => ({
      start: beats.quarterAt(time),
      end: Math.min(end, beats.quarterAt(signatures[i + 1]?.time ?? Number.POSITIVE_INFINITY)),
      beat: 4 / denominator,
      beatsPerBar: numerator,
    }))
    .filter((metre) => metre.start < metre.end);
}

/** The quarter notes at which the bars begin, up to `last`, and where the last one ends. */
export function barsUntil(sequence: Pick<NoteSequence, 'timeSignatures'>, beatMap: BeatMap, last: number): number[] {
  const starts: number[] = [];
  for (const { start, end, beat, beatsPerBar } of metresOf(sequence, beatMap, Number.POSITIVE_INFINITY)) {
    const bar = Math.max(beat * beatsPerBar, SHORTEST_BAR);
    for (let i = 0, at = start; at < end; at = start + ++i * bar) {
      starts.push(at);
      if (at >= last - INSTANT && starts.length > 1) return starts;
    }
  }
  return starts;
}

/** "1:05" */
export function asTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
