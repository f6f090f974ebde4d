// Compiles src into dist (tsconfig.json), and removes from dist what no source makes any more: the files of a module that was moved or
// deleted would be packed and shipped. Nothing else is removed, so programs that run from dist meanwhile go on.   run: npm run build:code
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const target = 'dist';
/** What other scripts write there. */
const others = [join('serve', 'web', '/'), join('audio', 'sounds.sf2')].map((path) => join(resolve(target), path));

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--listEmittedFiles'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 1 << 26,
});
const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
const emitted = new Set(lines.filter((line) => line.startsWith('TSFILE: ')).map((line) => resolve(line.slice('TSFILE: '.length))));
for (const line of lines) if (!line.startsWith('TSFILE: ')) console.log(line);
if (status !== 0 || emitted.size === 0) process.exit(status || 1);
for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
  const path = resolve(entry.parentPath, entry.name);
  if (entry.isDirectory() || emitted.has(path) || others.some((other) => path.startsWith(other))) continue;
  rmSync(path, { force: true });
  console.log(`removed ${path}, which no source makes any more`);
}
