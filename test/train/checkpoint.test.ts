// Checkpoints on disk. Expected: what was written comes back to the byte; any damage is refused; tensors.bin is what its format says,
// read here by hand.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { type NetworkShape, variableShapes } from '../../src/model/weights.js';
import { readCheckpoint, type TrainingState, writeCheckpoint } from '../../src/train/checkpoint.js';
import { initialWeights } from '../../src/train/initialize.js';
import { MetricsLog } from '../../src/train/metrics-log.js';
import { checkpointPath, checkpointSteps, sweepRun, tidyCheckpoints } from '../../src/train/run-folder.js';
import { temporaryFolder } from './run-fixture.js';

const shape: NetworkShape = { inputSize: 5, numClasses: 4, layerSizes: [3, 2], attnLength: 2 };
const state: TrainingState = {
  step: 7,
  tokens: 123,
  position: { epoch: 1, index: 2, random: [1, 2, 3, 4294967295] },
  evaluations: [{ step: 5, loss: 0.1 + 0.2 }],
  variables: initialWeights(shape, 1),
  slots: { m: initialWeights(shape, 2), v: initialWeights(shape, 3) },
};

const root = temporaryFolder();
const folder = join(root, 'step-000007');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  writeCheckpoint(folder, state);
});

describe('a checkpoint', () => {
  it('comes back as it was', () => {
    expect(readCheckpoint(folder, shape)).toEqual(state);
    expect(readdirSync(root)).toEqual(['step-000007']);
  });

  it('holds raw little-endian values under the names of Magenta', () => {
    const { state: stored } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
    const bytes = readFileSync(join(folder, 'tensors.bin'));
    expect(stored.tensorsSha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const variables = [...variableShapes(shape).keys()];
    expect(stored.tensors.map(({ name }: { name: string }) => name)).toEqual([
      ...variables,
      ...variables.map((name) => `${name}/Adam`),
      ...variables.map((name) => `${name}/Adam_1`),
    ]);
    const { offset } = stored.tensors.find(({ name }: { name: string }) => name === 'fully_connected/weights/Adam_1');
    expect(bytes.readFloatLE(offset + 4)).toBe(state.slots.v.get('fully_connected/weights')?.data[1]);
  });

  it('is refused when a single bit of it has changed', () => {
    const random = new Random(1);
    for (const file of ['state.json', 'tensors.bin']) {
      const path = join(folder, file);
      const good = readFileSync(path);
      for (let i = 0; i < 150; i++) {
        const bad = Buffer.from(good);
        const at = random.integer(bad.length);
        bad[at] = (bad[at] as number) ^ (1 << random.integer(8));
        writeFileSync(path, bad);
        expect(() => readCheckpoint(folder, shape), `${file} byte ${at}`).toThrowError(
          expect.objectContaining({ code: 'bad-checkpoint', message: expect.stringContaining(path) }),
        );
      }
      writeFileSync(path, good);
    }
    expect(readCheckpoint(folder, shape)).toEqual(state);
  });

  it.each(['state.json', 'tensors.bin'])('is refused when %s is cut off or missing', (file) => {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    expect(() => readCheckpoint(folder, shape)).toThrowError(expect.objectContaining({ code: 'bad-checkpoint' }));
    rmSync(path);
    expect(() => readCheckpoint(folder, shape)).toThrowError(expect.objectContaining({ code: 'bad-checkpoint' }));
  });

  it('is refused for a network of another shape', () => {
    for (const other of [
      { ...shape, layerSizes: [3, 3] },
      { ...shape, layerSizes: [3, 2, 2] },
      { ...shape, attnLength: 0 },
    ]) {
      expect(() => readCheckpoint(folder, other)).toThrowError(expect.objectContaining({ code: 'bad-checkpoint' }));
    }
  });

  it('leaves nothing behind when it cannot be written', () => {
    const file = join(root, 'file');
    writeFileSync(file, 'in the way');
    expect(() => writeCheckpoint(join(file, 'step-000001'), state)).toThrowError(expect.objectContaining({ code: 'storage' }));
    expect(readFileSync(file, 'utf8')).toBe('in the way');
    rmSync(file);
    expect(() => writeCheckpoint(folder, state)).toThrowError(expect.objectContaining({ code: 'storage' }));
    expect(readdirSync(root)).toEqual(['step-000007']);
  });
});

describe("a run's folder", () => {
  it('keeps the last and the best three of the checkpoints', () => {
    const run = join(root, 'run');
    for (const step of [10, 20, 25, 30, 40, 50, 1000000])
      mkdirSync(join(run, `step-${String(step).padStart(6, '0')}`), { recursive: true });
    const losses = { 10: 1, 20: 3, 30: 1, 40: 2, 50: 4, 60: 0 };
    tidyCheckpoints(
      run,
      Object.entries(losses).map(([step, loss]) => ({ step: Number(step), loss })),
    );
    expect(checkpointSteps(run)).toEqual([10, 30, 40, 1000000]);
    expect(checkpointPath(run, 'last')).toBe(join(run, 'step-1000000'));
    expect(checkpointPath(run, 'best')).toBe(join(run, 'step-000010'));
    expect(readdirSync(run).filter((name) => name.startsWith('.'))).toEqual([]);
    rmSync(join(run, 'step-000010'), { recursive: true });
    expect(() => checkpointPath(run, 'best')).toThrowError(expect.objectContaining({ code: 'bad-checkpoint' }));
  });

  it('is swept of temporary files and folders only', () => {
    const run = join(root, 'swept');
    mkdirSync(join(run, `.step-000010.${process.pid}-0.tmp/deep`), { recursive: true });
    for (const name of [`.last.${process.pid}-1.tmp`, '.keep', 'notes.tmp', 'metrics.jsonl']) writeFileSync(join(run, name), '');
    sweepRun(run);
    expect(readdirSync(run).sort()).toEqual(['.keep', 'metrics.jsonl', 'notes.tmp']);
  });

  it('has no checkpoint before the first', () => {
    expect(checkpointSteps(join(root, 'nowhere'))).toEqual([]);
    expect(() => checkpointPath(join(root, 'nowhere'), 'last')).toThrowError(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('metrics.jsonl', () => {
  it('goes on after a step, dropping later lines and a line cut off', () => {
    const path = join(root, 'metrics.jsonl');
    writeFileSync(path, '{"step":10,"loss":3}\n{"step":10,"held_out":{}}\n{"step":20,"loss":2}\n{"step":30,"lo');
    const log = new MetricsLog(path, 10);
    log.append({ step: 20, loss: Number.NaN });
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('{"step":10,"loss":3}\n{"step":10,"held_out":{}}\n{"step":20,"loss":null}\n');
  });
});
