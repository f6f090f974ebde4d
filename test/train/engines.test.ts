// The table of engines: what is here works, what is not says so. Which packages are installed is asked of Node, not of the table.

import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ENGINE_NAMES, loadEngine, probeEngines } from '../../src/train/engines.js';

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
