// Mixing models. Expected distributions are computed here, from logits that are written down.

import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIGURATIONS } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import { Listener } from '../../src/model/listener.js';
import { MixedListener } from '../../src/model/mix.js';
import type { MelodyModel } from '../../src/model/model.js';
import { fakeNetwork } from './fake-network.js';

/** A basic_rnn model with logits by class: NO_EVENT, NOTE_OFF, then the pitches from 48. */
const basic = (logits: Record<number, number>, settings = CONFIGURATIONS.basic_rnn.encoding): MelodyModel => {
  const encoder = createEncoder(settings);
  const row = Array.from({ length: encoder.numClasses }, (_, label) => logits[label] ?? -1000);
  return { encoder, network: fakeNetwork(encoder.numClasses, () => row) };
};
/** A lookback_rnn model whose last two classes repeat 16 and 32 steps back. */
const lookback = (logits: Record<number, number>): MelodyModel => {
  const encoder = createEncoder(CONFIGURATIONS.lookback_rnn.encoding);
  const row = Array.from({ length: encoder.numClasses }, (_, label) => logits[label] ?? -1000);
  return { encoder, network: fakeNetwork(encoder.numClasses, () => row) };
};
const probabilities = (listener: MixedListener, temperature: number): Map<number, number> => {
  const found = new Map<number, number>();
  listener.logProbabilities(temperature).forEach((log, k) => {
    if (log > -100) found.set(k - 2, Math.exp(log));
  });
  return found;
};

describe('a mix', () => {
  it('adds distributions by weight, each at the temperature', () => {
    // Classes 14 and 16 are pitches 60 and 62. a: 60 with 1/4, 62 with 3/4; b: 62 with 1/3, NO_EVENT with 2/3.
    const a = basic({ 14: 0, 16: Math.log(3) });
    const b = basic({ 16: 0, 0: Math.log(2) });
    const mix = new MixedListener([
      { model: a, weight: 7 },
      { model: b, weight: 3 },
    ]);
    mix.feed(60);
    const at1 = probabilities(mix, 1);
    expect([...at1.keys()]).toEqual([-2, 60, 62]);
    expect(at1.get(60)).toBeCloseTo(0.7 / 4, 6);
    expect(at1.get(62)).toBeCloseTo((0.7 * 3) / 4 + 0.3 / 3, 6);
    expect(at1.get(-2)).toBeCloseTo((0.3 * 2) / 3, 6);
    // At temperature 2 the odds are square roots.
    const at2 = probabilities(mix, 2);
    expect(at2.get(60)).toBeCloseTo(0.7 / (1 + Math.sqrt(3)), 6);
    expect(at2.get(-2)).toBeCloseTo((0.3 * Math.sqrt(2)) / (1 + Math.sqrt(2)), 6);
  });

  it('compares events, not classes: a repetition counts for what it repeats', () => {
    const encoder = createEncoder(CONFIGURATIONS.lookback_rnn.encoding);
    const repeatBar = encoder.numClasses - 2;
    // 65 was 16 steps back: half of the weight is on class 65, half on `repeat`.
    const mix = new MixedListener([{ model: lookback({ [65 - 48 + 2]: 0, [repeatBar]: 0 }), weight: 1 }]);
    mix.feed(65);
    for (let step = 1; step < 16; step++) mix.feed(-2);
    expect(probabilities(mix, 1).get(65)).toBeCloseTo(1, 6);
  });

  it('draws as often as the distribution says, notes alone when asked', () => {
    const mix = new MixedListener([{ model: basic({ 0: Math.log(6), 14: Math.log(1), 16: Math.log(3) }), weight: 1 }]);
    mix.feed(60);
    const random = new Random(3);
    const count = (onlyNotes: boolean): Map<number, number> => {
      const counts = new Map<number, number>();
      for (let k = 0; k < 4000; k++) {
        const event = mix.choose(1, random, onlyNotes);
        counts.set(event, (counts.get(event) ?? 0) + 1 / 4000);
      }
      return counts;
    };
    const all = count(false);
    expect(Math.abs((all.get(-2) ?? 0) - 0.6)).toBeLessThan(0.03);
    const notes = count(true);
    expect([...notes.keys()].sort()).toEqual([60, 62]);
    expect(Math.abs((notes.get(62) ?? 0) - 0.75)).toBeLessThan(0.03);
  });

  it('at temperature 0, and where it is so cold that notes have no chance, takes the likeliest', () => {
    const mix = new MixedListener([{ model: basic({ 0: 9, 14: 1, 16: 3 }), weight: 1 }]);
    mix.feed(60);
    const random = new Random(1);
    expect(mix.choose(0, random)).toBe(-2);
    expect(mix.choose(0, random, true)).toBe(62);
    expect(mix.choose(1e-300, random, true)).toBe(62);
  });

  it('of one model gives what the model gives', () => {
    const model = basic({ 0: 1, 1: 0.5, 14: 2, 20: 1.5 });
    const [mix, alone] = [new MixedListener([{ model, weight: 0.2 }]), new Listener(model)];
    mix.feed(60);
    alone.feed(60);
    const labels = [0, 1, 14, 20];
    [-2, -1, 60, 66].forEach((event, k) => {
      expect(mix.logProbabilities(0.7)[event + 2]).toBeCloseTo(alone.logProbabilities(0.7)[labels[k] as number] as number, 6);
    });
  });

  it('is refused when pitches or keys differ, or a weight is no weight', () => {
    const a = basic({ 14: 0 });
    const others = [
      basic({ 14: 0 }, CONFIGURATIONS.mono_rnn.encoding),
      basic({ 14: 0 }, { ...CONFIGURATIONS.basic_rnn.encoding, transposeToKey: 2 }),
    ];
    for (const model of others) {
      expect(
        () =>
          new MixedListener([
            { model: a, weight: 1 },
            { model, weight: 1 },
          ]),
      ).toThrow(expect.objectContaining({ code: 'usage' }));
    }
    for (const weight of [0, -1, Number.NaN, Infinity]) {
      expect(() => new MixedListener([{ model: a, weight }])).toThrow(expect.objectContaining({ code: 'usage' }));
    }
    expect(() => new MixedListener([])).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
