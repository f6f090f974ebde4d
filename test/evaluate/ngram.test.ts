// n-gram models: probabilities worked out by hand, and baselines computed by another program on a whole corpus.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateNgram, type NgramMelody, NgramModel } from '../../src/evaluate/ngram.js';
import { squash } from '../../src/music/keys.js';

const range = { minPitch: 48, maxPitch: 84 };
const melody = (events: number[], stepsPerBar = 16): NgramMelody => ({ events, stepsPerBar });
const [a, b, c] = [60, 62, 64];
const probability = (model: NgramModel, events: number[], next: number, stepsPerBar = 16): number =>
  model.predict(melody([...events, next], stepsPerBar), events.length, new Float64Array(38))[next - 48 + 2] as number;

describe('NgramModel', () => {
  // Predicted: b after a, a after b, b after a, c after b.
  const corpus = [melody([a, b, a, b, c])];

  it('smooths as Witten and Bell', () => {
    const model = new NgramModel(corpus, { order: 2, smoothing: 'witten-bell' }, range);
    const unigram = (count: number): number => (count + 3 / 38) / (4 + 3);
    expect(probability(model, [b], a)).toBeCloseTo((1 + 2 * unigram(1)) / (2 + 2), 12);
    expect(probability(model, [a], b)).toBeCloseTo((2 + 1 * unigram(2)) / (2 + 1), 12);
    expect(probability(model, [a], c)).toBeCloseTo((0 + 1 * unigram(1)) / (2 + 1), 12);
    // Nothing was seen after c: its unigram.
    expect(probability(model, [c], b)).toBeCloseTo(unigram(2), 12);
  });

  it('smooths as Kneser and Ney: shorter contexts count the ways, not the times', () => {
    const model = new NgramModel(corpus, { order: 2, smoothing: 'kneser-ney' }, range);
    // Bigrams: ab twice, ba and bc once: the discount is 2 / (2 + 2 * 1). Each of a, b, c came after one symbol: 0.5 there.
    const unigram = (ways: number): number => (Math.max(ways - 0.5, 0) + (0.5 * 3) / 38) / 3;
    expect(probability(model, [a], b)).toBeCloseTo((2 - 0.5 + 0.5 * 1 * unigram(1)) / 2, 12);
    expect(probability(model, [b], c)).toBeCloseTo((1 - 0.5 + 0.5 * 2 * unigram(1)) / 2, 12);
    expect(probability(model, [b], b)).toBeCloseTo((0.5 * 2 * unigram(1)) / 2, 12);
  });

  it('tells the steps of a bar apart when asked to', () => {
    const model = new NgramModel([melody([a, b, a, b, a, b], 2)], { order: 1, smoothing: 'witten-bell', metricPosition: true }, range);
    expect(probability(model, [a], b, 2)).toBeCloseTo((3 + 1 / 38) / 4, 12);
    expect(probability(model, [a, b], b, 2)).toBeCloseTo(1 / 38 / 3, 12);
  });

  it('always gives a distribution', () => {
    const events = fc.array(fc.constantFrom(-2, -1, a, b, c), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(events, { maxLength: 4 }),
        events,
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('kneser-ney' as const, 'witten-bell' as const),
        fc.boolean(),
        (train, test, order, smoothing, metricPosition) => {
          const model = new NgramModel(
            train.map((e) => melody(e)),
            { order, smoothing, metricPosition },
            range,
          );
          for (let step = 0; step <= test.length; step++) {
            const p = model.predict(melody([...test, -2]), step, new Float64Array(38));
            expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 10);
            expect(Math.min(...p)).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('refuses impossible orders and pitches outside its range', () => {
    for (const order of [0, 1.5, 33, Number.NaN]) {
      expect(() => new NgramModel([], { order, smoothing: 'kneser-ney' }, range)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
    expect(() => new NgramModel([melody([60, 84])], { order: 2, smoothing: 'kneser-ney' }, range)).toThrow(
      expect.objectContaining({ code: 'bad-sequence' }),
    );
  });
});

const shared = process.env.MST_SHARED;

interface Baseline {
  order: number;
  smoothing: string;
  metric_position: boolean;
  loss: number;
  accuracy: number;
  event_accuracy: number;
  no_event_accuracy: number;
}

describe.skipIf(!shared)('the baselines of a whole corpus', () => {
  const folder = join(shared ?? '', 'spec/golden/pipeline');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const load = (): { train: NgramMelody[]; held: NgramMelody[] } => {
    const split = JSON.parse(read('split_nottingham.json')) as { train: string[]; eval: string[] };
    const byFile = new Map<string, NgramMelody[]>();
    for (const line of read('melodies_nottingham.jsonl').trim().split('\n')) {
      const song = JSON.parse(line) as { file: string; subsequences: { melodies: { steps_per_bar: number; events: number[] }[] }[] };
      const melodies = song.subsequences.flatMap((part) => part.melodies);
      byFile.set(
        song.file,
        melodies.map(({ events, steps_per_bar }) => melody(squash(events, { ...range, transposeToKey: 0 }).events, steps_per_bar)),
      );
    }
    const of = (files: string[]): NgramMelody[] => files.flatMap((file) => byFile.get(file) ?? []);
    return { train: of(split.train), held: of(split.eval) };
  };

  it('agree with another program for orders up to 8', () => {
    const { train, held } = load();
    const baselines = (JSON.parse(read('ngram_baselines.json')) as { models: Baseline[] }).models;
    const isKneserNey = ({ smoothing }: Baseline): boolean => smoothing.includes('Kneser-Ney');
    const models = baselines.filter((baseline) => (isKneserNey(baseline) ? [1, 3, 8] : [4]).includes(baseline.order));
    expect(models.map(({ metric_position }) => metric_position).sort()).toEqual([false, false, false, false, true]);
    for (const expected of models) {
      const smoothing = isKneserNey(expected) ? 'kneser-ney' : 'witten-bell';
      const model = new NgramModel(train, { order: expected.order, smoothing, metricPosition: expected.metric_position }, range);
      const result = evaluateNgram(model, held);
      expect(result.loss).toBeCloseTo(expected.loss, 9);
      expect(result.natsPerEvent).toBeCloseTo(expected.loss, 9);
      expect(result['metrics/accuracy']).toBeCloseTo(expected.accuracy, 9);
      expect(result['metrics/event_accuracy']).toBeCloseTo(expected.event_accuracy, 9);
      expect(result['metrics/no_event_accuracy']).toBeCloseTo(expected.no_event_accuracy, 9);
    }
  });
});
