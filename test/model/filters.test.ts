// Filters on what comes next: distributions and results worked out by hand, and properties over all of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import { type Filters, keepTopK, keepTopP, narrow, narrowingOf } from '../../src/model/filters.js';
import { generateMelody } from '../../src/model/generate.js';
import { MixedListener } from '../../src/model/mix.js';
import { type MelodyModel, openModel } from '../../src/model/model.js';
import { SCALE_NAMES, scaleOn } from '../../src/music/scales.js';
import { randomModel } from '../support/models.js';
import { fakeNetwork } from './fake-network.js';

const logs = (probabilities: readonly number[]): Float64Array => Float64Array.from(probabilities, Math.log);
/** The indices that have a probability left. */
const kept = (values: Float64Array): number[] => [...values.keys()].filter((k) => (values[k] as number) > -Infinity);

function afterTopK(probabilities: readonly number[], count: number): number[] {
  const values = logs(probabilities);
  keepTopK(values, count);
  return kept(values);
}

function afterTopP(probabilities: readonly number[], share: number): number[] {
  const values = logs(probabilities);
  keepTopP(values, share);
  return kept(values);
}

/** Distributions with ties and impossible events. */
const weights = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 }).filter((all) => all.some((weight) => weight > 0));

describe('top-k', () => {
  it.each([
    [1, [1]],
    [2, [1, 2]],
    [3, [0, 1, 2]],
    [4, [0, 1, 2, 3]],
    [99, [0, 1, 2, 3]],
  ])('of 0.2, 0.4, 0.3, 0.1 keeps %i', (count, expected) => {
    expect(afterTopK([0.2, 0.4, 0.3, 0.1], count)).toEqual(expected);
  });

  it('of equals keeps the first, and never more than it should', () => {
    expect(afterTopK([0.2, 0.3, 0.2, 0.3], 3)).toEqual([0, 1, 3]);
    expect(afterTopK([0.25, 0.25, 0.25, 0.25], 2)).toEqual([0, 1]);
  });

  it('keeps exactly k of whatever can come, and nothing less likely than what it drops', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 12 }), (all, count) => {
        const left = afterTopK(all, count);
        expect(left).toHaveLength(Math.min(count, all.filter((weight) => weight > 0).length));
        const dropped = all.filter((_, k) => !left.includes(k));
        expect(Math.min(...left.map((k) => all[k] as number))).toBeGreaterThanOrEqual(Math.max(0, ...dropped));
      }),
    );
  });
});

describe('top-p', () => {
  it.each([
    [0.01, [1]],
    [0.5, [1]],
    [0.51, [1, 3]],
    [0.75, [1, 3]],
    [0.76, [0, 1, 3]],
    [0.875, [0, 1, 3]],
    [1, [0, 1, 2, 3]],
  ])('of 1/8, 1/2, 1/8, 1/4 keeps the least that reaches %d', (share, expected) => {
    expect(afterTopP([1 / 8, 1 / 2, 1 / 8, 1 / 4], share)).toEqual(expected);
  });

  it('keeps the fewest that reach p: one fewer would not', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 99 }), (all, percent) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const left = afterTopP(all, percent / 100).map((k) => all[k] as number);
        const sum = left.reduce((a, b) => a + b, 0);
        // Whole numbers: nothing is rounded here.
        expect(100 * sum).toBeGreaterThanOrEqual(percent * total);
        expect(100 * (sum - Math.min(...left))).toBeLessThan(percent * total);
      }),
    );
  });
});

describe('narrowing', () => {
  const cMajor = scaleOn(0, 'major');
  const at = (event: number): number => event + 2;
  /** NO_EVENT 0.4, C4 0.3, C#4 0.2, D4 0.1. */
  const distribution = (): Float64Array => {
    const values = new Float64Array(130).fill(-Infinity);
    values.set(logs([0.4]), at(-2));
    values.set(logs([0.3, 0.2, 0.1]), at(60));
    return values;
  };
  const left = (filters: Filters, options = {}): number[] => {
    const narrowing = narrowingOf(filters, options);
    const values = distribution();
    if (narrowing !== undefined) narrow(values, narrowing);
    return kept(values).map((k) => k - 2);
  };

  it('first leaves notes outside the scale out, then counts the likeliest, then their share of what is left', () => {
    expect(left({})).toEqual([-2, 60, 61, 62]);
    expect(left({ pitchClasses: cMajor })).toEqual([-2, 60, 62]);
    expect(left({ pitchClasses: cMajor, topK: 2 })).toEqual([-2, 60]);
    expect(left({ topK: 3, pitchClasses: cMajor })).toEqual([-2, 60, 62]);
    // 0.4 of 0.7 is 0.571.
    expect(left({ pitchClasses: cMajor, topK: 2, topP: 0.57 })).toEqual([-2]);
    expect(left({ pitchClasses: cMajor, topK: 2, topP: 0.58 })).toEqual([-2, 60]);
  });

  it('knows by how much the model transposes', () => {
    // Two semitones up: what the model calls C# is the melody's B, and its C, the melody's B flat, is not in C major.
    expect(left({ pitchClasses: cMajor }, { amount: 2 })).toEqual([-2, 61, 62]);
    expect(left({ pitchClasses: cMajor }, { amount: -22 })).toEqual([-2, 61, 62]);
  });

  it('lets only notes begin when asked', () => {
    expect(left({}, { onlyNotes: true })).toEqual([60, 61, 62]);
    expect(left({ topK: 1 }, { onlyNotes: true })).toEqual([60]);
    expect(left({ pitchClasses: new Set([1]) }, { onlyNotes: true })).toEqual([61]);
  });

  it.each([
    [{ topK: 0 }],
    [{ topK: 1.5 }],
    [{ topK: Number.NaN }],
    [{ topP: 0 }],
    [{ topP: -0.1 }],
    [{ topP: 1.01 }],
    [{ topP: Number.NaN }],
    [{ pitchClasses: new Set<number>() }],
    [{ pitchClasses: new Set([12]) }],
  ])('refuses %o', (filters) => {
    expect(() => narrowingOf(filters)).toThrow(expect.objectContaining({ code: 'usage' }));
    const model = openModel(randomModel('basic_rnn', [3]));
    expect(() => generateMelody(model, [60], { totalSteps: 8, random: new Random(1), filters })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

/** A basic_rnn model that answers with these probabilities by event, all others 0. Melodies of A and C, such as [72, 60], stay as they are. */
function fakeModel(answer: (last: number, steps: number) => Record<number, number>): MelodyModel {
  const encoder = createEncoder(configuration('basic_rnn').encoding);
  const classOf = (event: number): number => (event < 0 ? event + 2 : event - 46);
  return {
    encoder,
    network: fakeNetwork(encoder.numClasses, (row, steps) => {
      const logits = new Array<number>(encoder.numClasses).fill(Number.NEGATIVE_INFINITY);
      const last = row.columns[0] as number;
      for (const [event, p] of Object.entries(answer(last < 2 ? last - 2 : last + 46, steps))) logits[classOf(Number(event))] = Math.log(p);
      return logits;
    }),
  };
}

describe('choosing with filters', () => {
  it('draws what is left as often as before relative to each other, and scores it as if nothing were left out', () => {
    const listener = new MixedListener([{ model: fakeModel(() => ({ [-2]: 0.2, 60: 0.5, 61: 0.2, 62: 0.1 })), weight: 1 }]);
    listener.feed(60);
    const random = new Random(5);
    const narrowing = narrowingOf({ pitchClasses: new Set([1, 2]), topK: 2 }, { onlyNotes: true });
    const draws = Array.from({ length: 6000 }, () => listener.chooseAmong(narrowing, 1, random));
    const share = draws.filter(({ event }) => event === 61).length / draws.length;
    // Four standard deviations around 2/3.
    expect(Math.abs(share - 2 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 6000));
    for (const { event, logProbability } of draws) {
      expect([61, 62]).toContain(event);
      expect(Math.exp(logProbability)).toBeCloseTo(event === 61 ? 0.2 : 0.1, 6);
    }
  });

  it('so cold that nothing allowed has a chance left takes the likeliest of it', () => {
    const listener = new MixedListener([{ model: fakeModel(() => ({ 60: 0.9, 61: 0.04, 63: 0.06 })), weight: 1 }]);
    listener.feed(60);
    const narrowing = narrowingOf({ pitchClasses: new Set([1, 3]) }, { onlyNotes: true });
    expect(listener.chooseAmong(narrowing, 1e-300, new Random(1)).event).toBe(63);
    expect(listener.chooseAmong(narrowing, 0, new Random(1)).event).toBe(63);
    const nothing = narrowingOf({ pitchClasses: new Set([2]) }, { onlyNotes: true });
    expect(() => listener.chooseAmong(nothing, 1, new Random(1))).toThrow(expect.objectContaining({ code: 'bad-model' }));
  });
});

describe('generating with filters', () => {
  const primer = [72, 60];

  it('a beam search compares by what the model thinks, not by what the filter left', () => {
    // After C4: D or E alike. After D a note of the scale has 0.1, after E 0.9: a score of what is left would call both certain.
    const model = fakeModel((last): Record<number, number> => {
      if (last === 62) return { 65: 0.1, 66: 0.9 };
      return last === 64 ? { 65: 0.9, 66: 0.1 } : { 62: 0.5, 64: 0.5 };
    });
    const options = { totalSteps: 4, branchFactor: 64, stepsPerIteration: 2, filters: { pitchClasses: scaleOn(0, 'major') } };
    for (let seed = 0; seed < 5; seed++) {
      expect(generateMelody(model, primer, { ...options, random: new Random(seed) })).toEqual([...primer, 64, 65]);
    }
  });

  it('begins with a note when asked, and only there', () => {
    const model = fakeModel(() => ({ [-2]: 0.999, 64: 0.001 }));
    const melody = generateMelody(model, primer, { totalSteps: 8, startWithNote: true, random: new Random(1) });
    expect(melody).toEqual([...primer, 64, -2, -2, -2, -2, -2]);
  });

  it('with top-k 1 is as with temperature 0', () => {
    const model = openModel(randomModel('basic_rnn', [8]));
    const coldest = generateMelody(model, primer, { totalSteps: 60, temperature: 0, random: new Random(1) });
    expect(generateMelody(model, primer, { totalSteps: 60, filters: { topK: 1 }, random: new Random(2) })).toEqual(coldest);
  });

  it('without filters is as if there were none', () => {
    const model = openModel(randomModel('lookback_rnn', [8]));
    const options = { totalSteps: 60, beamSize: 2, branchFactor: 2 };
    expect(generateMelody(model, primer, { ...options, filters: {}, random: new Random(3) })).toEqual(
      generateMelody(model, primer, { ...options, random: new Random(3) }),
    );
  });

  it.each(CONFIG_NAMES)('%s plays nothing outside the scale, whatever the scale, primer, temperature and search', (name) => {
    const model = openModel(randomModel(name, [6]));
    const event = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: 127 }) }, { weight: 1, arbitrary: fc.constantFrom(-1, -2) });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.nat(11),
        fc.constantFrom(...SCALE_NAMES),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 2 }),
        fc.record({ topK: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), topP: fc.constantFrom(undefined, 0.9) }),
        fc.nat(1000),
        (events, tonic, scale, temperature, beams, likeliest, seed) => {
          const pitchClasses = scaleOn(tonic, scale);
          const melody = generateMelody(model, events, {
            totalSteps: 44,
            temperature,
            beamSize: beams,
            branchFactor: beams,
            filters: { ...likeliest, pitchClasses },
            random: new Random(seed),
          });
          expect(melody).toHaveLength(44);
          const foreign = melody.slice(events.length).filter((e) => e >= 0 && !pitchClasses.has(e % 12));
          expect(foreign).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
