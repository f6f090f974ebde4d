// From whole notes to seconds, by the tempos of a score.
import { lastAtMost } from '../music/ascending.js';
import type { Tempo } from '../music/note-sequence.js';

/** Tempos in order of time, each with the place it holds from. */
export type TempoMap = readonly (Tempo & { readonly wholeNotes: number })[];

/** The map of tempos (quarter notes per minute) that hold from places in whole notes, the first at 0, given in order. */
export function tempoMapOf(changes: Iterable<{ readonly wholeNotes: number; readonly qpm: number }>): TempoMap {
  const map: (Tempo & { wholeNotes: number })[] = [];
  for (const { wholeNotes, qpm } of changes) map.push({ time: secondsAt(map, wholeNotes), qpm, wholeNotes });
  return map;
}

/** Seconds of a place in whole notes, by the last tempo at or before it. */
export function secondsAt(map: TempoMap, wholeNotes: number): number {
  const from = map[lastAtMost(map, wholeNotes, (tempo) => tempo.wholeNotes)];
  return from ? from.time + ((wholeNotes - from.wholeNotes) * 240) / from.qpm : 0;
}
