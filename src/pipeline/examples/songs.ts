// One NoteSequence to melodies, and melodies to training examples of a configuration as SequenceExample bytes: what the workers of step 3 do.

import type { EncodingSettings } from '../../encoding/configuration.js';
import { createEncoder, encodeMelody } from '../../encoding/encoders.js';
import type { Example } from '../../encoding/example.js';
import {
  type Accompaniment,
  type FoundMelody,
  findMelodies,
  type NotTaken,
  type TrackChoice,
  type WhyTaken,
} from '../../extraction/find-melodies.js';
import { type MagentaDrop, magentaMelodies } from '../../extraction/magenta-melodies.js';
import { decodeNoteSequence } from '../../records/note-sequence.js';
import { encodeSequenceExample } from '../../records/sequence-example.js';
import { encodeRecord } from '../../records/tfrecord.js';

/** A melody that was kept, as the report tells of it. */
export interface KeptMelody {
  /** Instrument (track) index in the NoteSequence, and its name where the file gives one; absent when all tracks were read as one. */
  readonly instrument?: number;
  readonly name?: string;
  /** Track of the file and channel 1..16, where the NoteSequence has them. */
  readonly fileTrack?: number;
  readonly channel?: number;
  readonly program?: number;
  /** Which tune of a file that holds several, from 1; absent for the first. */
  readonly tune?: number;
  /** Part of the song between changes of tempo or metre (always 0 unless by Magenta's rules), and the step in it where the melody begins. */
  readonly part: number;
  /** Unless by Magenta's rules, counted in bars of the melody's own metre from the song's first bar line. */
  readonly startStep: number;
  /** Steps kept, and what was cut off behind them. */
  readonly steps: number;
  readonly stepsCut: number;
  readonly bars: number;
  /** Semitones it was moved by for the model. */
  readonly transposed: number;
  /** Where it begins and ends in the song, its metre (`heard` when it is not the file's), key, notes, and why it was taken. */
  readonly seconds?: readonly [number, number];
  readonly startQuarter?: number;
  readonly metre?: string;
  readonly heard?: true;
  readonly key?: string;
  readonly notes?: number;
  readonly why?: WhyTaken;
  /** How sure that is, 0..1. */
  readonly score?: number;
}

/** How much accompaniment there is: pieces, and their training steps. */
export interface AccompanimentTotals {
  readonly pieces: number;
  readonly steps: number;
}

/** NoteSequence records to look for melodies in. */
export interface SearchTask {
  readonly kind: 'search';
  readonly records: readonly Uint8Array[];
  readonly choice: TrackChoice;
  readonly overrides: ReadonlyMap<string, TrackChoice | 'skip'>;
  /** Look for accompaniment too. */
  readonly accompaniment: boolean;
}

/** A melody on its way to becoming an example. */
export interface SearchedMelody {
  readonly events: readonly number[];
  readonly about: Omit<KeptMelody, 'transposed'>;
  readonly sketch?: Uint32Array;
}

/** A piece of accompaniment on its way to becoming an example. */
export interface SearchedAccompaniment {
  readonly events: readonly number[];
  readonly instrument: number;
  readonly sketch?: readonly number[];
}

/** What was found in one NoteSequence. */
export interface SearchedSong {
  readonly file: string;
  readonly melodies: readonly SearchedMelody[];
  readonly accompaniment: readonly SearchedAccompaniment[];
  readonly dropped: readonly (NotTaken | { readonly reason: 'skipped' })[];
  /** How well its notes lie on the grid of 16ths, 0..1. */
  readonly agreement: number;
}

/** Looks for melodies. @throws MstError `bad-record` for a record that is no NoteSequence */
export function searchSongs({ records, choice, overrides, accompaniment: wanted }: SearchTask): SearchedSong[] {
  return records.map((record) => {
    const sequence = decodeNoteSequence(record, 'A NoteSequence of the collection');
    const file = sequence.filename;
    const chosen = overrides.get(file) ?? choice;
    if (chosen === 'skip') return { file, melodies: [], accompaniment: [], dropped: [{ reason: 'skipped' }], agreement: 1 };
    const { melodies, accompaniment, notTaken, agreement } = findMelodies(sequence, chosen);
    const others = wanted ? accompaniment.map(accompanying) : [];
    return { file, melodies: melodies.map(searched), accompaniment: others, dropped: notTaken, agreement };
  });
}

function accompanying({ melody: { events }, instrument = -1, sketch }: Accompaniment): SearchedAccompaniment {
  return { events, instrument, ...(sketch && { sketch: [...sketch] }) };
}

/** Major keys by their tonic, 0 = C. */
export const KEYS = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'Gb', 'G', 'Ab', 'A', 'Bb', 'B'];

function searched(found: FoundMelody): SearchedMelody {
  const { melody, instrument, name, fileTrack, channel, program, metre, metreEstimated, key, notes, why, score, sketch } = found;
  return {
    events: melody.events,
    about: {
      instrument,
      name,
      fileTrack,
      channel,
      program,
      part: 0,
      startStep: found.firstBar * melody.stepsPerBar,
      steps: melody.events.length,
      stepsCut: 0,
      bars: melody.events.length / melody.stepsPerBar,
      seconds: [rounded(found.startSeconds), rounded(found.endSeconds)],
      startQuarter: found.startQuarter,
      metre,
      ...(metreEstimated ? { heard: true as const } : {}),
      key: KEYS[key],
      notes,
      why,
      score: rounded(score),
    },
    ...(sketch === undefined ? {} : { sketch }),
  };
}

function rounded(x: number): number {
  return Math.round(x * 1000) / 1000;
}

/** Melodies to encode. */
export interface EncodeTask {
  readonly kind: 'encode';
  readonly melodies: readonly (readonly number[])[];
  readonly encoding: EncodingSettings;
}

export interface EncodedExample {
  /** Semitones it was moved by for the model. */
  readonly transposed: number;
  /** A SequenceExample as a TFRecord. */
  readonly record: Uint8Array<ArrayBuffer>;
}

/** Encodes melodies for a configuration. */
export function encodeMelodies({ melodies, encoding }: EncodeTask): EncodedExample[] {
  const encoder = createEncoder(encoding);
  return melodies.map((events) => {
    const { amount, example } = encodeMelody(encoder, events);
    return { transposed: amount, record: recordOf(example) };
  });
}

/** NoteSequence records to search and encode by Magenta's rules. */
export interface MagentaTask {
  readonly kind: 'magenta';
  readonly records: readonly Uint8Array[];
  readonly encoding: EncodingSettings;
}

/** What became of one NoteSequence by Magenta's rules. */
export interface MagentaSong {
  readonly file: string;
  readonly melodies: readonly KeptMelody[];
  readonly dropped: readonly MagentaDrop[];
  /** A SequenceExample, as a TFRecord, for each melody. */
  readonly records: readonly Uint8Array<ArrayBuffer>[];
}

/** Searches songs for melodies and encodes them as Magenta does. @throws MstError `bad-record` for a record that is no NoteSequence */
export function magentaExamples({ records, encoding }: MagentaTask): MagentaSong[] {
  const encoder = createEncoder(encoding);
  return records.map((record) => {
    const sequence = decodeNoteSequence(record, 'A NoteSequence of the collection');
    const found = magentaMelodies(sequence);
    const namesOf = new Map(sequence.instrumentInfos.map(({ instrument, name }) => [instrument, name]));
    const made: Uint8Array<ArrayBuffer>[] = [];
    const melodies = found.melodies.map(({ melody, instrument, fullSteps, part }): KeptMelody => {
      const { events, amount, example } = encodeMelody(encoder, melody.events);
      made.push(recordOf(example));
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
    return { file: sequence.filename, melodies, dropped: found.dropped, records: made };
  });
}

function recordOf({ inputSize, inputs, labels }: Example): Uint8Array<ArrayBuffer> {
  return encodeRecord(encodeSequenceExample({ inputSize, inputs, labels }));
}
