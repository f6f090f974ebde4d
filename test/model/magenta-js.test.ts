// The real MusicRNN of @magenta/music plays exported models: it is the measure of what "loads unchanged in Magenta.js" means.

import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { configuration } from '../../src/encoding/configuration.js';
import { generateMelody } from '../../src/model/generate.js';
import { type Model, networkShape, openModel } from '../../src/model/model.js';
import { encodeModel } from '../../src/model/model-format.js';
import { sizeOf, variableShapes } from '../../src/model/weights.js';

interface MagentaNote {
  pitch: number;
  quantizedStartStep: number;
  quantizedEndStep: number;
}
interface MagentaMusicRnn {
  initialize(): Promise<void>;
  continueSequenceAndReturnProbabilities(
    sequence: object,
    steps: number,
    temperature?: number,
  ): Promise<{ sequence: Promise<{ notes: MagentaNote[] }>; probs: Float32Array[] }>;
  dispose(): void;
}

let server: Server;
let root: string;
const folders = new Map<string, Map<string, Uint8Array>>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const [, folder = '', file = ''] = (request.url ?? '').split('/');
    const bytes = folders.get(folder)?.get(file);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

/** A model with weights large enough that its distributions are far from uniform. */
function randomModel(name: 'basic_rnn' | 'mono_rnn', layerSizes: number[]): Model {
  const { encoding } = configuration(name);
  const random = new Random(11);
  const card = { name, configuration: name, encoding, layerSizes, attnLength: 0 };
  const weights = new Map(
    [...variableShapes(networkShape(card))].map(([variable, shape]) => [
      variable,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() - 0.5) * 1.2) },
    ]),
  );
  return { card, weights };
}

async function loadMusicRnn(folder: string): Promise<MagentaMusicRnn> {
  const { MusicRNN } = createRequire(import.meta.url)('@magenta/music/node/music_rnn') as {
    MusicRNN: new (url: string) => MagentaMusicRnn;
  };
  const model = new MusicRNN(`${root}/${folder}`);
  await model.initialize();
  return model;
}

/** The notes of a continuation: each lasts until the next pitch, a NOTE_OFF or the end. */
function notesOf(events: readonly number[]): MagentaNote[] {
  return events.flatMap((pitch, quantizedStartStep) => {
    if (pitch < 0) return [];
    const length = events.slice(quantizedStartStep + 1).findIndex((event) => event !== -2);
    return [{ pitch, quantizedStartStep, quantizedEndStep: length < 0 ? events.length : quantizedStartStep + 1 + length }];
  });
}

describe.each([
  { name: 'basic_rnn', layerSizes: [24, 16] },
  { name: 'mono_rnn', layerSizes: [20] },
] as const)('MusicRNN plays an exported $name', ({ name, layerSizes }) => {
  const primer = [60, -2, 64, -2, 67, -1, 62, 71];
  const steps = 24;

  it('with the same probabilities to 1e-5 and, greedy, the same notes', async () => {
    const model = randomModel(name, [...layerSizes]);
    folders.set(name, encodeModel(model));
    const musicRnn = await loadMusicRnn(name);
    const sequence = {
      notes: [
        { pitch: 60, quantizedStartStep: 0, quantizedEndStep: 2 },
        { pitch: 64, quantizedStartStep: 2, quantizedEndStep: 4 },
        { pitch: 67, quantizedStartStep: 4, quantizedEndStep: 5 },
        { pitch: 62, quantizedStartStep: 6, quantizedEndStep: 7 },
        { pitch: 71, quantizedStartStep: 7, quantizedEndStep: 8 },
      ],
      quantizationInfo: { stepsPerQuarter: 4 },
      totalQuantizedSteps: 8,
    };
    const theirs = await musicRnn.continueSequenceAndReturnProbabilities(sequence, steps, undefined);
    const { notes } = await theirs.sequence;

    const { encoder, network } = openModel(model);
    const melody = generateMelody(openModel(model), primer, { totalSteps: primer.length + steps, temperature: 0, random: new Random(1) });
    const ours = melody.slice(primer.length);
    const cursor = encoder.start();
    const state = network.createState();
    const logits = new Float32Array(network.numClasses);
    for (const event of primer) {
      cursor.push(event);
      network.step(cursor.input(), state, logits);
    }
    expect(theirs.probs.length).toBe(steps);
    theirs.probs.forEach((expected, step) => {
      const top = Math.max(...logits);
      const exponentials = Array.from(logits, (logit) => Math.exp(logit - top));
      const sum = exponentials.reduce((a, b) => a + b);
      exponentials.forEach((value, label) => {
        expect(Math.abs(value / sum - (expected[label] as number))).toBeLessThan(1e-5);
      });
      cursor.push(ours[step] as number);
      network.step(cursor.input(), state, logits);
    });
    expect(notes.length).toBeGreaterThan(2);
    expect(notes.map(({ pitch, quantizedStartStep, quantizedEndStep }) => ({ pitch, quantizedStartStep, quantizedEndStep }))).toEqual(
      notesOf(ours),
    );
    musicRnn.dispose();
  });
});
