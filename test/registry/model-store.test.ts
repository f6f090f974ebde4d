// Models as things one manages: versions, copies, the default one, checksums. Hashes are those of node:crypto over the bytes written here.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/model/model-format.js';
import { CHECKSUMS, verifyFiles, verifyFolder, withChecksums } from '../../src/registry/checksums.js';
import { datasetSize, removeDataset } from '../../src/registry/dataset-store.js';
import { readDefault, writeDefault } from '../../src/registry/default-model.js';
import { type Home, resolveHome } from '../../src/registry/home.js';
import { copyModel, removeModel, writeModel } from '../../src/registry/model-store.js';
import { findModel, listModels, loadModel } from '../../src/registry/models.js';
import { temporaryFolder } from '../support/folder.js';
import { randomModel } from '../support/models.js';

const [first, second] = [randomModel('basic_rnn', [2], {}, 1), randomModel('basic_rnn', [2], {}, 2)];
const refused = (code: string, message: RegExp): unknown => expect.objectContaining({ code, message: expect.stringMatching(message) });

function homeWith(...names: string[]): Home {
  const folder = temporaryFolder({ 'home/keep': '', 'package/keep': '' });
  const home = resolveHome({ asked: join(folder, 'home'), current: folder, shipped: join(folder, 'package') });
  for (const name of names) writeModel(home, name, encodeModel(first), { force: false });
  return home;
}

describe('versions of a model', () => {
  it('stay as they were when the model changes, and are found, listed and removed by their tag', () => {
    const home = homeWith('ella');
    copyModel(home, 'ella', 'ella:monday', { current: home.root, force: false });
    writeModel(home, 'ella', encodeModel(second), { force: true });
    expect(loadModel(findModel(home, 'ella:monday', home.root)).weights).toEqual(first.weights);
    expect(loadModel(findModel(home, 'ella:latest', home.root)).weights).toEqual(second.weights);
    expect(listModels(home).map(({ name }) => name)).toEqual(['ella', 'ella:monday']);
    expect(() => copyModel(home, 'ella', 'ella:monday', { current: home.root, force: false })).toThrow(
      refused('exists', /"ella:monday" already/),
    );
    expect(() => removeModel(home, 'ella', { force: false })).toThrow(refused('exists', /more than one model.*the version monday/));
    removeModel(home, 'ella:monday', { force: false });
    expect(listModels(home).map(({ name }) => name)).toEqual(['ella']);
    expect(readdirSync(join(home.root, 'checkpoints/ella'))).toEqual(['model']);
    expect(() => findModel(home, 'ella:monday', home.root)).toThrow(refused('not-found', /"ella:monday"/));
  });

  it.each(['ella:', 'ella:a b', 'ella:..', 'ella:a/b', 'ella:x:y'])('cannot be called %j', (name) => {
    const home = homeWith('ella');
    expect(() => copyModel(home, 'ella', name, { current: home.root, force: false })).toThrow(refused('usage', /tag of a version/));
    expect(readdirSync(join(home.root, 'checkpoints/ella'))).toEqual(['model']);
  });

  it('are one however their accents are spelled', () => {
    const [apart, composed] = ['bjo\u0308rk:ma\u0308rz', 'bj\u00f6rk:m\u00e4rz'];
    const home = homeWith('bjo\u0308rk');
    expect(copyModel(home, 'bjo\u0308rk', apart, { current: home.root, force: false }).name).toBe(composed);
    expect(listModels(home).map(({ name }) => name)).toEqual(['bj\u00f6rk', composed]);
    for (const name of [apart, composed]) expect(findModel(home, name, home.root).name).toBe(composed);
    writeDefault(home, composed);
    removeModel(home, apart, { force: false });
    expect(readDefault(home)).toBeUndefined();
    expect(listModels(home)).toHaveLength(1);
  });

  it('of a shipped name are not written', () => {
    const home = homeWith('ella');
    expect(() => copyModel(home, 'ella', 'folk:mine', { current: home.root, force: true })).toThrow(refused('exists', /ships/));
  });
});

describe('the default model', () => {
  it('is remembered, and forgotten with its model', () => {
    const home = homeWith('ella', 'billie');
    expect(readDefault(home)).toBeUndefined();
    writeDefault(home, 'ella');
    removeModel(home, 'billie', { force: false });
    expect(readDefault(home)).toBe('ella');
    removeModel(home, 'ella', { force: false });
    expect(readDefault(home)).toBeUndefined();
  });
});

describe('checksums', () => {
  it('are those of sha256sum, a line for each file', () => {
    const bytes = new TextEncoder().encode('abc');
    const files = withChecksums(
      new Map([
        ['a.txt', bytes],
        [CHECKSUMS, bytes],
      ]),
    );
    const hash = createHash('sha256').update('abc').digest('hex');
    expect(new TextDecoder().decode(files.get(CHECKSUMS))).toBe(`${hash}  a.txt\n`);
  });

  it('tell what changed, what is missing, and what is more', () => {
    const home = homeWith('ella');
    const { directory } = findModel(home, 'ella', home.root);
    expect(verifyFolder(directory)).toEqual({ sound: 4, faults: [], unlisted: [] });
    appendFileSync(join(directory, 'model.json'), ' ');
    rmSync(join(directory, 'config.json'));
    writeFileSync(join(directory, 'more.txt'), '');
    expect(verifyFolder(directory)).toEqual({
      sound: 2,
      faults: [
        { file: 'config.json', fault: 'missing' },
        { file: 'model.json', fault: 'changed' },
      ],
      unlisted: ['more.txt'],
    });
    rmSync(join(directory, CHECKSUMS));
    expect(verifyFolder(directory)).toBeUndefined();
  });

  it.each(['hello', `${'a'.repeat(64)}  ../evil`, `${'a'.repeat(64)}  ..`, `${'a'.repeat(63)}  a`])('that say %j are refused', (text) => {
    const bytes = new TextEncoder().encode(`${text}\n`);
    expect(() => verifyFiles((name) => (name === CHECKSUMS ? bytes : undefined), [])).toThrow(refused('bad-model', /Line 1/));
  });

  it('keep what is damaged from being copied as if it were sound', () => {
    const home = homeWith('ella');
    const { directory } = findModel(home, 'ella', home.root);
    const weights = readFileSync(join(directory, 'group1-shard1of1'));
    weights[1] = (weights[1] as number) ^ 1;
    writeFileSync(join(directory, 'group1-shard1of1'), weights);
    expect(() => copyModel(home, 'ella', 'copy', { current: home.root, force: false })).toThrow(
      refused('bad-model', /group1-shard1of1 has changed/),
    );
    expect(listModels(home).map(({ name }) => name)).toEqual(['ella']);
  });

  it('are made anew for a copy', () => {
    const home = homeWith('ella');
    rmSync(join(findModel(home, 'ella', home.root).directory, CHECKSUMS));
    const { directory } = copyModel(home, 'ella', 'copy', { current: home.root, force: false });
    expect(verifyFolder(directory)).toMatchObject({ sound: 4, faults: [] });
    expect(readFileSync(join(directory, 'group1-shard1of1')).length).toBeGreaterThan(0);
  });
});

describe('datasets', () => {
  it('say how much room they take and are removed only when asked for twice', () => {
    const folder = temporaryFolder({
      'home/datasets/ella/midi/a.mid': 'abc',
      'home/datasets/ella/midi/b/c.mid': 'defg',
      'home/datasets/ella/manifest.jsonl': '{}',
      'home/datasets/empty/manifest.jsonl': '{}',
      'package/datasets/folk/tune.abc': 'X:1',
    });
    const home = resolveHome({ asked: join(folder, 'home'), current: folder, shipped: join(folder, 'package') });
    const directory = join(home.root, 'datasets/ella');
    expect(datasetSize(directory)).toEqual({
      size: 9,
      songs: 2,
      parts: [
        { name: 'midi/', size: 7 },
        { name: '1 file', size: 2 },
      ],
    });
    expect(() => removeDataset(home, 'ella', { force: false })).toThrow(refused('exists', /has 2 songs/));
    expect(() => removeDataset(home, 'folk', { force: true })).toThrow(refused('exists', /shipped/));
    expect(() => removeDataset(home, 'nobody', { force: true })).toThrow(refused('not-found', /nobody/));
    expect(removeDataset(home, 'ella', { force: true })).toEqual({ directory, size: 9 });
    removeDataset(home, 'empty', { force: false });
    expect(readdirSync(join(home.root, 'datasets'))).toEqual([]);
    expect(existsSync(join(folder, 'package/datasets/folk/tune.abc'))).toBe(true);
  });
});
