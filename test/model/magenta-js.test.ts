// The real MusicRNN of @magenta/music plays exported models: it is the measure of what "loads unchanged in Magenta.js" means.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { generateMelody } from '../../src/model/generate.js';
import { type Model, openModel } from '../../src/model/model.js';
import { decodeModel, encodeModel } from '../../src/model/model-format.js';
import { exportTo } from '../../src/pipeline/models/export.js';
import { resolveHome } from '../../src/registry/home.js';
import { writeModel } from '../../src/registry/model-store.js';
import { findModel } from '../../src/registry/models.js';
import { temporaryFolder } from '../support/folder.js';
import { farthest, probabilities, randomModel } from '../support/models.js';

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

/** What `mst models export --format magenta-js` writes of a model. */
async function exported(model: Model): Promise<Map<string, Uint8Array>> {
  const folder = temporaryFolder();
  const home = resolveHome({ asked: folder, current: folder, shipped: join(folder, 'package') });
  writeModel(home, 'mine', encodeModel(model), { force: false });
  const { path } = await exportTo(findModel(home, 'mine', folder), 'magenta-js', { output: undefined, current: folder, force: false });
  return new Map(readdirSync(path).map((file) => [file, readFileSync(join(path, file))]));
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
    const model = randomModel(name, layerSizes, {}, 11);
    folders.set(name, await exported(model));
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

describe('a Magenta.js model with attention around all of its three layers', () => {
  it('is read so that it has the probabilities MusicRNN gives it', async () => {
    const made = randomModel('basic_rnn', [6, 6, 6], { attnLength: 4, attnLayers: 'all' }, 3);
    // MusicRNN never adds this bias.
    made.weights.get('rnn/attention_cell_wrapper/attention/bias')?.data.fill(0);
    const files = encodeModel(made);
    files.delete('model.json');
    const converter = { type: 'MelodyConverter', args: { minPitch: 48, maxPitch: 83 } };
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ type: 'MusicRNN', attentionLength: 4, dataConverter: converter })));
    const manifest = 'weights_manifest.json';
    const text = new TextDecoder().decode(files.get(manifest)).replaceAll('attn_output_projection', 'attention_output_projection');
    files.set(manifest, new TextEncoder().encode(text));
    folders.set('attention', files);
    const musicRnn = await loadMusicRnn('attention');
    const notes = [60, 64, 67, 62, 71, 55, 60, 72].map((pitch, at) => ({ pitch, quantizedStartStep: at, quantizedEndStep: at + 1 }));
    const sequence = { notes, quantizationInfo: { stepsPerQuarter: 4 }, totalQuantizedSteps: 8 };
    const theirs = await musicRnn.continueSequenceAndReturnProbabilities(sequence, 1, undefined);
    const ours = probabilities(
      decodeModel(files),
      notes.map(({ pitch }) => pitch),
    );
    expect(farthest(ours.slice(-1), theirs.probs)).toBeLessThan(1e-5);
    musicRnn.dispose();
  });
});
