// Step 2, convert: every file of datasets/<artist>/midi to a NoteSequence in notesequences.tfrecord, on all cores, and one line a
// file in convert-report.jsonl.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { encodeRecord } from '../records/tfrecord.js';
import { AtomicFile, sweepAbandoned } from '../registry/files.js';
import type { ConvertedFile, ConvertLine, ConvertTask } from './convert-file.js';
import { handfuls, jsonLine, listFiles } from './files.js';
import { MIDI, readManifest } from './manifest.js';
import { isMusic } from './music-kinds.js';
import { mapInWorkers } from './pool.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from './stamp.js';
import type { StepContext, StepResult } from './step.js';

export const NOTE_SEQUENCES = 'notesequences.tfrecord';
export const CONVERT_REPORT = 'convert-report.jsonl';

/** Totals of convert-report.jsonl: files by status, and what was read. */
export interface ConvertSummary {
  readonly files: number;
  readonly ok: number;
  readonly warning: number;
  readonly duplicate: number;
  readonly refused: number;
  /** Files read through damage, which are among those with a warning; absent where no files were read. */
  readonly damaged?: number;
  readonly notes: number;
  readonly seconds: number;
}

/**
 * Converts the music files of a dataset.
 * @param directory the dataset, datasets/<artist>
 * @param compat read MIDI by Magenta's rules, which refuse what is damaged
 * @throws MstError `no-input` when no file could be read
 */
export async function convert(
  { directory, artist, compat = false }: { directory: string; artist: string; compat?: boolean },
  { progress, signal, force, jobs }: StepContext,
): Promise<StepResult<ConvertSummary>> {
  const midi = join(directory, MIDI);
  const files = existsSync(midi) ? listFiles(midi).filter(isMusic) : [];
  const absent = readManifest(directory).filter(({ status }) => status !== 'kept');
  if (files.length === 0) {
    throw new MstError('no-input', `There is no music in ${midi}.`, { hint: `Fetch some first: mst fetch PATH… --artist ${artist}` });
  }
  progress.start(files.length, 'files');
  const inputs = files.map((file) => [file, hashFile(join(midi, file))]);
  const key = fingerprint({ artist, compat, inputs, absent });
  const fresh = force ? undefined : readFreshStamp<ConvertSummary>(directory, 'convert', key);
  if (fresh !== undefined) return { skipped: true, summary: fresh.summary };

  const summary = { files: 0, ok: 0, warning: 0, duplicate: 0, refused: 0, damaged: 0, notes: 0, seconds: 0 };
  sweepAbandoned(directory);
  const sequences = new AtomicFile(join(directory, NOTE_SEQUENCES));
  const report = new AtomicFile(join(directory, CONVERT_REPORT));
  const account = (line: ConvertLine): void => {
    report.write(jsonLine(line));
    summary.files += 1;
    summary[line.status] += 1;
    if (line.damaged) summary.damaged += 1;
    summary.notes += line.notes;
    summary.seconds += line.seconds;
  };
  try {
    const tasks = files.map((file): ConvertTask => ({ path: join(midi, file), file, collection: artist, compat }));
    for await (const converted of mapInWorkers<ConvertTask[], ConvertedFile[]>(handfuls(tasks, 16), 'convert-worker', { jobs, signal })) {
      for (const { line, sequences: encoded } of converted) {
        for (const sequence of encoded) sequences.write(encodeRecord(sequence));
        account(line);
      }
      progress.update(summary.files);
    }
    for (const { file, status, duplicateOf, reason } of absent) {
      const why = status === 'duplicate' ? `the same bytes as ${duplicateOf}` : (reason ?? 'not fetched');
      account({ file, status: status === 'duplicate' ? 'duplicate' : 'refused', notes: 0, seconds: 0, reasons: [why] });
    }
    report.commit();
    if (summary.ok + summary.warning === 0) {
      throw new MstError('no-input', `None of the ${files.length} files in ${midi} could be read.`, {
        hint: `Each has its reason in ${report.path}`,
      });
    }
    sequences.commit();
  } finally {
    sequences.abandon();
    report.abandon();
  }
  writeStamp(directory, 'convert', { fingerprint: key, settings: { artist, compat }, outputs: [NOTE_SEQUENCES, CONVERT_REPORT], summary });
  return { skipped: false, summary };
}
