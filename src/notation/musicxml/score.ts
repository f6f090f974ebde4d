// A score as it is written: measures with what sounds in all parts, repeats not yet played out. Times are whole notes.
import { DEFAULT_QPM } from '../../music/note-sequence.js';

/** Notes of one part in one voice, which sound as one instrument. */
export interface ScoreLine {
  /** Index of the part. */
  readonly part: number;
  readonly voice: string;
  /** The staff within the part, from 1. */
  readonly staff: number;
  /** General MIDI program, 0..127. */
  readonly program: number;
  readonly isDrum: boolean;
}

export interface ScoreNote {
  readonly line: ScoreLine;
  /** From the start of the measure. */
  readonly at: number;
  readonly length: number;
  /** MIDI pitch as it sounds, 0..127. */
  readonly pitch: number;
  /** 1..127. */
  velocity: number;
  /** Tied to the next note of its pitch. */
  readonly tied: boolean;
}

export interface Metre {
  readonly numerator: number;
  readonly denominator: number;
}

export interface Key {
  /** Pitch class 0..11 of the tonic as it sounds. */
  readonly key: number;
  /** One of music/note-sequence.ts's Mode values. */
  readonly mode: number;
}

/** What holds at a place of the score; undefined for what the score has not said, and for free metre. */
export interface ScoreContext {
  /** Quarter notes per minute. */
  readonly qpm: number;
  readonly metre: Metre | undefined;
  readonly key: Key | undefined;
}

/** A change of some of it, by the part that has it written. */
export interface ScoreChange {
  readonly at: number;
  readonly part: number;
  readonly set: Partial<ScoreContext>;
}

/** A place that players are sent to, or are sent on from, by a mark. `label` tells several of a kind apart. */
export interface ScoreMark {
  readonly kind: 'segno' | 'coda' | 'tocoda' | 'dalsegno' | 'dacapo' | 'fine';
  readonly label: string;
  readonly line: number;
}

export interface Measure {
  /** Where it begins in the file. */
  readonly line: number;
  /** From its start to the next; set once all is read. */
  length: number;
  /** What holds at its start as the score is written; set once all is read. */
  context: ScoreContext;
  readonly notes: ScoreNote[];
  /** In order of time. */
  readonly changes: ScoreChange[];
  readonly chordSymbols: { readonly at: number; readonly text: string }[];
  /** Segno and coda stand at its start, the others at its end. */
  readonly marks: ScoreMark[];
  repeatsFrom: boolean;
  /** Its end leads back to the last `repeatsFrom`; `times` is how often the music is played in all, 2 where the score does not say. */
  repeatsBack: { times: number | undefined; afterJump: boolean } | undefined;
  /** An ending begins with it, for these times; empty where the score gives no number. */
  endingFrom: readonly number[] | undefined;
  endingStops: boolean;
}

export interface Part {
  readonly id: string;
  readonly name: string;
  /** Voices that sound in two staves at once, and so are as many lines. */
  readonly voicesByStaff: Set<string>;
}

export interface Score {
  readonly title: string;
  readonly composers: readonly string[];
  readonly parts: readonly Part[];
  readonly measures: readonly Measure[];
}

/** What holds before the score says anything. */
export const initialContext: ScoreContext = { qpm: DEFAULT_QPM, metre: undefined, key: undefined };
