// The table of engines: what is here works, what is not says so. Which packages are installed is asked of Node, not of the table.

import { mkdirSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE_NAMES, type EngineName, loadEngine, probeEngines } from '../../src/train/engines.js';
import { temporaryFolder } from './run-fixture.js';

const packages = {
  'tfjs-node-gpu': '@tensorflow/tfjs-node-gpu',
  'tfjs-node': '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
};
const backends = { 'tfjs-node-gpu': 'tensorflow', 'tfjs-node': 'tensorflow', wasm: 'wasm', cpu: 'cpu' };

function isInstalled(name: keyof typeof packages): boolean {
  try {
    createRequire(import.meta.url).resolve(packages[name]);
    return true;
  } catch {
    return false;
  }
}

describe.each(ENGINE_NAMES)('the engine %s', (name) => {
  it.runIf(isInstalled(name))('becomes the active one, and computes', async () => {
    const engine = await loadEngine(name);
    expect(engine.name).toBe(name);
    expect(engine.description).toMatch(new RegExp(`^${name}: .+`));
    expect(tf.getBackend()).toBe(backends[name]);
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0]);
    expect(product).toBe(11);
  });

  it.skipIf(isInstalled(name))('is refused with the reason and the fix when it is not installed', async () => {
    await expect(loadEngine(name)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining(`${packages[name]} is not installed`),
      hint: expect.stringContaining(`npm install ${packages[name]}@${tf.version_core}`),
    });
  });
});

describe('choosing an engine', () => {
  it('takes the first that works', async () => {
    const first = (await probeEngines()).find(({ available }) => available);
    expect((await loadEngine('auto')).name).toBe(first?.name);
    if (!isInstalled('tfjs-node') && !isInstalled('tfjs-node-gpu')) expect(first?.name).toBe('wasm');
  });

  it('reports every engine, and leaves the active one as it was', async () => {
    await loadEngine('cpu');
    const reports = await probeEngines();
    expect(reports.map(({ name }) => name)).toEqual(ENGINE_NAMES);
    for (const report of reports) {
      if (!isInstalled(report.name)) expect(report).toMatchObject({ available: false, reason: expect.stringContaining('not installed') });
    }
    expect(reports.find(({ name }) => name === 'wasm')?.available).toBe(true);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('refuses a name that is none', async () => {
    await expect(loadEngine('cuda')).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('wasm') });
  });

  it('gives tfjs-node the function that Node 23 took away', async () => {
    const present = util as { isNullOrUndefined?: (value: unknown) => boolean };
    const held = present.isNullOrUndefined;
    Reflect.deleteProperty(present, 'isNullOrUndefined');
    try {
      await loadEngine('tfjs-node').catch(() => undefined);
      expect([null, undefined, 0, ''].map((value) => present.isNullOrUndefined?.(value))).toEqual([true, true, false, false]);
    } finally {
      if (held) present.isNullOrUndefined = held;
    }
  });
});

describe.skipIf(isInstalled('tfjs-node') || isInstalled('tfjs-node-gpu'))('native engines', () => {
  const folder = join(temporaryFolder(), 'node_modules');
  const held = process.env.NODE_PATH;
  /** Lets Node find packages in `path` too. */
  const searchIn = (path: string | undefined): void => {
    if (path === undefined) delete process.env.NODE_PATH;
    else process.env.NODE_PATH = path;
    (Module as unknown as { _initPaths(): void })._initPaths();
  };
  beforeAll(() => {
    const core = JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core'));
    for (const name of ['tfjs-node', 'tfjs-node-gpu'] as const) {
      mkdirSync(join(folder, packages[name]), { recursive: true });
      // As the packages do: they register when they are first imported, both under one name.
      writeFileSync(
        join(folder, packages[name], 'index.js'),
        `const tf = require(${core});
        class Native extends tf.KernelBackend { isUsingGpuDevice = ${name === 'tfjs-node-gpu'}; name = '${name}'; dispose() {} }
        tf.registerBackend('tensorflow', () => new Native(), 3);`,
      );
    }
    searchIn(folder);
  });
  afterAll(() => searchIn(held));

  it('can be loaded again, one after the other and after others', async () => {
    for (const name of ['tfjs-node', 'tfjs-node', 'tfjs-node-gpu', 'wasm', 'tfjs-node', 'cpu', 'tfjs-node-gpu'] as EngineName[]) {
      expect((await loadEngine(name)).name).toBe(name);
      expect(tf.getBackend()).toBe(backends[name]);
      if (backends[name] === 'tensorflow') expect(tf.backend()).toMatchObject({ name });
    }
  });

  it('are active again after every engine was tried', async () => {
    await loadEngine('tfjs-node-gpu');
    expect((await probeEngines()).every(({ available }) => available)).toBe(true);
    expect(tf.backend()).toMatchObject({ name: 'tfjs-node-gpu' });
  });
});
