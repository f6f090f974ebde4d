// The encoders by name, and a melody from anywhere made an example of one.

import { squash } from '../music/keys.js';
import { melodyFromEvents } from '../music/melody.js';
import { checkEncodingSettings, type EncoderName, type EncodingSettings } from './configuration.js';
import type { Encoder } from './encoder.js';
import type { Example } from './example.js';
import { createKeyEncoder } from './key.js';
import { createLookbackEncoder } from './lookback.js';
import { createOneHotEncoder } from './onehot.js';

const creators: Readonly<Record<EncoderName, (settings: EncodingSettings) => Encoder>> = {
  onehot: createOneHotEncoder,
  lookback: createLookbackEncoder,
  key: createKeyEncoder,
};

/** The encoder with these settings. @throws MstError `usage` when they are impossible */
export function createEncoder(settings: EncodingSettings): Encoder {
  checkEncodingSettings(settings);
  return creators[settings.encoder](settings);
}

/** What the dataset step keeps of a melody. */
export interface EncodedMelody {
  /** The melody in the model's key and range, as it was encoded. */
  readonly events: readonly number[];
  /** Semitones it was transposed by. */
  readonly amount: number;
  readonly example: Example;
}

/**
 * Squashes a melody into the encoder's key and range, and encodes it (spec E.3).
 * @throws MstError `bad-sequence` for an event that is not an integer in -2..127
 */
export function encodeMelody(encoder: Encoder, events: readonly number[]): EncodedMelody {
  const squashed = squash(melodyFromEvents(events).events, encoder.settings);
  return { ...squashed, example: encoder.encode(squashed.events) };
}
