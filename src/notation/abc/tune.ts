// A tune of an ABC tune book as a value: what its header says and what is written in its voices, repeats not yet played out.
import type { Fraction } from '../fraction.js';

/** Where something stands in the file, both counted from 1. */
export interface AbcPosition {
  line: number;
  column: number;
}

export interface AbcMetre {
  numerator: number;
  denominator: number;
}

export interface AbcKey {
  /** Pitch class 0..11 of the tonic as written. */
  tonic: number;
  /** One of music/note-sequence.ts's Mode values. */
  mode: number;
  /** Semitones by which the signature alters C, D, E, F, G, A, B. */
  alterations: readonly number[];
  /** Semitones from what is written to what sounds (`octave=`, `transpose=`, clefs with +8 or -8); an event's has its voice's too. */
  shift: number;
  /** The clef it is written with is that of percussion. */
  percussion: boolean;
}

/** What holds at a point of a voice. */
export interface AbcContext {
  key: AbcKey;
  /** undefined for free metre. */
  metre: AbcMetre | undefined;
  /** Quarter notes per minute. */
  qpm: number;
}

/** One note of a chord; a single note is a chord of one. */
export interface AbcPitch {
  /** MIDI pitch 0..127, key, accidentals and transposition applied. */
  pitch: number;
  /** Whole notes. */
  length: Fraction;
  /** Tied to the next note of this pitch. */
  tied: boolean;
}

/** What is written in a voice, in written order. Lengths are whole notes. */
export type AbcEvent = { position: AbcPosition } & (
  | { kind: 'note'; notes: AbcPitch[]; length: Fraction; context: AbcContext }
  | { kind: 'rest'; length: Fraction; context: AbcContext }
  /** `repeatsBefore` 1 for `:|`, 2 for `::|`; `repeatsAfter` likewise for `|:`; `double` for `||`, `|]` and `[|`. */
  | { kind: 'bar-line'; text: string; repeatsBefore: number; repeatsAfter: number; double: boolean }
  | { kind: 'ending'; numbers: number[] }
  | { kind: 'chord-symbol'; text: string }
  /** `&`: what follows sounds from the start of the bar again. */
  | { kind: 'overlay' }
  | { kind: 'part'; label: string }
);

/** A bar as written: the music between two bar lines. */
export interface AbcBar {
  /** Where its first note or rest stands. */
  position: AbcPosition;
  /** Whole notes (the longest layer, where `&` overlays some). */
  length: Fraction;
  /** Whole notes of a full bar; undefined in free metre. A pick-up, and a bar cut by a repeat, are rightly shorter. */
  full: Fraction | undefined;
  /** The bar lines at its two sides as written; empty at the start and the end of the voice. */
  left: string;
  right: string;
}

export interface AbcVoice {
  id: string;
  /** `name=` of the V: field, or empty. */
  name: string;
  /** Its clef is that of percussion. */
  percussion: boolean;
  events: AbcEvent[];
  bars: AbcBar[];
}

export interface AbcTune {
  filename: string;
  /** Index in the file, from 0. */
  index: number;
  /** The number of its X: field; 0 if that is empty. */
  number: number;
  /** Where its X: field stands. */
  position: AbcPosition;
  /** Characters of its text. */
  length: number;
  /** The first T: field. */
  title: string;
  /** Other T: fields. */
  subtitles: string[];
  composers: string[];
  origin: string;
  rhythm: string;
  source: string;
  transcription: string;
  notes: string[];
  /** What the header sets; events carry what holds where they stand. */
  metre: AbcMetre | undefined;
  key: AbcKey;
  /** Quarter notes per minute; 120 where the tune does not say. */
  qpm: number;
  /** Whole notes of a note without a length. */
  unitLength: Fraction;
  /** The order of its parts (P: in the header, written out), or empty. */
  partOrder: string;
  voices: AbcVoice[];
}

/** No song has more events, a hostile file may. */
const mostEvents = 200_000;
const eventsPerCharacter = 16;
/** Events that a tune may have beyond that, however short it is. */
export const spareEvents = 4096;

/**
 * How many events a tune of so many characters may have or play before it is refused, the notes of a chord counted each. A few characters
 * may ask for many bars of rest or repeats, but real tunes play hardly more than one note for each character.
 */
export class EventRoom {
  readonly most: number;
  readonly #own: number;
  #taken = 0;

  constructor(characters: number, spare = spareEvents) {
    this.#own = eventsPerCharacter * characters;
    this.most = Math.min(mostEvents, this.#own + spare);
  }

  /** Takes room for events; false when there is none left. */
  take(events: number): boolean {
    this.#taken += events;
    return this.#taken <= this.most;
  }

  /** How many of the spare events were taken. */
  get spareTaken(): number {
    return Math.max(0, this.#taken - this.#own);
  }
}
