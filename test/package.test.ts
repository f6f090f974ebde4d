// What npm installs elsewhere: the packed tarball, in an empty folder, trains, generates and renders, worker threads and sounds included.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/folder.js';

const { Midi } = createRequire(import.meta.url)('@tonejs/midi') as typeof import('@tonejs/midi');
const root = fileURLToPath(new URL('..', import.meta.url));

it('installs from its tarball into an empty folder, and there trains, generates and renders', { timeout: 180_000 }, () => {
  const folder = temporaryFolder({ 'package.json': '{ "private": true }' });
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { filename: string; files: { path: string }[] }[];
  const files = packed[0]?.files.map(({ path }) => path) ?? [];
  expect(files.filter((path) => /^(dist|datasets\/folk|checkpoints\/folk)\/|^(README\.md|LICENSE|package\.json)$/.test(path))).toEqual(
    files,
  );
  const compiled = files.filter((path) => path.startsWith('dist/') && !/^dist\/(serve\/web\/|audio\/sounds\.sf2$)/.test(path));
  const sourceOf = (path: string): string => join(root, path.replace(/^dist\/(.*?)(\.d\.ts|\.js)$/, 'src/$1.ts'));
  expect(compiled.filter((path) => !existsSync(sourceOf(path)))).toEqual([]);
  run('npm', 'install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed[0]?.filename ?? ''));
  const mst = (...args: string[]): string => run(join(folder, 'node_modules', '.bin', 'mst'), ...args);
  const corpus = join(folder, 'node_modules', 'magenta-session-toolkit', 'datasets', 'folk');
  mst('train', '--artist', 'test', '--steps', '3', '--hparams', 'rnn_layer_sizes=[16]', corpus);
  mst('generate', '--model', 'test', '--output-dir', 'new', '--num_outputs', '2', '--seed', '5');
  expect(readdirSync(join(folder, 'new'))).toEqual(['test-s5-01.mid', 'test-s5-02.mid']);
  const melody = new Midi(readFileSync(join(folder, 'new', 'test-s5-01.mid')));
  expect(melody.tracks.flatMap(({ notes }) => notes).length).toBeGreaterThan(0);
  mst('render', join('new', 'test-s5-01.mid'), '--out', 'melody.mp3');
  expect(readFileSync(join(folder, 'melody.mp3')).length).toBeGreaterThan(100_000);
});
