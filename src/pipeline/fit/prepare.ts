// What a run of step 4 is to be: what it learns from, on which engine, where it begins and by which plan, checked against how it was begun.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { type ConfigName, type Configuration, configuration } from '../../encoding/configuration.js';
import { createEncoder } from '../../encoding/encoders.js';
import type { Model } from '../../model/model.js';
import { type Home, modelDirectory } from '../../registry/home.js';
import { isModelDirectory } from '../../registry/models.js';
import { type Dataset, DatasetBuilder } from '../../train/dataset.js';
import { type Engine, loadEngine } from '../../train/engines.js';
import { stepsForMinutes } from '../../train/fit-minutes.js';
import { planTraining, type TrainingPlan } from '../../train/plan.js';
import { defaultRecipe, fineTuneRecipe, magentaRecipe, parseHParams, type Recipe } from '../../train/recipe.js';
import { type CorpusSource, type RunRecord, readRun } from '../../train/run-record.js';
import { examplesOfFile } from '../examples/read.js';
import { EVAL_MELODIES, TRAINING_ACCOMPANIMENT, TRAINING_MELODIES } from '../examples/sets.js';
import { planDifference } from './plan-difference.js';
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

/** What a run learns from and is judged by. */
export interface Sets {
  readonly training: Dataset;
  readonly accompaniment: Dataset | undefined;
  readonly heldOut: Dataset;
}

export interface PreparedRun {
  /** The record of the run that is gone on with. */
  readonly before: RunRecord | undefined;
  readonly sets: Sets;
  readonly engine: Engine;
  /** The model it begins, or began, from. */
  readonly start: StartingPoint | undefined;
  readonly plan: TrainingPlan;
  readonly source: CorpusSource;
}

/**
 * Gets a run ready; nothing is written.
 * @param anew begin it anew whatever is there
 * @throws MstError `exists` when it was begun with other settings or an imported model has its name; `not-found`, `no-melody`, `bad-record`
 *   for what it is to learn from; `usage`, `engine`
 */
export async function prepareRun(request: FitRequest, { anew }: { anew: boolean }): Promise<PreparedRun> {
  const { artist, run, settings, now } = request;
  const before = recordBefore(request, anew);
  const config = settings?.config ?? before?.source.config;
  if (config === undefined) throw new MstError('usage', 'Which configuration?', { hint: 'Give --config.' });
  if (before !== undefined && before.source.config !== config)
    throw otherPlan(run, `the configuration ${before.source.config}, not ${config}`);
  const sets = await readSets(request, config, before);
  const engine = await engineFor(request, before);
  const start = startOf(request, config, sets.training, before);
  const plan =
    before !== undefined && settings === undefined
      ? before.plan
      : planOf(settings as FitSettings, { sets, engine, now, start, before: before?.plan });
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
  if (before !== undefined && JSON.stringify(plan) !== JSON.stringify(before.plan)) throw otherPlan(run, planDifference(before.plan, plan));
  return { before, sets, engine, start, plan, source };
}

/** The record of the run that is there. @throws MstError `exists` for a model that is no run's */
function recordBefore({ run, runDirectory, settings }: FitRequest, anew: boolean): RunRecord | undefined {
  if (anew) return undefined;
  if (settings === undefined || existsSync(join(runDirectory, 'run.json'))) return readRun(runDirectory);
  if (!isModelDirectory(modelDirectory(runDirectory))) return undefined;
  throw new MstError('exists', `There is a model "${run}" that was not trained here; training would write over it.`, {
    hint: `Train beside it with --run ${run}-2, or in its place with --force.`,
  });
}

async function readSets({ directory, artist, settings }: FitRequest, config: ConfigName, before: RunRecord | undefined): Promise<Sets> {
  const folder = join(directory, config);
  const training = await readSet(join(folder, TRAINING_MELODIES), config, artist);
  if (training.examples.length === 0) {
    throw new MstError('no-melody', `There is no melody to learn from in ${join(folder, TRAINING_MELODIES)}.`, {
      hint: `Make the examples again, and see what was taken: mst examples ${artist} --explain`,
    });
  }
  const heldOut = await readSet(join(folder, EVAL_MELODIES), config, artist);
  const accompaniment = await accompanimentFor(join(folder, TRAINING_ACCOMPANIMENT), config, artist, { settings, before });
  return { training, accompaniment, heldOut };
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
  { sets, ...about }: { sets: Sets; engine: Engine; now: () => number; start: StartingPoint | undefined; before: TrainingPlan | undefined },
): TrainingPlan {
  const { training, accompaniment } = sets;
  const known = configuration(settings.config);
  const base = recipeFor(settings, known, training.tokens, about.start);
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
  const { engine, now, before } = about;
  const steps = before?.steps ?? stepsForMinutes(settings.minutes, plan, { engine, ...sets, now });
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
