import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot, packageVersion } from '../../src/registry/package.js';

it('finds what is shipped, and the version, by where its code is', () => {
  for (const shipped of ['package.json', 'datasets/folk', 'checkpoints/folk']) expect(existsSync(join(packageRoot, shipped))).toBe(true);
  expect(packageVersion()).toBe((createRequire(import.meta.url)('../../package.json') as { version: string }).version);
});
