// Step 4, fit: trains a network on the examples of step 3 into checkpoints/<run>, or goes on with a run that was interrupted.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { type ConfigName, type Configuration, configuration } from '../../encoding/configuration.js';
import { createEncoder } from '../../encoding/encoders.js';
import type { Model } from '../../model/model.js';
import { sizeOf, variableShapes } from '../../model/weights.js';
import { commandIn, type Home, modelDirectory } from '../../registry/home.js';
import { TAGS } from '../../registry/model-names.js';
import { isModelDirectory } from '../../registry/models.js';
import { lockRun } from '../../registry/run-lock.js';
import { largestBatch } from '../../train/batches.js';
import { type Dataset, DatasetBuilder } from '../../train/dataset.js';
import { type Engine, loadEngine } from '../../train/engines.js';
import { stepsForMinutes } from '../../train/fit-minutes.js';
import { Forecast } from '../../train/forecast.js';
import { networkShape, planTraining, type TrainingPlan } from '../../train/plan.js';
import { defaultRecipe, fineTuneRecipe, magentaRecipe, parseHParams, type Recipe } from '../../train/recipe.js';
import { type CorpusSource, type RunRecord, readRun, sameEngine } from '../../train/run-record.js';
import { type TrainingResult, trainModel } from '../../train/trainer.js';
import { examplesOfFile } from '../examples/read.js';
import { EVAL_MELODIES, TRAINING_ACCOMPANIMENT, TRAINING_MELODIES } from '../examples/sets.js';
import type { StepContext, StepResult } from '../step.js';
import { checkStart, chooseStart, hparamsOf, type StartingPoint } from './starting-point.js';

export interface FitSettings {
  readonly config: ConfigName;
  /** Overrides in Magenta's notation, e.g. `batch_size=64`. */
  readonly hparams: string;
  readonly seed: number;
  readonly compat: boolean;
  /** The model to begin from: a name or path, `none`, or `auto` (see `chooseStart`). */
  readonly from: string;
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  readonly checkpointEvery?: number | undefined;
}

export interface FitRequest {
  /** Where models are looked up, and the folder that relative paths begin at. */
  readonly home: Home;
  readonly current: string;
  /** The dataset, datasets/<artist>. */
  readonly directory: string;
  readonly artist: string;
  readonly run: string;
  /** checkpoints/<run>. */
  readonly runDirectory: string;
  /** What to train; undefined to go on as run.json says. */
  readonly settings: FitSettings | undefined;
  /** `auto`, or the name of an engine. */
  readonly engine: string;
  /** Threads to compute on; by default those the run began with, else all cores. */
  readonly threads?: number | undefined;
  /** A clock in milliseconds since 1970. */
  readonly now: () => number;
}

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
  const { home, current, directory, artist, run, runDirectory, settings, now } = request;
  const { progress, signal, force } = context;
  const anew = force && settings !== undefined;
  const before = !anew && (settings === undefined || existsSync(join(runDirectory, 'run.json'))) ? readRun(runDirectory) : undefined;
  if (before === undefined && !anew && isModelDirectory(modelDirectory(runDirectory))) {
    throw new MstError('exists', `There is a model "${run}" that was not trained here; training would write over it.`, {
      hint: `Train beside it with --run ${run}-2, or in its place with --force.`,
    });
  }
  const config = settings?.config ?? before?.source.config;
  if (config === undefined) throw new MstError('usage', 'Which configuration?', { hint: 'Give --config.' });
  if (before !== undefined && before.source.config !== config) throw otherPlan(run, `${before.source.config}, not ${config}`);
  const folder = join(directory, config);
  const training = await readSet(join(folder, TRAINING_MELODIES), config, artist);
  if (training.examples.length === 0) {
    throw new MstError('no-melody', `There is no melody to learn from in ${join(folder, TRAINING_MELODIES)}.`, {
      hint: `Make the examples again, and see what was taken: mst examples ${artist} --explain`,
    });
  }
  const heldOut = await readSet(join(folder, EVAL_MELODIES), config, artist);
  const accompaniment = await accompanimentFor(join(folder, TRAINING_ACCOMPANIMENT), config, artist, { settings, before });
  const engine = await engineFor(request, before);
  if (before !== undefined && !sameEngine(before, engine)) {
    progress.note(
      `The run began on "${before.engine.description}" and goes on on "${engine.description}": it ends as good, but not with the same last bits.`,
    );
  }
  const start = startOf(request, config, training, before);
  const plan =
    before !== undefined && settings === undefined
      ? before.plan
      : planOf(settings as FitSettings, { training, accompaniment, heldOut, engine, now, start, before: before?.plan });
  if (start !== undefined) checkStart(start, plan);
  const source: CorpusSource = {
    artist,
    config,
    compat: before?.source.compat ?? settings?.compat ?? false,
    ...(start && { from: { name: start.name, sha256: start.sha256 } }),
  };
  if (before !== undefined && JSON.stringify(before.source.from) !== JSON.stringify(source.from)) {
    throw otherPlan(run, `it began from ${before.source.from?.name ?? 'nothing'}, not from ${start?.name ?? 'nothing'}`);
  }
  if (before !== undefined && JSON.stringify(plan) !== JSON.stringify(before.plan)) throw otherPlan(run, differenceOf(before.plan, plan));

  const shape = networkShape(plan);
  const parameters = [...variableShapes(shape).values()].reduce((sum, variable) => sum + sizeOf(variable), 0);
  if (start !== undefined) {
    const why = settings?.from === 'auto' ? 'There is little music to learn from, so training begins' : 'Training begins';
    progress.note(`${why} from the model "${start.name}".`);
  }
  const { rnnLayerSizes, batchSize } = plan.hparams;
  const learned = [...training.examples, ...(accompaniment?.examples ?? [])];
  const memory = engine.memory(shape, largestBatch([learned, heldOut.examples], batchSize));
  const megabytes = memory === undefined ? '' : `, ${Math.ceil(memory / 1e6)} MB of memory`;
  progress.note(`${config} [${rnnLayerSizes}], ${parameters} parameters, on ${engine.description}${megabytes}`);
  const others =
    accompaniment && `, at first ${accompaniment.examples.length} pieces of accompaniment of ${accompaniment.tokens} steps too`;
  progress.note(`${training.examples.length} melodies of ${training.tokens} steps${others ?? ''}; ${plan.steps} batches of ${batchSize}`);
  if (anew) clearRun(runDirectory);
  progress.start(plan.steps, 'steps');
  const watch = new Forecast(plan, { training, accompaniment, heldOut, now: now() });
  let forecast: number | null = null;
  const result = await trainModel({
    runDirectory,
    plan,
    source,
    initial: start?.model.weights,
    training,
    accompaniment,
    heldOut,
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

/** The engine that is asked for, else the one the run began on where it works, else the best there is. */
async function engineFor({ engine: asked, threads }: FitRequest, before: RunRecord | undefined): Promise<Engine> {
  const options = { threads: threads ?? before?.engine.threads };
  if (asked !== 'auto' || before === undefined) return loadEngine(asked, options);
  return loadEngine(before.engine.name, options).catch(() => loadEngine('auto', options));
}

/** The model training begins, or began, from. */
function startOf(
  { home, current, settings }: FitRequest,
  config: ConfigName,
  { tokens }: Dataset,
  before: RunRecord | undefined,
): StartingPoint | undefined {
  const asked = settings?.compat ? 'none' : (settings?.from ?? before?.source.from?.name ?? 'none');
  const fits = (model: Model): boolean => {
    const own = hparamsOf(model);
    const wanted = settings?.hparams ? parseHParams(settings.hparams, { ...configuration(config).hparams, ...own }) : own;
    return wanted.rnnLayerSizes.join() === own.rnnLayerSizes.join() && wanted.attnLength === own.attnLength;
  };
  return chooseStart(asked, { home, current, config, tokens, fits });
}

function planOf(
  settings: FitSettings,
  {
    training,
    accompaniment,
    heldOut,
    engine,
    now,
    start,
    before,
  }: {
    training: Dataset;
    accompaniment: Dataset | undefined;
    heldOut: Dataset;
    engine: Engine;
    now: () => number;
    start: StartingPoint | undefined;
    before: TrainingPlan | undefined;
  },
): TrainingPlan {
  const known = configuration(settings.config);
  const base = recipeFor(settings, known, training.tokens, start);
  const recipe = { ...base, hparams: settings.hparams === '' ? base.hparams : parseHParams(settings.hparams, base.hparams) };
  const common = {
    configuration: known.name,
    encoding: known.encoding,
    recipe,
    seed: settings.seed,
    training,
    accompaniment,
    checkpointEvery: settings.checkpointEvery,
  };
  const plan = planTraining({ ...common, steps: settings.steps });
  if (settings.minutes === undefined) return plan;
  // A run that was fitted to a time keeps the number of steps it began with.
  const steps = before?.steps ?? stepsForMinutes(settings.minutes, plan, { engine, training, accompaniment, heldOut, now });
  return planTraining({ ...common, steps });
}

function recipeFor({ compat }: FitSettings, known: Configuration, tokens: number, start: StartingPoint | undefined): Recipe {
  if (compat) return magentaRecipe(known);
  if (start === undefined) return defaultRecipe(known, tokens);
  const recipe = fineTuneRecipe(known, tokens);
  return { ...recipe, hparams: { ...recipe.hparams, ...hparamsOf(start.model) } };
}

/** What is learned from beside the melodies at first: what there is, unless this is Magenta's training or a run that began without. */
async function accompanimentFor(
  path: string,
  config: ConfigName,
  artist: string,
  { settings, before }: { settings: FitSettings | undefined; before: RunRecord | undefined },
): Promise<Dataset | undefined> {
  const wanted = settings === undefined ? before?.plan.firstCourse !== undefined : !settings.compat;
  return wanted && existsSync(path) ? readSet(path, config, artist) : undefined;
}

async function readSet(path: string, config: ConfigName, artist: string): Promise<Dataset> {
  if (!existsSync(path)) {
    throw new MstError('not-found', `${path} is not there yet.`, {
      hint: `Make the examples first: mst examples ${artist} --config ${config}`,
    });
  }
  const { encoding } = configuration(config);
  const builder = new DatasetBuilder(createEncoder(encoding));
  for await (const { example } of examplesOfFile(path, encoding)) builder.add(example);
  return builder.finish();
}

function otherPlan(run: string, what: string): MstError {
  return new MstError('exists', `The run "${run}" was begun with another plan: ${what}.`, {
    hint: `Train beside it with --run ${run}-2, go on with it by mst train --resume ${run}, or begin it anew with --force.`,
  });
}

function differenceOf(before: TrainingPlan, now: TrainingPlan): string {
  const differing = (Object.keys({ ...before, ...now }) as (keyof TrainingPlan)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  );
  return differing.map((key) => `${key} ${JSON.stringify(before[key])}, not ${JSON.stringify(now[key])}`).join('; ');
}
