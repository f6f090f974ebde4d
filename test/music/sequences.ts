// Short ways for tests to write down NoteSequences.
import { createNoteSequence, type Note, type NoteSequence } from '../../src/music/note-sequence.js';

/** A note of instrument 0, program 0; times in seconds. */
export function note(pitch: number, startTime: number, endTime: number, fields: Partial<Note> = {}): Note {
  return { pitch, velocity: 80, startTime, endTime, instrument: 0, program: 0, isDrum: false, ...fields };
}

/** A sequence whose totalTime is the end of its last note. */
export function sequenceOf(notes: Note[], fields: Partial<NoteSequence> = {}): NoteSequence {
  return createNoteSequence({ notes, totalTime: Math.max(0, ...notes.map(({ endTime }) => endTime)), ...fields });
}

/** A sequence quantized at 4 steps per quarter note, its notes given in steps: [pitch, start, end]. One metre, 4/4 unless told otherwise. */
export function inSteps(
  notes: readonly (readonly [pitch: number, start: number, end: number, fields?: Partial<Note>])[],
  metre = [4, 4],
): NoteSequence {
  const [numerator = 4, denominator = 4] = metre;
  return createNoteSequence({
    notes: notes.map(([pitch, start, end, fields]) =>
      note(pitch, start / 8, end / 8, { quantizedStartStep: start, quantizedEndStep: end, ...fields }),
    ),
    timeSignatures: [{ time: 0, numerator, denominator }],
    tempos: [{ time: 0, qpm: 120 }],
    quantizationInfo: { stepsPerQuarter: 4 },
    totalQuantizedSteps: Math.max(0, ...notes.map(([, , end]) => end)),
  });
}
