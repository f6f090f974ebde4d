// The table of configurations. Expected values: Magenta's documentation of its melody RNN models.

import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, checkEncodingSettings, configuration, isConfigName } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';

describe('configurations', () => {
  it.each([
    ['basic_rnn', 38, 38, 0, 0, 5],
    ['mono_rnn', 130, 130, 0, 0, 5],
    ['lookback_rnn', 121, 40, 0, 0, 5],
    ['attention_rnn', 74, 40, 36, 40, 3],
  ])('%s has input %i, %i classes, no-event label %i, attention %i, clipping %i', (name, input, classes, label, attention, clip) => {
    const config = configuration(name);
    const encoder = createEncoder(config.encoding);
    expect(config.name).toBe(name);
    expect([encoder.inputSize, encoder.numClasses, encoder.defaultEventLabel]).toEqual([input, classes, label]);
    expect([config.hparams.attnLength, config.hparams.clipNorm]).toEqual([attention, clip]);
    expect(config.hparams).toMatchObject({ batchSize: 128, rnnLayerSizes: [128, 128], dropoutKeepProb: 0.5, learningRate: 0.001 });
  });

  it.each(['basic', '', '__proto__', 'toString'])('refuses %j, naming the four', (name) => {
    expect(isConfigName(name)).toBe(false);
    expect(() => configuration(name)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining(CONFIG_NAMES.join(', ')) }),
    );
  });

  it.each([
    [{ minPitch: 48, maxPitch: 59 }],
    [{ minPitch: -1, maxPitch: 84 }],
    [{ minPitch: 48, maxPitch: 129 }],
    [{ minPitch: 48.5, maxPitch: 84 }],
    [{ transposeToKey: 12 }],
    [{ encoder: 'onecold' as 'onehot' }],
  ])('refuses the encoding %j', (change) => {
    expect(() => checkEncodingSettings({ ...configuration('basic_rnn').encoding, ...change })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    expect(() => createEncoder({ ...configuration('basic_rnn').encoding, ...change })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
