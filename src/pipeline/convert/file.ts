// One music file to NoteSequences in protocol buffer bytes, and the line the report says about it (spec A.5).

import { createHash } from 'node:crypto';
import { MstError } from '../../core/errors.js';
import { readMidi } from '../../music/midi-to-note-sequence.js';
import { encodeNoteSequence } from '../../records/note-sequence.js';
import { defaultLimits, readWithin } from '../limits.js';
import { type MusicFormat, musicFormat } from '../music-kinds.js';
import { sha256Of } from '../stamp.js';
import type { ConvertTask, Reader, Warn } from './reader.js';

/** A line of convert-report.jsonl. */
export interface ConvertLine {
  readonly file: string;
  readonly status: 'ok' | 'warning' | 'duplicate' | 'refused';
  readonly notes: number;
  readonly seconds: number;
  readonly reasons: readonly string[];
  /** The file is damaged, and what could be read of it was. */
  readonly damaged?: true;
}

export interface ConvertedFile {
  readonly line: ConvertLine;
  /** Of the bytes it was read from, in hex; empty when they could not be read. */
  readonly sha256: string;
  /** Serialized NoteSequences: one a file, of ABC one a tune. */
  readonly sequences: readonly Uint8Array[];
}

const midi: Reader = (bytes, { file, compat = false }, warn) => {
  const { sequence, warnings } = readMidi(bytes, { compat });
  for (const { message, damage } of warnings) warn(message, { damage });
  return [{ type: 'midi', hashed: file, sequence }];
};

/** Other notations are loaded when the first file comes that needs them. */
const readers: Readonly<Record<MusicFormat, () => Promise<Reader>>> = {
  midi: async () => midi,
  abc: async () => (await import('./notation.js')).abc,
  musicxml: async () => (await import('./notation.js')).musicxml,
  mxl: async () => (await import('./notation.js')).mxl,
};

/** Converts one file; what cannot be read becomes a line with status `refused`, never an error. */
export async function convertFile(task: ConvertTask): Promise<ConvertedFile> {
  const { path, file, collection } = task;
  let sha256 = '';
  try {
    const format = musicFormat(file);
    if (format === undefined) throw new MstError('no-input', 'not a kind of file mst reads');
    const reasons: string[] = [];
    let damages = 0;
    const warn: Warn = (reason, { damage } = { damage: false }) => {
      reasons.push(reason);
      if (damage) damages++;
    };
    const bytes = readWithin(path, defaultLimits);
    if (!(bytes instanceof Uint8Array)) throw new MstError('no-input', bytes.refused);
    sha256 = sha256Of(bytes);
    const read = await readers[format]();
    const pieces = await read(bytes, task, warn);
    const sequences = pieces.map(({ type, hashed, sequence }) => {
      const id = createHash('sha1').update(hashed, 'utf8').digest('hex');
      return { ...sequence, id: `/id/${type}/${collection}/${id}`, filename: file, collectionName: collection };
    });
    const notes = sequences.reduce((sum, { notes }) => sum + notes.length, 0);
    const seconds = sequences.reduce((sum, { totalTime }) => sum + totalTime, 0);
    if (notes === 0) reasons.push('it has no notes');
    const status = reasons.length === 0 ? 'ok' : 'warning';
    const line: ConvertLine = { file, status, notes, seconds, reasons, ...(damages > 0 && { damaged: true }) };
    return { line, sha256, sequences: sequences.map(encodeNoteSequence) };
  } catch (error) {
    if (!(error instanceof MstError) && (error as NodeJS.ErrnoException).code === undefined) {
      throw new Error(`${path} met a fault of mst: ${(error as Error).message}`, { cause: error });
    }
    const advice = error instanceof MstError && error.hint !== undefined ? [error.hint] : [];
    const reasons = [(error as Error).message, ...advice];
    return { line: { file, status: 'refused', notes: 0, seconds: 0, reasons }, sha256, sequences: [] };
  }
}
