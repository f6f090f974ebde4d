import { existsSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuration } from '../../src/encoding/configuration.js';
import { type Model, networkShape } from '../../src/model/model.js';
import { encodeModel } from '../../src/model/model-format.js';
import { variableShapes } from '../../src/model/weights.js';
import { type Home, resolveHome } from '../../src/registry/home.js';
import { removeModel } from '../../src/registry/model-store.js';
import { findModel, listModels, loadModel } from '../../src/registry/models.js';
import { addFiles, filesIn, temporaryFolder } from '../support/folder.js';

/** A small model whose weights count 0, 0.25, 0.5, …. */
function smallModel(name: string): Model {
  const card = {
    name,
    configuration: 'basic_rnn',
    encoding: configuration('basic_rnn').encoding,
    layerSizes: [3],
    attnLength: 0,
    artist: 'Ella',
  } as const;
  let next = 0;
  const weights = [...variableShapes(networkShape(card))].map(([variable, shape]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => next++ / 4);
    return [variable, { shape, data }] as const;
  });
  return { card, weights: new Map(weights) };
}

function modelFiles(name: string, under: string): Record<string, Uint8Array> {
  return Object.fromEntries([...encodeModel(smallModel(name))].map(([file, bytes]) => [`${under}/${file}`, bytes]));
}

/** A home with a run, an imported model and an unfinished run; a shelf in both layouts; a package with a model. */
function places(): Home {
  const all = temporaryFolder({
    ...modelFiles('ella', 'home/checkpoints/ella/model'),
    'home/checkpoints/ella/run.json': '{}',
    'home/checkpoints/ella/step-000500/weights': 'w',
    'home/checkpoints/ella/step-001000/weights': 'w',
    ...modelFiles('imported', 'home/checkpoints/imported/model'),
    'home/checkpoints/unfinished/run.json': '{}',
    'home/checkpoints/.temporary/model/config.json': '{}',
    ...modelFiles('flat', 'shelf/flat'),
    ...modelFiles('homely', 'shelf/checkpoints/homely/model'),
    ...modelFiles('ella', 'shelf/ella/model'),
    ...modelFiles('folk', 'package/checkpoints/folk/model'),
  });
  return resolveHome({ current: all, asked: 'home', shelves: ['shelf'], shipped: join(all, 'package') });
}

describe('models', () => {
  it('are found though an export was killed while it replaced them', () => {
    const home = places();
    const run = join(home.root, 'checkpoints', 'ella');
    renameSync(join(run, 'model'), join(run, '.model.replaced.4194305-0.tmp'));
    expect(findModel(home, 'ella', home.root).directory).toBe(join(run, 'model'));
    renameSync(join(run, 'model'), join(run, '.model.replaced.4194305-0.tmp'));
    expect(listModels(home)).toContainEqual(expect.objectContaining({ name: 'ella', where: 'home' }));
  });

  it('are listed once, with where they are, their card and size', () => {
    const home = places();
    const models = listModels(home);
    expect(models.map(({ name, where }) => [name, where])).toEqual([
      ['ella', 'home'],
      ['flat', 'MST_MODELS'],
      ['folk', 'shipped'],
      ['homely', 'MST_MODELS'],
      ['imported', 'home'],
    ]);
    const bytes = Object.values(modelFiles('ella', '')).reduce((sum, file) => sum + file.length, 0);
    expect(models[0]).toMatchObject({
      directory: join(home.root, 'checkpoints/ella/model'),
      size: bytes,
      card: { name: 'ella', artist: 'Ella', layerSizes: [3] },
    });
  });

  it('are found by name and by the path of the model or its run', () => {
    const home = places();
    const current = join(home.root, 'checkpoints');
    expect(findModel(home, 'flat', '/')).toMatchObject({ name: 'flat', where: 'MST_MODELS' });
    for (const path of ['./ella', './ella/model', join(current, 'ella'), 'ella/model/']) {
      expect(findModel(home, path, current)).toMatchObject({ name: 'ella', where: 'path', directory: join(current, 'ella/model') });
    }
    expect(findModel(home, 'flat', join(home.root, '../shelf')).where).toBe('MST_MODELS');
  });

  it.each([
    ['nobody', /There are: ella, flat, folk, homely, imported\./, 'Train one: mst train --artist nobody PATH…'],
    ['imprted', /There is no model "imprted"/, 'Did you mean imported? Train one: mst train --artist imprted PATH…'],
    ['./nobody', /There is no model in .*nobody/, /config\.json/],
    ['unfinished', /has no exported model yet/, /mst export unfinished/],
    ['', /There is no model ""/, /mst train/],
    ['.temporary', /There is no model/, /mst train/],
    ['ella:monday', /There is no model "ella:monday"/, /mst models ls/],
  ])('called %j is not found, and the error says what to do', (name, message, hint) => {
    const home = places();
    expect(() => findModel(home, name, home.root)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: expect.stringMatching(message),
        hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
      }),
    );
  });

  it('are loaded whole, with the weights that were saved', () => {
    const model = loadModel(findModel(places(), 'ella', '/'));
    const { card, weights } = smallModel('ella');
    expect(model.card).toMatchObject(card);
    expect([...model.weights].map(([name, { data }]) => [name, [...data]])).toEqual(
      [...weights].map(([name, { data }]) => [name, [...data]]),
    );
  });

  it('that are damaged are refused with the folder and the file', () => {
    const home = places();
    const entry = findModel(home, 'ella', '/');
    const refused = (file: string) =>
      expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(new RegExp(`^${entry.directory}: .*${file}`)) });
    truncateSync(join(entry.directory, 'group1-shard1of1'), 10);
    expect(() => loadModel(entry)).toThrow(refused('group1-shard1of1'));
    rmSync(join(entry.directory, 'group1-shard1of1'));
    symlinkSync('/dev/zero', join(entry.directory, 'group1-shard1of1'));
    expect(() => loadModel(entry)).toThrow(refused('group1-shard1of1'));
    writeFileSync(join(entry.directory, 'model.json'), '{');
    expect(findModel(home, 'ella', '/').card).toBeUndefined();
    rmSync(join(entry.directory, 'weights_manifest.json'));
    expect(() => loadModel(entry)).toThrow(refused('weights_manifest.json'));
  });
});

describe('removing a model', () => {
  it('takes its folder away', () => {
    const home = places();
    const { directory } = removeModel(home, 'imported', { force: false });
    expect(directory).toBe(join(home.root, 'checkpoints/imported'));
    expect(existsSync(directory)).toBe(false);
    expect(listModels(home).map(({ name }) => name)).not.toContain('imported');
  });

  it('that is a training run says what would be lost, and is done only with force', () => {
    const home = places();
    const before = filesIn(home.root);
    expect(() => removeModel(home, 'ella', { force: false })).toThrow(
      expect.objectContaining({
        code: 'exists',
        message: expect.stringContaining('2 checkpoints, run.json'),
        hint: expect.stringContaining('mst models rm ella --force'),
      }),
    );
    expect(filesIn(home.root)).toEqual(before);
    removeModel(home, 'ella', { force: true });
    expect(Object.keys(filesIn(home.root)).some((file) => file.includes('ella'))).toBe(false);
  });

  it('leaves what is shipped or lies elsewhere, force or not', () => {
    const home = places();
    const before = filesIn(join(home.root, '..'));
    for (const name of ['folk', 'Folk', 'flat', 'homely', join(home.root, '../shelf/flat')]) {
      expect(() => removeModel(home, name, { force: true })).toThrow(expect.objectContaining({ code: 'exists' }));
    }
    expect(() => removeModel(home, 'nobody', { force: true })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(filesIn(join(home.root, '..'))).toEqual(before);
  });

  it('that is a link removes the link, not what it leads to', () => {
    const home = places();
    const elsewhere = temporaryFolder();
    addFiles(elsewhere, modelFiles('linked', 'model'));
    symlinkSync(elsewhere, join(home.root, 'checkpoints/linked'));
    removeModel(home, 'linked', { force: false });
    expect(existsSync(join(home.root, 'checkpoints/linked'))).toBe(false);
    expect(existsSync(join(elsewhere, 'model/config.json'))).toBe(true);
  });
});
