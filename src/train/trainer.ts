// Training a network from its first step, or from its last checkpoint, to the end. What a run computes depends on its plan and its
// examples alone: stopped at any instant and resumed, it ends with the same bytes. The clock only tells the user the speed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MstError } from '../core/errors.js';
import { createEncoder } from '../encoding/encoders.js';
import type { Metrics } from '../evaluate/metrics.js';
import type { NetworkShape, Weights } from '../model/weights.js';
import { firstPosition, largestBatch } from './batches.js';
import { type HeldOutLoss, readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.js';
import { CourseBatches, coursesOf } from './courses.js';
import type { Dataset } from './dataset.js';
import type { Engine } from './engines.js';
import { evaluateHeldOut } from './evaluation.js';
import { initialWeights } from './initialize.js';
import { zeroSlots } from './optimizer.js';
import { networkShape, type TrainingPlan } from './plan.js';
import { byLoss, checkpointName, checkpointSteps, sweepRun, tidyCheckpoints } from './run-folder.js';
import { RunLog, type TrainedStep } from './run-log.js';
import { type CorpusSource, checkSameRun, describeRun, readRun, writeRun } from './run-record.js';
import { learningRateAt } from './schedule.js';
import type { Stepper } from './stepper.js';

export interface TrainingOptions {
  /** The run's own folder, e.g. checkpoints/jrpg. */
  readonly runDirectory: string;
  readonly plan: TrainingPlan;
  /** Where the examples come from, for run.json. */
  readonly source: CorpusSource;
  readonly training: Dataset;
  /** Other voices, for the first course of the plan; without effect on a plan that has none. */
  readonly accompaniment?: Dataset | undefined;
  /** Weights to begin from, until there is a checkpoint; by default random ones. */
  readonly initial?: Weights | undefined;
  /** What progress is measured on; null or empty = nothing, then the last checkpoint counts as the best. */
  readonly heldOut: Dataset | null;
  /** The active engine. */
  readonly engine: Engine;
  /** Go on with the run that is there. Without it, a folder that holds a run already is refused. */
  readonly resume: boolean;
  /** When it aborts, the step in hand is finished and saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: StepReport) => void) | undefined;
  /** A clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** What is told after each step. */
export interface StepReport extends TrainedStep {
  readonly total: number;
  /** After steps at which the held-out examples were measured. */
  readonly evaluation?: Metrics;
}

export interface TrainingResult {
  /** The step this process began after: 0, or that of a checkpoint. */
  readonly startedAt: number;
  readonly step: number;
  readonly total: number;
  /** `interrupted`: by the signal; `early`: the held-out loss no longer fell; `done`: all steps are made. */
  readonly ended: 'done' | 'early' | 'interrupted';
  /** The best evaluation of which a checkpoint is kept. */
  readonly best: HeldOutLoss | null;
}

/** Every how many steps the loss of a batch is written down. */
const LOG_EVERY = 10;

/** Whether `patience` evaluations in a row, the latest ones, were no better than the best before them. */
export function hasStalled(evaluations: readonly HeldOutLoss[], patience: number | null): boolean {
  const best = byLoss(evaluations)[0];
  return patience !== null && best !== undefined && evaluations.filter(({ step }) => step > best.step).length >= patience;
}

/**
 * Trains, writing run.json, checkpoints, metrics.jsonl, TensorBoard events and samples into the run's folder.
 * @throws MstError `exists` when the folder holds a run and `resume` is not set; `not-found` when it holds none and it is;
 *   `usage` when the run began with another plan, engine or examples; `no-melody` without training examples;
 *   `bad-checkpoint`; `diverged`; `storage`
 */
export async function trainModel(options: TrainingOptions): Promise<TrainingResult> {
  const { runDirectory, plan, engine, now } = options;
  const inputs = inputsOf(options);
  const { training, accompaniment, heldOut } = inputs;
  const shape = networkShape(plan);
  checkDatasets(shape, inputs);
  beginRun(options, inputs);
  const start = startingState(options, shape);
  tidyCheckpoints(runDirectory, start.evaluations);
  const ended = endOf(start, plan);
  if (ended !== undefined) return resultOf(start, start, plan, ended);

  const courses = coursesOf(plan, training, accompaniment);
  const room = largestBatch([...courses.map(({ examples }) => examples), heldOut?.examples ?? []], plan.hparams.batchSize);
  const stepper = engine.createStepper(shape, plan, start, room);
  try {
    const log = new RunLog({ runDirectory, plan, step: start.step, now });
    try {
      return await learn(options, { start, heldOut, batches: new CourseBatches(courses, plan, start), stepper, log });
    } finally {
      log.close();
    }
  } finally {
    stepper.dispose();
  }
}

/** Why a run that has come so far goes on no further; undefined when it goes on. */
function endOf({ step, evaluations }: Pick<TrainingState, 'step' | 'evaluations'>, plan: TrainingPlan): 'done' | 'early' | undefined {
  if (step >= plan.steps) return 'done';
  return hasStalled(evaluations, plan.patience) ? 'early' : undefined;
}

function resultOf(
  start: Pick<TrainingState, 'step'>,
  { step, evaluations }: Pick<TrainingState, 'step' | 'evaluations'>,
  { steps: total }: TrainingPlan,
  ended: TrainingResult['ended'],
): TrainingResult {
  return { startedAt: start.step, step, total, ended, best: byLoss(evaluations)[0] ?? null };
}

/** What a run works with from its first step in this process to its last. */
interface Work {
  readonly start: TrainingState;
  readonly heldOut: Dataset | null;
  readonly batches: CourseBatches;
  readonly stepper: Stepper;
  readonly log: RunLog;
}

/** Step after step, to the end of the run or until it is told to stop. */
async function learn(options: TrainingOptions, { start, heldOut, batches, stepper, log }: Work): Promise<TrainingResult> {
  const { runDirectory, plan, signal, now } = options;
  const total = plan.steps;
  const encoder = createEncoder(plan.encoding);
  const evaluations = [...start.evaluations];
  const began = now();
  let { step, tokens } = start;
  for (;;) {
    step++;
    const batch = batches.next();
    const loss = stepper.step(batch, step);
    if (!Number.isFinite(loss)) throw diverged(step, runDirectory);
    tokens += batch.tokens;
    const seconds = (now() - began) / 1000;
    const tokensPerSecond = seconds > 0 ? (tokens - start.tokens) / seconds : 0;
    const report = { step, total, loss, learningRate: learningRateAt(plan.schedule, step, total), tokens, tokensPerSecond };
    if (step % LOG_EVERY === 0 || step === total) log.trained(report);
    const evaluates = heldOut !== null && (step % plan.evaluateEvery === 0 || step === total);
    const saves = evaluates || step % plan.checkpointEvery === 0 || step === total;
    if (saves && !stepper.isFinite()) throw diverged(step, runDirectory);
    let evaluation: Metrics | undefined;
    if (evaluates) {
      evaluation = evaluateHeldOut(stepper, heldOut, encoder, plan.hparams.batchSize);
      // The model is to be one that has learned the melodies last.
      if (step > (plan.firstCourse ?? 0)) evaluations.push({ step, loss: evaluation.loss });
      log.evaluated(step, evaluation, stepper.read().variables);
    }
    options.onProgress?.({ ...report, ...(evaluation && { evaluation }) });
    await nextTurn();
    const interrupted = signal?.aborted === true;
    if (interrupted && !stepper.isFinite()) throw diverged(step, runDirectory);
    if (saves || interrupted) {
      log.sync();
      writeCheckpoint(join(runDirectory, checkpointName(step)), {
        step,
        tokens,
        position: batches.position,
        evaluations,
        ...stepper.read(),
      });
      tidyCheckpoints(runDirectory, evaluations);
    }
    const ended = endOf({ step, evaluations }, plan) ?? (interrupted ? 'interrupted' : undefined);
    if (ended !== undefined) return resultOf(start, { step, evaluations }, plan, ended);
  }
}

interface RunInputs {
  readonly training: Dataset;
  readonly accompaniment: Dataset | undefined;
  readonly heldOut: Dataset | null;
}

/** Of what is given, what the plan makes use of. */
function inputsOf({ plan, training, accompaniment, heldOut }: TrainingOptions): RunInputs {
  return {
    training,
    accompaniment: plan.firstCourse === undefined ? undefined : accompaniment,
    heldOut: heldOut !== null && heldOut.examples.length > 0 ? heldOut : null,
  };
}

function checkDatasets({ inputSize, numClasses }: NetworkShape, { training, accompaniment, heldOut }: RunInputs): void {
  if (training.examples.length === 0) {
    throw new MstError('no-melody', 'There is no melody to learn from.', {
      hint: 'Add songs with a clear melody, and see examples-report.jsonl for why melodies were dropped.',
    });
  }
  for (const { inputSize: inputs, numClasses: classes } of [training, accompaniment, heldOut].filter((set) => set != null)) {
    if (inputs === inputSize && classes === numClasses) continue;
    throw new MstError(
      'bad-record',
      `The examples have ${inputs} inputs and ${classes} labels, the configuration ${inputSize} and ${numClasses}.`,
      {
        hint: 'Make the examples again for this configuration with `mst examples`.',
      },
    );
  }
}

/** Writes run.json, or checks that the one that is there describes this very run. */
function beginRun({ runDirectory, source, plan, engine, resume }: TrainingOptions, inputs: RunInputs): void {
  const record = describeRun(source, plan, engine, inputs);
  if (resume) {
    checkSameRun(runDirectory, readRun(runDirectory), record);
  } else if (existsSync(join(runDirectory, 'run.json'))) {
    throw new MstError('exists', `${runDirectory} holds a run already.`, {
      hint: 'Go on with it with --resume, or give the new run a name of its own with --run NAME.',
    });
  } else {
    writeRun(runDirectory, record);
  }
  sweepRun(runDirectory);
}

/** The newest checkpoint's state, or that of a run that has none yet. */
function startingState({ runDirectory, plan: { seed }, initial }: TrainingOptions, shape: NetworkShape): TrainingState {
  const newest = checkpointSteps(runDirectory).at(-1);
  if (newest !== undefined) return readCheckpoint(join(runDirectory, checkpointName(newest)), shape);
  const variables = initial ?? initialWeights(shape, seed);
  return { step: 0, tokens: 0, position: firstPosition(seed), evaluations: [], variables, slots: zeroSlots(variables) };
}

function diverged(step: number, runDirectory: string): MstError {
  const good = checkpointSteps(runDirectory).at(-1);
  const kept = good === undefined ? '' : ` The checkpoint ${checkpointName(good)} of ${runDirectory} is good and stays.`;
  return new MstError('diverged', `Training went astray at step ${step}: the loss is no longer a number.${kept}`, {
    hint: 'Train again under another --run with a lower learning rate, for example --hparams learning_rate=0.001.',
  });
}
