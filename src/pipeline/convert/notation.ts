// Files of step 2 that are written in ABC or MusicXML, as pieces of music.

import { MstError } from '../../core/errors.js';
import { abcToNoteSequence, parseAbc } from '../../notation/abc/abc.js';
import { musicXmlToNoteSequence } from '../../notation/musicxml/musicxml.js';
import { readMxl } from './mxl.js';
import type { Piece, Reader } from './reader.js';

/** Tunes of a book that are told of one by one when they cannot be read. */
const MAX_ERRORS = 24;
/** Notes that a tune book may play with all its repeats: so many, and for each byte. Real ones have one a byte at most. */
const SPARE_NOTES = 100_000;
const NOTES_PER_BYTE = 8;

export const abc: Reader = (bytes, { file }, warn) => {
  const errors: MstError[] = [];
  const tunes = parseAbc(new TextDecoder().decode(bytes), { filename: file, onError: (error) => errors.push(error) });
  const pieces: Piece[] = [];
  let room = SPARE_NOTES + NOTES_PER_BYTE * bytes.length;
  for (const tune of tunes) {
    try {
      const sequence = abcToNoteSequence(tune);
      room -= sequence.notes.length;
      pieces.push({ type: 'abc', hashed: `${file}_${tune.index}`, sequence });
    } catch (error) {
      if (!(error instanceof MstError)) throw error;
      errors.push(error);
    }
    if (room >= 0) continue;
    warn(`what comes after tune ${tune.number} (line ${tune.position.line}) is left out: all tunes together repeat too many notes`);
    break;
  }
  const [first] = errors;
  if (pieces.length === 0 && first !== undefined) throw first;
  for (const { message } of errors.slice(0, MAX_ERRORS)) warn(message, { damage: true });
  if (errors.length > MAX_ERRORS) warn(`${errors.length - MAX_ERRORS} more tunes cannot be read`, { damage: true });
  return pieces;
};

export const musicxml: Reader = (bytes, { file }, warn) => [
  { type: 'musicxml', hashed: file, sequence: musicXmlToNoteSequence(bytes, { filename: file, onWarning: (reason) => warn(reason) }) },
];

export const mxl: Reader = async (_, task, warn) => musicxml(await readMxl(task.path, task.file), task, warn);
