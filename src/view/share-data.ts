// What a share page is made of: a piece with its sides or tracks, its turns, and what is known about it and its models.

/** A note: milliseconds from the beginning, whole numbers; pitch and velocity 0..127. */
export interface SharedNote {
  readonly start: number;
  readonly length: number;
  readonly pitch: number;
  readonly velocity: number;
}

/** A side of a session, or a track of a song. */
export interface SharedPart {
  readonly name: string;
  /** Its instrument, in words. */
  readonly sound?: string;
  readonly side: 'you' | 'model' | 'track';
  readonly drums: boolean;
  /** In order of their starts. */
  readonly notes: readonly SharedNote[];
}

/** A turn of a session. Milliseconds. */
export interface SharedTurn {
  readonly side: 'you' | 'model';
  /** Who plays. */
  readonly by: string;
  readonly start: number;
  readonly end: number;
  /** Notes of whose turn it is. */
  readonly notes: number;
}

/** What is known about a model. */
export interface SharedModel {
  readonly name: string;
  /** Words about it, each under its heading. */
  readonly facts: readonly Fact[];
}

export type Fact = readonly [heading: string, words: string];

export interface SharedMusic {
  readonly title: string;
  readonly parts: readonly SharedPart[];
  /** None for a song. */
  readonly turns: readonly SharedTurn[];
  /** Where bars begin, milliseconds; empty where nobody can tell. */
  readonly bars: readonly number[];
  /** Milliseconds from the beginning to the end of the last note. */
  readonly length: number;
  readonly facts: readonly Fact[];
  readonly models: readonly SharedModel[];
  /** When it was played, ISO 8601. */
  readonly created?: string;
}

/** What the script of the page reads. */
export interface ShareScriptData {
  readonly length: number;
  readonly bars: readonly number[];
  readonly turns: readonly Pick<SharedTurn, 'side' | 'by' | 'start' | 'end'>[];
  /** The notes of a part one after the other, four numbers each: start from that of the note before, length, pitch, velocity. */
  readonly parts: readonly (Pick<SharedPart, 'side' | 'name' | 'drums'> & { readonly notes: readonly number[] })[];
}

/** Notes as the script reads them. */
export function flatNotes(notes: readonly SharedNote[]): number[] {
  let last = 0;
  return notes.flatMap(({ start, length, pitch, velocity }) => {
    const after = start - last;
    last = start;
    return [after, length, pitch, velocity];
  });
}

/** The notes again. */
export function notesFromFlat(numbers: readonly number[]): SharedNote[] {
  let start = 0;
  return Array.from({ length: Math.floor(numbers.length / 4) }, (_, i) => {
    const [after = 0, length = 0, pitch = 0, velocity = 0] = numbers.slice(4 * i, 4 * i + 4);
    start += after;
    return { start, length, pitch, velocity };
  });
}
