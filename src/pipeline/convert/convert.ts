// Step 2, convert: every file of datasets/<artist>/midi to a NoteSequence in notesequences.tfrecord, on all cores, and one line a
// file in convert-report.jsonl; or those of one shard, each to files of its own.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { AtomicFile } from '../../registry/files.js';
import { Breath } from '../breath.js';
import { MIDI, manifestLines } from '../fetch/manifest.js';
import { handfuls, listFiles } from '../files.js';
import { isMusic } from '../music-kinds.js';
import { mapInWorkers } from '../pool.js';
import { Fingerprint, fingerprint, hashFile, readFreshStamp, readStamp, writeStamp } from '../stamp.js';
import type { StepContext, StepResult } from '../step.js';
import type { ConvertLine } from './file.js';
import type { ConvertTask } from './reader.js';
import { ConvertReport, type ConvertSummary, holdsMusic } from './report.js';
import { convertNames, itemsOfShard, removeOtherOutputs, type Shard, sweepOutputs } from './shards.js';
import type { ConvertedFiles } from './worker.js';

export interface ConvertSettings {
  /** Read MIDI by Magenta's rules, which refuse what is damaged. */
  readonly compat?: boolean;
  /** Convert only the files of this part; the whole is then what all parts hold together. */
  readonly shard?: Shard | undefined;
}

/**
 * Converts the music files of a dataset.
 * @param directory the dataset, datasets/<artist>
 * @throws MstError `no-input` when no file could be read
 */
export async function convert(
  { directory, artist, compat = false, shard }: { directory: string; artist: string } & ConvertSettings,
  { progress, signal, force, jobs }: StepContext,
): Promise<StepResult<ConvertSummary>> {
  const midi = join(directory, MIDI);
  const all = existsSync(midi) ? listFiles(midi).filter(isMusic) : [];
  if (all.length === 0) {
    throw new MstError('no-input', `There is no music in ${midi}.`, { hint: `Fetch some first: mst fetch PATH… --artist ${artist}` });
  }
  const files = shard === undefined ? all : itemsOfShard(all, shard);
  const settings = { artist, compat, ...(shard && { shard }) };
  const names = convertNames(shard);
  // What was not fetched is told of once: behind the last file.
  const absent = (): Iterable<ConvertLine> => (shard === undefined || shard.number === shard.of ? absentLines(directory) : []);
  progress.start(files.length, 'files');
  if (!force && readStamp(directory, names.stamp) !== undefined) {
    const inputs = new Fingerprint();
    const breath = new Breath();
    for (const file of files) {
      inputs.add([file, hashOrNothing(join(midi, file))]);
      await breath.take();
      signal.throwIfAborted();
    }
    const fresh = readFreshStamp<ConvertSummary>(directory, names.stamp, keyOf(settings, inputs, absent()));
    if (fresh !== undefined) return { skipped: true, summary: fresh.summary };
  }

  sweepOutputs(directory, shard);
  const inputs = new Fingerprint();
  const sequences = new AtomicFile(join(directory, names.sequences));
  const report = new ConvertReport(join(directory, names.report));
  let refused: ConvertLine | undefined;
  try {
    function* tasks(): Generator<ConvertTask> {
      for (const file of files) yield { path: join(midi, file), file, collection: artist, compat };
    }
    const converted = mapInWorkers<ConvertTask[], ConvertedFiles>(handfuls(tasks()), 'convert/worker', { jobs, signal });
    for await (const { lines, sha256, records } of converted) {
      sequences.write(records);
      report.add(lines);
      refused ??= lines.find(({ status }) => status === 'refused');
      lines.forEach(({ file }, k) => {
        inputs.add([file, sha256[k]]);
      });
      progress.update(report.summary.files);
    }
    for await (const lines of handfuls(absent())) report.add(lines);
    if (shard === undefined && !holdsMusic(report.summary)) {
      report.commit();
      throw nothingRead(midi, files.length, refused, report.path);
    }
    removeOtherOutputs(directory, shard);
    report.commit();
    sequences.commit();
  } finally {
    sequences.abandon();
    report.abandon();
  }
  const { summary } = report;
  const key = keyOf(settings, inputs, absent());
  writeStamp(directory, names.stamp, { fingerprint: key, settings, outputs: [names.sequences, names.report], summary });
  return { skipped: false, summary };
}

/** Says why the only file could not be read, or the first of several. */
function nothingRead(midi: string, files: number, first: ConvertLine | undefined, report: string): MstError {
  const { file, reasons } = first ?? { file: midi, reasons: [] };
  const [reason = 'It could not be read', ...advice] = reasons;
  // Some readers name the file themselves.
  const why = `${reason.startsWith(file) ? '' : `${file}: `}${reason.replace(/\.$/, '')}.`;
  if (files === 1)
    return new MstError('no-input', `The only file in ${midi} could not be read. ${why}`, {
      hint: advice[0] ?? 'Give other music: mst fetch PATH…',
    });
  return new MstError('no-input', `None of the ${files} files in ${midi} could be read. The first, ${why}`, {
    hint: [...advice, `Each has its reason in ${report}`].join('\n'),
  });
}

/** The files of the manifest that are not there to be read, with the reason. */
function* absentLines(directory: string): Generator<ConvertLine> {
  for (const { file, status, duplicateOf, reason } of manifestLines(directory)) {
    if (status === 'kept') continue;
    const why = status === 'duplicate' ? `the same bytes as ${duplicateOf}` : (reason ?? 'not fetched');
    yield { file, status, notes: 0, seconds: 0, reasons: [why] };
  }
}

function keyOf(settings: ConvertSettings, inputs: Fingerprint, absent: Iterable<ConvertLine>): string {
  for (const line of absent) inputs.add(line);
  return fingerprint({ settings, inputs: inputs.digest() });
}

/** As the worker that reads a file has it. */
function hashOrNothing(path: string): string {
  try {
    return hashFile(path);
  } catch {
    return '';
  }
}
