// What a run tells while it trains: its TensorBoard events as an independent reader shows them, beside metrics.jsonl, and its samples.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_NAMES } from '../../src/encoding/configuration.js';
import { readCheckpoint } from '../../src/train/checkpoint.js';
import { type Engine, loadEngine } from '../../src/train/engines.js';
import { EventLog } from '../../src/train/event-log.js';
import { initialWeights } from '../../src/train/initialize.js';
import { networkShape } from '../../src/train/plan.js';
import { checkpointPath } from '../../src/train/run-folder.js';
import { sampleMelody } from '../../src/train/sample.js';
import { trainModel } from '../../src/train/trainer.js';
import { type ReadEvent, readEventFile, shownEvents } from '../support/event-reader.js';
import { readPng } from '../support/png-reader.js';
import { contentsOf, smallPlan, smallRun, temporaryFolder } from './run-fixture.js';

const { Midi } = createRequire(import.meta.url)('@tonejs/midi') as typeof import('@tonejs/midi');

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine('wasm', { threads: 1 });
});
const root = temporaryFolder();

const eventFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes('tfevents'))
    .sort();
const shown = (folder: string): ReadEvent[] => shownEvents(eventFiles(folder).map((name) => readFileSync(join(folder, name))));
/** A tag's values by step. */
const curve = (folder: string, tag: string): [step: number, value: number][] =>
  shown(folder).flatMap(({ step, scalars }) => (scalars.has(tag) ? [[step, scalars.get(tag) as number]] : []));
const metricsOf = (folder: string): Record<string, number & Record<string, number>>[] =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
/** What metrics.jsonl says of the steps, as the float32 that an event holds. */
const logged = (folder: string, name: string): [number, number][] =>
  metricsOf(folder).flatMap((line) => (line[name] === undefined ? [] : [[line.step as number, Math.fround(line[name])]]));
const heldOut = (folder: string, name: string): [number, number][] =>
  metricsOf(folder).flatMap(({ step, held_out }) => (held_out?.[name] == null ? [] : [[step as number, Math.fround(held_out[name])]]));

describe('a run', () => {
  const whole = join(root, 'whole');
  const began = 1_700_000_000_000;
  beforeAll(async () => {
    let time = began;
    await trainModel({
      ...smallRun(whole),
      engine,
      now: () => time,
      onProgress: () => {
        time += 250;
      },
    });
  });

  it('has the curves of metrics.jsonl', () => {
    const steps = [10, 20, 24];
    for (const tag of ['loss', 'learning_rate', 'tokens']) {
      expect(curve(whole, tag).map(([step]) => step)).toEqual(steps);
      expect(curve(whole, tag)).toEqual(logged(whole, tag));
    }
    const losses = metricsOf(whole).flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
    expect(curve(whole, 'metrics/perplexity')).toEqual(steps.map((step, i) => [step, Math.fround(Math.exp(losses[i] as number))]));
    const tokens = metricsOf(whole).flatMap(({ tokens }) => (tokens === undefined ? [] : [tokens]));
    // Step n is told after n - 1 waits of a quarter of a second.
    expect(curve(whole, 'tokens_per_second')).toEqual(
      steps.map((step, i) => [step, Math.fround((tokens[i] as number) / ((step - 1) * 0.25))]),
    );
  });

  it('has the held-out curves under the same names in a folder of their own', () => {
    const folder = join(whole, 'eval');
    const tags = ['loss', 'metrics/perplexity', 'metrics/accuracy', 'metrics/event_accuracy', 'metrics/no_event_accuracy', 'natsPerEvent'];
    for (const tag of tags) {
      expect(curve(folder, tag).map(([step]) => step)).toEqual([5, 10, 15, 20, 24]);
      expect(curve(folder, tag)).toEqual(heldOut(whole, tag));
    }
  });

  it('tells the time of day by the clock it is given, in seconds', () => {
    const at = (folder: string) => shown(folder).map(({ step, wallTime }) => [step, wallTime]);
    const second = (step: number) => began / 1000 + (step - 1) * 0.25;
    expect(at(whole)).toEqual([10, 20, 24].map((step) => [step, second(step)]));
    expect(new Set(at(join(whole, 'eval')).map(String))).toEqual(new Set([5, 10, 15, 20, 24].map((step) => String([step, second(step)]))));
  });

  it('has a sample of every evaluation as a MIDI file, begun with C4, and as a picture', () => {
    const names = ['000005', '000010', '000015', '000020', '000024'].map((step) => `step-${step}.mid`);
    expect(readdirSync(join(whole, 'samples')).sort()).toEqual(names);
    const pictures = shown(join(whole, 'eval')).flatMap(({ step, images }) => {
      const image = images.get('sample');
      return image ? [{ step, image }] : [];
    });
    expect(pictures.map(({ step }) => step)).toEqual([5, 10, 15, 20, 24]);
    names.forEach((name, i) => {
      const { tracks, header } = new Midi(readFileSync(join(whole, 'samples', name)));
      const notes = tracks.flatMap((track) => track.notes);
      expect(notes[0]).toMatchObject({ midi: 60, ticks: 0 });
      // Eight bars of 4/4, 120 quarter notes per minute.
      expect(header.tempos[0]?.bpm).toBeCloseTo(120, 3);
      expect(Math.max(...notes.map(({ time, duration }) => time + duration))).toBeLessThanOrEqual(16 + 1e-6);
      const { width, height, colorspace, png } = pictures[i]?.image ?? { width: 0, height: 0, colorspace: 0, png: new Uint8Array(0) };
      const picture = readPng(png);
      expect([picture.width, picture.height, colorspace]).toEqual([width, height, 3]);
      // As many beginnings of notes are to be seen as the file has: dark edges that no dark pixel precedes, counted along each row.
      const dark = Array.from({ length: width * height }, (_, i) => {
        const [red, green, blue] = picture.at(i % width, Math.floor(i / width));
        return red === 23 && green === 78 && blue === 166;
      });
      let beginnings = 0;
      for (let i = width; i < dark.length; i++) if (i % width > 0 && dark[i] && !dark[i - 1] && !dark[i - width]) beginnings++;
      expect(beginnings).toBe(notes.length);
    });
    // The network learns: it does not play the same all the time.
    expect(new Set(names.map((name) => readFileSync(join(whole, 'samples', name), 'latin1'))).size).toBeGreaterThan(1);
  });

  it('has the sample that the weights of its checkpoint play', () => {
    const { variables } = readCheckpoint(checkpointPath(whole, 'last'), networkShape(smallPlan('basic_rnn')));
    const melody = sampleMelody(smallPlan('basic_rnn'), variables);
    const { tracks } = new Midi(readFileSync(join(whole, 'samples/step-000024.mid')));
    const notes = tracks.flatMap((track) => track.notes);
    expect(notes.map(({ midi }) => midi)).toEqual(melody.notes.map(({ pitch }) => pitch));
    for (const [i, { time }] of notes.entries()) expect(time).toBeCloseTo(melody.notes[i]?.startTime ?? -1, 2);
  });

  it('shows the same curves, and has the same samples, when it is interrupted and resumed', async () => {
    const folder = join(root, 'resumed');
    // The clock stands still: names of event files must differ nevertheless.
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 13 && controller.abort();
    await trainModel({ ...smallRun(folder), engine, signal: controller.signal, onProgress });
    await trainModel({ ...smallRun(folder), engine, resume: true });
    expect(eventFiles(folder)).toHaveLength(2);
    expect(eventFiles(join(folder, 'eval'))).toHaveLength(2);
    expect(curve(folder, 'loss')).toEqual(curve(whole, 'loss'));
    expect(curve(join(folder, 'eval'), 'loss')).toEqual(curve(join(whole, 'eval'), 'loss'));
    expect(contentsOf(join(folder, 'samples'))).toEqual(contentsOf(join(whole, 'samples')));
  });

  it('sweeps a sample that was left half-written', async () => {
    const folder = join(root, 'swept');
    mkdirSync(join(folder, 'samples'), { recursive: true });
    writeFileSync(join(folder, `samples/.step-000005.mid.${process.pid}-2.tmp`), 'half');
    await trainModel({ ...smallRun(folder), engine });
    expect(contentsOf(folder)).toEqual(contentsOf(whole));
  });

  it('without held-out examples has neither held-out curves nor samples', async () => {
    const folder = join(root, 'unmeasured');
    await trainModel({ ...smallRun(folder), heldOut: null, engine });
    expect(curve(folder, 'loss')).toHaveLength(3);
    expect(readdirSync(folder)).not.toContain('eval');
    expect(readdirSync(folder)).not.toContain('samples');
  });

  it('ends with an error when a sample cannot be written', async () => {
    const folder = join(root, 'in-the-way');
    mkdirSync(folder);
    writeFileSync(join(folder, 'eval'), '');
    await expect(trainModel({ ...smallRun(folder), engine })).rejects.toMatchObject({ code: 'storage' });
  });
});

describe('a sample', () => {
  it.each(CONFIG_NAMES)('is the same from the same weights and seed, for %s', (config) => {
    const plan = smallPlan(config);
    const weights = initialWeights(networkShape(plan), 5);
    const melody = sampleMelody(plan, weights);
    expect(sampleMelody(plan, weights)).toEqual(melody);
    expect(melody.notes.length).toBeGreaterThan(0);
    expect(sampleMelody({ ...plan, seed: plan.seed + 1 }, weights)).not.toEqual(melody);
    expect(sampleMelody(plan, initialWeights(networkShape(plan), 6))).not.toEqual(melody);
  });
});

describe('event files', () => {
  const folder = join(root, 'events');

  it('take back what came after the step that a later one goes on from', () => {
    const first = new EventLog(folder, 0, () => 5000);
    for (const step of [10, 20, 30]) first.scalars(step, { loss: step });
    first.close();
    const second = new EventLog(folder, 20, () => 4000);
    second.scalars(30, { loss: 31, unknown: Number.NaN });
    second.close();
    expect(curve(folder, 'loss')).toEqual([
      [10, 10],
      [20, 20],
      [30, 31],
    ]);
    expect(shown(folder).at(-1)?.scalars.has('unknown')).toBe(false);
    expect(eventFiles(folder)).toEqual(['events.out.tfevents.0000000005.0000.mst', 'events.out.tfevents.0000000005.0001.mst']);
    // Even where the clock went back, the later file comes later by its name.
    expect(readEventFile(readFileSync(join(folder, eventFiles(folder)[1] ?? '')))[0]?.wallTime).toBe(4);
  });

  it('are whole after every event, without being closed', () => {
    const log = new EventLog(join(root, 'open'), 0, () => 0);
    const file = join(root, 'open', eventFiles(join(root, 'open'))[0] ?? '');
    for (let step = 1; step <= 3; step++) {
      log.scalars(step, { loss: step });
      expect(readEventFile(readFileSync(file)).at(-1)?.step).toBe(step);
    }
    expect(statSync(file).size).toBeLessThan(400);
    log.close();
  });
});
