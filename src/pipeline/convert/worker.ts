// Worker thread of step 2: converts a handful of files at a time, up to the bytes that the step writes.

import { encodeRecord } from '../../records/tfrecord.js';
import { serveTasks } from '../worker.js';
import { type ConvertLine, convertFile } from './file.js';
import type { ConvertTask } from './reader.js';

/** What became of a handful of files. */
export interface ConvertedFiles {
  readonly lines: readonly ConvertLine[];
  /** Of each file's bytes, in hex; empty for one that could not be read. */
  readonly sha256: readonly string[];
  /** All their NoteSequences as TFRecords. */
  readonly records: Uint8Array<ArrayBuffer>;
}

serveTasks(async (tasks: readonly ConvertTask[]) => {
  const lines: ConvertLine[] = [];
  const sha256: string[] = [];
  const records: Uint8Array[] = [];
  for (const task of tasks) {
    const converted = await convertFile(task);
    lines.push(converted.line);
    sha256.push(converted.sha256);
    for (const sequence of converted.sequences) records.push(encodeRecord(sequence));
  }
  const made: ConvertedFiles = { lines, sha256, records: together(records) };
  return { made, given: [made.records.buffer] };
});

function together(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
