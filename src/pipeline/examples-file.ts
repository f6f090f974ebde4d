// One NoteSequence to training examples: its melodies, encoded for a configuration, as SequenceExample bytes.

import type { EncodingSettings } from '../encoding/configuration.js';
import { createEncoder, encodeMelody } from '../encoding/encoders.js';
import { type Example, writeDense } from '../encoding/example.js';
import { type SongDrop, songMelodies } from '../extraction/song-melodies.js';
import { decodeNoteSequence } from '../records/note-sequence.js';
import { encodeSequenceExample } from '../records/sequence-example.js';

/** NoteSequence records to search for melodies, and how. */
export interface ExamplesTask {
  readonly records: readonly Uint8Array[];
  readonly encoding: EncodingSettings;
  readonly compat: boolean;
}

/** A melody that was kept, as the report tells of it. */
export interface KeptMelody {
  /** Instrument (track) index in the NoteSequence, and its name where the file gives one. */
  readonly instrument: number;
  readonly name?: string;
  /** Part of the song between changes of tempo or metre, and the step in it where the melody begins. */
  readonly part: number;
  readonly startStep: number;
  /** Steps kept, and what was cut off behind them. */
  readonly steps: number;
  readonly stepsCut: number;
  readonly bars: number;
  /** Semitones it was moved by for the model. */
  readonly transposed: number;
}

/** What became of one NoteSequence. */
export interface SongExamples {
  readonly file: string;
  readonly melodies: readonly KeptMelody[];
  readonly dropped: readonly SongDrop[];
  readonly reducedChords: boolean;
  /** A serialized SequenceExample for each melody. */
  readonly examples: readonly Uint8Array[];
}

/** Searches songs for melodies and encodes them. @throws MstError `bad-record` for a record that is no NoteSequence */
export function makeExamples({ records, encoding, compat }: ExamplesTask): SongExamples[] {
  const encoder = createEncoder(encoding);
  return records.map((record) => {
    const sequence = decodeNoteSequence(record, 'A NoteSequence of the collection');
    const found = songMelodies(sequence, { compat });
    const namesOf = new Map(sequence.instrumentInfos.map(({ instrument, name }) => [instrument, name]));
    const examples: Uint8Array[] = [];
    const melodies = found.melodies.map(({ melody, instrument, fullSteps, part }): KeptMelody => {
      const { events, amount, example } = encodeMelody(encoder, melody.events);
      examples.push(serialize(example));
      const name = namesOf.get(instrument);
      return {
        instrument,
        ...(name === undefined ? {} : { name }),
        part,
        startStep: melody.startStep,
        steps: events.length,
        stepsCut: fullSteps - events.length,
        bars: events.length / melody.stepsPerBar,
        transposed: amount,
      };
    });
    return { file: sequence.filename, melodies, dropped: found.dropped, reducedChords: found.reducedChords, examples };
  });
}

function serialize(example: Example): Uint8Array {
  const { steps, inputSize, labels } = example;
  const inputs = new Float32Array(steps * inputSize);
  for (let step = 0; step < steps; step++) writeDense(example, step, inputs, step * inputSize);
  return encodeSequenceExample({ inputSize, inputs, labels });
}
