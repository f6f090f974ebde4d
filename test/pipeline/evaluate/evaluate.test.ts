// Step 5 on tiny runs, through the steps as `mst train` takes them: a model that knows its songs by heart, and one that knows nothing.

import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oneHotClass } from '../../../src/encoding/onehot.js';
import { evaluateNgram, NgramModel } from '../../../src/evaluate/ngram.js';
import { runStep, type StepName, type TrainingRequest } from '../../../src/pipeline/runner.js';
import { resolveHome } from '../../../src/registry/home.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';
import { elementsOf, readXml } from '../../support/svg-reader.js';
import { readSequenceExample, readTFRecords } from '../../support/tfrecord-reader.js';
import { madeUpTune, madeUpTunes } from '../../support/tunes.js';

const { Midi } = createRequire(import.meta.url)('@tonejs/midi') as typeof import('@tonejs/midi');

/** A request to train on files; the folder is the home. */
function requestFor(
  files: Readonly<Record<string, string>>,
  changes: { config: 'basic_rnn' | 'lookback_rnn'; steps: number; hparams: string; evalRatio: number },
): TrainingRequest {
  const folder = temporaryFolder(Object.fromEntries(Object.entries(files).map(([name, text]) => [`music/${name}`, text])));
  const { config, steps, hparams, evalRatio } = changes;
  return {
    home: resolveHome({ current: folder }),
    current: folder,
    artist: 'test',
    paths: ['music'],
    run: 'test',
    config,
    evalRatio,
    seed: 5,
    compat: false,
    fit: { config, hparams, seed: 5, compat: false, from: 'none', steps },
    engine: 'auto',
    threads: 1,
    checkpoint: 'last',
    archive: false,
    now: () => 0,
  };
}

const FIRST: readonly StepName[] = ['fetch', 'convert', 'examples', 'fit'];

async function trained(request: TrainingRequest): Promise<string> {
  for (const name of FIRST) await runStep(name, request, quietly());
  return join(request.current, 'checkpoints', 'test');
}

const ignorant = { config: 'basic_rnn', steps: 2, hparams: 'rnn_layer_sizes=[6],batch_size=4', evalRatio: 0.3 } as const;

describe('evaluate', () => {
  it('catches a model that knows its songs by heart, and says which and where', async () => {
    const tunes = Object.fromEntries([1, 2, 3].map((n) => [`tune-${n}.abc`, madeUpTune(n, 8)]));
    const hparams = 'rnn_layer_sizes=[48],batch_size=3,learning_rate=0.03,dropout_keep_prob=1.0';
    const request = requestFor(tunes, { config: 'lookback_rnn', steps: 300, hparams, evalRatio: 0 });
    const run = await trained(request);
    const notes: string[] = [];
    const { summary } = await runStep(
      'evaluate',
      request,
      quietly({ progress: { start() {}, update() {}, note: (text) => notes.push(text) } }),
    );
    expect(summary.warnings.map(({ code }) => code)).toEqual(['copies']);
    expect(notes.join('\n')).toMatch(/copies.*tune-\d\.abc/);
    expect(summary).toMatchObject({ baselines: null, generated: { unheard: 0, recalled: 20 }, excerpts: { training: 3, heldOut: 0 } });
    expect(summary.copying.judgement.copies?.generated).toBeGreaterThan(7);

    // The passages stand where it says they do: in the MIDI file it wrote, and in the tune as it was written.
    const scale = 'CDEFGABcdefg';
    const semitones = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19];
    expect(summary.copying.passages.length).toBeGreaterThan(15);
    for (const { file, in: place, notes: length, song, semitones: higher, bars } of summary.copying.passages) {
      const { header, tracks } = new Midi(readFileSync(join(run, 'evaluation', file)));
      const made = tracks.flatMap(({ notes: all }) => all);
      const barOf = (ticks: number): number => Math.floor(ticks / (4 * header.ppq)) + 1;
      const start = made.findIndex(({ ticks }) => barOf(ticks) === place.from);
      const text = tunes[song.file]?.split('K:C\n')[1] ?? '';
      const written = text
        .split('|')
        .map((bar) => (bar.match(/[A-Ga-g]/g) ?? []).map((letter) => 60 + (semitones[scale.indexOf(letter)] ?? 0)));
      const there = written
        .slice(song.in.from - 1, song.in.to)
        .flat()
        .join(' ');
      const here = made.filter(({ ticks }) => barOf(ticks) >= place.from && barOf(ticks) <= place.to).map(({ midi }) => midi - higher);
      const windows = here.map((_, i) => here.slice(i, i + length)).filter((window) => window.length === length);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(windows.some((window) => there.includes(window.join(' ')))).toBe(true);
      expect(bars).toBeGreaterThan((length - 1) / 4 - 1e-9);
    }

    // Examples from elsewhere come without a report: then songs have numbers.
    unlinkSync(join(request.current, 'datasets', 'test', 'lookback_rnn', 'examples-report.jsonl'));
    const { summary: nameless } = await runStep('evaluate', request, quietly());
    expect(nameless.copying.judgement).toEqual(summary.copying.judgement);
    expect(nameless.copying.passages[0]?.song.file).toMatch(/^melody [123] of .*training_melodies\.tfrecord$/);
  });

  it('compares with n-grams of the same data, warns where they are better, and writes a page', async () => {
    const request = requestFor(madeUpTunes(10), ignorant);
    const run = await trained(request);
    const { summary } = await runStep('evaluate', request, quietly());
    const dataset = join(request.current, 'datasets', 'test', 'basic_rnn');
    // A one-hot example's events are its labels, and the first is the input of its first step.
    const melodies = (file: string) =>
      readTFRecords(readFileSync(join(dataset, file)))
        .map(readSequenceExample)
        .map(({ inputs, labels }) => [inputs[0]?.indexOf(1) ?? -1, ...labels])
        .map((classes) => ({ events: classes.map((k) => (k < 2 ? k - 2 : k - 2 + 48)).map((e) => (e === -2 ? -2 : e)), stepsPerBar: 16 }));
    const range = { minPitch: 48, maxPitch: 84 };
    expect(oneHotClass(48, { ...range, encoder: 'onehot', transposeToKey: 0 })).toBe(2);
    const [training, heldOut] = [melodies('training_melodies.tfrecord'), melodies('eval_melodies.tfrecord')];
    for (const [name, order] of [
      ['unigram', 1],
      ['sixGram', 6],
    ] as const) {
      const expected = evaluateNgram(new NgramModel(training, { order, smoothing: 'kneser-ney' }, range), heldOut);
      const found = summary.baselines?.[name];
      expect(found?.natsPerEvent).toBeCloseTo(expected.loss, 12);
      expect(found?.perplexity).toBeCloseTo(Math.exp(expected.loss), 9);
      expect(found?.eventAccuracy).toBeCloseTo(expected['metrics/event_accuracy'], 12);
    }
    // In a one-hot encoding an event is a label: both measures of the model agree.
    expect(summary.baselines?.model.natsPerEvent).toBeCloseTo(summary.metrics?.loss ?? 0, 6);
    expect(summary.baselines?.model.eventAccuracy).toBeCloseTo(summary.metrics?.['metrics/event_accuracy'] ?? 0, 9);
    const { model, sixGram } = summary.baselines ?? {};
    expect(summary.baselines?.advantagePercent).toBeCloseTo(100 * (1 - (model?.natsPerEvent ?? 0) / (sixGram?.natsPerEvent ?? 1)), 9);
    expect(summary.warnings.map(({ code }) => code)).toEqual(['no-better-than-6-gram']);
    expect(summary.baselines?.learnedFrom).toEqual({ melodies: training.length, events: training.length * 255, sampled: false });
    expect(summary.excerpts).toEqual({ training: 2 * training.length, heldOut: 2 * heldOut.length });

    const page = readXml(readFileSync(join(run, 'evaluation.svg'), 'utf8'));
    const words = elementsOf(page, 'text').map(({ text }) => text);
    expect(words).toEqual(expect.arrayContaining(['What test has learned', 'Pitches', 'Repeated rhythms', 'the model']));
    const hints = elementsOf(page, 'rect').flatMap(({ children }) => children.map(({ text }) => text));
    expect(hints.some((hint) => hint.startsWith(`6-gram: ${sixGram?.natsPerEvent.toFixed(3)}`))).toBe(true);
    const [width, height] = [Number(page.attributes.width), Number(page.attributes.height)];
    for (const { attributes } of elementsOf(page, 'rect').slice(1)) {
      const [x, y, w, h] = ['x', 'y', 'width', 'height'].map((name) => Number(attributes[name])) as [number, number, number, number];
      expect([x >= 0, y >= 0, w >= 0, h >= 0, x + w <= width, y + h <= height]).toEqual(new Array(6).fill(true));
    }
  });

  it('skips what has not changed, gives the same bytes again, and makes anew what was lost', async () => {
    const request = requestFor(madeUpTunes(6), ignorant);
    const run = await trained(request);
    await runStep('evaluate', request, quietly());
    const before = filesIn(run);
    expect(Object.keys(before).filter((name) => name.startsWith('evaluation/')).length).toBe(40);
    expect(await runStep('evaluate', request, quietly())).toMatchObject({ skipped: true });
    expect(await runStep('evaluate', request, quietly({ force: true }))).toMatchObject({ skipped: false });
    expect(filesIn(run)).toEqual(before);
    writeFileSync(join(run, 'evaluation.svg'), '<svg/>');
    expect(await runStep('evaluate', request, quietly())).toMatchObject({ skipped: false });
    expect(filesIn(run)).toEqual(before);
  });

  it('stops between two melodies when it is interrupted, and leaves nothing half made', async () => {
    const request = requestFor(madeUpTunes(6), ignorant);
    const run = await trained(request);
    const before = filesIn(run);
    const controller = new AbortController();
    const progress = {
      start: (_: unknown, unit: string) => unit.startsWith('events compared') && controller.abort(),
      update() {},
      note() {},
    };
    await expect(runStep('evaluate', request, quietly({ progress, signal: controller.signal }))).rejects.toThrow(/abort/i);
    expect(filesIn(run)).toEqual(before);
  });

  it('refuses a report that is about other examples, or damaged', async () => {
    const request = requestFor(madeUpTunes(6), ignorant);
    await trained(request);
    const report = join(request.current, 'datasets', 'test', 'basic_rnn', 'examples-report.jsonl');
    const lines = readFileSync(report, 'utf8');
    writeFileSync(report, lines.replace(/"steps":256/g, '"steps":240'));
    await expect(runStep('evaluate', request, quietly())).rejects.toMatchObject({
      code: 'bad-record',
      message: expect.stringContaining(report),
    });
    writeFileSync(report, `${lines}{"file`);
    await expect(runStep('evaluate', request, quietly())).rejects.toMatchObject({
      code: 'bad-record',
      message: expect.stringContaining(report),
    });
  });
});
