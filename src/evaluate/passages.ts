// Passages that pieces share with songs: the same intervals between notes that begin at the same distances in time, in any
// transposition. How long a note is held before the next one begins does not matter.

import type { MelodyNote } from './notes.js';
import { SuffixAutomaton } from './suffix-automaton.js';

/** A passage of a piece and the place in a song where it stands too. Steps count from the beginning of the piece and of the song's melody. */
export interface SharedPassage {
  readonly notes: number;
  /** Where its first note begins and its last one ends in the piece. */
  readonly from: number;
  readonly to: number;
  /** Which of the melodies read, from 0, and where in it the passage begins. */
  readonly melody: number;
  readonly melodyFrom: number;
  /** Semitones the piece is higher than the melody. */
  readonly semitones: number;
}

/** Distances in time beyond this many steps are taken as equal. */
const LONGEST_WAIT = 1023;
const PITCHES = 128;
/** More than the steps a melody can have. */
const STEPS = 1 << 20;

/** One token for each note but the first: how far it is from the note before, in pitch and in time. */
function tokensOf(notes: readonly MelodyNote[]): number[] {
  return notes.slice(1).map(({ pitch, start }, i) => {
    const before = notes[i] as MelodyNote;
    return (pitch - before.pitch + PITCHES) * (LONGEST_WAIT + 1) + Math.min(LONGEST_WAIT, start - before.start);
  });
}

/** Searches melody after melody for passages of a few pieces. Memory depends on the pieces, not on how many melodies are read. */
export class PassageSearch {
  readonly #pieces: readonly (readonly MelodyNote[])[];
  readonly #automaton: SuffixAutomaton;
  #melodies = 0;

  constructor(pieces: readonly (readonly MelodyNote[])[]) {
    this.#pieces = pieces;
    this.#automaton = new SuffixAutomaton(pieces.map(tokensOf));
  }

  /** Reads the next melody. */
  read(notes: readonly MelodyNote[]): void {
    const melody = this.#melodies++;
    this.#automaton.read(tokensOf(notes), (i) => {
      const { pitch, start } = notes[i + 1] as MelodyNote;
      return (melody * STEPS + start) * PITCHES + pitch;
    });
  }

  /** The passage of most notes that a piece shares with a melody read so far, of equals the first in the piece; null for none of two notes. */
  longest(piece: number): SharedPassage | null {
    const notes = this.#pieces[piece] ?? [];
    const { length, end, mark } = this.#automaton.longest(tokensOf(notes));
    if (length === 0) return null;
    const [first, last] = [notes[end + 1 - length], notes[end + 1]] as [MelodyNote, MelodyNote];
    const lastPitch = mark % PITCHES;
    const place = Math.floor(mark / PITCHES);
    return {
      notes: length + 1,
      from: first.start,
      to: last.start + last.length,
      melody: Math.floor(place / STEPS),
      melodyFrom: (place % STEPS) - (last.start - first.start),
      semitones: last.pitch - lastPitch,
    };
  }
}
