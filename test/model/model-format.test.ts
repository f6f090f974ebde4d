// The model folder: round trips, files made by hand, files made by Magenta.js's own converter, and damage.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { type Model, networkShape, openModel } from '../../src/model/model.js';
import { decodeModel, encodeModel } from '../../src/model/model-format.js';
import { randomWeights } from './naive-network.js';

type Files = Map<string, Uint8Array>;
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const json = (files: Files, name: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(files.get(name))) as Record<string, unknown>;

function modelOf(name: (typeof CONFIG_NAMES)[number], layerSizes: number[], card: Partial<Model['card']> = {}): Model {
  const { encoding, hparams } = configuration(name);
  const full = { name: 'tiny', configuration: name, encoding, layerSizes, attnLength: hparams.attnLength, ...card };
  return { card: full, weights: randomWeights(networkShape(full), new Random(5)) };
}

/** A model with the bytes of its weights as text, which are compared at once. */
function plainly({ card, weights }: Model) {
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  return { card, weights: [...weights].map(([name, { shape, data }]) => ({ name, shape, bytes: bytesOf(data) })) };
}

/** A one-layer model of three units, as files that only this test made. */
function handMade(): { files: Files; manifest: { paths: string[]; weights: Record<string, unknown>[] }[] } {
  const weights = [
    { name: 'rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel', shape: [41, 12], dtype: 'float32' },
    { name: 'rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias', shape: [12], dtype: 'float32' },
    { name: 'fully_connected/weights', shape: [3, 38], dtype: 'float32' },
    { name: 'fully_connected/biases', shape: [38], dtype: 'float32', quantization: { dtype: 'uint8', min: -1, scale: 0.25 } },
  ];
  const manifest = [{ paths: ['a', 'b'], weights }];
  const floats = Float32Array.from({ length: 41 * 12 + 12 + 3 * 38 }, (_, k) => k / 1000);
  const data = new Uint8Array(floats.length * 4 + 38);
  data.set(new Uint8Array(floats.buffer));
  for (let k = 0; k < 38; k++) data[floats.length * 4 + k] = k;
  const config = { type: 'MusicRNN', dataConverter: { type: 'MelodyConverter', args: { minPitch: 48, maxPitch: 83 } } };
  const files: Files = new Map([
    ['config.json', bytes(config)],
    ['weights_manifest.json', bytes(manifest)],
    ['a', data.slice(0, 1001)], // a shard may end inside a number
    ['b', data.slice(1001)],
  ]);
  return { files, manifest };
}

const refused = (pattern: RegExp): unknown =>
  expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(pattern), hint: expect.any(String) });

describe('encodeModel and decodeModel', () => {
  it.each(CONFIG_NAMES)('give %s back, card and weights', (name) => {
    const model = modelOf(name, [5, 3], {
      artist: 'The Testers',
      stepsTrained: 120,
      seed: 42,
      metrics: { loss: 0.75 },
      corpus: 'abc',
      versions: { mst: '0.1.0' },
      created: '2025-01-01T00:00:00Z',
    });
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('gives any shape back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CONFIG_NAMES),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 5 }),
        (name, layers, attnLength) => {
          const model = modelOf(name, layers, { attnLength });
          const files = encodeModel(model);
          expect(plainly(decodeModel(files))).toEqual(plainly(model));
          // Without its card, the folder still tells what plays it.
          files.delete('model.json');
          expect(plainly(decodeModel(files, { name: 'tiny' }))).toEqual(plainly(model));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('writes for one-hot models the configuration MusicRNN reads, with the highest pitch inclusive', () => {
    expect(json(encodeModel(modelOf('basic_rnn', [2])), 'config.json')).toEqual({
      type: 'MusicRNN',
      dataConverter: { type: 'MelodyConverter', args: { minPitch: 48, maxPitch: 83 } },
    });
    expect(json(encodeModel(modelOf('mono_rnn', [2])), 'config.json')).toMatchObject({
      dataConverter: { args: { minPitch: 0, maxPitch: 127 } },
    });
    for (const name of ['lookback_rnn', 'attention_rnn'] as const) {
      expect(json(encodeModel(modelOf(name, [2])), 'config.json').type).not.toBe('MusicRNN');
    }
  });

  it('cuts the weights into shards of 4 MB', () => {
    const model = modelOf('basic_rnn', [600]);
    const files = encodeModel(model);
    const total = 4 * (638 * 2400 + 2400 + 600 * 38 + 38);
    const shards = [...files].filter(([name]) => name.startsWith('group1-shard'));
    expect(shards.map(([name]) => name)).toEqual(['group1-shard1of2', 'group1-shard2of2']);
    expect(shards.map(([, { length }]) => length)).toEqual([4 * 1024 * 1024, total - 4 * 1024 * 1024]);
    const read = decodeModel(files).weights;
    for (const [name, { data }] of model.weights) {
      expect(Buffer.compare(Buffer.from(read.get(name)?.data.buffer ?? new ArrayBuffer(0)), Buffer.from(data.buffer)), name).toBe(0);
    }
  });

  it('leaves out a metric that is not a number, which JSON cannot hold', () => {
    expect(decodeModel(encodeModel(modelOf('basic_rnn', [2], { metrics: { a: Number.NaN, b: 1 } }))).card.metrics).toEqual({ b: 1 });
  });

  it('reads a folder without a card, quantized tensors and shards with other names', () => {
    const { card, weights } = decodeModel(handMade().files, { name: 'found' });
    expect(card).toEqual({
      name: 'found',
      configuration: 'basic_rnn',
      encoding: configuration('basic_rnn').encoding,
      layerSizes: [3],
      attnLength: 0,
    });
    expect(weights.get('rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias')?.data[0]).toBeCloseTo(0.492, 6);
    expect([...(weights.get('fully_connected/biases')?.data ?? [])].slice(0, 6)).toEqual([-1, -0.75, -0.5, -0.25, 0, 0.25]);
  });

  it('ignores variables it does not need', () => {
    const { files, manifest } = handMade();
    manifest.push({ paths: ['c'], weights: [{ name: 'beta', shape: [], dtype: 'float32' }] });
    files.set('c', new Uint8Array(4)).set('weights_manifest.json', bytes(manifest));
    expect([...decodeModel(files).weights.keys()]).not.toContain('beta');
  });
});

describe('decodeModel refuses', () => {
  const damaged = (change: (made: ReturnType<typeof handMade>) => void): (() => Model) => {
    const made = handMade();
    change(made);
    return () => decodeModel(made.files);
  };
  const manifestWith = (change: (group: { paths: unknown[]; weights: Record<string, unknown>[] }) => void): (() => Model) =>
    damaged(({ files, manifest }) => {
      change(manifest[0] as { paths: string[]; weights: Record<string, unknown>[] });
      files.set('weights_manifest.json', bytes(manifest));
    });
  const variableWith = (index: number, change: object): (() => Model) =>
    manifestWith(({ weights }) => Object.assign(weights[index] ?? {}, change));
  const configWith = (config: unknown): (() => Model) => damaged(({ files }) => files.set('config.json', bytes(config)));
  const converter = { type: 'MelodyConverter', args: { minPitch: 48, maxPitch: 83 } };

  it.each(['config.json', 'weights_manifest.json', 'a', 'b'])('a folder without %s', (name) => {
    expect(damaged(({ files }) => files.delete(name))).toThrow(refused(new RegExp(`^${name}: .*missing`)));
  });
  it.each(['../a', '..', 'x/a', 'x\\a', '/etc/passwd', '', '.hidden', 'a\0', 7])('the shard %j', (path) => {
    expect(manifestWith((group) => group.paths.splice(0, 1, path))).toThrow(refused(/not the name of a file/));
  });
  it('a shard listed twice', () => expect(manifestWith((group) => group.paths.splice(1, 1, 'a'))).toThrow(refused(/twice/)));
  it('a variable listed twice', () =>
    expect(manifestWith((group) => group.weights.push(...group.weights))).toThrow(refused(/bytes|twice/)));
  it('too few bytes', () => expect(damaged(({ files }) => files.set('b', new Uint8Array(5)))).toThrow(refused(/^b: .*bytes/)));
  it('too many bytes', () => expect(damaged(({ files }) => files.set('b', new Uint8Array(5000)))).toThrow(refused(/^b: .*bytes/)));
  it('a shape that would not fit into memory', () =>
    expect(variableWith(0, { shape: [2 ** 30, 2 ** 30, 2 ** 30] })).toThrow(refused(/values/)));
  it('a shape that would fit, but is not there', () => expect(variableWith(0, { shape: [2 ** 27] })).toThrow(refused(/bytes/)));
  it.each([[[-1]], [[1.5]], ['x'], [new Array(9).fill(1)]])('the shape %j', (shape) =>
    expect(variableWith(0, { shape: shape })).toThrow(refused(/shape/)),
  );
  it('a dtype other than float32', () => expect(variableWith(0, { dtype: 'int32' })).toThrow(refused(/dtype.*float32/)));
  it('a quantization to something else', () =>
    expect(variableWith(3, { quantization: { dtype: 'int4', min: 0, scale: 1 } })).toThrow(refused(/quantization.dtype/)));
  it('a model without layers', () =>
    expect(
      manifestWith(({ weights }) => weights.slice(0, 2).forEach((entry, k) => void Object.assign(entry, { name: `other${k}` }))),
    ).toThrow(refused(/layers/)));
  it('a matrix of another shape', () => expect(variableWith(0, { shape: [12, 41] })).toThrow(refused(/^weights_manifest.json: .*kernel/)));
  it('weights that are not numbers', () =>
    expect(damaged(({ files }) => files.set('a', new Uint8Array(1001).fill(255)))).toThrow(refused(/not a number/)));
  it.each([
    [{ type: 'MusicVAE', dataConverter: converter }, /"type" is "MusicVAE"/],
    [{ type: 'MusicRNN', dataConverter: { ...converter, type: 'DrumsConverter' } }, /a drums model/],
    [{ type: 'MusicRNN', dataConverter: converter, chordEncoder: 'PitchChordEncoder' }, /improv/],
    [{ type: 'MusicRNN', dataConverter: converter, auxInputs: [] }, /auxInputs/],
    [{ type: 'MusicRNN', dataConverter: converter, attentionLength: 4 }, /0 layers/],
    [{ type: 'MusicRNN', dataConverter: { ...converter, args: { minPitch: 48, maxPitch: 50 } } }, /pitches/],
    [{ type: 'MusicRNN' }, /dataConverter/],
    [[], /not an object/],
  ])('the configuration %j', (config, message) => expect(configWith(config)).toThrow(refused(message)));

  const cardWith = (change: object): (() => Model) => {
    const files = encodeModel(modelOf('basic_rnn', [2]));
    files.set('model.json', bytes({ ...json(files, 'model.json'), ...change }));
    return () => decodeModel(files);
  };
  it.each([
    [{ formatVersion: 2 }, /newer mst/],
    [{ format: 'other' }, /"format"/],
    [{ configuration: 'drum_rnn' }, /configuration/],
    [{ layerSizes: [] }, /layer/],
    [{ layerSizes: [3] }, /shape/],
    [{ layerSizes: [1e9] }, /layerSizes/],
    [{ encoding: { encoder: 'key', minPitch: 48, maxPitch: 84, transposeToKey: 0 } }, /another model/],
    [{ metrics: { loss: 'low' } }, /metrics/],
    [{ name: 3 }, /"name"/],
  ])('the card with %j', (change, message) => expect(cardWith(change)).toThrow(refused(message)));

  it('damaged bytes with an MstError, or reads a model that plays', () => {
    const { files } = handMade();
    const own = encodeModel(modelOf('attention_rnn', [2], { attnLength: 2 }));
    fc.assert(
      fc.property(fc.constantFrom(files, own), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (whole, which, where, flip) => {
        const name = [...whole.keys()][which % whole.size] as string;
        const data = Uint8Array.from(whole.get(name) ?? []);
        data[where % data.length] = (data[where % data.length] as number) ^ flip;
        const changed = new Map(whole).set(name, data);
        try {
          openModel(decodeModel(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(MstError);
          expect(error).toMatchObject({ code: 'bad-model' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('files cut short', () => {
    const { files } = handMade();
    for (const name of files.keys()) {
      const changed = new Map(files).set(name, (files.get(name) as Uint8Array).slice(0, -1));
      expect(() => decodeModel(changed)).toThrow(refused(new RegExp(`^${name === 'a' ? 'b' : name}`)));
    }
  });
});

const shared = process.env.MST_SHARED;

describe.skipIf(!shared)('checkpoints of Magenta.js', () => {
  const folder =
    (name: string) =>
    (file: string): Uint8Array =>
      readFileSync(join(shared ?? '', 'spec/golden/magenta-js', name, file));
  const withoutCard =
    (name: string) =>
    (file: string): Uint8Array | undefined =>
      file === 'model.json' ? undefined : folder(name)(file);

  it('loads basic_rnn', () => {
    const model = decodeModel(withoutCard('basic_rnn'), { name: 'basic_rnn' });
    expect(model.card).toMatchObject({ configuration: 'basic_rnn', layerSizes: [8, 8], attnLength: 0 });
    expect(openModel(model).network.numClasses).toBe(38);
  });

  it('loads attn3, whose attention is around all layers', () => {
    const model = decodeModel(withoutCard('attn3'), { name: 'attn3' });
    expect(model.card).toMatchObject({ configuration: 'basic_rnn', layerSizes: [8, 8, 8], attnLength: 4, attnLayers: 'all' });
    expect(openModel(model).network.numClasses).toBe(38);
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('refuses attn2: Magenta.js plays attention around three layers only', () => {
    expect(() => decodeModel(withoutCard('attn2'))).toThrow(refused(/around 2 layers.*only with 3/));
  });
});
