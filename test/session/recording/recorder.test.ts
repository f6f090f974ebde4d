import { spawn } from 'node:child_process';
import type * as fs from 'node:fs';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { MstError } from '../../../src/core/errors.js';
import { Random } from '../../../src/core/random.js';

/** A disk that can be told to take only so many bytes more. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const write = (
    descriptor: number,
    buffer: Buffer,
    at: number,
    length: number,
    position: number,
    done: (error: unknown, written: number) => void,
  ) => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    if (disk.room === 0) return process.nextTick(done, full, 0);
    const taken = Math.min(length, disk.room);
    disk.room -= taken;
    real.write(descriptor, buffer, at, taken, position, done);
  };
  // promisify looks for this on functions that call back with several values.
  Object.defineProperty(write, Symbol.for('nodejs.util.promisify.custom'), {
    value: (...args: Parameters<typeof write> extends [...infer Rest, unknown] ? Rest : never) =>
      new Promise((resolve, reject) => write(...args, (error, bytesWritten) => (error ? reject(error) : resolve({ bytesWritten })))),
  });
  return { ...real, write };
});
const { Recorder } = await import('../../../src/session/recording/recorder.js');

const folder = mkdtempSync(join(tmpdir(), 'mst-recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  disk.room = Number.POSITIVE_INFINITY;
});
let files = 0;
const freshPath = (): string => join(folder, 'sessions', `${files++}.jsonl`);
const noTrouble = { onTrouble: (error: Error) => expect.unreachable(error.message) };
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(5);
};

test('lines are there in their order, without closing, soon', async () => {
  const recorder = new Recorder({ path: freshPath(), replace: false }, noTrouble);
  recorder.add('one');
  recorder.add('zwei – für');
  recorder.add('three');
  await until(() => readFileSync(recorder.path, 'utf8') === 'one\nzwei – für\nthree\n');
  recorder.sync();
  recorder.add('four');
  expect(await recorder.close()).toEqual({ lines: 4, lost: 0 });
  recorder.add('five');
  expect(readFileSync(recorder.path, 'utf8')).toBe('one\nzwei – für\nthree\nfour\n');
});

test('closing at once, in the midst of a write, gives the same file', () => {
  const recorder = new Recorder({ path: freshPath(), replace: false }, noTrouble);
  const lines = Array.from({ length: 3000 }, (_, k) => `line ${k} ${'x'.repeat(k % 97)}`);
  for (const [k, line] of lines.entries()) {
    recorder.add(line);
    if (k === 1000) recorder.sync();
  }
  expect(recorder.closeNow()).toEqual({ lines: 3000, lost: 0 });
  expect(recorder.closeNow()).toEqual({ lines: 3000, lost: 0 });
  expect(readFileSync(recorder.path, 'utf8')).toBe(`${lines.join('\n')}\n`);
});

test('a recording is never written over', () => {
  const path = freshPath();
  new Recorder({ path, replace: false }, noTrouble).closeNow();
  expect(() => new Recorder({ path, replace: false }, noTrouble)).toThrow(`${path} is there already`);
  writeFileSync(join(folder, 'file'), '');
  expect(() => new Recorder({ path: join(folder, 'file', 'x.jsonl'), replace: false }, noTrouble)).toThrow(/Cannot write/);
});

test('a full disk is told of once; what came meanwhile is written when there is room again', async () => {
  const troubles: MstError[] = [];
  const recorder = new Recorder({ path: freshPath(), replace: false }, { onTrouble: (error) => troubles.push(error), flushAfter: 1 });
  disk.room = 7;
  for (let k = 0; k < 20; k++) {
    recorder.add(`line ${k}`);
    await sleep(1);
  }
  await until(() => troubles.length > 0);
  expect(readFileSync(recorder.path, 'utf8')).toBe('line 0\n');
  disk.room = Number.POSITIVE_INFINITY;
  expect(await recorder.close()).toEqual({ lines: 20, lost: 0 });
  expect(readFileSync(recorder.path, 'utf8')).toBe(Array.from({ length: 20 }, (_, k) => `line ${k}\n`).join(''));
  expect(troubles.map(({ code, message }) => [code, message])).toEqual([
    ['storage', `The session can no longer be recorded in ${recorder.path}: the disk is full. Playing goes on.`],
  ]);
});

test('a disk that stays full costs bounded memory, and what is lost is counted', async () => {
  const recorder = new Recorder({ path: freshPath(), replace: false }, { onTrouble: () => {}, flushAfter: 1 });
  disk.room = 0;
  const line = 'x'.repeat(1023);
  for (let k = 0; k < 5000; k++) recorder.add(line);
  const { lines, lost } = await recorder.close();
  // 4 MiB of 1 KiB lines wait at most, and in the end those are lost, too.
  expect([lines, lost]).toEqual([0, 5000]);
});

test('a kill at any instant loses at most the last quarter of a second, and damages at most the last line', async () => {
  const script = fileURLToPath(new URL('../support/recording.mjs', import.meta.url));
  const random = new Random(7);
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const path = freshPath();
      const child = spawn(process.execPath, [script, path, '400'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
      });
      await until(() => said !== '');
      await sleep(300 + 700 * random.uniform());
      child.kill('SIGKILL');
      await new Promise((resolve) => child.on('close', resolve));
      const kept = readFileSync(path, 'utf8').split('\n').slice(0, -1);
      expect(kept).toEqual(kept.map((_, number) => JSON.stringify({ number })));
      // By the recording process's own clock, which stands still while a busy machine does not let it run.
      const times = said
        .split('\n')
        .slice(0, -1)
        .map((line) => Number(line.split(' ')[1]));
      const due = times.filter((time) => time <= (times.at(-1) ?? 0) - 250);
      expect(kept.length).toBeGreaterThanOrEqual(due.length);
      expect(due.length).toBeGreaterThan(0);
    }),
  );
});
