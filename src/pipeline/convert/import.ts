// NoteSequences that another program made, such as Magenta's convert_dir_to_note_sequences, taken in as if step 2 had made them: checked one
// by one, named if they have no name, and accounted for in convert-report.jsonl.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { decodeNoteSequence, encodeNoteSequence } from '../../records/note-sequence.js';
import { decodeSequenceExample } from '../../records/sequence-example.js';
import { encodeRecord } from '../../records/tfrecord.js';
import { AtomicFile, sweepAbandoned } from '../../registry/files.js';
import { MIDI } from '../fetch/manifest.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from '../stamp.js';
import type { StepContext } from '../step.js';
import { recordsOfFile, requireFile } from '../tfrecord-file.js';
import { ConvertReport, type ConvertSummary, holdsMusic } from './report.js';
import { convertNames, removeOtherOutputs } from './shards.js';

// Beyond these, steps can no longer be counted: some months, and what a MIDI file can say.
const longestSeconds = 1e7;
const highestQpm = 6e7;

/**
 * Takes the NoteSequences of a TFRecord file into a dataset, where they stand in for steps 1 and 2. The same file again changes nothing.
 * @param directory the dataset, datasets/<artist>
 * @param input the file
 * @throws MstError `not-found`, `bad-record` naming the record that is damaged or no NoteSequence, `no-input` when none can be used, `exists`
 *   when the dataset has music of its own
 */
export async function importNoteSequences(
  { directory, artist, input }: { directory: string; artist: string; input: string },
  { progress, signal, force }: StepContext,
): Promise<void> {
  requireFile(input);
  const key = fingerprint({ imported: hashFile(input) });
  if (!force && readFreshStamp(directory, 'convert', key) !== undefined) return;
  if (!force && existsSync(join(directory, MIDI))) {
    throw new MstError('exists', `${artist} has music of its own, in ${join(directory, MIDI)}.`, {
      hint: `Choose another name for these NoteSequences, such as ${artist}-2.`,
    });
  }
  await lookAtFirst(input);
  sweepAbandoned(directory);
  const names = convertNames();
  const sequences = new AtomicFile(join(directory, names.sequences));
  const report = new ConvertReport(join(directory, names.report));
  let number = 0;
  try {
    for await (const record of recordsOfFile(input)) {
      signal.throwIfAborted();
      const sequence = decodeNoteSequence(record, `${input}: record ${++number}`);
      const file = sequence.filename || sequence.id || `record ${number}`;
      const problem = problemOf(sequence);
      const status = problem !== undefined ? 'refused' : sequence.notes.length === 0 ? 'warning' : 'ok';
      const reasons = problem !== undefined ? [problem] : status === 'warning' ? ['it has no notes'] : [];
      const { notes, totalTime: seconds } = problem === undefined ? sequence : { notes: [], totalTime: 0 };
      report.add([{ file, status, notes: notes.length, seconds, reasons }]);
      if (problem === undefined)
        sequences.write(encodeRecord(file === sequence.filename ? record : encodeNoteSequence({ ...sequence, filename: file })));
    }
    report.commit();
    if (!holdsMusic(report.summary)) {
      throw new MstError('no-input', `None of the ${number} NoteSequences of ${input} can be used.`, {
        hint: `Each has its reason in ${report.path}`,
      });
    }
    removeOtherOutputs(directory, undefined);
    sequences.commit();
  } finally {
    sequences.abandon();
    report.abandon();
  }
  const { summary } = report;
  progress.note(
    `${summary.ok + summary.warning} NoteSequences taken from ${input}${summary.refused > 0 ? `, ${summary.refused} refused` : ''}`,
  );
  writeStamp<ConvertSummary>(directory, 'convert', {
    fingerprint: key,
    settings: { artist, imported: input },
    outputs: [names.sequences, names.report],
    summary,
  });
}

/** Tells a file of another kind before anything is written. */
async function lookAtFirst(input: string): Promise<void> {
  for await (const record of recordsOfFile(input)) {
    if (holdsExample(record)) {
      throw new MstError('bad-record', `${input} holds no NoteSequences but encoded melodies.`, {
        hint: `Those are what step 4 learns from: mst fit NAME --sequence_example_file ${input}`,
      });
    }
    decodeNoteSequence(record, `${input}: record 1`);
    return;
  }
  throw new MstError('no-input', `${input} is empty.`, { hint: 'Give a TFRecord file of NoteSequences.' });
}

/** Bytes of the one kind can be read as the other, with nothing in it, so this has to be asked. */
function holdsExample(record: Uint8Array): boolean {
  try {
    return decodeSequenceExample(record).labels.length > 0;
  } catch {
    return false;
  }
}

/** Why a NoteSequence cannot be used, if so. */
function problemOf({ quantizationInfo, notes, tempos, timeSignatures, keySignatures, totalTime }: NoteSequence): string | undefined {
  if (quantizationInfo !== undefined) return 'it is quantized already; mst needs the notes in seconds';
  const isTime = (time: number): boolean => time >= 0 && time <= longestSeconds;
  const isMidi = (value: number): boolean => value >= 0 && value <= 127;
  if (notes.some(({ startTime, endTime }) => !isTime(startTime) || !isTime(endTime) || endTime < startTime)) {
    return 'it has a note that ends before it begins, or at no time at all';
  }
  if (notes.some(({ pitch, velocity, program, instrument }) => !isMidi(pitch) || !isMidi(velocity) || !isMidi(program) || instrument < 0)) {
    return 'it has a note with a pitch, velocity, program or instrument that MIDI does not have';
  }
  if (!isTime(totalTime) || ![...tempos, ...timeSignatures, ...keySignatures].every(({ time }) => isTime(time))) {
    return 'it has a tempo, metre or key at no time at all';
  }
  if (tempos.some(({ qpm }) => !(qpm > 0 && qpm <= highestQpm))) return 'it has a tempo that MIDI does not have';
  if (timeSignatures.some(({ numerator, denominator }) => numerator < 1 || denominator < 1)) return 'it has a metre with a number below 1';
  return undefined;
}
