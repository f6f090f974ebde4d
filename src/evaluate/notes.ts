// The notes of a melody and its excerpts of a few bars, counted in steps: what comparisons of music are made from.

import { NO_EVENT } from '../music/melody.js';

export interface MelodyNote {
  /** MIDI pitch 0..127. */
  readonly pitch: number;
  /** Step at which it begins, from the beginning of the melody or the excerpt. */
  readonly start: number;
  /** Steps it sounds. */
  readonly length: number;
  /** Steps of silence between it and the next note; undefined for the last one. */
  readonly rest: number | undefined;
  /** False when it still sounded where the melody stopped, so that its length is not known. */
  readonly ended: boolean;
}

/** The notes of a melody. @param events pitches, NOTE_OFF, NO_EVENT, one a step */
export function notesOf(events: ArrayLike<number>): MelodyNote[] {
  const notes: MelodyNote[] = [];
  let pitch = -1;
  let start = 0;
  let stop = -1;
  const close = (next: number | undefined): void => {
    if (pitch < 0) return;
    const end = stop >= 0 ? stop : (next ?? events.length);
    notes.push({
      pitch,
      start,
      length: end - start,
      rest: next === undefined ? undefined : next - end,
      ended: stop >= 0 || next !== undefined,
    });
  };
  for (let step = 0; step < events.length; step++) {
    const event = events[step] as number;
    if (event === NO_EVENT) continue;
    if (event < 0) {
      if (pitch >= 0 && stop < 0) stop = step;
      continue;
    }
    close(step);
    [pitch, start, stop] = [event, step, -1];
  }
  close(undefined);
  return notes;
}

/** A few bars of a melody. */
export interface Excerpt {
  /** The notes that begin in it, counted from its beginning. */
  readonly notes: readonly MelodyNote[];
  /** Step of the melody at which it begins. */
  readonly from: number;
  readonly bars: number;
  readonly stepsPerBar: number;
}

/** What an excerpt is cut from. */
export interface BarredMelody {
  readonly events: ArrayLike<number>;
  readonly stepsPerBar: number;
  /** Steps before its first bar line. */
  readonly pickup: number;
}

/**
 * A melody in excerpts of `bars` whole bars, one after another; what is left over at the end is not used. A shorter melody is one
 * excerpt of as many bars as it has, and one of less than a bar is none.
 */
export function excerptsOf({ events, stepsPerBar, pickup }: BarredMelody, bars: number): Excerpt[] {
  const whole = Math.floor((events.length - pickup) / stepsPerBar);
  const size = Math.min(bars, whole);
  if (size < 1) return [];
  const notes = notesOf(events);
  const excerpts: Excerpt[] = [];
  let next = 0;
  for (let bar = 0; bar + size <= whole; bar += size) {
    const from = pickup + bar * stepsPerBar;
    const to = from + size * stepsPerBar;
    while (next < notes.length && (notes[next] as MelodyNote).start < from) next++;
    const first = next;
    while (next < notes.length && (notes[next] as MelodyNote).start < to) next++;
    const inside = notes.slice(first, next).map((note) => ({ ...note, start: note.start - from }));
    excerpts.push({ notes: inside, from, bars: size, stepsPerBar });
  }
  return excerpts;
}
