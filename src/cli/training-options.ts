// Options that `mst train` and its single steps share, each described once, and the request they make together.

import { MstError } from '../core/errors.js';
import { CONFIG_NAMES, type ConfigName, configuration } from '../encoding/configuration.js';
import type { TrackChoice } from '../extraction/find-melodies.js';
import type { ExampleFiles } from '../pipeline/examples/import.js';
import type { TrainingRequest } from '../pipeline/runner.js';
import type { EngineName } from '../train/engines.js';
import type { Context, Options, Values } from './command.js';

/** The configuration that learns most in a given time (npm run bench -- learn). */
export const DEFAULT_CONFIG: ConfigName = 'lookback_rnn';
/** The seed of the steps, unless --seed is given. */
export const DEFAULT_SEED = 1;

const MELODIES = 'Which melodies';
const TRAINING = 'Training';
const MAGENTA = "From Magenta's files";
/** The engines by name, here because the modules that have them bring TensorFlow.js along. */
const ENGINES = Object.keys({ auto: 0, 'tfjs-node-gpu': 0, 'tfjs-node': 0, wasm: 0, cpu: 0 } satisfies Record<'auto' | EngineName, 0>);

export const compatOptions = {
  compat: { type: 'text', choices: ['magenta'], describe: "Magenta's rules, hyperparameters and quirks to the letter" },
} as const satisfies Options;

const config = { type: 'text', choices: CONFIG_NAMES as readonly [ConfigName, ...ConfigName[]] } as const;

export const examplesOptions = {
  eval_ratio: { type: 'number', min: 0, max: 0.9, default: 0.1, group: MELODIES, describe: 'Share of songs set aside for judging' },
  track: {
    type: 'text',
    group: MELODIES,
    describe: 'The melody is this track in every file: its number in examples-report.jsonl, or its name',
  },
  channel: { type: 'integer', min: 1, max: 16, group: MELODIES, describe: 'The melody is on this MIDI channel in every file' },
  skyline: { type: 'flag', group: MELODIES, describe: 'The melody is the highest note of all tracks together' },
  'all-tracks': { type: 'flag', group: MELODIES, describe: 'Every track but drums is a melody' },
  'melodies-only': { type: 'flag', group: MELODIES, describe: 'Learn from the melodies alone, not from the accompaniment at first' },
  config: { ...config, describe: `Network that they are for; by default ${DEFAULT_CONFIG}` },
} as const satisfies Options;

export const fitOptions = {
  config: {
    ...config,
    group: TRAINING,
    describe: `Network and encoding; by default ${DEFAULT_CONFIG}, or that of the model given with --from`,
  },
  hparams: { type: 'text', default: '', group: TRAINING, describe: 'Hyperparameters, such as "batch_size=64,rnn_layer_sizes=[64,64]"' },
  steps: { type: 'integer', min: 1, group: TRAINING, describe: 'Length of the run in steps (batches), from its very beginning' },
  minutes: { type: 'number', min: 0.05, group: TRAINING, describe: 'Train for about so long instead' },
  'checkpoint-every': {
    type: 'integer',
    min: 1,
    group: TRAINING,
    describe: 'Save a checkpoint every so many steps too, not only at evaluations',
  },
  engine: { type: 'text', choices: ENGINES, default: 'auto', group: TRAINING, describe: 'What computes; mst doctor says what works here' },
  threads: {
    type: 'integer',
    min: 1,
    max: 256,
    group: TRAINING,
    describe: 'Threads to compute on; by default as many as there are cores',
  },
  from: {
    type: 'text',
    group: TRAINING,
    default: 'auto',
    describe: 'Model to begin from: a name, a path, none, or auto (the starter model folk where there is little music)',
  },
  run: { type: 'text', group: TRAINING, describe: "Name of the run and its model; by default the artist's" },
} as const satisfies Options;

export const checkpointOptions = {
  checkpoint: { type: 'text', default: 'best', describe: 'best, last, or a checkpoint such as step-000500' },
} as const satisfies Options;

export const noteSequenceOptions = {
  input: {
    type: 'text',
    group: MAGENTA,
    describe: "TFRecord file of NoteSequences to use instead of fetched music, such as Magenta's convert_dir_to_note_sequences writes",
  },
} as const satisfies Options;

export const sequenceExampleOptions = {
  sequence_example_file: {
    type: 'text',
    group: MAGENTA,
    describe:
      "TFRecord file of SequenceExamples to train on, such as Magenta's melody_rnn_create_dataset writes, instead of those of step 3",
  },
  eval_sequence_example_file: {
    type: 'text',
    group: MAGENTA,
    describe: 'Those to judge by; by default the eval_melodies.tfrecord beside a training_melodies.tfrecord',
  },
} as const satisfies Options;

export const exportOptions = {
  archive: { type: 'flag', describe: 'Pack the model as one .tar.gz with checksums too' },
} as const satisfies Options;

/** All of them. */
export const trainingOptions = {
  ...compatOptions,
  ...examplesOptions,
  ...fitOptions,
  ...noteSequenceOptions,
  ...sequenceExampleOptions,
  ...exportOptions,
} as const satisfies Options;

type Given = Partial<Values<typeof trainingOptions & typeof checkpointOptions, Record<never, never>>>;

/** The tracks to look in. @throws MstError `usage` for options that exclude each other */
function trackChoice({ track, channel, skyline, 'all-tracks': all, 'melodies-only': only, compat }: Given): TrackChoice | undefined {
  const choices: readonly (readonly [string, TrackChoice | undefined])[] = [
    ['--track', track === undefined ? undefined : { kind: 'track', track }],
    ['--channel', channel === undefined ? undefined : { kind: 'channel', channel }],
    ['--skyline', skyline ? { kind: 'skyline' } : undefined],
    ['--all-tracks', all ? { kind: 'all' } : undefined],
  ];
  const given = choices.filter(([, choice]) => choice !== undefined);
  const [[name, choice] = ['', undefined], second] = given;
  if (second !== undefined) throw new MstError('usage', `${name} and ${second[0]} exclude each other.`);
  if ((choice !== undefined || only) && compat === 'magenta') {
    throw new MstError('usage', `${name || '--melodies-only'} goes against --compat magenta, by whose rules every track is searched.`);
  }
  return choice;
}

/** Examples that another program made. @throws MstError `usage` for those to judge by alone */
function examplesFiles({ sequence_example_file: training, eval_sequence_example_file: evaluation }: Given): ExampleFiles | undefined {
  if (training === undefined && evaluation !== undefined) {
    throw new MstError('usage', '--eval_sequence_example_file needs --sequence_example_file beside it.');
  }
  return training === undefined ? undefined : { training, evaluation };
}

/** @throws MstError `usage` for options of step 4 that exclude each other */
function checkFit({ steps, minutes, from, compat }: Given): void {
  if (steps !== undefined && minutes !== undefined) throw new MstError('usage', '--steps and --minutes exclude each other.');
  if (from !== undefined && from !== 'auto' && from !== 'none' && compat === 'magenta') {
    throw new MstError('usage', '--from goes against --compat magenta, by whose rules training begins from nothing.');
  }
}

/** The request that options make; those a command does not have take their defaults. */
export async function trainingRequest(
  context: Context,
  artist: string,
  given: Given,
  paths: readonly string[] = [],
): Promise<TrainingRequest> {
  const { home, current, seed = DEFAULT_SEED, clock } = context;
  if (given.hparams !== undefined && given.hparams !== '') {
    // A mistake is told before any work is done.
    const { parseHParams } = await import('../train/recipe.js');
    parseHParams(given.hparams, configuration(DEFAULT_CONFIG).hparams);
  }
  checkFit(given);
  const config = given.config ?? (await configOfStart(context, given.from)) ?? DEFAULT_CONFIG;
  const compat = given.compat === 'magenta';
  return {
    home,
    current,
    artist,
    paths,
    noteSequences: given.input,
    sequenceExamples: examplesFiles(given),
    run: given.run ?? artist,
    config,
    evalRatio: given.eval_ratio ?? examplesOptions.eval_ratio.default,
    choice: trackChoice(given),
    melodiesOnly: given['melodies-only'],
    seed,
    compat,
    fit: {
      config,
      hparams: given.hparams ?? '',
      seed,
      compat,
      from: given.from ?? 'auto',
      steps: given.steps,
      minutes: given.minutes,
      checkpointEvery: given['checkpoint-every'],
    },
    engine: given.engine ?? 'auto',
    threads: given.threads,
    checkpoint: given.checkpoint ?? 'best',
    archive: given.archive ?? false,
    now: clock,
  };
}

/** The configuration of the model that --from names, if it says one. */
async function configOfStart({ home, current }: Context, from: string | undefined): Promise<ConfigName | undefined> {
  if (from === undefined || from === 'auto' || from === 'none') return undefined;
  const { findModel, loadModel } = await import('../registry/models.js');
  return loadModel(findModel(home, from, current)).card.configuration;
}
