// Options that `mst train` and its single steps share, each described once, and the request they make together.

import { CONFIG_NAMES, type ConfigName } from '../encoding/configuration.js';
import type { TrainingRequest } from '../pipeline/runner.js';
import type { Context, Options, Values } from './command.js';

/** The seed of training, unless --seed is given. */
const DEFAULT_SEED = 1;

export const fetchOptions = {
  compat: { type: 'text', choices: ['magenta'], describe: "Magenta's rules, hyperparameters and quirks to the letter" },
} as const satisfies Options;

export const configOptions = {
  config: {
    type: 'text',
    choices: CONFIG_NAMES as readonly [ConfigName, ...ConfigName[]],
    default: 'basic_rnn',
    describe: 'Network and encoding',
  },
} as const satisfies Options;

export const examplesOptions = {
  ...configOptions,
  eval_ratio: { type: 'number', min: 0, max: 0.9, default: 0.1, describe: 'Share of songs set aside for judging' },
} as const satisfies Options;

export const fitOptions = {
  ...configOptions,
  hparams: { type: 'text', default: '', describe: 'Hyperparameters, such as "batch_size=64,rnn_layer_sizes=[64,64]"' },
  steps: { type: 'integer', min: 1, describe: 'Length of the run in steps (batches), from its very beginning' },
  minutes: { type: 'number', min: 0.05, describe: 'Train for about so long instead' },
  'checkpoint-every': { type: 'integer', min: 1, describe: 'Steps between checkpoints' },
  engine: { type: 'text', default: 'auto', describe: 'What computes: auto, or an engine that mst doctor lists' },
  threads: { type: 'integer', min: 1, max: 256, describe: 'Threads to compute on; by default as many as there are cores' },
  run: { type: 'text', describe: "Name of the run and its model; by default the artist's" },
} as const satisfies Options;

export const checkpointOptions = {
  checkpoint: { type: 'text', default: 'best', describe: 'best, last, or a checkpoint such as step-000500' },
} as const satisfies Options;

export const exportOptions = {
  archive: { type: 'flag', describe: 'Pack the model as one .tar.gz with checksums too' },
} as const satisfies Options;

/** All of them. */
export const trainingOptions = { ...fetchOptions, ...examplesOptions, ...fitOptions, ...exportOptions } as const satisfies Options;

type Given = Partial<Values<typeof trainingOptions & typeof checkpointOptions, Record<never, never>>>;

/** The request that options make; those a command does not have take their defaults. */
export function trainingRequest(context: Context, artist: string, given: Given, paths: readonly string[] = []): TrainingRequest {
  const { home, current, seed = DEFAULT_SEED, clock } = context;
  const config = given.config ?? 'basic_rnn';
  const compat = given.compat === 'magenta';
  return {
    home,
    current,
    artist,
    paths,
    run: given.run ?? artist,
    config,
    evalRatio: given.eval_ratio ?? examplesOptions.eval_ratio.default,
    seed,
    compat,
    fit: {
      config,
      hparams: given.hparams ?? '',
      seed,
      compat,
      engine: given.engine ?? 'auto',
      threads: given.threads,
      steps: given.steps,
      minutes: given.minutes,
      checkpointEvery: given['checkpoint-every'],
    },
    checkpoint: given.checkpoint ?? 'best',
    archive: given.archive ?? false,
    now: clock,
  };
}
