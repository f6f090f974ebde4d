// The benches and the scripts, which nothing else runs: all that they import from the program and from each other is there.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it.each(['bench', 'scripts'])('all that the files of %s import is there', async (folder) => {
  const entryPoints = readdirSync(join(root, folder)).filter((name) => name.endsWith('.mjs'));
  expect(entryPoints.length).toBeGreaterThan(3);
  // Names that a module does not have are errors here, of which esbuild tells the line.
  const { warnings } = await build({
    entryPoints: entryPoints.map((name) => join(root, folder, name)),
    bundle: true,
    write: false,
    outdir: 'nowhere',
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  expect(warnings.filter(({ id }) => id === 'import-is-undefined')).toEqual([]);
});
