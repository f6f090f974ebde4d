// One file of music to be heard, seen and shared: MIDI, ABC, MusicXML, or a recorded session, told apart by the ending of its name.

import { extname, resolve } from 'node:path';
import { atPlace, MstError } from '../../core/errors.js';
import type { SessionLog } from '../../jam/log/log.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import { readRecording } from '../../session/recording/recordings.js';
import { type SessionPiece, type SessionPieceOptions, sessionPiece, sessionTitle } from '../../view/session-piece.js';
import { asDate } from '../../view/share-words.js';
import { defaultLimits, readWithin } from '../limits.js';
import { musicFormat } from '../music-kinds.js';
import { readSong } from './read-song.js';

export interface OpenedMusic {
  /** A Standard MIDI File: the file itself where it is one. */
  readonly midi: Uint8Array;
  readonly sequence: NoteSequence;
  /** Where it is a recorded session. */
  readonly session?: { readonly log: SessionLog; readonly piece: SessionPiece };
  /** What it is called, if it says so. */
  readonly title?: string;
  /** Who made it, if that is known: of a session the model. */
  readonly artist?: string;
  /** What the user should know: damage that was read past, tunes of a book that were not taken. */
  readonly notes: readonly string[];
}

/** Whether a file is a recorded session, by its name. */
function isRecording(path: string): boolean {
  return extname(path).toLowerCase() === '.jsonl';
}

/**
 * Opens a file of music. What its name does not say to be anything else is read as MIDI.
 * @param path absolute
 * @throws MstError `not-found`, or the reader's own with the path before its words
 */
export async function openMusic(path: string, options: SessionPieceOptions = {}): Promise<OpenedMusic> {
  if (isRecording(path)) return openSession(path, options);
  const { sequence, notes } = await readSong(path);
  const { title, artist } = sequence.sequenceMetadata ?? {};
  const isMidi = (musicFormat(path) ?? 'midi') === 'midi';
  return {
    midi: isMidi ? readBytes(path) : noteSequenceToMidi(sequence),
    sequence,
    ...(title !== undefined && { title }),
    ...(artist !== undefined && { artist }),
    notes,
  };
}

function openSession(path: string, options: SessionPieceOptions): OpenedMusic {
  const log = readRecording(path);
  return atPlace(path, () => {
    const piece = sessionPiece(log, options);
    const { sequence, markers, model } = piece;
    const date = log.header.created === undefined ? undefined : asDate(log.header.created);
    const lost = log.damaged + (log.torn ? 1 : 0);
    return {
      midi: noteSequenceToMidi(sequence, { markers }),
      sequence,
      session: { log, piece },
      title: [sessionTitle(piece), date].filter((part) => part !== undefined).join(', '),
      artist: model.name,
      notes: lost === 0 ? [] : [`${path}: ${lost} damaged ${lost === 1 ? 'line was' : 'lines were'} left out`],
    };
  });
}

/** The bytes of a MIDI file. @throws MstError `not-found` */
function readBytes(path: string): Uint8Array {
  const bytes = readWithin(path, defaultLimits);
  if (bytes instanceof Uint8Array) return bytes;
  throw new MstError('not-found', `${resolve(path)} ${bytes.refused}.`, { hint: 'Give the path of a file of music.' });
}
