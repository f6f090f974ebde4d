// What step 2 reads files with: one reader for each notation.

import type { NoteSequence } from '../../music/note-sequence.js';

/** A file to convert. */
export interface ConvertTask {
  /** Where its bytes are. */
  readonly path: string;
  /** Its name in the report, relative to the artist's midi folder, with forward slashes. */
  readonly file: string;
  /** collection_name of the NoteSequences: the artist. */
  readonly collection: string;
  /** Read MIDI by Magenta's rules, which refuse what is damaged. */
  readonly compat?: boolean;
}

/** A piece of music in a file, and what is hashed for its id (spec A.5). */
export interface Piece {
  readonly type: string;
  readonly hashed: string;
  readonly sequence: NoteSequence;
}

/** Told of what a reader has to leave out or work around, and whether that is because the file is damaged. */
export type Warn = (reason: string, options?: { damage: boolean }) => void;

/** Reads a file. @throws MstError when nothing can be read */
export type Reader = (bytes: Uint8Array, task: ConvertTask, warn: Warn) => Piece[] | Promise<Piece[]>;
