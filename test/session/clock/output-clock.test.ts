// The clock thread itself, through memory that stands for an instrument. Orders and contents are asserted, never how late anything was.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutputMemory, readOutputMemory } from '../../../src/session/clock/output.js';
import { OutputClock, type Sent } from '../../../src/session/clock/output-clock.js';
import { unpackMessage } from '../../../src/session/clock/packed-message.js';
import { SessionTime } from '../../../src/session/clock/session-time.js';

const time = new SessionTime();
let clock: OutputClock;
beforeEach(async () => {
  clock = await OutputClock.start(time);
});
afterEach(() => clock.end());

async function instrument(): Promise<{ output: number; heard: () => string[] }> {
  const buffer = createOutputMemory(1000);
  const output = await clock.open({ kind: 'memory', buffer });
  return { output, heard: () => readOutputMemory(buffer).map(({ message }) => Buffer.from(unpackMessage(message)).toString('hex')) };
}

async function settled(): Promise<Sent[]> {
  const sent: Sent[] = [];
  while (clock.pending > 0) await sleep(2);
  clock.drain((event) => sent.push(event));
  return sent;
}

test('events go out in the order of their times, none before its time, each reported', async () => {
  const { output, heard } = await instrument();
  clock.route('model', [output]);
  clock.route('click', [output]);
  const start = time.now() + 0.02;
  const first = clock.schedule(start + 0.02, 'model', [0x80, 60, 0]);
  clock.schedule(start, 'model', [0x90, 60, 1]);
  clock.schedule(start + 0.01, 'click', [0x99, 37, 2]);
  clock.schedule(start + 0.01, 'model', [0xf8]);
  const sent = await settled();
  expect(heard()).toEqual(['903c01', '992502', 'f8', '803c00']);
  expect(sent.map(({ voice }) => voice)).toEqual(['model', 'click', 'model', 'model']);
  expect(sent.map((event) => Math.round((event.time - start) * 1000))).toEqual([0, 10, 10, 20]);
  expect(sent.every((event) => event.sent >= event.time)).toBe(true);
  expect(sent.at(-1)?.id).toBe(first);
});

test('with latency, events go out earlier than their time', async () => {
  const { output } = await instrument();
  clock.route('model', [output]);
  clock.setLatency(10);
  const due = time.now() + 9;
  clock.schedule(due, 'model', [0x90, 60, 1]);
  const [sent] = await settled();
  expect(sent?.sent).toBeLessThan(due);
  expect(sent?.dropped).toBe(false);
});

test('what is taken back is not played; the voice of another goes on', async () => {
  const { output, heard } = await instrument();
  for (const voice of ['model', 'click'] as const) clock.route(voice, [output]);
  const later = time.now() + 60;
  clock.schedule(later, 'model', [0x90, 60, 1]);
  clock.schedule(later, 'click', [0x99, 37, 1]);
  expect(clock.pending).toBe(2);
  clock.cancel('model', later);
  while (clock.pending > 1) await sleep(2);
  clock.cancel('click', later + 1);
  clock.schedule(time.now(), 'model', [0x90, 61, 1]);
  while (heard().length === 0) await sleep(2);
  expect(clock.pending).toBe(1);
  expect(heard()).toEqual(['903d01']);
});

test('a note far too late is dropped and told of, its end and everything else is sent', async () => {
  const { output, heard } = await instrument();
  clock.route('model', [output]);
  const past = time.now() - 1;
  clock.schedule(past, 'model', [0x90, 60, 1]);
  clock.schedule(past, 'model', [0x80, 60, 0]);
  clock.schedule(past, 'model', [0xb0, 7, 100]);
  const sent = await settled();
  expect(heard()).toEqual(['803c00', 'b00764']);
  expect(sent.map(({ dropped }) => dropped)).toEqual([true, false, false]);
});

test('silence takes everything back, ends what sounds, and is done when it returns', async () => {
  const { output, heard } = await instrument();
  clock.route('you', [output]);
  clock.schedule(time.now(), 'you', [0x92, 64, 90]);
  while (heard().length === 0) await sleep(2);
  clock.schedule(time.now() + 60, 'you', [0x92, 65, 90]);
  expect(clock.silence()).toBe(true);
  expect(heard()).toEqual(['92405a', '824000', 'b24000', 'b27b00', 'b27800']);
  expect(clock.pending).toBe(0);
});

test('the end of the thread ends what sounds', async () => {
  const { output, heard } = await instrument();
  clock.route('you', [output]);
  clock.schedule(time.now(), 'you', [0x90, 64, 90]);
  while (heard().length === 0) await sleep(2);
  await clock.end();
  expect(heard().slice(0, 2)).toEqual(['90405a', '804000']);
  expect(() => clock.schedule(0, 'you', [0xf8])).toThrow(/clock thread has ended/);
});

test('far too many events are refused, and those before them are kept', async () => {
  const later = time.now() + 60;
  for (let k = 0; k < 16_384; k++) clock.schedule(later, 'model', [0x90, 60, 1]);
  expect(() => clock.schedule(later, 'model', [0x90, 60, 1])).toThrow(/far too many/);
  expect(clock.pending).toBe(16_384);
});

test('an output that is not there is refused in words, and its number is free again', async () => {
  await expect(clock.open({ kind: 'raw', path: '/nowhere/midi' })).rejects.toThrow('The output /nowhere/midi cannot be opened');
  const { output } = await instrument();
  expect(output).toBe(0);
});

test.skipIf(process.platform === 'win32')(
  'a port that vanishes is told of, the others play on, and when it is back nothing sounds on there',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mst-vanished-'));
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    const plug = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const readAll = (descriptor: number): string => {
      const buffer = Buffer.alloc(1000);
      return buffer.toString('hex', 0, readSync(descriptor, buffer));
    };
    const failures: number[] = [];
    const own = await OutputClock.start(time, (output) => failures.push(output));
    const done = async () => {
      while (own.pending > 0) await sleep(2);
    };
    try {
      const device = plug();
      const output = await own.open({ kind: 'raw', path });
      const buffer = createOutputMemory(10);
      const other = await own.open({ kind: 'memory', buffer });
      own.route('model', [output, other]);
      own.schedule(time.now(), 'model', [0x90, 60, 80]);
      await done();
      expect(readAll(device)).toBe('903c50');
      closeSync(device);
      for (const pitch of [62, 64]) own.schedule(time.now(), 'model', [0x90, pitch, 80]);
      await done();
      while (failures.length === 0) await sleep(2);
      expect(failures).toEqual([output]);
      expect(readOutputMemory(buffer)).toHaveLength(3);
      await expect(own.open({ kind: 'raw', path }, output)).rejects.toThrow('nobody reads from it');
      const again = plug();
      expect(await own.open({ kind: 'raw', path }, output)).toBe(output);
      own.schedule(time.now(), 'model', [0x90, 65, 80]);
      await done();
      expect(readAll(again)).toBe('803c00803e00b04000b07b00904150');
      closeSync(again);
    } finally {
      await own.end();
      rmSync(folder, { recursive: true });
    }
  },
);

test('another thread reads the same clock', () => {
  const other = new SessionTime(time.epoch);
  const before = time.now();
  const between = other.now();
  expect(between).toBeGreaterThan(before - 0.001);
  expect(time.now()).toBeGreaterThan(between - 0.001);
});
