import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDataset, listDatasets } from '../../src/registry/datasets.js';
import { datasetDirectory, lookUp, quoted, requireWritable, resolveHome, runDirectory } from '../../src/registry/home.js';
import { filesIn, temporaryFolder } from '../support/folder.js';

describe('resolveHome', () => {
  it('is what was asked for, else the current folder', () => {
    const current = temporaryFolder({ 'sub/x': '' });
    expect(resolveHome({ current }).root).toBe(current);
    expect(resolveHome({ current, asked: 'sub' }).root).toBe(join(current, 'sub'));
    expect(resolveHome({ current: '/', asked: current, shelves: ['shelf'] })).toMatchObject({ root: current, shelves: ['/shelf'] });
  });

  it('says what to do when it is not a folder', () => {
    const current = temporaryFolder({ file: '' });
    expect(() => resolveHome({ current, asked: 'not here' })).toThrow(
      expect.objectContaining({ code: 'not-found', hint: `Make it first: mkdir -p '${current}/not here'` }),
    );
    expect(() => resolveHome({ current, asked: 'file' })).toThrow(/is a file/);
    expect(() => resolveHome({ current, asked: 'file/below' })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => resolveHome({ current, asked: '' })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('looking up', () => {
  const places = (): ReturnType<typeof resolveHome> => {
    const all = temporaryFolder({
      'home/datasets/one/midi/a.mid': 'a',
      'home/datasets/one/notesequences.tfrecord': '',
      'home/datasets/one/basic_rnn/training_melodies.tfrecord': '',
      'shelf/datasets/one/x': '',
      'shelf/datasets/two/x': '',
      'package/datasets/two/x': '',
      'package/datasets/folk/x': '',
      // Made by someone who worked in the package's folder, as in a clone.
      'package/datasets/demo/x': '',
    });
    return resolveHome({ current: all, asked: 'home', shelves: ['shelf'], shipped: join(all, 'package') });
  };

  it('goes through the home, MST_MODELS and the package in that order', () => {
    const home = places();
    expect(listDatasets(home).map(({ name, where }) => [name, where])).toEqual([
      ['folk', 'shipped'],
      ['one', 'home'],
      ['two', 'MST_MODELS'],
    ]);
    expect(lookUp(home, 'datasets', 'one')?.directory).toBe(join(home.root, 'datasets/one'));
    expect(lookUp(home, 'datasets', 'none')).toBeUndefined();
    expect(lookUp(home, 'datasets', 'demo')).toBeUndefined();
    expect(lookUp({ ...home, root: home.shipped }, 'datasets', 'demo')?.where).toBe('home');
  });

  it('tells how far a dataset has come', () => {
    const home = places();
    expect(findDataset(home, 'one')).toMatchObject({ fetched: true, converted: true, examples: ['basic_rnn'] });
    expect(findDataset(home, 'two')).toMatchObject({ fetched: false, converted: false, examples: [] });
  });

  it('names the artists there are when one is unknown', () => {
    expect(() => findDataset(places(), 'three')).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: expect.stringContaining('There are: folk, one, two.'),
        hint: 'Fetch some music first: mst fetch PATH… --artist three',
      }),
    );
    expect(() => findDataset(places(), 'tow')).toThrow(
      expect.objectContaining({ hint: 'Did you mean two? Fetch some music first: mst fetch PATH… --artist tow' }),
    );
  });

  it('takes a shipped name for shipped where the home is the package itself', () => {
    const root = temporaryFolder({ 'datasets/folk/x': '' });
    const home = resolveHome({ current: root, shipped: root });
    expect(lookUp(home, 'datasets', 'folk')?.where).toBe('shipped');
  });
});

describe('writing', () => {
  it('goes to the home, never under a shipped name', () => {
    const home = resolveHome({ current: temporaryFolder() });
    expect(datasetDirectory(home, 'ella')).toBe(join(home.root, 'datasets/ella'));
    expect(runDirectory(home, 'ella')).toBe(join(home.root, 'checkpoints/ella'));
    expect(() => datasetDirectory(home, 'folk')).toThrow(expect.objectContaining({ code: 'exists' }));
    expect(() => runDirectory(home, 'FOLK')).toThrow(expect.objectContaining({ code: 'exists' }));
  });

  it('is tried out without leaving anything', () => {
    const folder = temporaryFolder({ file: '' });
    requireWritable(join(folder, 'new'));
    expect(filesIn(folder)).toEqual({ file: '' });
    expect(() => requireWritable(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(() => requireWritable('/proc/mst')).toThrow(expect.objectContaining({ code: 'storage' }));
  });
});

it('quotes paths for a shell', () => {
  expect(quoted('/a/b-1.mid')).toBe('/a/b-1.mid');
  expect(quoted("it's here")).toBe("'it'\\''s here'");
});
