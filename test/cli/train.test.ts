// The whole job as a user does it: the built program, real folders, tunes made up for the test.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFiles, filesIn } from '../support/folder.js';
import { mst } from '../support/mst.js';
import { readSequenceExample, readTFRecords } from '../support/tfrecord-reader.js';
import { madeUpTunes } from '../support/tunes.js';

const { Midi } = createRequire(import.meta.url)('@tonejs/midi') as typeof import('@tonejs/midi');

const quick = ['--hparams', 'rnn_layer_sizes=[12],batch_size=4', '--seed', '3'];

const root = mkdtempSync(join(tmpdir(), 'mst-test-'));
const finished = home();
const train = ['train', '--artist', 'test', '--steps', '6', ...quick, 'midi'];

beforeAll(async () => {
  expect(await mst(train, { cwd: finished })).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with tunes in ./midi: what a user has. */
function home(files: Readonly<Record<string, string | Uint8Array>> = madeUpTunes(8)): string {
  const folder = mkdtempSync(join(root, 'home-'));
  addFiles(join(folder, 'midi'), files);
  return folder;
}

/** The same after `train`. */
function trained(): string {
  const folder = mkdtempSync(join(root, 'home-'));
  cpSync(finished, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

const lines = (path: string): { file: string; status: string }[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Everything a run leaves but what names the machine or the moment. */
const artifacts = (cwd: string): Record<string, string> => {
  const { manifest: _, ...rest } = filesIn(cwd);
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !/manifest\.jsonl|fetch|events\.out/.test(name)));
};

describe('mst train', () => {
  it('makes a model and a MIDI file with notes from a folder, accounts for every file, and skips what has not changed', async () => {
    const tunes = madeUpTunes(8);
    const cwd = home({ ...tunes, 'again.abc': tunes['tune-01.abc'] ?? '', 'page.mid': '<html>not found</html>', 'notes.txt': 'hello' });
    const args = ['train', '--artist', 'test', '--steps', '12', ...quick, 'midi'];
    const whole = await mst(args, { cwd });
    expect(whole).toMatchObject({ code: 0 });
    expect(whole.stdout).toContain(join(cwd, 'checkpoints', 'test', 'model', 'preview.mid'));

    const dataset = join(cwd, 'datasets', 'test');
    const statuses = new Map(lines(join(dataset, 'convert-report.jsonl')).map(({ file, status }) => [file, status]));
    expect(statuses.size).toBe(10);
    expect([...statuses.values()].toSorted()).toEqual([...new Array(1).fill('duplicate'), ...new Array(8).fill('ok'), 'refused']);
    expect(statuses.get('page.mid')).toBe('refused');
    expect(lines(join(dataset, 'lookback_rnn', 'examples-report.jsonl')).length).toBe(10);

    // 16 bars of 4/4 are 256 events, of which the last note's end is not one: 8 tunes of 255 steps in all, at least one to judge by.
    const sets = ['training_melodies.tfrecord', 'eval_melodies.tfrecord'].map((name) =>
      readTFRecords(readFileSync(join(dataset, 'lookback_rnn', name))).map(readSequenceExample),
    );
    const [training = [], judged = []] = sets;
    expect(training.length + judged.length).toBe(8);
    expect(judged.length).toBeGreaterThan(0);
    for (const { inputs, labels } of [...training, ...judged]) {
      expect(inputs.length).toBe(labels.length);
      expect(labels.length).toBeGreaterThan(250);
    }

    const preview = new Midi(readFileSync(join(cwd, 'checkpoints', 'test', 'model', 'preview.mid')));
    expect(preview.tracks.flatMap(({ notes }) => notes).length).toBeGreaterThan(0);
    expect(preview.header.tempos[0]?.bpm).toBeCloseTo(120, 3);

    const before = artifacts(cwd);
    const second = await mst([...args, '--json'], { cwd });
    expect(second.code).toBe(0);
    const { steps } = JSON.parse(second.stdout) as { steps: Record<string, { changed: boolean }> };
    expect(Object.entries(steps).map(([name, { changed }]) => [name, changed])).toEqual(
      ['fetch', 'convert', 'examples', 'fit', 'evaluate', 'export'].map((name) => [name, false]),
    );
    expect(artifacts(cwd)).toEqual(before);
  });

  it('gives the same bytes from the same seed, in one go or step by step, and others from another seed', async () => {
    const [one, two, other] = [trained(), home(), home()];
    for (const args of [
      ['fetch', 'midi', '--artist', 'test'],
      ['convert', 'test'],
      ['examples', 'test', '--seed', '3'],
      ['fit', 'test', '--steps', '6', ...quick],
      ['evaluate', 'test'],
      ['export', 'test'],
    ]) {
      expect(await mst(args, { cwd: two })).toMatchObject({ code: 0 });
    }
    expect(artifacts(two)).toEqual(artifacts(one));
    expect(await mst([...train.slice(0, -1), '--seed', '4', 'midi'], { cwd: other })).toMatchObject({ code: 0 });
    expect(artifacts(other)['checkpoints/test/model/group1-shard1of1']).not.toEqual(
      artifacts(one)['checkpoints/test/model/group1-shard1of1'],
    );
  });

  const longer = ['train', '--artist', 'test', '--steps', '60', '--checkpoint-every', '5', ...quick, 'midi'];
  const whole = home();

  it.each(['SIGINT', 'SIGKILL'] as const)('goes on after %s and ends with the bytes of an uninterrupted run', async (signal) => {
    const broken = home();
    if (!existsSync(join(whole, 'checkpoints'))) expect(await mst(longer, { cwd: whole })).toMatchObject({ code: 0 });
    let sent = false;
    const run = join(broken, 'checkpoints', 'test');
    const stopped = await mst(longer, {
      cwd: broken,
      watch(stderr) {
        if (sent || !stderr.includes('step ')) return undefined;
        sent = true;
        return signal;
      },
    });
    expect(sent).toBe(true);
    expect(existsSync(join(run, 'model'))).toBe(false);
    if (signal === 'SIGINT') {
      expect(stopped.code).toBe(130);
      expect(stopped.stderr).toContain('mst train --resume test');
    }
    expect(await mst(['train', '--resume', 'test', '--json'], { cwd: broken })).toMatchObject({ code: 0 });
    expect(artifacts(broken)).toEqual(artifacts(whole));
  });

  it('stops after --until, and trains on what was fetched before when no path is given', async () => {
    const cwd = home();
    expect(await mst(['train', '--artist', 'test', '--until', 'convert', 'midi'], { cwd })).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, 'datasets', 'test'))).toContain('notesequences.tfrecord');
    expect(existsSync(join(cwd, 'checkpoints'))).toBe(false);
    const chosen = ['--eval_ratio', '0.2', '--skyline', '--steps', '6', '--seed', '3'];
    const { code, stdout } = await mst(['train', '--artist', 'test', '--until', 'examples', ...chosen], { cwd });
    // Without them the examples would be made again, and otherwise.
    expect([code, stdout]).toEqual([0, `Next: mst train --artist test ${chosen.join(' ')}\n`]);
    expect(readdirSync(join(cwd, 'datasets', 'test', 'lookback_rnn'))).toContain('training_melodies.tfrecord');
  });

  it('begins at NoteSequences or examples that are given, and goes on with them', async () => {
    const cwd = trained();
    const again = (artist: string, ...more: string[]): string[] => ['train', '--artist', artist, '--steps', '6', ...quick, ...more];
    const weights = (run: string): Buffer => readFileSync(join(cwd, 'checkpoints', run, 'model', 'group1-shard1of1'));
    const sequences = join('datasets', 'test', 'notesequences.tfrecord');
    const examples = join('datasets', 'test', 'lookback_rnn', 'training_melodies.tfrecord');
    // The same songs from the third step on, and the same examples from the fourth, teach the same.
    for (const [artist, option, file] of [
      ['third', '--input', sequences],
      ['fourth', '--sequence_example_file', examples],
    ] as const) {
      expect(await mst(again(artist, option, file), { cwd })).toMatchObject({ code: 0 });
      expect(weights(artist)).toEqual(weights('test'));
      const { steps } = JSON.parse((await mst([...again(artist), '--json'], { cwd })).stdout) as {
        steps: Record<string, { changed: boolean }>;
      };
      const begun = option === '--input' ? ['examples'] : [];
      expect(Object.entries(steps).map(([name, { changed }]) => [name, changed])).toEqual(
        [...begun, 'fit', 'evaluate', 'export'].map((name) => [name, false]),
      );
    }
    const other = await mst(again('fourth', '--config', 'basic_rnn', '--run', 'other'), { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('--config lookback_rnn');
  });

  it('draws the melodies of steps 5 and 6 by --seed, and by the seed of the run where none is given', async () => {
    const cwd = trained();
    const heard = (): Record<string, unknown> => filesIn(join(cwd, 'checkpoints', 'test', 'evaluation'));
    const preview = (): Buffer => readFileSync(join(cwd, 'checkpoints', 'test', 'model', 'preview.mid'));
    const [melodies, song] = [heard(), preview()];
    const evaluate = async (...more: string[]): Promise<unknown> =>
      JSON.parse((await mst(['evaluate', 'test', '--json', ...more], { cwd })).stdout);
    expect(await evaluate('--seed', '9')).toMatchObject({ changed: true, generated: { seed: 9 } });
    expect(heard()).not.toEqual(melodies);
    expect(await evaluate('--seed', '9')).toMatchObject({ changed: false });
    expect(await evaluate()).toMatchObject({ changed: true, generated: { seed: 3 } });
    expect(heard()).toEqual(melodies);
    expect(await mst(['export', 'test', '--seed', '9'], { cwd })).toMatchObject({ code: 0 });
    expect(preview()).not.toEqual(song);
    expect(await mst(['export', 'test'], { cwd })).toMatchObject({ code: 0 });
    expect(preview()).toEqual(song);
  });

  it('refuses another plan under an existing name, and takes it under --run', async () => {
    const cwd = trained();
    const other = ['train', '--artist', 'test', '--steps', '2', ...quick, '--config', 'basic_rnn'];
    const refused = await mst(other, { cwd });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--run test-2');
    expect(await mst([...other, '--run', 'test-2'], { cwd })).toMatchObject({ code: 0 });
    const listed = JSON.parse((await mst(['models', 'ls', '--json'], { cwd })).stdout) as { name: string }[];
    expect(listed.map(({ name }) => name).filter((name) => name.startsWith('test'))).toEqual(['test', 'test-2']);
  });

  it('begins from another model, with its configuration and layers, and refuses what does not fit', async () => {
    const cwd = home();
    const fives = (...more: string[]): string[] => ['train', '--artist', 'test', '--steps', '5', '--seed', '3', ...more];
    const small = ['--hparams', 'rnn_layer_sizes=[12],batch_size=4'];
    expect(await mst(fives('--config', 'mono_rnn', ...small, 'midi'), { cwd })).toMatchObject({ code: 0 });
    expect(await mst(fives('--run', 'more', '--from', 'test', '--hparams', 'batch_size=4'), { cwd })).toMatchObject({ code: 0 });
    const { source, plan } = JSON.parse(readFileSync(join(cwd, 'checkpoints', 'more', 'run.json'), 'utf8'));
    expect(source).toMatchObject({ config: 'mono_rnn', from: { name: 'test' } });
    expect(plan.hparams.rnnLayerSizes).toEqual([12]);
    // Its first loss is what the first model had learned, not that of random weights: ln(130) = 4.87.
    const [start] = lines(join(cwd, 'checkpoints', 'more', 'metrics.jsonl')) as unknown as { loss?: number; held_out?: { loss: number } }[];
    expect(start?.loss ?? start?.held_out?.loss).toBeLessThan(4.8);
    const wider = await mst(fives('--run', 'wide', '--from', 'test', '--hparams', 'rnn_layer_sizes=[16]'), { cwd });
    expect(wider).toMatchObject({ code: 2 });
    expect(wider.stderr).toContain('[12]');
    const other = await mst(fives('--run', 'other', '--from', 'test', '--config', 'basic_rnn'), { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('mono_rnn');
  });

  it('--force begins anew, but removes nothing before it is sure that it can', async () => {
    const cwd = trained();
    const before = artifacts(cwd);
    expect(await mst(['fit', 'test', '--force', '--hparams', 'bogus=1'], { cwd })).toMatchObject({ code: 2 });
    expect(await mst(['fit', 'test', '--force', '--from', 'nobody'], { cwd })).toMatchObject({ code: 1 });
    expect(artifacts(cwd)).toEqual(before);
    expect(await mst(['fit', 'test', '--force', '--steps', '4', ...quick], { cwd })).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, 'checkpoints', 'test'))).toContain('step-000004');
  });

  it('names the home in the commands it tells to run, when that is not where the user is', async () => {
    const [cwd, elsewhere] = [home(), mkdtempSync(join(root, 'elsewhere-'))];
    const { code, stdout } = await mst(
      ['train', '--artist', 'test', '--until', 'examples', '--config', 'mono_rnn', '--home', elsewhere, 'midi'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`mst train --artist test --config mono_rnn --home ${elsewhere}`);
  });

  it('packs an archive whose checksums hold, also of a run that was trained before', async () => {
    const cwd = trained();
    expect(await mst(['train', '--resume', 'test', '--threads', '1', '--archive'], { cwd })).toMatchObject({ code: 0 });
    const unpacked = join(cwd, 'unpacked');
    mkdirSync(unpacked);
    const { spawnSync } = await import('node:child_process');
    expect(spawnSync('tar', ['-xzf', join(cwd, 'checkpoints', 'test', 'test.tar.gz'), '-C', unpacked]).status).toBe(0);
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(unpacked, 'test') }).status).toBe(0);
    expect(readdirSync(join(unpacked, 'test'))).toContain('weights_manifest.json');
  });
});

describe.concurrent('mst, given what it cannot use,', () => {
  const cases: { name: string; files?: Record<string, string>; args: string[]; code: number; says: RegExp }[] = [
    { name: 'an empty folder', files: { 'empty/.keep': '' }, args: ['train', '--artist', 'x', 'midi/empty'], code: 1, says: /midi/ },
    { name: 'a folder that is not there', args: ['train', '--artist', 'x', 'nowhere'], code: 1, says: /nowhere/ },
    {
      name: 'no melody',
      files: { 'short.abc': 'X:1\nT:x\nK:C\nCDE|]\n' },
      args: ['train', '--artist', 'x', 'midi'],
      code: 1,
      says: /2 bars/,
    },
    { name: 'an unknown artist', args: ['fit', 'nobody'], code: 1, says: /--artist nobody/ },
    { name: 'an unknown run', args: ['evaluate', 'nobody'], code: 1, says: /nobody/ },
    { name: 'an unknown model', args: ['generate', '--model', 'nobody', '--output-dir', 'out'], code: 1, says: /nobody/ },
    { name: 'bad hparams', args: ['train', '--artist', 'x', '--hparams', 'batch=3', 'midi'], code: 2, says: /batch_size/ },
    { name: 'an impossible number', args: ['train', '--artist', 'x', '--steps', 'many', 'midi'], code: 2, says: /--steps/ },
    { name: 'an unknown option', args: ['train', '--artist', 'x', '--step', '3', 'midi'], code: 2, says: /--steps/ },
    { name: 'no artist', args: ['train', 'midi'], code: 2, says: /--artist/ },
    { name: 'two lengths', args: ['train', '--artist', 'x', '--steps', '3', '--minutes', '1', 'midi'], code: 2, says: /--minutes/ },
    {
      name: "a beginning that Magenta's rules do not know",
      args: ['fit', 'x', '--compat', 'magenta', '--from', 'folk'],
      code: 2,
      says: /--from/,
    },
    { name: 'files beside NoteSequences', args: ['train', '--artist', 'x', '--input', 'a', 'midi'], code: 2, says: /step 3.*"midi"/ },
    {
      name: 'a choice of tracks for examples that are there',
      args: ['train', '--artist', 'x', '--sequence_example_file', 'a', '--skyline'],
      code: 2,
      says: /step 4.*--skyline/,
    },
    { name: 'NoteSequences that are not there', args: ['train', '--artist', 'x', '--input', 'gone'], code: 1, says: /gone/ },
    {
      name: 'an end before the beginning',
      args: ['train', '--artist', 'x', '--input', 'a', '--until', 'convert'],
      code: 2,
      says: /examples/,
    },
    { name: 'another plan for a run that goes on', args: ['train', '--resume', 'x', '--steps', '9'], code: 2, says: /--steps/ },
    { name: 'other music for a run that goes on', args: ['train', '--resume', 'x', 'midi'], code: 2, says: /path/ },
    { name: 'a reserved name', args: ['train', '--artist', 'folk', 'midi'], code: 1, says: /folk-2/ },
  ];
  it.each(cases)('$name, says so in one message and exits $code', async ({ files, args, code, says }) => {
    const cwd = home(files);
    const finished = await mst(args, { cwd });
    expect(finished.code).toBe(code);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toMatch(says);
    expect(finished.stderr).not.toMatch(/\n\s+at /);
  });

  it('a damaged TFRecord or checkpoint, names the file and says what to do', async () => {
    const cwd = trained();
    const damage = (path: string): void => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 255;
      writeFileSync(path, bytes);
    };
    const examples = join(cwd, 'datasets', 'test', 'lookback_rnn', 'training_melodies.tfrecord');
    damage(examples);
    const fit = await mst(['fit', 'test', '--run', 'again', '--steps', '4', ...quick], { cwd });
    expect(fit).toMatchObject({ code: 1 });
    expect(fit.stderr).toContain(examples);
    const tensors = join(cwd, 'checkpoints', 'test', 'step-000006', 'tensors.bin');
    damage(tensors);
    const exported = await mst(['export', 'test', '--force'], { cwd });
    expect(exported).toMatchObject({ code: 1 });
    expect(exported.stderr).toContain(tensors);
  });

  it('a home that cannot be written to, says which', async () => {
    const cwd = home();
    writeFileSync(join(cwd, 'datasets'), '');
    const finished = await mst(['fetch', 'midi', '--artist', 'x'], { cwd });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain(join(cwd, 'datasets'));
    rmSync(join(cwd, 'datasets'));
  });
});
