// Models in and out: bundles and checkpoints put together field by field, archives that mean harm, servers; with MST_SHARED also those of
// others. Expected probabilities are those of forward passes written from the formulas.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../../src/encoding/configuration.js';
import { createEncoder } from '../../../src/encoding/encoders.js';
import { generateMelody } from '../../../src/model/generate.js';
import { networkShape, openModel } from '../../../src/model/model.js';
import { encodeModel } from '../../../src/model/model-format.js';
import { squash } from '../../../src/music/keys.js';
import { exportTo } from '../../../src/pipeline/models/export.js';
import { type ImportSummary, importModel } from '../../../src/pipeline/models/import.js';
import { silent } from '../../../src/pipeline/progress.js';
import { decodeCheckpointV1 } from '../../../src/records/checkpoint-v1.js';
import { decodeCheckpointV2 } from '../../../src/records/checkpoint-v2.js';
import { decodeGeneratorBundle } from '../../../src/records/generator-bundle.js';
import { verifyFolder, withChecksums } from '../../../src/registry/checksums.js';
import { type Home, resolveHome } from '../../../src/registry/home.js';
import { writeModel } from '../../../src/registry/model-store.js';
import { findModel, loadModel } from '../../../src/registry/models.js';
import { naiveLogits } from '../../model/naive-network.js';
import { oldAttentionLogits, softmax } from '../../model/naive-old-attention.js';
import { tar, zip } from '../../support/archives.js';
import { denseInputs } from '../../support/dense-inputs.js';
import { addFiles, filesIn, temporaryFolder } from '../../support/folder.js';
import { attentionGraph, bundle, checkpointV1, oldSpelling } from '../../support/magenta-files.js';
import { farthest, probabilities, randomModel } from '../../support/models.js';
import { serve, virtualTime } from '../../support/web-server.js';

interface Asked {
  readonly as?: string;
  readonly attnLength?: number;
  readonly force?: boolean;
  readonly home?: Home;
}

function place(files: Readonly<Record<string, string | Uint8Array>> = {}): { home: Home; folder: string } {
  const folder = temporaryFolder({ 'home/keep': '', ...files });
  return { folder, home: resolveHome({ asked: join(folder, 'home'), current: folder, shipped: join(folder, 'package') }) };
}

function importFrom(source: string, home: Home, current: string, { as, attnLength, force = false }: Asked = {}): Promise<ImportSummary> {
  const time = virtualTime();
  const context = { progress: silent, signal: new AbortController().signal, force };
  return importModel({ source, home, current, as, attnLength, web: { now: time.now, seed: 1, time } }, context);
}

const melody = [60, -2, 64, -2, 67, -1, 62, 71, -2, -2, 60, 60, -1, -2, 72, 55];
const refused = (code: string, message: RegExp): unknown => expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('bundles', () => {
  const old = randomModel('attention_rnn', [6, 5], { attnLength: 4, attnLayers: 'all' });
  const oldTensors = new Map([...old.weights].map(([name, tensor]) => [oldSpelling(name), tensor]));
  const oldBundle = bundle('attention_rnn', checkpointV1(oldTensors), attentionGraph(4, 5));

  it('of 2016, with attention around all layers, play as the formulas say', async () => {
    const { home, folder } = place({ 'old.mag': oldBundle });
    const { name, card, kind, notes, model } = await importFrom('old.mag', home, folder);
    expect([name, kind, notes]).toEqual(['old', 'Magenta bundle', []]);
    expect(card).toMatchObject({
      configuration: 'attention_rnn',
      layerSizes: [6, 5],
      attnLength: 4,
      attnLayers: 'all',
      origin: 'Magenta bundle old.mag',
    });
    const loaded = loadModel(findModel(home, 'old', folder));
    const rows = denseInputs(createEncoder(card.encoding).encode([...melody, 60]));
    const get = (variable: string): Float32Array => oldTensors.get(variable)?.data ?? new Float32Array();
    const expected = oldAttentionLogits(get, { layers: [6, 5], slots: 4 }, rows).map(softmax);
    expect(farthest(probabilities(loaded, melody), expected)).toBeLessThan(1e-5);
    expect(Math.max(...expected.flat())).toBeGreaterThan(0.06);
    expect(verifyFolder(model)).toMatchObject({ faults: [], unlisted: [] });
    expect(readFileSync(join(model, 'preview.mid')).toString('latin1', 0, 4)).toBe('MThd');
  });

  it.each(CONFIG_NAMES)('of today, %s, play as the formulas say', async (config) => {
    const made = randomModel(config, [5, 4]);
    const { home, folder } = place({ 'new.mag': bundle(config, checkpointV1(made.weights)) });
    const { card, notes } = await importFrom('./new.mag', home, folder, { as: 'other' });
    expect(card).toMatchObject({ configuration: config, layerSizes: [5, 4], attnLength: config === 'attention_rnn' ? 40 : 0 });
    expect(notes).toEqual(config === 'attention_rnn' ? [expect.stringMatching(/40 steps/)] : []);
    const rows = denseInputs(createEncoder(card.encoding).encode([...melody, 60]));
    const expected = naiveLogits(networkShape(card), made.weights, rows).map(softmax);
    expect(farthest(probabilities(loadModel(findModel(home, 'other', folder)), melody), expected)).toBeLessThan(1e-5);
  });

  it('are told how far they look back where they do not say', async () => {
    const made = randomModel('attention_rnn', [5], { attnLength: 3 });
    const { home, folder } = place({ 'a.mag': bundle('attention_rnn', checkpointV1(made.weights)) });
    expect(await importFrom('a.mag', home, folder, { attnLength: 3 })).toMatchObject({ notes: [], card: { attnLength: 3 } });
  });

  it('that end with their checkpoint, without a graph, are not taken for one', async () => {
    const made = randomModel('basic_rnn', [3]);
    const whole = bundle('basic_rnn', checkpointV1(made.weights));
    const { home, folder } = place({ 'a.mag': whole.slice(0, -2) });
    expect([...whole.slice(-2)]).toEqual([0x1a, 0]);
    expect(await importFrom('a.mag', home, folder)).toMatchObject({ kind: 'Magenta bundle', card: { configuration: 'basic_rnn' } });
  });

  it('of drums, and damaged ones, are refused and leave nothing', async () => {
    const damaged = Uint8Array.from(oldBundle);
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] as number) ^ 1;
    const { home, folder } = place({
      'drums.mag': bundle('drum_kit', checkpointV1(oldTensors)),
      'damaged.mag': damaged,
      'text.mag': 'Not a bundle.',
    });
    await expect(importFrom('drums.mag', home, folder)).rejects.toThrow(refused('bad-model', /drums\.mag: This is a drums RNN/));
    await expect(importFrom('damaged.mag', home, folder)).rejects.toThrow(refused('bad-model', /damaged\.mag: .*checksum/));
    await expect(importFrom('text.mag', home, folder)).rejects.toThrow(refused('bad-model', /text\.mag/));
    expect(Object.keys(filesIn(home.root))).toEqual(['keep']);
  });

  it('do not go over what is there, unless forced, and never over a run', async () => {
    const { home, folder } = place({ 'a.mag': oldBundle, 'home/checkpoints/run/run.json': '{}' });
    await importFrom('a.mag', home, folder);
    await expect(importFrom('a.mag', home, folder)).rejects.toThrow(refused('exists', /"a" already/));
    await importFrom('a.mag', home, folder, { force: true });
    await importFrom('a.mag', home, folder, { as: 'a:first' });
    await importFrom('a.mag', home, folder, { as: 'run:first' });
    await expect(importFrom('a.mag', home, folder, { as: 'run', force: true })).rejects.toThrow(refused('exists', /training run/));
    await expect(importFrom('a.mag', home, folder, { as: 'folk' })).rejects.toThrow(refused('exists', /ships/));
    expect(readdirSync(join(home.root, 'checkpoints/a/tags'))).toEqual(['first']);
    await expect(importFrom('nothing.mag', home, folder)).rejects.toThrow(refused('not-found', /nothing\.mag/));
  });
});

describe('exports', () => {
  it.each([...CONFIG_NAMES, 'old attention'])('of %s come back the same, to the bit', async (config) => {
    const model =
      config === 'old attention'
        ? randomModel('attention_rnn', [4, 4], { attnLength: 5, attnLayers: 'all' })
        : randomModel(config as (typeof CONFIG_NAMES)[number], [6, 4], {
            artist: 'Ella',
            stepsTrained: 250,
            metrics: { natsPerEvent: 0.7 },
          });
    const { home, folder } = place();
    writeModel(home, 'mine', encodeModel(model), { force: false });
    const entry = findModel(home, 'mine', folder);
    const onehot = config === 'basic_rnn' || config === 'mono_rnn';
    for (const format of ['mst', 'magenta-js', 'tf-checkpoint'] as const) {
      const exporting = exportTo(entry, format, { output: undefined, current: folder, force: false });
      if ((format === 'magenta-js' && !onehot) || (format === 'tf-checkpoint' && config === 'old attention')) {
        await expect(exporting).rejects.toThrow(refused('usage', /Magenta/));
        continue;
      }
      const { path } = await exporting;
      const { name } = await importFrom(path, home, folder, { as: `back-${format}` });
      expect(loadModel(findModel(home, name, folder))).toEqual(
        config === 'old attention' ? { ...model, card: loadModel(findModel(home, name, folder)).card } : model,
      );
      await expect(exportTo(entry, format, { output: undefined, current: folder, force: false })).rejects.toThrow(
        refused('exists', /already/),
      );
    }
  });

  it('replace an earlier export when forced, and never a folder with anything else in it', async () => {
    const { home, folder } = place({ 'thesis/chapter.txt': 'years of work', 'thesis/.git/HEAD': 'main', 'a file': 'mine' });
    writeModel(home, 'mine', encodeModel(randomModel('basic_rnn', [4])), { force: false });
    const write = (output: string) => exportTo(findModel(home, 'mine', folder), 'magenta-js', { output, current: folder, force: true });
    const before = filesIn(folder);
    for (const output of ['thesis', '.', 'a file', 'home']) {
      await expect(write(output)).rejects.toThrow(refused('exists', /holds other things|is a file/));
    }
    expect(filesIn(folder)).toEqual(before);
    const { path } = await write('out');
    const fresh = filesIn(path);
    addFiles(path, { 'config.json': 'changed' });
    await write('out');
    expect(filesIn(path)).toEqual(fresh);
    addFiles(path, { 'events.out.tfevents.1': 'of a training that began here' });
    await expect(write('out')).rejects.toThrow(refused('exists', /would be lost/));
    expect(Object.keys(filesIn(path))).toContain('events.out.tfevents.1');
  });

  it('as a TensorFlow checkpoint have all that Magenta needs to train on', async () => {
    const model = randomModel('lookback_rnn', [3, 2], { stepsTrained: 250 });
    const { home, folder } = place();
    writeModel(home, 'mine', encodeModel(model), { force: false });
    const { path, use } = await exportTo(findModel(home, 'mine', folder), 'tf-checkpoint', {
      output: 'run/train',
      current: folder,
      force: false,
    });
    expect(readFileSync(join(path, 'checkpoint'), 'utf8')).toBe(
      'model_checkpoint_path: "model.ckpt-250"\nall_model_checkpoint_paths: "model.ckpt-250"\n',
    );
    expect(use).toContain(`--config=lookback_rnn --checkpoint_file=${path}/model.ckpt-250 --hparams="rnn_layer_sizes=[3,2]"`);
    const tensors = decodeCheckpointV2(
      readFileSync(join(path, 'model.ckpt-250.index')),
      (ending) => readFileSync(join(path, `model.ckpt-250${ending}`)),
      'x',
    );
    const names = [...model.weights.keys()].flatMap((name) => [name, `${name}/Adam`, `${name}/Adam_1`]);
    expect([...tensors.keys()].sort()).toEqual([...names, 'beta1_power', 'beta2_power', 'global_step'].sort());
    expect(tensors.get('global_step')).toEqual({ shape: [], integer: 250 });
    // Without the card beside it, only what TensorFlow knows is left.
    writeFileSync(join(path, 'model.json'), '{"of": "another program"}');
    const { card } = await importFrom(join(path, 'model.ckpt-250'), home, folder, { as: 'bare' });
    expect(card).toMatchObject({ configuration: 'lookback_rnn', layerSizes: [3, 2], stepsTrained: 250 });
    expect(loadModel(findModel(home, 'bare', folder)).weights).toEqual(model.weights);
  });

  it('of a run of Magenta: the checkpoint that it names, in train/', async () => {
    const [first, second] = [randomModel('basic_rnn', [3], {}, 1), randomModel('basic_rnn', [3], {}, 2)];
    const { home, folder } = place();
    for (const [model, step] of [
      [first, 10],
      [second, 20],
    ] as const) {
      writeModel(home, `m${step}`, encodeModel({ ...model, card: { ...model.card, stepsTrained: step } }), { force: false });
      const { path } = await exportTo(findModel(home, `m${step}`, folder), 'tf-checkpoint', {
        output: `out${step}`,
        current: folder,
        force: false,
      });
      for (const name of readdirSync(path).filter((file) => file.startsWith('model.ckpt'))) {
        addFiles(folder, { [`run/train/${name}`]: readFileSync(join(path, name)) });
      }
    }
    const weightsOf = async (as: string): Promise<unknown> => {
      const { name } = await importFrom('run', home, folder, { as });
      return loadModel(findModel(home, name, folder)).weights;
    };
    expect(await weightsOf('latest')).toEqual(second.weights);
    addFiles(folder, { 'run/train/checkpoint': 'model_checkpoint_path: "/elsewhere/train/model.ckpt-10"\n' });
    expect(await weightsOf('named')).toEqual(first.weights);
  });
});

describe('other files', () => {
  it.each([
    ['a text', 'Hello'],
    ['an empty file', ''],
    ['a picture', '\x89PNG\r\n'],
  ])('such as %s are said to be no model', async (_, text) => {
    const { home, folder } = place({ 'x.mag': text });
    await expect(importFrom('x.mag', home, folder)).rejects.toThrow(refused('bad-model', /x\.mag is no model that mst knows/));
  });
});

describe('archives', () => {
  const model = randomModel('mono_rnn', [3]);
  const files = [...withChecksums(encodeModel(model))].map(([name, bytes]) => ({ name: `mine/${name}`, bytes }));

  it.each([
    ['tar', tar(files)],
    ['zip', zip(files)],
  ])('%s are read', async (ending, bytes) => {
    const { home, folder } = place({ [`mine.${ending}`]: bytes });
    expect(await importFrom(`mine.${ending}`, home, folder)).toMatchObject({ name: 'mine', kind: 'mst model' });
    expect(loadModel(findModel(home, 'mine', folder))).toEqual(model);
  });

  it.each([
    ['a link', [{ name: 'mine/evil', type: '2', link: '/etc/passwd' }], /a link/],
    ['a hard link', [{ name: 'mine/evil', type: '1', link: '../../evil' }], /a link/],
    ['a device', [{ name: 'mine/evil', type: '3' }], /a device/],
    ['a parent path', [{ name: 'mine/../../evil', bytes: new Uint8Array(1) }], /outside/],
    ['a parent path of Windows', [{ name: 'mine\\..\\..\\evil', bytes: new Uint8Array(1) }], /outside/],
    ['an absolute path', [{ name: '/tmp/evil', bytes: new Uint8Array(1) }], /outside/],
    ['a drive', [{ name: 'C:/evil', bytes: new Uint8Array(1) }], /outside/],
    ['a file twice', [{ name: 'mine/config.json', bytes: new Uint8Array(1) }], /two files/],
  ])('with %s are refused whole', async (_, more, message) => {
    const { home, folder } = place({ 'mine.tar': tar([...files, ...more]) });
    const before = filesIn(folder);
    await expect(importFrom('mine.tar', home, folder)).rejects.toThrow(refused('bad-archive', message));
    expect(filesIn(folder)).toEqual(before);
  });

  it('whose files are not those of their checksums are refused', async () => {
    const changed = files.map(({ name, bytes }) => ({
      name,
      bytes: name.endsWith('model.json') ? new TextEncoder().encode(`${new TextDecoder().decode(bytes)} `) : bytes,
    }));
    const { home, folder } = place({
      'mine.tar': tar(changed),
      'two.tar': tar([...files, ...files.map((file) => ({ ...file, name: file.name.replace('mine', 'other') }))]),
    });
    await expect(importFrom('mine.tar', home, folder)).rejects.toThrow(refused('bad-model', /model\.json is changed/));
    await expect(importFrom('two.tar', home, folder)).rejects.toThrow(refused('bad-model', /several models/));
  });
});

describe('addresses', () => {
  const model = randomModel('basic_rnn', [3]);
  const files = encodeModel(model);
  const served = Object.fromEntries(
    [...files].filter(([name]) => name !== 'model.json').map(([name, bytes]) => [`/js/basic_rnn/${name}`, bytes]),
  );

  it('of a folder of Magenta.js, of a bundle and of an archive are brought', async () => {
    const packed = tar([...withChecksums(files)].map(([name, bytes]) => ({ name: `mine/${name}`, bytes })));
    const { origin } = await serve({ ...served, '/b/basic.mag': bundle('basic_rnn', checkpointV1(model.weights)), '/mine.tar': packed });
    const { home, folder } = place();
    for (const [address, name] of [
      [`${origin}/js/basic_rnn`, 'basic_rnn'],
      [`${origin}/js/basic_rnn/`, 'q'],
      [`${origin}/b/basic.mag`, 'basic'],
      [`${origin}/mine.tar`, 'mine'],
    ] as const) {
      await importFrom(address, home, folder, name === 'q' ? { as: 'q' } : {});
      expect(loadModel(findModel(home, name, folder)).weights, address).toEqual(model.weights);
    }
    expect(readdirSync(join(home.root, 'checkpoints')).sort()).toEqual(['basic', 'basic_rnn', 'mine', 'q']);
  });

  it('of a TensorFlow checkpoint are brought as an archive; of its folder, the error says so', async () => {
    const { home, folder } = place();
    writeModel(home, 'mine', files, { force: false });
    const { path } = await exportTo(findModel(home, 'mine', folder), 'tf-checkpoint', { output: 'tf', current: folder, force: false });
    const checkpoint = readdirSync(path).map((name) => ({ name: `tf/${name}`, bytes: readFileSync(join(path, name)) }));
    const { origin } = await serve({
      '/tf.zip': zip(checkpoint),
      ...Object.fromEntries(checkpoint.map(({ name, bytes }) => [`/${name}`, bytes])),
    });
    await importFrom(`${origin}/tf.zip`, home, folder);
    expect(loadModel(findModel(home, 'tf', folder)).weights).toEqual(model.weights);
    for (const address of [`${origin}/tf`, `${origin}/tf/model.ckpt-0.index`]) {
      await expect(importFrom(address, home, folder, { as: 'other' })).rejects.toMatchObject({
        hint: expect.stringMatching(/archive.*zip/),
      });
    }
  });

  it('where there is no model say what went wrong and leave nothing', async () => {
    const { origin } = await serve({
      '/bad/config.json': '{}',
      '/bad/weights_manifest.json': '[{"paths": ["../../evil"], "weights": []}]',
      '/x.mag': 'no',
    });
    const { home, folder } = place();
    await expect(importFrom(`${origin}/js/nothing`, home, folder)).rejects.toThrow(
      refused('not-found', /nothing\/config\.json is not there \(404\)/),
    );
    await expect(importFrom(`${origin}/bad`, home, folder)).rejects.toThrow(refused('bad-model', /does not list/));
    await expect(importFrom(`${origin}/x.mag`, home, folder)).rejects.toThrow(refused('bad-model', /x\.mag/));
    await expect(importFrom(`${origin}/model.ckpt-1.index`, home, folder)).rejects.toThrow(refused('usage', /one of the files/));
    expect(existsSync(join(home.root, 'checkpoints')) ? readdirSync(join(home.root, 'checkpoints')) : []).toEqual([]);
  });
});

const shared = process.env.MST_SHARED ?? '';

describe.skipIf(shared === '')('models of others', () => {
  const encoded = (): { config: string; events: number[] }[] => {
    const lines = readFileSync(join(shared, 'spec/golden/pipeline/melodies_nottingham.jsonl'), 'utf8').split('\n').slice(0, 12);
    return lines.flatMap((line) => {
      const { subsequences } = JSON.parse(line) as { subsequences: { melodies: { events: number[] }[] }[] };
      return subsequences.flatMap(({ melodies }) =>
        melodies.slice(0, 1).map(({ events }) => ({ config: '', events: events.slice(0, 64) })),
      );
    });
  };

  it.each(['attention_rnn.mag', '_attention_rnn_funkyb01.mag'])(
    'the bundle %s plays as the formulas say, and melodies from it are in range',
    async (file) => {
      const path = join(shared, 'corpora/pretrained/funkyb-attention_rnn', file);
      const { home, folder } = place();
      const { name, card, notes } = await importFrom(path, home, folder);
      expect(card).toMatchObject({ configuration: 'attention_rnn', layerSizes: [64, 64], attnLength: 40, attnLayers: 'all' });
      expect(notes).toEqual([]);
      const tensors = decodeCheckpointV1(decodeGeneratorBundle(readFileSync(path), file).checkpoint, file);
      const get = (variable: string): Float32Array => tensors.get(variable)?.floats ?? new Float32Array();
      const model = loadModel(findModel(home, name, folder));
      const encoder = createEncoder(card.encoding);
      const melodies = encoded().slice(0, 3);
      expect(melodies.length).toBe(3);
      for (const { events } of melodies) {
        const squashed = squash(events, card.encoding).events;
        const rows = denseInputs(encoder.encode([...squashed, 60]));
        const expected = oldAttentionLogits(get, { layers: [64, 64], slots: 40 }, rows).map(softmax);
        expect(farthest(probabilities(model, squashed), expected)).toBeLessThan(2e-5);
      }
      const melody = generateMelody(openModel(model), [60], { totalSteps: 128, random: new Random(4) });
      expect(melody.length).toBe(128);
      expect(melody.every((event) => event === -1 || event === -2 || (event >= 48 && event < 84))).toBe(true);
      expect(melody.filter((event) => event >= 0).length).toBeGreaterThan(3);
    },
  );

  it('TensorFlow’s V1 and V2 checkpoints are the same basic_rnn', async () => {
    const { home, folder } = place();
    const golden = join(shared, 'spec/golden/tf-checkpoint');
    const weights = [];
    for (const source of ['v1.ckpt', 'v2.ckpt-0', 'v2.ckpt-0.index', '.']) {
      const { name, card } = await importFrom(join(golden, source), home, folder, { as: `m${weights.length}` });
      expect(card).toMatchObject({
        configuration: 'basic_rnn',
        layerSizes: [8],
        attnLength: 0,
        encoding: configuration('basic_rnn').encoding,
      });
      weights.push(loadModel(findModel(home, name, folder)).weights);
    }
    for (const other of weights.slice(1)) expect(other).toEqual(weights[0]);
  });

  it('Magenta.js folders: basic_rnn and attn3 are taken, attn2 is refused with the reason', async () => {
    const { home, folder } = place();
    const golden = join(shared, 'spec/golden/magenta-js');
    expect(await importFrom(join(golden, 'basic_rnn'), home, folder)).toMatchObject({
      kind: 'Magenta.js checkpoint',
      card: { layerSizes: [8, 8] },
    });
    expect(await importFrom(join(golden, 'attn3'), home, folder)).toMatchObject({ card: { layerSizes: [8, 8, 8], attnLayers: 'all' } });
    await expect(importFrom(join(golden, 'attn2'), home, folder)).rejects.toThrow(refused('bad-model', /around 2 layers.*only with 3/));
  });
});
