// The encoders by name.

import { checkEncodingSettings, type EncoderName, type EncodingSettings } from './configuration.js';
import type { Encoder } from './encoder.js';
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
