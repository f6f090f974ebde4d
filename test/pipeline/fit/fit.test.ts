// Step 4 on datasets made here: what it learns from, by run.json, and that it is the same again.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { noteSequenceToMidi } from '../../../src/music/note-sequence-to-midi.js';
import { convert } from '../../../src/pipeline/convert/convert.js';
import { examples } from '../../../src/pipeline/examples/examples.js';
import { fitModel } from '../../../src/pipeline/fit/fit.js';
import type { FitSettings } from '../../../src/pipeline/fit/prepare.js';
import { readRun } from '../../../src/train/run-record.js';
import { song, tune, type Written } from '../../extraction/songs.js';
import { addFiles, filesIn } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';
import { temporaryFolder } from '../../train/run-fixture.js';

const lower = (notes: readonly Written[]): Written[] => notes.map(([pitch, start, end]) => [pitch - 24, start, end]);

/** Datasets `both`, of four songs in two voices, and `alone`, of the same songs' melodies. */
const root = temporaryFolder();
addFiles(
  root,
  Object.fromEntries(
    ['both', 'alone'].flatMap((name) =>
      Array.from({ length: 4 }, (_, k) => [
        `datasets/${name}/midi/${k}.mid`,
        noteSequenceToMidi(song([{ notes: tune(k, 8) }, { notes: lower(tune(50 + k, 8)), program: 33 }])),
      ]),
    ),
  ),
);
const settings: FitSettings = {
  config: 'basic_rnn',
  hparams: 'rnn_layer_sizes=[4],batch_size=2',
  seed: 1,
  compat: false,
  from: 'none',
  steps: 10,
};

/** Trains as `asked`; null to go on as the run was begun. */
function fitted(artist: string, run: string, asked: FitSettings | null = settings, signal?: AbortSignal, force = false) {
  const home = { root, shelves: [], shipped: join(root, 'nothing') };
  const directories = { directory: join(root, 'datasets', artist), runDirectory: join(root, 'checkpoints', run) };
  const request = { home, current: root, artist, run, ...directories, settings: asked ?? undefined, engine: 'cpu', now: () => 0 };
  return fitModel(request, quietly(signal === undefined ? { force } : { signal, force }));
}
const record = (run: string) => readRun(join(root, 'checkpoints', run));
const lastTensors = (run: string) => {
  const folder = join(root, 'checkpoints', run);
  const last = readdirSync(folder)
    .filter((name) => name.startsWith('step-'))
    .sort()
    .at(-1);
  return [last, readFileSync(join(folder, String(last), 'tensors.bin')).toString('latin1')];
};

beforeAll(async () => {
  for (const artist of ['both', 'alone']) {
    const directory = join(root, 'datasets', artist);
    await convert({ directory, artist }, quietly());
    const melodiesOnly = artist === 'alone';
    await examples({ directory, artist, config: 'basic_rnn', evalRatio: 0.3, seed: 1, compat: false, melodiesOnly }, quietly());
  }
});

describe('fit', () => {
  it('learns from the accompaniment in the first seven tenths of its steps', async () => {
    await fitted('both', 'both');
    const { plan, inputs } = record('both');
    expect(plan.firstCourse).toBe(7);
    // A piece for each song to learn from, each of 8 bars: 127 steps.
    expect(inputs.accompaniment).toMatchObject({ examples: inputs.training.examples, tokens: 127 * inputs.training.examples });
  });

  it('learns from the melodies alone where there is no accompaniment, and by the rules of Magenta', async () => {
    await fitted('alone', 'alone');
    expect(record('alone').plan).not.toHaveProperty('firstCourse');
    expect(record('alone').inputs).not.toHaveProperty('accompaniment');
    expect(record('alone').inputs.training).toEqual(record('both').inputs.training);
    const [ours, theirs] = ['both', 'alone'];
    await fitted(ours, 'compat-ours', { ...settings, compat: true });
    await fitted(theirs, 'compat-theirs', { ...settings, compat: true });
    expect(record('compat-ours').plan).toEqual(record('compat-theirs').plan);
    expect(lastTensors('compat-ours')).toEqual(lastTensors('compat-theirs'));
  });

  it('goes on as a run was begun, with the accompaniment or without', async () => {
    const stopped = new AbortController();
    stopped.abort();
    await expect(fitted('both', 'resumed', settings, stopped.signal)).rejects.toMatchObject({ code: 'interrupted' });
    await fitted('both', 'resumed', null);
    expect(lastTensors('resumed')).toEqual(lastTensors('both'));
    await expect(fitted('alone', 'later', settings, stopped.signal)).rejects.toMatchObject({ code: 'interrupted' });
    const file = 'basic_rnn/training_accompaniment.tfrecord';
    cpSync(join(root, 'datasets/both', file), join(root, 'datasets/alone', file));
    await expect(fitted('alone', 'later')).rejects.toMatchObject({
      code: 'exists',
      message: expect.stringMatching(/begun with another plan: the melodies alone .*, not the accompaniment too in the first 7 steps\.$/),
    });
    await fitted('alone', 'later', null);
    expect(lastTensors('later')).toEqual(lastTensors('alone'));
    rmSync(join(root, 'datasets/alone', file));
  });

  it('never writes over an imported model, and begins a run anew only when forced, without its versions', async () => {
    const model = { 'config.json': '{}', 'weights_manifest.json': '[]' };
    const placed = (folder: string) => Object.fromEntries(Object.entries(model).map(([name, text]) => [`${folder}/${name}`, text]));
    addFiles(join(root, 'checkpoints/mine'), { ...placed('model'), ...placed('tags/best') });
    const files = () => Object.keys(filesIn(join(root, 'checkpoints/mine')));
    const before = files();
    await expect(fitted('alone', 'mine')).rejects.toMatchObject({ code: 'exists', hint: expect.stringContaining('--run mine-2') });
    expect(files()).toEqual(before);
    await fitted('alone', 'mine', settings, undefined, true);
    expect(lastTensors('mine')).toEqual(lastTensors('alone'));
    expect(files()).toEqual(expect.arrayContaining(Object.keys(placed('tags/best'))));
    expect(files()).not.toContain('model/config.json');
  });

  it('refuses to go on when the accompaniment has changed', async () => {
    const stopped = new AbortController();
    stopped.abort();
    await expect(fitted('both', 'changed', settings, stopped.signal)).rejects.toMatchObject({ code: 'interrupted' });
    const path = join(root, 'datasets/both/basic_rnn/training_accompaniment.tfrecord');
    const bytes = readFileSync(path);
    writeFileSync(path, readFileSync(join(root, 'datasets/both/basic_rnn/eval_melodies.tfrecord')));
    await expect(fitted('both', 'changed', null)).rejects.toMatchObject({ message: expect.stringContaining('accompaniment') });
    writeFileSync(path, bytes);
    await fitted('both', 'changed', null);
    expect(lastTensors('changed')).toEqual(lastTensors('both'));
  });
});
