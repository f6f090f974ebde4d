// The plan of a run: everything that decides what it computes. It is fixed at the start, kept in run.json, and followed on resume.

import { MstError } from '../core/errors.js';
import { checkEncodingSettings, type EncodingSettings, type HParams } from '../encoding/configuration.js';
import { networkShape as shapeOfModel } from '../model/model.js';
import type { NetworkShape } from '../model/weights.js';
import type { Dataset } from './dataset.js';
import type { Clipping } from './optimizer.js';
import type { Recipe } from './recipe.js';
import type { Schedule } from './schedule.js';

export interface TrainingPlan {
  /** Name of the configuration, e.g. `basic_rnn`. */
  readonly configuration: string;
  readonly encoding: EncodingSettings;
  readonly hparams: HParams;
  readonly clipping: Clipping;
  /** How much of every matrix is taken away in each step, times the learning rate; 0 = none. */
  readonly weightDecay: number;
  readonly schedule: Schedule;
  readonly seed: number;
  /** The run's total, counted from its very beginning. */
  readonly steps: number;
  /** Of those, the first so many draw from the accompaniment too, the rest from the melodies alone; absent without accompaniment. */
  readonly firstCourse?: number;
  /** In steps. */
  readonly checkpointEvery: number;
  readonly evaluateEvery: number;
  /** Evaluations without a better one after which training ends; null = never. */
  readonly patience: number | null;
}

export interface PlanSettings {
  readonly configuration: string;
  readonly encoding: EncodingSettings;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly training: Pick<Dataset, 'examples'>;
  /** The other voices of the songs, learned from before the melodies alone are; by default none. */
  readonly accompaniment?: Pick<Dataset, 'examples'> | undefined;
  /** Default: what `defaultSteps` says. */
  readonly steps?: number | undefined;
  /** Default: at every evaluation. */
  readonly checkpointEvery?: number | undefined;
  /** Default: once per pass over the examples, at most EVALUATIONS times. */
  readonly evaluateEvery?: number | undefined;
}

/** How often a run is evaluated at most, unless asked otherwise. */
export const EVALUATIONS = 20;
const PASSES = 20;
const [FEWEST_STEPS, MOST_STEPS] = [600, 20_000];
/** Of a run with accompaniment, which makes it no longer: it would learn the songs by heart. */
const FIRST_COURSE = 0.7;
/** A long rise: what a network learns of the beat, it learns while the rate is still low. */
const LONGEST_WARMUP = 400;
const WARMUP_FRACTION = 0.4;
const FINAL_FRACTION = 0.01;

/** Steps of one pass over `examples` melodies. */
function stepsPerPass(examples: number, batchSize: number): number {
  return Math.max(1, Math.ceil(examples / batchSize));
}

/** The length of a run nobody gave a length: a number of passes, neither too few steps to learn from little nor endless from much. */
export function defaultSteps(examples: number, batchSize: number): number {
  return Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, PASSES * stepsPerPass(examples, batchSize)));
}

/** @throws MstError `usage` for numbers of steps that are not whole and positive, or impossible settings */
export function planTraining(settings: PlanSettings): TrainingPlan {
  const { configuration, encoding, recipe, seed, training } = settings;
  const { hparams } = recipe;
  const positive = (value: number, what: string): number => {
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new MstError('usage', `${what} must be a whole number above 0, not ${value}.`, { hint: `Give ${what} as in ${what} 1000.` });
  };
  checkEncodingSettings(encoding);
  if (!Number.isSafeInteger(seed)) throw new MstError('usage', `The seed ${seed} is not a whole number.`, { hint: 'Give --seed 1.' });
  const pass = stepsPerPass(training.examples.length, hparams.batchSize);
  const others = settings.accompaniment?.examples.length ?? 0;
  const steps = positive(settings.steps ?? defaultSteps(training.examples.length, hparams.batchSize), '--steps');
  const firstCourse = others === 0 ? 0 : Math.min(steps - 1, Math.round(FIRST_COURSE * steps));
  const evaluateEvery = positive(settings.evaluateEvery ?? Math.max(pass, Math.ceil(steps / EVALUATIONS)), '--evaluate-every');
  return {
    configuration,
    encoding,
    hparams,
    clipping: { by: recipe.clipBy, norm: hparams.clipNorm },
    weightDecay: recipe.weightDecay,
    schedule: scheduleFor(recipe, steps),
    seed,
    steps,
    ...(firstCourse > 0 && { firstCourse }),
    checkpointEvery: positive(settings.checkpointEvery ?? evaluateEvery, '--checkpoint-every'),
    evaluateEvery,
    patience: recipe.patience,
  };
}

function scheduleFor({ schedule, hparams: { learningRate } }: Recipe, steps: number): Schedule {
  if (schedule === 'constant') return { kind: 'constant', learningRate };
  const warmupSteps = Math.min(LONGEST_WARMUP, Math.ceil(WARMUP_FRACTION * steps));
  return { kind: 'cosine', learningRate, warmupSteps, finalFraction: FINAL_FRACTION };
}

/** The network a plan trains. */
export function networkShape({ encoding, hparams }: Pick<TrainingPlan, 'encoding' | 'hparams'>): NetworkShape {
  const { rnnLayerSizes: layerSizes, attnLength, attnLayers } = hparams;
  return shapeOfModel({ encoding, layerSizes, attnLength, attnLayers });
}
