// What explain.html is made of: an account of every file, as the page's script reads it.

/** A melody that was taken. */
export interface ExplainedMelody {
  /** Where its notes are: which of the file's songs, and which of that song's lines. Absent when they are not in the page. */
  readonly at?: readonly [song: number, line: number];
  /** Which tune of a file that holds several, from 1; absent for the first. */
  readonly tune?: number;
  /** Its track; absent when all were read as one. */
  readonly track?: number;
  readonly name?: string;
  readonly channel?: number;
  /** The instrument of General MIDI. */
  readonly sound?: string;
  /** The part of the song, from 1, where it was cut at changes of tempo or metre. */
  readonly part?: number;
  /** The first and the last bar that it reaches into, from 1. */
  readonly bars: readonly [from: number, to: number];
  readonly key?: string;
  readonly metre?: string;
  /** The bars were heard rather than read. */
  readonly heard?: true;
  readonly notes?: number;
  /** A code of `taken`. */
  readonly why?: string;
  /** How sure that is, 0..1. */
  readonly score?: number;
}

/** What was not taken. */
export interface ExplainedLoss {
  /** Which tune of a file that holds several, from 1; absent for the first, and where nobody knows. */
  readonly tune?: number;
  readonly track?: number;
  readonly name?: string;
  readonly channel?: number;
  /** A code of `lost`, or words. */
  readonly why: string;
  /** The track or the file that it is the same as. */
  readonly as?: number | string;
  readonly notes?: number;
  /** Pieces of the track, if not all of it. */
  readonly pieces?: number;
  readonly score?: number;
  /** The line of overrides.txt that would take it. */
  readonly line?: string;
}

export interface ExplainedFile {
  readonly file: string;
  readonly set?: 'training' | 'eval';
  readonly melodies: readonly ExplainedMelody[];
  readonly losses: readonly ExplainedLoss[];
  /** The chief reason why nothing was taken. */
  readonly why?: string;
  /** How well its notes lie on the grid of 16ths, 0..1. */
  readonly agreement?: number;
  /** Lines of overrides.txt for the whole file, each with what it does. */
  readonly lines: readonly (readonly [line: string, does: string])[];
  /** Its songs: packed (packed-song.ts), deflated, in base64. */
  readonly songs: readonly string[];
  /** How many songs are in it, if more than one. */
  readonly tunes?: number;
  /** Melodies that are not listed. */
  readonly more?: number;
}

export interface ExplainedTotals {
  readonly files: number;
  readonly kept: number;
  readonly dropped: number;
  readonly melodies: number;
  readonly training: number;
  readonly eval: number;
}

export interface ExplainedCollection {
  readonly artist: string;
  readonly config: string;
  readonly totals: ExplainedTotals;
  /** Why things were taken and not taken, by code. */
  readonly taken: Readonly<Record<string, string>>;
  readonly lost: Readonly<Record<string, string>>;
  /** The file for overrides, and the command that heeds it; absent where there are none. */
  readonly overrides?: { readonly path: string; readonly command: string };
  readonly files: readonly ExplainedFile[];
}
