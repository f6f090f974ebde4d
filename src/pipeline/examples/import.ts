// Training examples that another program made, such as Magenta's melody_rnn_create_dataset, taken in as if step 3 had made them: every one
// is checked against the configuration it is to train.

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import { type ConfigName, configuration } from '../../encoding/configuration.js';
import { encodeRecord } from '../../records/tfrecord.js';
import { AtomicFile, sweepAbandoned } from '../../registry/files.js';
import { fingerprint, hashFile, readFreshStamp, readStamp, writeStamp } from '../stamp.js';
import type { StepContext } from '../step.js';
import { requireFile } from '../tfrecord-file.js';
import { examplesOfFile } from './read.js';
import { EXAMPLES_REPORT } from './report.js';
import { EVAL_MELODIES, TRAINING_ACCOMPANIMENT, TRAINING_MELODIES } from './sets.js';

/** Files of SequenceExamples. */
export interface ExampleFiles {
  readonly training: string;
  /** Those to judge by; without it, the eval_melodies.tfrecord beside a training_melodies.tfrecord, if there is one. */
  readonly evaluation?: string | undefined;
}

/**
 * Takes files of SequenceExamples into a dataset, where they stand in for the first three steps. The same files again change nothing.
 * @param directory the dataset, datasets/<artist>
 * @throws MstError `not-found`; `bad-record` naming the record that is damaged or does not fit the configuration; `no-input` when there are
 *   none; `exists` when the dataset has examples of its own for this configuration
 */
export async function importExamples(
  { directory, artist, config, files }: { directory: string; artist: string; config: ConfigName; files: ExampleFiles },
  { progress, signal, force }: Pick<StepContext, 'progress' | 'signal' | 'force'>,
): Promise<void> {
  const { training } = files;
  const evaluation = files.evaluation ?? besides(training);
  requireFile(training);
  if (evaluation !== undefined) requireFile(evaluation);
  const target = join(directory, config);
  if (resolve(training) === resolve(target, TRAINING_MELODIES)) return;
  const key = fingerprint({ imported: [hashFile(training), evaluation === undefined ? null : hashFile(evaluation)] });
  if (!force && readFreshStamp(target, 'examples', key) !== undefined) return;
  const before = readStamp(target, 'examples');
  if (!force && before !== undefined && !isImport(before.settings)) {
    throw new MstError('exists', `${artist} has examples of its own for ${config}, in ${target}.`, {
      hint: `Choose another name for these, such as ${artist}-2.`,
    });
  }
  // Files of another kind are told of before anything is written.
  const { encoding } = configuration(config);
  for (const path of evaluation === undefined ? [training] : [training, evaluation]) {
    const first = await examplesOfFile(path, encoding).next();
    if (first.done && path === training) {
      throw new MstError('no-input', `${training} holds no examples.`, { hint: 'Give the file of training examples.' });
    }
  }
  sweepAbandoned(target);
  const sets = { training: new AtomicFile(join(target, TRAINING_MELODIES)), eval: new AtomicFile(join(target, EVAL_MELODIES)) };
  const summary = { training: 0, eval: 0 };
  const copy = async (set: keyof typeof sets, from: string): Promise<void> => {
    for await (const { record } of examplesOfFile(from, encoding)) {
      signal.throwIfAborted();
      sets[set].write(encodeRecord(record));
      summary[set] += 1;
    }
  };
  try {
    await copy('training', training);
    if (evaluation !== undefined) await copy('eval', evaluation);
    sets.training.commit();
    sets.eval.commit();
  } finally {
    sets.training.abandon();
    sets.eval.abandon();
  }
  // A report and accompaniment that were about other examples.
  for (const name of [EXAMPLES_REPORT, TRAINING_ACCOMPANIMENT]) rmSync(join(target, name), { force: true });
  progress.note(`${summary.training} examples to learn from and ${summary.eval} to judge by, taken from ${dirname(resolve(training))}`);
  const settings = { imported: [training, evaluation ?? null] };
  writeStamp(target, 'examples', { fingerprint: key, settings, outputs: [TRAINING_MELODIES, EVAL_MELODIES], summary });
}

function besides(training: string): string | undefined {
  const path = join(dirname(training), EVAL_MELODIES);
  return basename(training) === TRAINING_MELODIES && existsSync(path) ? path : undefined;
}

function isImport(settings: unknown): boolean {
  return typeof settings === 'object' && settings !== null && 'imported' in settings;
}
