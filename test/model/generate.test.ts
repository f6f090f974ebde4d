// Generation with networks of which everything is known: expected melodies follow from them by hand.

import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { type ConfigName, configuration } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import type { SparseRow } from '../../src/encoding/example.js';
import { generateMelody, generateStepwise } from '../../src/model/generate.js';
import { Listener } from '../../src/model/listener.js';
import { type MelodyModel, networkShape, openModel } from '../../src/model/model.js';
import { fakeNetwork } from './fake-network.js';
import { randomWeights } from './naive-network.js';

/** A model that answers with these probabilities (by class; all others 0). */
function fakeModel(name: ConfigName, answer: (row: SparseRow, steps: number) => Record<number, number>): MelodyModel {
  const encoder = createEncoder(configuration(name).encoding);
  return {
    encoder,
    network: fakeNetwork(encoder.numClasses, (row, steps) => {
      const logits = new Array<number>(encoder.numClasses).fill(Number.NEGATIVE_INFINITY);
      for (const [label, p] of Object.entries(answer(row, steps))) logits[Number(label)] = Math.log(p);
      return logits;
    }),
  };
}

const cMajor = [60, 62, 64, 65, 67, 69, 71, 72];
const dMajor = cMajor.map((pitch) => pitch + 2);
const label = (pitch: number): number => pitch - 48 + 2;

describe('generateMelody', () => {
  it('feeds every event of the primer once, then each of its own', () => {
    const heard: number[] = [];
    const model = fakeModel('basic_rnn', (row, steps) => {
      expect(steps).toBe(heard.length + 1);
      heard.push(row.columns[0] as number);
      return { [label(55 + (steps % 3))]: 1 };
    });
    const melody = generateMelody(model, cMajor, { totalSteps: 12, random: new Random(1) });
    expect(melody).toEqual([...cMajor, 57, 55, 56, 57]);
    expect(heard).toEqual([...cMajor, 57, 55, 56].map(label));
  });

  it("works in the model's key and comes back to the melody's own", () => {
    const model = fakeModel('basic_rnn', () => ({ [label(60)]: 1 }));
    expect(generateMelody(model, dMajor, { totalSteps: 10, random: new Random(1) })).toEqual([...dMajor, 62, 62]);
  });

  it('decodes repetitions by what was played, its own notes included', () => {
    const bar = [...cMajor, -2, -1, 60, -2, -2, 64, -1, 67];
    const model = fakeModel('lookback_rnn', () => ({ 38: 1 }));
    expect(generateMelody(model, bar, { totalSteps: 48, random: new Random(1) })).toEqual([...bar, ...bar, ...bar]);
    const early = fakeModel('attention_rnn', () => ({ 39: 1 }));
    expect(generateMelody(early, bar, { totalSteps: 18, random: new Random(1) })).toEqual([...bar, -2, -2]);
  });

  it('repeats itself with a seed, and differs with another', () => {
    const { encoding } = configuration('attention_rnn');
    const card = { name: 'x', configuration: 'attention_rnn' as const, encoding, layerSizes: [6, 5], attnLength: 3 };
    const model = openModel({ card, weights: randomWeights(networkShape(card), new Random(8)) });
    const run = (seed: number, beamSize = 1): number[] =>
      generateMelody(model, cMajor, { totalSteps: 60, beamSize, branchFactor: 2, random: new Random(seed) });
    expect(run(1)).toEqual(run(1));
    expect(run(1, 3)).toEqual(run(1, 3));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1)).toHaveLength(60);
    expect(run(1).every((event) => event >= -2 && event < 84)).toBe(true);
  });

  describe('beam search', () => {
    /** After a C4: A with 0.6, B with 0.4. After A one of ten, after B always the same. */
    const [a, b, c] = [label(62), label(64), label(65)] as const;
    const crossroads = fakeModel('basic_rnn', (row) => {
      const last = row.columns[0];
      if (last === a) return Object.fromEntries(Array.from({ length: 10 }, (_, k) => [label(70) + k, 0.1]));
      return last === b ? { [c]: 1 } : { [a]: 0.6, [b]: 0.4 };
    });
    // The primer lies so that it is not transposed: C major, middle 65.5.
    const primer = [71, 60];

    it('looks ahead as many steps as an iteration has', () => {
      const options = { totalSteps: 4, branchFactor: 100, random: new Random(3) };
      expect(generateMelody(crossroads, primer, { ...options, stepsPerIteration: 2 }).slice(2)).toEqual([64, 65]);
      expect(generateMelody(crossroads, primer, { ...options, stepsPerIteration: 1 })[2]).toBe(62);
    });

    it('makes the first iteration short, so that the others are whole', () => {
      // Three steps at two per iteration: one step, then two. The one step decides for A.
      expect(generateMelody(crossroads, primer, { totalSteps: 5, branchFactor: 100, stepsPerIteration: 2, random: new Random(3) })[2]).toBe(
        62,
      );
    });

    it('draws once for each beam, branch and step, in that order, and of equals keeps the first', () => {
      const uniform = fakeModel('mono_rnn', () => Object.fromEntries(Array.from({ length: 128 }, (_, pitch) => [pitch + 2, 1 / 128])));
      const random = new Random(4);
      const melody = generateMelody(uniform, [60], { totalSteps: 3, beamSize: 2, branchFactor: 3, random });
      const same = new Random(4);
      const draws = Array.from({ length: 12 }, () => Math.floor(same.uniform() * 128));
      expect(melody).toEqual([60, draws[0], draws[6]]);
      expect(random.state).toEqual(same.state);
    });
  });

  it('can be left before every step of the network, those of the primer and of every beam too', () => {
    let steps = 0;
    const model = fakeModel('basic_rnn', () => {
      steps++;
      return { [label(60)]: 1 };
    });
    const options = { totalSteps: 12, beamSize: 3, branchFactor: 2, random: new Random(1) };
    const generating = generateStepwise(model, cMajor, options);
    let pauses = 0;
    let next = generating.next();
    for (; !next.done; next = generating.next()) expect(steps).toBe(pauses++);
    // Seven events of the primer once, then four steps of three beams twice over.
    expect(pauses).toBe(7 + 4 * 3 * 2);
    expect(next.value).toEqual(generateMelody(model, cMajor, { ...options, random: new Random(1) }));
  });

  it.each([
    ['no primer', [], {}, 'bad-primer'],
    ['a primer that is the whole', cMajor, { totalSteps: 8 }, 'usage'],
    ['no steps', cMajor, { totalSteps: 0 }, 'usage'],
    ['endless steps', cMajor, { totalSteps: Number.POSITIVE_INFINITY }, 'usage'],
    ['no beams', cMajor, { beamSize: 0 }, 'usage'],
    ['half a branch', cMajor, { branchFactor: 0.5 }, 'usage'],
    ['too many branches', cMajor, { beamSize: 1000, branchFactor: 1000 }, 'usage'],
    ['no steps per iteration', cMajor, { stepsPerIteration: 0 }, 'usage'],
    ['a negative temperature', cMajor, { temperature: -1 }, 'usage'],
    ['an event that is none', [60, 128], {}, 'bad-sequence'],
  ])('refuses %s', (_, primer, options, code) => {
    const model = fakeModel('basic_rnn', () => ({ 0: 1 }));
    expect(() => generateMelody(model, primer, { totalSteps: 16, random: new Random(1), ...options })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('Listener', () => {
  it('goes back to a copy, and predicts from there as before', () => {
    const model = fakeModel('basic_rnn', (row, steps) => ({ [row.columns[0] as number]: 0.5, [steps]: 0.5 }));
    const listener = new Listener(model);
    for (const event of [60, 62]) listener.feed(event);
    const there = listener.clone();
    const before = [...listener.logProbabilities(1)];
    for (const event of [64, 65, 67]) listener.feed(event);
    expect([...listener.logProbabilities(1)]).not.toEqual(before);
    listener.copyFrom(there);
    expect(listener.length).toBe(2);
    expect([...listener.logProbabilities(1)]).toEqual(before);
    expect(listener.logProbabilities(1)[label(62)]).toBeCloseTo(Math.log(0.5), 6);
    expect(listener.eventsOfClasses()[label(62)]).toBe(62);
  });
});
