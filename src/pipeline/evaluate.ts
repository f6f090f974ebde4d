// Step 5, evaluate: one exact pass of a checkpoint over the melodies set aside, dropout off, in Magenta's metrics and in nats per
// event, which can be compared between configurations. The plain network of src/model does it, so no engine is needed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MstError } from '../core/errors.js';
import type { Example } from '../encoding/example.js';
import { type Metrics, MetricsAccumulator } from '../evaluate/metrics.js';
import { Listener } from '../model/listener.js';
import { type MelodyModel, openModel } from '../model/model.js';
import { readCheckpoint } from '../train/checkpoint.js';
import { networkShape } from '../train/plan.js';
import { checkpointPath } from '../train/run-folder.js';
import { readRun } from '../train/run-record.js';
import { EVAL_MELODIES } from './examples.js';
import { fingerprint, hashFile, readFreshStamp, readStamp, writeStamp } from './stamp.js';
import type { StepContext, StepResult } from './step.js';
import { readExamples } from './tfrecord-file.js';

/** What evaluation.json says of one checkpoint. */
export interface Evaluation {
  /** Training steps the checkpoint has seen. */
  readonly step: number;
  readonly melodies: number;
  /** Labels predicted. */
  readonly events: number;
  /** Absent when no melody was set aside. */
  readonly metrics?: Metrics;
}

/** Name of the step's record in the run's folder, without `.json`. */
const STAMP = 'evaluation';

/**
 * Evaluates a checkpoint of a run on the melodies its dataset sets aside.
 * @param directory the dataset, datasets/<artist>
 * @param checkpoint `best`, `last`, or the name of a checkpoint folder such as `step-000500`
 */
export async function evaluate(
  { directory, runDirectory, checkpoint }: { directory: string; runDirectory: string; checkpoint: string },
  context: StepContext,
): Promise<StepResult<Evaluation>> {
  const { plan, source } = readRun(runDirectory);
  const path = join(directory, source.config, EVAL_MELODIES);
  const folder = checkpointPath(runDirectory, checkpoint);
  if (!existsSync(path)) {
    throw new MstError('not-found', `${path} is not there.`, {
      hint: `Make the examples again: mst examples ${source.artist} --config ${source.config}`,
    });
  }
  const key = fingerprint({ tensors: hashFile(join(folder, 'tensors.bin')), melodies: hashFile(path) });
  const fresh = context.force ? undefined : readFreshStamp<Evaluation>(runDirectory, STAMP, key);
  if (fresh !== undefined) return { skipped: true, summary: fresh.summary };
  const { step, variables } = readCheckpoint(folder, networkShape(plan));
  const examples = await readExamples(path, plan.encoding);
  const { rnnLayerSizes: layerSizes, attnLength } = plan.hparams;
  const model = openModel({
    card: { name: source.artist, configuration: source.config, encoding: plan.encoding, layerSizes, attnLength },
    weights: variables,
  });
  const summary = { step, ...(await evaluateModel(model, examples, context)) };
  writeStamp(runDirectory, STAMP, { fingerprint: key, settings: { checkpoint }, outputs: [], summary });
  return { skipped: false, summary };
}

/** The record of the last evaluation of a run, if it was of the checkpoint after `step`. */
export function lastEvaluation(runDirectory: string, step: number): Evaluation | undefined {
  const summary = readStamp<Evaluation>(runDirectory, STAMP)?.summary;
  return summary?.step === step ? summary : undefined;
}

/** Measures a model on examples of its encoder. */
async function evaluateModel(
  model: MelodyModel,
  examples: readonly Example[],
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): Promise<Omit<Evaluation, 'step'>> {
  const { encoder } = model;
  const metrics = new MetricsAccumulator(encoder);
  const eventsOfClasses = new Int16Array(encoder.numClasses);
  progress.start(
    examples.reduce((sum, { steps }) => sum + steps, 0),
    'events',
  );
  for (const example of examples) {
    const listener = new Listener(model);
    encoder.eventsOf(example).forEach((event, step) => {
      const label = example.labels[step - 1];
      if (label !== undefined) metrics.add(listener.logits, label, { eventsOfClasses: listener.eventsOfClasses(eventsOfClasses) });
      listener.feed(event);
    });
    progress.update(metrics.steps);
    await nextTurn();
    signal.throwIfAborted();
  }
  return { melodies: examples.length, events: metrics.steps, ...(metrics.steps > 0 && { metrics: metrics.result() }) };
}
