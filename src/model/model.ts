// A trained model as a value: its card, its weights, and what plays it. Files are model-format.ts's work.

import type { ConfigName, EncodingSettings } from '../encoding/configuration.js';
import type { Encoder } from '../encoding/encoder.js';
import { createEncoder } from '../encoding/encoders.js';
import type { StepNetwork } from './network.js';
import { createStepNetwork } from './step-network.js';
import type { NetworkShape, Weights } from './weights.js';

/** What a model is and where it comes from: model.json. What a model from elsewhere does not say is absent. */
export interface ModelCard {
  readonly name: string;
  readonly configuration: ConfigName;
  readonly encoding: EncodingSettings;
  /** Units of each LSTM layer, bottom first. */
  readonly layerSizes: readonly number[];
  /** Steps the attention looks back over; 0 = no attention. */
  readonly attnLength: number;
  /** `all`: the attention is around all layers (see NetworkShape); absent: around the first. */
  readonly attnLayers?: 'all' | undefined;
  readonly artist?: string;
  /** Training steps (batches) the weights have seen. */
  readonly stepsTrained?: number;
  readonly seed?: number;
  /** Metrics on held-out melodies, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Hash of the corpus it learned from. */
  readonly corpus?: string;
  /** Versions of what made it, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What it was imported from, in a few words. */
  readonly origin?: string;
  /** ISO 8601 time. */
  readonly created?: string;
}

export interface Model {
  readonly card: ModelCard;
  readonly weights: Weights;
}

/** A model ready to be fed and asked. */
export interface MelodyModel {
  readonly encoder: Encoder;
  readonly network: StepNetwork;
}

/** The shape of the network of a configuration: input and label sizes follow from the encoding. */
export function networkShape({
  encoding,
  layerSizes,
  attnLength,
  attnLayers,
}: Pick<ModelCard, 'encoding' | 'layerSizes' | 'attnLength' | 'attnLayers'>): NetworkShape {
  const { inputSize, numClasses } = createEncoder(encoding);
  return { inputSize, numClasses, layerSizes, attnLength, ...(attnLayers && { attnLayers }) };
}

/** Makes a model ready to play. @throws MstError `bad-model` when its weights do not fit its card */
export function openModel({ card, weights }: Model): MelodyModel {
  return { encoder: createEncoder(card.encoding), network: createStepNetwork(networkShape(card), weights) };
}
