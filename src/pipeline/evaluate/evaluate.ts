// Step 5, evaluate: one exact pass of a checkpoint over the melodies set aside, dropout off, in Magenta's metrics and in nats per event
// beside n-grams; and melodies the model makes, beside the corpus: how like it they are, and whether they copy. The plain network of
// src/model does it, so no engine is needed. Writes evaluation.json, evaluation.svg and the melodies as MIDI files in evaluation/.

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { Metrics } from '../../evaluate/metrics.js';
import type { EvaluationReport, Warning } from '../../evaluate/report.js';
import { warningsOf } from '../../evaluate/warnings.js';
import { openModel } from '../../model/model.js';
import { replaceDirectory, sweepAbandoned, writeFileAtomic } from '../../registry/files.js';
import { readCheckpoint } from '../../train/checkpoint.js';
import { networkShape } from '../../train/plan.js';
import { checkpointPath } from '../../train/run-folder.js';
import { readRun } from '../../train/run-record.js';
import { layoutEvaluation } from '../../view/evaluation-page.js';
import { drawingToSvg } from '../../view/svg.js';
import { EXAMPLES_REPORT } from '../examples/report.js';
import { EVAL_MELODIES, TRAINING_MELODIES } from '../examples/sets.js';
import { fingerprint, hashFile, readFreshStamp, readStamp, writeStamp } from '../stamp.js';
import type { StepContext, StepResult } from '../step.js';
import { judgeModel } from './judge.js';
import { judgedMidi } from './judged-melodies.js';
import { learningCurve } from './learning-curve.js';

/** What evaluation.json says of one checkpoint. */
export interface Evaluation extends Omit<EvaluationReport, 'curve'> {
  readonly melodies: number;
  /** Labels predicted. */
  readonly events: number;
  /** Magenta's metrics, over labels. Absent when no melody was set aside. */
  readonly metrics?: Metrics;
  readonly warnings: readonly Warning[];
  /** Name of the page that shows it, in the run's folder. */
  readonly page: string;
}

/** Name of the step's record in the run's folder, without `.json`. */
const STAMP = 'evaluation';
const PAGE = 'evaluation.svg';
const MELODIES = 'evaluation';
/** Raised when what an evaluation finds in the same checkpoint changes. */
const VERSION = 3;

/**
 * Evaluates a checkpoint of a run on the melodies its dataset sets aside.
 * @param directory the dataset, datasets/<artist>
 * @param checkpoint `best`, `last`, or the name of a checkpoint folder such as `step-000500`
 * @param given what the melodies it makes are drawn by; the run's own seed by default
 * @throws MstError `not-found` before step 3; `bad-record` where its files are damaged; the abort reason
 */
export async function evaluate(
  {
    directory,
    runDirectory,
    checkpoint,
    seed: given,
  }: { directory: string; runDirectory: string; checkpoint: string; seed?: number | undefined },
  context: StepContext,
): Promise<StepResult<Evaluation>> {
  const { plan, source, inputs } = readRun(runDirectory);
  const seed = given ?? plan.seed;
  const examples = join(directory, source.config);
  const folder = checkpointPath(runDirectory, checkpoint);
  const files = { training: join(examples, TRAINING_MELODIES), heldOut: join(examples, EVAL_MELODIES) };
  for (const path of Object.values(files)) {
    if (existsSync(path)) continue;
    throw new MstError('not-found', `${path} is not there.`, {
      hint: `Make the examples again: mst examples ${source.artist} --config ${source.config}`,
    });
  }
  const report = join(examples, EXAMPLES_REPORT);
  const log = join(runDirectory, 'metrics.jsonl');
  const read = [join(folder, 'tensors.bin'), files.training, files.heldOut, report, log];
  const key = fingerprint({ version: VERSION, seed, inputs: read.map((path) => (existsSync(path) ? hashFile(path) : null)) });
  const fresh = context.force ? undefined : readFreshStamp<Evaluation>(runDirectory, STAMP, key);
  if (fresh !== undefined) {
    tell(fresh.summary.warnings, context);
    return { skipped: true, summary: fresh.summary };
  }
  const { step, variables } = readCheckpoint(folder, networkShape(plan));
  const { rnnLayerSizes: layerSizes, attnLength, attnLayers } = plan.hparams;
  const model = openModel({
    card: {
      name: source.artist,
      configuration: source.config,
      encoding: plan.encoding,
      layerSizes,
      attnLength,
      ...(attnLayers && { attnLayers }),
    },
    weights: variables,
  });
  const curve = learningCurve(log);
  const { judged, ...found } = await judgeModel(
    model,
    {
      ...files,
      report,
      folder: MELODIES,
      seed,
      trainingExamples: inputs.training.examples,
      trainingEvents: inputs.training.tokens,
      curve,
      firstCourse: plan.firstCourse ?? 0,
    },
    context,
  );
  const told = { run: basename(runDirectory), step, ...found };
  const warnings = warningsOf(told);
  const summary: Evaluation = { ...told, warnings, page: PAGE };
  sweepAbandoned(runDirectory);
  replaceDirectory(join(runDirectory, MELODIES), new Map(judged.map((melody) => [melody.file, judgedMidi(melody)])));
  const title = `What ${told.run} has learned`;
  writeFileAtomic(join(runDirectory, PAGE), drawingToSvg(layoutEvaluation({ ...told, curve }, warnings), { title }));
  const outputs = [PAGE, ...judged.map(({ file }) => `${MELODIES}/${file}`)];
  writeStamp(runDirectory, STAMP, { fingerprint: key, settings: { checkpoint, seed }, outputs, summary });
  tell(warnings, context);
  return { skipped: false, summary };
}

function tell(warnings: readonly Warning[], { progress }: StepContext): void {
  for (const { message, advice } of warnings) progress.note(`Note: ${message} ${advice}`);
}

/** The record of the last evaluation of a run, if it was of the checkpoint after `step`. */
export function lastEvaluation(runDirectory: string, step: number): Evaluation | undefined {
  const summary = readStamp<Evaluation>(runDirectory, STAMP)?.summary;
  return summary?.step === step ? summary : undefined;
}
