// One music file as one piece of music, for the commands that continue it: MIDI, ABC or MusicXML, told apart by the ending of its name.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { atPlace, MstError } from '../../core/errors.js';
import { readMidi } from '../../music/midi-to-note-sequence.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import type { Piece, Warn } from '../convert/reader.js';
import { defaultLimits, readWithin } from '../limits.js';
import { type MusicFormat, musicFormat } from '../music-kinds.js';

export interface Song {
  readonly sequence: NoteSequence;
  /** What the user should know: damage that was read past, tunes of a book that were not taken. */
  readonly notes: readonly string[];
}

/**
 * Reads a piece of music; of a tune book the first tune. What its name does not say to be anything else is read as MIDI.
 * @param path absolute
 * @param options.compat read MIDI by Magenta's rules, which refuse what is damaged
 * @throws MstError `not-found`, or the reader's own with the path before its words
 */
export async function readSong(path: string, { compat = false }: { compat?: boolean } = {}): Promise<Song> {
  const hint = 'Give the path of a MIDI, ABC or MusicXML file.';
  if (!existsSync(path)) throw new MstError('not-found', `There is no file ${path}.`, { hint });
  const bytes = readWithin(path, defaultLimits);
  if (!(bytes instanceof Uint8Array)) throw new MstError('not-found', `${path} ${bytes.refused}.`, { hint });
  const notes: string[] = [];
  const warn: Warn = (reason) => notes.push(`${basename(path)}: ${reason}`);
  const pieces = await readers[musicFormat(path) ?? 'midi'](bytes, path, { compat, warn });
  const [first] = pieces;
  if (first === undefined) throw new MstError('no-melody', `There is no music in ${path}.`, { hint: 'Give another file.' });
  if (pieces.length > 1) warn(`it has ${pieces.length} tunes; the first is taken`);
  return { sequence: first.sequence, notes };
}

type Reader = (bytes: Uint8Array, path: string, options: { compat: boolean; warn: Warn }) => Promise<readonly Pick<Piece, 'sequence'>[]>;

const midi: Reader = async (bytes, path, { compat, warn }) => {
  const { sequence, warnings } = atPlace(path, () => readMidi(bytes, { compat }));
  for (const { message } of warnings) warn(message);
  return [{ sequence }];
};

/** The errors of these say the file themselves. */
const notation =
  (name: 'abc' | 'musicxml' | 'mxl'): Reader =>
  async (bytes, path, { warn }) => {
    const notations = await import('../convert/notation.js');
    return notations[name](bytes, { path, file: path, collection: '' }, warn);
  };

const readers: Readonly<Record<MusicFormat, Reader>> = { midi, abc: notation('abc'), musicxml: notation('musicxml'), mxl: notation('mxl') };
