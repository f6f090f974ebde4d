// The command as it is installed: dist/cli/main.js in a process of its own.

import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tar } from '../support/archives.js';
import { filesIn, temporaryFolder } from '../support/folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'dist/cli/main.js');

function mst(args: string[], { cwd = temporaryFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

describe('mst', () => {
  it('prints its help and version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(mst(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = mst(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['mst fetch', 'mst models', 'mst doctor', 'MAGENTA_MODEL']) expect(help.stdout).toContain(word);
    expect(mst([]).stdout).toBe(help.stdout);
    expect(readFileSync(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('exits 2 with a suggestion on a wrong command line', () => {
    expect(mst(['fetch', 'x', '--artits', 'y'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'mst: fetch has no option --artits.\n     Did you mean --artist?\n',
    });
    expect(mst(['fecth'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean: mst fetch') });
    expect(mst(['fetch', 'x', '--artist', 'my band'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Try my-band') });
  });

  it('fetches, in words and in JSON, and nothing but JSON is on stdout', () => {
    const cwd = temporaryFolder({ 'in/a.mid': 'a', 'in/b.mid': 'a', 'in/c.txt': '', 'in/d.mid': '' });
    const words = mst(['fetch', 'in', '--artist', 'ella'], { cwd });
    expect(words).toMatchObject({ code: 0, stderr: 'Fetching: 3 new files\n' });
    expect(words.stdout).toMatch(/^3 music files of ella: 1 kept, 1 the same as another, 1 refused\.\n/);
    expect(words.stdout).toContain('Next: mst convert ella');
    const json = mst(['fetch', 'in', '--artist', 'ella', '--json'], { cwd });
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      artist: 'ella',
      changed: false,
      files: 3,
      kept: 1,
      duplicate: 1,
      refused: 1,
      ignored: { '.txt': 1 },
    });
    expect(mst(['fetch', 'in', '--artist', 'ella', '--quiet', '--force', '--compat', 'magenta'], { cwd })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readdirSync(join(cwd, 'datasets/ella/midi'))).toEqual(['a.mid', 'b.mid']);
  });

  it('fails with what to do next, as an object with --json, and writes nothing', () => {
    const cwd = temporaryFolder({ 'empty/x.txt': '' });
    expect(mst(['fetch', 'empty', '--artist', 'ella'], { cwd })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^mst: There is no music in empty: only 1 \.txt file\.\n {5}mst looks for/),
    });
    const { code, stdout, stderr } = mst(['fetch', 'nowhere', '--artist', 'ella', '--json'], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'not-found', message: 'There is no file or folder nowhere.', hint: 'Check the path.' },
    });
    expect(mst(['fetch', 'empty', '--artist', 'folk'], { cwd })).toMatchObject({ code: 1, stderr: expect.stringContaining('folk-2') });
    expect(Object.keys(filesIn(cwd))).toEqual(['empty/x.txt']);
  });

  it('says clearly when the home is missing or cannot be written', () => {
    const cwd = temporaryFolder({ 'in/a.mid': 'a', 'home/datasets': 'a file' });
    expect(mst(['fetch', 'in', '--artist', 'x', '--home', 'gone'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('mkdir -p'),
    });
    expect(mst(['fetch', 'in', '--artist', 'x'], { cwd, env: { MST_HOME: join(cwd, 'home') } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--home'),
    });
    if (existsSync('/proc/self'))
      expect(mst(['fetch', 'in', '--artist', 'x', '--home', '/proc'], { cwd })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Cannot write /proc'),
      });
  });

  it('lists, shows and removes models', () => {
    const model = {
      'config.json': '{}',
      'weights_manifest.json': '[]',
      'model.json': '{"artist":"Ella","configuration":"mono_rnn","metrics":{"metrics/accuracy":0.123456}}',
    };
    const cwd = temporaryFolder(Object.fromEntries(Object.entries(model).map(([file, text]) => [`checkpoints/m/model/${file}`, text])));
    expect(mst(['models', 'ls'], { cwd }).stdout).toMatch(
      /^NAME +ARTIST +CONFIGURATION +NATS +SIZE +WHEN +WHERE\n(folk .* shipped\n)?m +Ella +mono_rnn +- +\d+ bytes +\d{4}-\d\d-\d\d +home\n/,
    );
    expect(JSON.parse(mst(['models', 'ls', '--json'], { cwd }).stdout)).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'm', card: JSON.parse(model['model.json']) })]),
    );
    expect(mst(['models', 'show'], { cwd, env: { MAGENTA_MODEL: 'm' } }).stdout).toMatch(/metrics\.metrics\/accuracy +0\.1235\n/);
    expect(mst(['models', 'show'], { cwd })).toMatchObject({ code: 2 });
    expect(mst(['models', 'show', 'n'], { cwd })).toMatchObject({ code: 1, stderr: expect.stringContaining('mst train --artist n') });
    expect(mst(['models', 'rm', 'm'], { cwd }).code).toBe(0);
    expect(filesIn(cwd)).toEqual({});
  });

  it('brings models in and out, keeps versions, chooses one and checks it', () => {
    const cwd = temporaryFolder();
    const home = join(cwd, 'home');
    mkdirSync(home);
    const run = (...args: string[]) => mst(args, { cwd, env: { MST_HOME: home } });
    expect(run('models', 'export', 'folk', '--format', 'magenta-js')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not understood by Magenta.js'),
    });
    expect(run('models', 'export', 'folk', '--format', 'tf-checkpoint').stdout).toMatch(
      /melody_rnn_generate --config=lookback_rnn --checkpoint_file=\S+model\.ckpt-\d+/,
    );
    expect(run('models', 'import', 'folk-tf-checkpoint', '--as', 'back').stdout).toMatch(
      /^back: lookback_rnn, layers of \[128,128\], in .*\nNext: mst generate --model back/,
    );
    expect(run('models', 'cp', 'back', 'back:first').code).toBe(0);
    expect(run('models', 'default', 'back:first').stdout).toMatch(/^back:first is used/);
    expect(run('models', 'ls').stdout).toMatch(/\nback +folk .*\nback:first \* +folk /);
    expect(run('models', 'show').stdout).toMatch(/^name +back:first\n[\s\S]*\n {4}1 +2 .*\n[A-G]#?\d/);
    expect(run('models', 'verify').stdout).toMatch(/back:first: 5 files as SHA256SUMS says/);
    appendFileSync(join(home, 'checkpoints/back/tags/first/model.json'), ' ');
    expect(run('models', 'verify')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^changed: model\.json\n/) });
    expect(run('generate', '--output-dir', 'new', '--num_outputs', '1', '--seed', '1').stdout).toMatch(/s1-/);
    expect(run('models', 'import', 'nothing.mag')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no file or folder nothing.mag'),
    });
  });

  it('lists the environment variables with what they are set to, and helps with a command by name', () => {
    const { stdout } = mst(['help', 'env', '--json'], { env: { MAGENTA_MODEL: 'ella' } });
    const listed = JSON.parse(stdout) as { name: string; value: string | null }[];
    expect(listed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['MST_HOME', 'MST_MODELS', 'MAGENTA_MODEL', 'NO_COLOR', 'MST_DEBUG']),
    );
    expect(listed.find(({ name }) => name === 'MAGENTA_MODEL')?.value).toBe('ella');
    expect(mst(['help', 'models', 'import']).stdout).toBe(mst(['models', 'import', '--help']).stdout);
  });

  it('doctor tells what works, and fails when something essential does not', () => {
    const { code, stdout, stderr } = mst(['doctor', '--json']);
    expect(stderr).toBe('');
    const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean; findings: { name: string; status: string; fix?: string }[] };
    expect([code, healthy]).toEqual([0, true]);
    for (const name of ['Node', 'Cores', 'Memory', 'Home', 'Engine in use'])
      expect(findings.find((finding) => finding.name === name)?.status).toBe('ok');
    for (const { status, fix } of findings) if (status !== 'ok') expect(fix).toMatch(/\w/);
    const broken = mst(['doctor', '--home', 'gone']);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(/FAILED +Home: There is no folder .*gone[^\n]*\n +Make it first/);
    expect(broken.stderr).toBe('');
  });

  it('does not mind a reader that has gone away', async () => {
    const child = spawn(process.execPath, [bin, 'models', 'ls'], { cwd: temporaryFolder() });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('stops on Ctrl-C with 130 and leaves everything as it was', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'many.tar'),
      tar(Array.from({ length: 6000 }, (_, i) => ({ name: `${i}.mid`, bytes: Buffer.from(`song ${i}`) }))),
    );
    const child = spawn(process.execPath, [bin, 'fetch', 'many.tar', '--artist', 'ella'], { cwd });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    const closed = new Promise((done) => child.on('close', done));
    while (child.exitCode === null && !existsSync(join(cwd, 'datasets/ella'))) await setTimeout(2);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(stderr).toMatch(/Stopping\. Ctrl-C again quits at once\.\n.*mst: Interrupted\./s);
    expect(readdirSync(cwd)).toEqual(['many.tar']);
  });
});

it('loads nothing heavy before a command runs', () => {
  const heavy =
    /^src\/(train|kernels|model|records|notation|evaluate|audio|view|serve|session)\/|^src\/music\/(?!scales|modulo)|^src\/pipeline\/(?!runner\.ts)/;
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    expect(relative(root, file)).not.toMatch(heavy);
    for (const [, types, target = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (type )?[^'"]*?from '([^']+)'/gms)) {
      if (types !== undefined) continue;
      if (target.startsWith('.')) visit(resolve(dirname(file), target.replace(/\.js$/, '.ts')));
      else if (!target.startsWith('node:')) packages.add(target);
    }
  };
  // The first imports the other two when it runs.
  for (const file of ['main.ts', 'commands/index.ts', 'program.ts']) visit(join(root, 'src/cli', file));
  expect(seen.size).toBeGreaterThan(10);
  expect([...packages].sort()).toEqual(['cli-progress', 'yargs']);
});
