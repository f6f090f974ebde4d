// Step 4, fit: trains a network on the examples of step 3 into checkpoints/<run>, or goes on with a run that was interrupted.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { sizeOf, variableShapes } from '../../model/weights.js';
import { commandIn } from '../../registry/home.js';
import { TAGS } from '../../registry/model-names.js';
import { lockRun } from '../../registry/run-lock.js';
import { largestBatch } from '../../train/batches.js';
import { Forecast } from '../../train/forecast.js';
import { networkShape } from '../../train/plan.js';
import { sameEngine } from '../../train/run-record.js';
import { type TrainingResult, trainModel } from '../../train/trainer.js';
import type { Progress } from '../progress.js';
import type { StepContext, StepResult } from '../step.js';
import { type FitRequest, type PreparedRun, prepareRun } from './prepare.js';

export interface FitSummary extends TrainingResult {
  readonly run: string;
  readonly runDirectory: string;
  /** Values the network learns. */
  readonly parameters: number;
  /** What does the computing. */
  readonly engine: string;
  /** Bytes of memory planned for it; null where the engine takes what it needs. */
  readonly memory: number | null;
  /** Seconds it was said, soon after the beginning, to take; null when it was over before that. */
  readonly forecast: number | null;
}

/**
 * Trains. A run of the same plan that is there already is gone on with; `force` begins it anew, and leaves only the versions of its model.
 * @throws MstError `exists` when the run was begun with other settings, another process trains it, or an imported model has its name, `interrupted` once it has been saved, and what `trainModel` throws
 */
export async function fitModel(request: FitRequest, context: StepContext): Promise<StepResult<FitSummary>> {
  const release = lockRun(request.runDirectory, request.now());
  try {
    return await fitLocked(request, context);
  } finally {
    release();
  }
}

async function fitLocked(request: FitRequest, context: StepContext): Promise<StepResult<FitSummary>> {
  const { home, current, run, runDirectory, settings, now } = request;
  const { progress, signal, force } = context;
  const anew = force && settings !== undefined;
  const prepared = await prepareRun(request, { anew });
  const { before, plan, source, engine, start, sets } = prepared;
  const { parameters, memory } = sizeOfRun(prepared);
  announce(prepared, { parameters, memory, chosen: settings?.from !== 'auto' }, progress);
  if (anew) clearRun(runDirectory);
  progress.start(plan.steps, 'steps');
  const watch = new Forecast(plan, { ...sets, now: now() });
  let forecast: number | null = null;
  const result = await trainModel({
    runDirectory,
    plan,
    source,
    initial: start?.model.weights,
    ...sets,
    engine,
    resume: before !== undefined,
    signal,
    now,
    onProgress(report) {
      const { step, loss, tokensPerSecond, evaluation } = report;
      const seconds = watch.after(report, now());
      if (seconds !== undefined) {
        forecast = seconds;
        progress.note(`this will take ${inWords(seconds)}${plan.patience === null ? '' : ', or less if it no longer improves'}`);
      }
      if (evaluation !== undefined) progress.note(`step ${step}: ${evaluation.loss.toFixed(3)} nats per step on songs set aside`);
      progress.update(step, `loss ${loss.toFixed(2)}, ${Math.round(tokensPerSecond / 1000)}k tokens/s`);
    },
  });
  if (result.ended === 'interrupted') {
    throw new MstError('interrupted', `Stopped and saved after step ${result.step} of ${result.total}.`, {
      hint: `Go on: ${commandIn(home, current, `mst train --resume ${run}`)}`,
    });
  }
  const summary = { run, runDirectory, parameters, engine: engine.description, memory: memory ?? null, forecast, ...result };
  return { skipped: result.startedAt === result.step, summary };
}

interface SizeOfRun {
  /** Values the network learns. */
  readonly parameters: number;
  /** Bytes of memory planned for it; undefined where the engine takes what it needs. */
  readonly memory: number | undefined;
}

function sizeOfRun({ plan, engine, sets: { training, accompaniment, heldOut } }: PreparedRun): SizeOfRun {
  const shape = networkShape(plan);
  const learned = [...training.examples, ...(accompaniment?.examples ?? [])];
  return {
    parameters: [...variableShapes(shape).values()].reduce((sum, variable) => sum + sizeOf(variable), 0),
    memory: engine.memory(shape, largestBatch([learned, heldOut.examples], plan.hparams.batchSize)),
  };
}

/** Tells what is about to be trained. @param chosen whether the model it begins from is the user's choice */
function announce(
  { before, plan, source, engine, start, sets: { training, accompaniment } }: PreparedRun,
  { parameters, memory, chosen }: SizeOfRun & { chosen: boolean },
  progress: Progress,
): void {
  if (before !== undefined && !sameEngine(before, engine)) {
    progress.note(
      `The run began on "${before.engine.description}" and goes on on "${engine.description}": it ends as good, but not with the same last bits.`,
    );
  }
  if (start !== undefined) {
    const why = chosen ? 'Training begins' : 'There is little music to learn from, so training begins';
    progress.note(`${why} from the model "${start.name}".`);
  }
  const { rnnLayerSizes, batchSize } = plan.hparams;
  const megabytes = memory === undefined ? '' : `, ${Math.ceil(memory / 1e6)} MB of memory`;
  progress.note(`${source.config} [${rnnLayerSizes}], ${parameters} parameters, on ${engine.description}${megabytes}`);
  const others =
    accompaniment && `, at first ${accompaniment.examples.length} pieces of accompaniment of ${accompaniment.tokens} steps too`;
  progress.note(`${training.examples.length} melodies of ${training.tokens} steps${others ?? ''}; ${plan.steps} batches of ${batchSize}`);
}

/** Removes a run but for the versions of its model, which were kept on purpose. */
function clearRun(runDirectory: string): void {
  if (!existsSync(runDirectory)) return;
  for (const name of readdirSync(runDirectory)) if (name !== TAGS) rmSync(join(runDirectory, name), { recursive: true, force: true });
}

/** A forecast, rounded to what it can promise. */
function inWords(seconds: number): string {
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `about ${minutes} minutes` : `about ${(minutes / 60).toFixed(1)} hours`;
}
