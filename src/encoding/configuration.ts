// The four melody RNN configurations of Magenta as a table (spec D.4). A variant is a row here, never a branch elsewhere.

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
