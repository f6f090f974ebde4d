// How mst trains by default, and as Magenta trains (spec D.4): hyperparameters as data, and the reading of `--hparams`.

import { MstError } from '../core/errors.js';
import type { Configuration, HParams } from '../encoding/configuration.js';

/** Everything about training that does not depend on the music. */
export interface Recipe {
  readonly hparams: HParams;
  /** Whether `clipNorm` holds for each variable's gradient, or for all together. */
  readonly clipBy: 'variable' | 'global';
  /** How much of every matrix is taken away in each step, times the learning rate; 0 = none. */
  readonly weightDecay: number;
  readonly schedule: 'constant' | 'cosine';
  /** Training ends early after this many evaluations without a better one; null = never. */
  readonly patience: number | null;
}

const fineTuning = { learningRate: 0.001, dropoutKeepProb: 0.5 };

/** Found with `npm run bench -- learn` on the Nottingham tunes. What matters most is that gradients are clipped hard: nearly every step then has one length. */
const defaults = { batchSize: 8, learningRate: 0.008, clipNorm: 0.1 };

/** Below this many steps of melody to learn from, music is little: it is soon learned by heart, so more is dropped. */
export const SMALL_CORPUS = 60_000;

/** mst's own defaults for a configuration and `tokens` steps of melody: small batches, a falling learning rate, gradients clipped together. */
export function defaultRecipe(configuration: Configuration, tokens: number): Recipe {
  const dropoutKeepProb = tokens < SMALL_CORPUS ? 0.5 : 0.7;
  return {
    hparams: { ...configuration.hparams, ...defaults, dropoutKeepProb },
    clipBy: 'global',
    weightDecay: 0.1,
    schedule: 'cosine',
    patience: 8,
  };
}

/** For going on from the weights of another model: small steps, more dropout, and an end as soon as it no longer helps. */
export function fineTuneRecipe(configuration: Configuration, tokens: number): Recipe {
  const base = defaultRecipe(configuration, tokens);
  return { ...base, hparams: { ...base.hparams, ...fineTuning } };
}

/** Magenta's: `--compat magenta`. */
export function magentaRecipe(configuration: Configuration): Recipe {
  return { hparams: configuration.hparams, clipBy: 'variable', weightDecay: 0, schedule: 'constant', patience: null };
}

interface Range {
  readonly integer: boolean;
  readonly min: number;
  readonly max: number;
}

interface Parameter {
  readonly field: keyof HParams;
  readonly list: boolean;
  readonly range: Range;
}

const whole = (min: number, max: number): Range => ({ integer: true, min, max });
const between = (min: number, max: number): Range => ({ integer: false, min, max });

/** By Magenta's names. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  batch_size: { field: 'batchSize', list: false, range: whole(1, 4096) },
  rnn_layer_sizes: { field: 'rnnLayerSizes', list: true, range: whole(1, 4096) },
  dropout_keep_prob: { field: 'dropoutKeepProb', list: false, range: between(0.01, 1) },
  attn_length: { field: 'attnLength', list: false, range: whole(0, 512) },
  clip_norm: { field: 'clipNorm', list: false, range: between(1e-6, 1e6) },
  learning_rate: { field: 'learningRate', list: false, range: between(1e-9, 10) },
};

const MAX_LAYERS = 8;

/**
 * Overrides hyperparameters from text such as `batch_size=64,rnn_layer_sizes=[64,64]`, by Magenta's names.
 * @throws MstError `usage` naming the part that is not understood
 */
export function parseHParams(text: string, base: HParams): HParams {
  const result: Record<string, number | readonly number[]> = {};
  for (const part of splitOutsideBrackets(text)) {
    const match = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(part);
    if (match === null) throw usage(`${JSON.stringify(part)} is not NAME=VALUE`);
    const [, name, value] = match as unknown as [string, string, string];
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (parameter === undefined) throw usage(`there is no hyperparameter called ${name}`);
    if (parameter.field in result) throw usage(`${name} is given twice`);
    result[parameter.field] = parameter.list ? parseList(name, value, parameter.range) : parseNumber(name, value, parameter.range);
  }
  return { ...base, ...result };
}

/** The parts between commas; after the last one there may be nothing. */
function splitOutsideBrackets(text: string): string[] {
  const parts = text.split(/,(?![^[\]]*\])/);
  return parts.at(-1)?.trim() === '' ? parts.slice(0, -1) : parts;
}

function parseList(name: string, text: string, range: Range): number[] {
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner === undefined) throw usage(`${name} must be a list such as [128,128], not ${JSON.stringify(text)}`);
  const values = inner.split(',').map((value) => parseNumber(name, value.trim(), range));
  if (values.length > MAX_LAYERS) throw usage(`${name} has ${values.length} layers, more than ${MAX_LAYERS}`);
  return values;
}

function parseNumber(name: string, text: string, { integer, min, max }: Range): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
    throw usage(`${name} must be a ${integer ? 'whole ' : ''}number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  }
  return value;
}

function usage(what: string): MstError {
  return new MstError('usage', `--hparams: ${what}.`, {
    hint: `Give some of ${Object.keys(PARAMETERS).join(', ')}, for example --hparams "batch_size=64,rnn_layer_sizes=[64,64]".`,
  });
}
