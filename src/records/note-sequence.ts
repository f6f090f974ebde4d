// NoteSequence as bytes: Magenta's protocol buffer (spec A.1), all fields of the current schema, instrument_infos (23) included.
import { MstError } from '../core/errors.js';
import type * as music from '../music/note-sequence.js';
import { decodeMessage, encodeMessage, message, nested, nestedList, optional, plain, present, repeated, type Schema } from './message.js';
import { readNote, writeNote } from './quick-note.js';

const note = message<music.Note>(
  'Note',
  {
    pitch: plain(1, 'int32'),
    velocity: plain(2, 'int32'),
    startTime: plain(3, 'double'),
    endTime: plain(4, 'double'),
    numerator: optional(5, 'int32'),
    denominator: optional(6, 'int32'),
    instrument: plain(7, 'int32'),
    program: plain(8, 'int32'),
    isDrum: plain(9, 'bool'),
    part: optional(10, 'int32'),
    pitchName: optional(11, 'enum'),
    voice: optional(12, 'int32'),
    quantizedStartStep: optional(13, 'int64'),
    quantizedEndStep: optional(14, 'int64'),
  },
  { write: (writer, value) => writeNote(writer, value as music.Note), read: readNote },
);

const timeSignature = message<music.TimeSignature>('TimeSignature', {
  time: plain(1, 'double'),
  numerator: plain(2, 'int32'),
  denominator: plain(3, 'int32'),
});

const keySignature = message<music.KeySignature>('KeySignature', {
  time: plain(1, 'double'),
  key: plain(2, 'enum'),
  mode: plain(3, 'enum'),
});

const tempo = message<music.Tempo>('Tempo', { time: plain(1, 'double'), qpm: plain(2, 'double') });

const pitchBend = message<music.PitchBend>('PitchBend', {
  time: plain(1, 'double'),
  bend: plain(2, 'int32'),
  instrument: plain(3, 'int32'),
  program: plain(4, 'int32'),
  isDrum: plain(5, 'bool'),
});

const controlChange = message<music.ControlChange>('ControlChange', {
  time: plain(1, 'double'),
  controlNumber: plain(2, 'int32'),
  controlValue: plain(3, 'int32'),
  instrument: plain(4, 'int32'),
  program: plain(5, 'int32'),
  isDrum: plain(6, 'bool'),
  quantizedStep: optional(7, 'int64'),
});

const partInfo = message<music.PartInfo>('PartInfo', { part: plain(1, 'int32'), name: plain(2, 'string') });

const instrumentInfo = message<music.InstrumentInfo>('InstrumentInfo', { instrument: plain(1, 'int32'), name: plain(2, 'string') });

const sourceInfo = message<music.SourceInfo>('SourceInfo', {
  sourceType: optional(1, 'enum'),
  encodingType: optional(2, 'enum'),
  parser: optional(3, 'enum'),
});

const textAnnotation = message<music.TextAnnotation>('TextAnnotation', {
  time: plain(1, 'double'),
  text: plain(2, 'string'),
  annotationType: plain(3, 'enum'),
  quantizedStep: optional(4, 'int64'),
});

const quantizationInfo = message<music.QuantizationInfo>('QuantizationInfo', {
  stepsPerQuarter: present(1, 'int32'),
  stepsPerSecond: present(2, 'int32'),
});

const subsequenceInfo = message<music.SubsequenceInfo>('SubsequenceInfo', {
  startTimeOffset: plain(1, 'double'),
  endTimeOffset: plain(2, 'double'),
});

const sectionAnnotation = message<music.SectionAnnotation>('SectionAnnotation', {
  time: plain(1, 'double'),
  sectionId: plain(4, 'int64'),
});

const section: Schema<music.Section> = message<music.Section>('Section', {
  sectionId: present(1, 'int64'),
  sectionGroup: nested(2, () => sectionGroup),
});

const sectionGroup: Schema<music.SectionGroup> = message<music.SectionGroup>('SectionGroup', {
  sections: nestedList(1, () => section),
  numTimes: plain(2, 'int32'),
});

const sequenceMetadata = message<music.SequenceMetadata>('SequenceMetadata', {
  title: optional(1, 'string'),
  artist: optional(2, 'string'),
  genre: repeated(3, 'string'),
  composers: repeated(4, 'string'),
});

const noteSequence = message<music.NoteSequence>('NoteSequence', {
  id: plain(1, 'string'),
  filename: plain(2, 'string'),
  collectionName: plain(3, 'string'),
  ticksPerQuarter: plain(4, 'int32'),
  timeSignatures: nestedList(5, () => timeSignature),
  keySignatures: nestedList(6, () => keySignature),
  tempos: nestedList(7, () => tempo),
  notes: nestedList(8, () => note),
  totalTime: plain(9, 'double'),
  pitchBends: nestedList(10, () => pitchBend),
  controlChanges: nestedList(11, () => controlChange),
  partInfos: nestedList(12, () => partInfo),
  sourceInfo: nested(13, () => sourceInfo),
  textAnnotations: nestedList(14, () => textAnnotation),
  quantizationInfo: nested(15, () => quantizationInfo),
  totalQuantizedSteps: plain(16, 'int64'),
  subsequenceInfo: nested(17, () => subsequenceInfo),
  referenceNumber: plain(18, 'int64'),
  sequenceMetadata: nested(19, () => sequenceMetadata),
  sectionAnnotations: nestedList(20, () => sectionAnnotation),
  sectionGroups: nestedList(21, () => sectionGroup),
  instrumentInfos: nestedList(23, () => instrumentInfo),
});

/** Things that the lists of a sequence may hold together, most of all notes: no song has as many, a hostile file may. */
const MOST_THINGS = 2 ** 22;

/**
 * The bytes Magenta would write for this sequence.
 * @throws MstError `bad-sequence` for a value the format cannot hold, such as a pitch that is not an integer, and for more things than
 * `decodeNoteSequence` would read.
 */
export function encodeNoteSequence(sequence: music.NoteSequence): Uint8Array<ArrayBuffer> {
  const which = sequence.filename === '' ? 'The sequence' : `The sequence of ${sequence.filename}`;
  const things = Object.values(sequence).reduce((sum: number, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
  if (things > MOST_THINGS) {
    throw new MstError(
      'bad-sequence',
      `${which} holds ${things} notes and other things, more than the ${MOST_THINGS} that mst works with.`,
      {
        hint: 'Cut it into shorter pieces.',
      },
    );
  }
  try {
    return encodeMessage(noteSequence, sequence);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MstError('bad-sequence', `${which} cannot be written: ${error.message}.`, {
      hint: 'Correct that value before writing.',
      cause: error,
    });
  }
}

const hint = 'These bytes are damaged or are no NoteSequence. Convert the music again.';
const filename = message<{ filename: string }>('NoteSequence', { filename: plain(2, 'string') });

/**
 * The name in a NoteSequence, without reading its notes.
 * @param name what messages call the bytes
 * @throws MstError `bad-record` for bytes that are no NoteSequence
 */
export function noteSequenceFilename(bytes: Uint8Array, name: string): string {
  return decodeMessage(filename, bytes, { code: 'bad-record', what: name, hint }).filename;
}

/**
 * Reads a NoteSequence written by Magenta, Magenta.js or us. Steps of a quantized sequence are always there, step 0 included, though the
 * format leaves zeros out.
 * @param name what messages call the bytes, e.g. a file and record number.
 * @throws MstError `bad-record` for bytes that are no NoteSequence, or one with more than four million notes and other things.
 */
export function decodeNoteSequence(bytes: Uint8Array, name = 'The NoteSequence'): music.NoteSequence {
  const sequence = decodeMessage(noteSequence, bytes, { code: 'bad-record', what: name, hint, most: MOST_THINGS });
  if (sequence.quantizationInfo) {
    for (const each of sequence.notes) {
      each.quantizedStartStep ??= 0;
      each.quantizedEndStep ??= 0;
    }
    for (const each of [...sequence.controlChanges, ...sequence.textAnnotations]) each.quantizedStep ??= 0;
  }
  return sequence;
}
