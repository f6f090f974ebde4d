// The four melody RNN configurations of Magenta as a table (spec D.4). A variant is a row here, never a branch elsewhere.

import { MstError } from '../core/errors.js';

export type EncoderName = 'onehot' | 'lookback' | 'key';
export type ConfigName = 'basic_rnn' | 'mono_rnn' | 'lookback_rnn' | 'attention_rnn';

/** How a melody becomes model input and label. */
export interface EncodingSettings {
  readonly encoder: EncoderName;
  /** Lowest MIDI pitch of the model, inclusive. */
  readonly minPitch: number;
  /** Highest MIDI pitch of the model, exclusive. */
  readonly maxPitch: number;
  /** Melodies are transposed to this major key (0 = C) before encoding; null leaves them where they are. */
  readonly transposeToKey: number | null;
}

/** Magenta's hyperparameters of a melody RNN, by meaning; `--hparams` uses Magenta's names for them. */
export interface HParams {
  readonly batchSize: number;
  readonly rnnLayerSizes: readonly number[];
  /** Probability that an output of a layer is kept in training. */
  readonly dropoutKeepProb: number;
  /** Steps the attention of layer 0 looks back over; 0 = no attention. */
  readonly attnLength: number;
  /** `all`: the attention is around all layers, as in Magenta before May 2017, whose models can be trained on; absent: around the first. */
  readonly attnLayers?: 'all';
  readonly clipNorm: number;
  readonly learningRate: number;
}

export interface Configuration {
  readonly name: ConfigName;
  readonly description: string;
  readonly encoding: EncodingSettings;
  /** Magenta's own values; what mst trains with by default is in train/recipe.ts. */
  readonly hparams: HParams;
}

const ONE_HOT: EncodingSettings = { encoder: 'onehot', minPitch: 48, maxPitch: 84, transposeToKey: 0 };
const HPARAMS: HParams = {
  batchSize: 128,
  rnnLayerSizes: [128, 128],
  dropoutKeepProb: 0.5,
  attnLength: 0,
  clipNorm: 5,
  learningRate: 0.001,
};

/** The four configurations by name. The sizes of a model's input and label follow from `encoding`: see `createEncoder`. */
export const CONFIGURATIONS: Readonly<Record<ConfigName, Configuration>> = {
  basic_rnn: {
    name: 'basic_rnn',
    description: 'Melody RNN with one-hot encoding.',
    encoding: ONE_HOT,
    hparams: HPARAMS,
  },
  mono_rnn: {
    name: 'mono_rnn',
    description: 'Monophonic RNN with one-hot encoding.',
    encoding: { encoder: 'onehot', minPitch: 0, maxPitch: 128, transposeToKey: null },
    hparams: HPARAMS,
  },
  lookback_rnn: {
    name: 'lookback_rnn',
    description: 'Melody RNN with lookback encoding.',
    encoding: { ...ONE_HOT, encoder: 'lookback' },
    hparams: HPARAMS,
  },
  attention_rnn: {
    name: 'attention_rnn',
    description: 'Melody RNN with lookback encoding and attention.',
    encoding: { ...ONE_HOT, encoder: 'key' },
    hparams: { ...HPARAMS, attnLength: 40, clipNorm: 3 },
  },
};

/** Their names, in the order in which they are listed. */
export const CONFIG_NAMES = Object.keys(CONFIGURATIONS) as readonly ConfigName[];

/** Whether `name` is one of the four. */
export function isConfigName(name: unknown): name is ConfigName {
  return typeof name === 'string' && Object.hasOwn(CONFIGURATIONS, name);
}

/** The configuration called `name`. @throws MstError `usage` when there is none, listing the four */
export function configuration(name: string): Configuration {
  if (isConfigName(name)) return CONFIGURATIONS[name];
  throw new MstError('usage', `There is no configuration called ${JSON.stringify(name)}.`, {
    hint: `Choose one of ${CONFIG_NAMES.join(', ')}.`,
  });
}

/** Checks that settings describe a possible encoding. @throws MstError `usage` */
export function checkEncodingSettings({ encoder, minPitch, maxPitch, transposeToKey }: EncodingSettings): void {
  const fail = (what: string, hint: string): never => {
    throw new MstError('usage', what, { hint });
  };
  if (!['onehot', 'lookback', 'key'].includes(encoder))
    fail(`There is no encoder called ${JSON.stringify(encoder)}.`, 'Choose onehot, lookback or key.');
  if (![minPitch, maxPitch].every(Number.isInteger) || minPitch < 0 || maxPitch > 128 || maxPitch - minPitch < 12) {
    fail(
      `A model cannot have the pitches from ${minPitch} up to, not including, ${maxPitch}.`,
      'Give whole MIDI pitches within 0 to 128, at least an octave (12) apart.',
    );
  }
  if (transposeToKey !== null && !(Number.isInteger(transposeToKey) && transposeToKey >= 0 && transposeToKey < 12)) {
    fail(`${transposeToKey} is not a key.`, 'Give 0 for C to 11 for B, or null to leave melodies where they are.');
  }
}
