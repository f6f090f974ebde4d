// However a playing process ends, nothing sounds on afterwards. The bytes that reached the output are read here by the MIDI specification.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { beforeDeath, type Mortal } from '../../src/session/last-words.js';

const folder = mkdtempSync(join(tmpdir(), 'mst-last-words-'));
afterAll(() => rmSync(folder, { recursive: true }));
const player = fileURLToPath(new URL('support/player.mjs', import.meta.url));

/** What sounds after these bytes: notes as channel/pitch, and pedals that are down. */
function soundingAfter(bytes: Uint8Array): { struck: number; left: string[] } {
  const sounding = new Set<string>();
  let struck = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const [status = 0, first = 0, second = 0] = bytes.subarray(at, at + 3);
    const channel = status & 0xf;
    if (status >> 4 === 9 && second > 0) {
      struck++;
      sounding.add(`${channel}/${first}`);
    } else if (status >> 4 === 8 || status >> 4 === 9) sounding.delete(`${channel}/${first}`);
    else if (status >> 4 === 11 && first === 64 && second >= 64) sounding.add(`${channel}/pedal`);
    else if (status >> 4 === 11 && first === 64) sounding.delete(`${channel}/pedal`);
  }
  return { struck, left: [...sounding] };
}

async function play(way: string, signal?: NodeJS.Signals) {
  const path = join(folder, `${way}-${signal ?? ''}`);
  writeFileSync(path, '');
  const child = spawn(process.execPath, [player, path, way], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.on('data', (text) => {
    if (signal !== undefined && String(text).includes('ready')) child.kill(signal);
  });
  const [code, by] = await new Promise<[number | null, string | null]>((resolve) => child.on('close', (...end) => resolve(end)));
  return { code, by, ...soundingAfter(readFileSync(path)) };
}

test.concurrent.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', async (signal, code) => {
  expect(await play('wait', signal)).toEqual({ code, by: null, struck: 4, left: [] });
});

test.concurrent.each([
  ['throw', 1],
  ['reject', 1],
  ['exit', 7],
  ['run-out', 0],
  ['end', 0],
])('%s', async (way, code) => {
  expect(await play(way)).toEqual({ code, by: null, struck: 4, left: [] });
});

test.concurrent('a kill that nothing can answer does leave notes, so these tests can tell', async () => {
  expect((await play('wait', 'SIGKILL')).left).toEqual(['0/60', '0/64', '0/67', '3/pedal', '3/48']);
});

class Process extends EventEmitter implements Mortal {
  exited: number | undefined;
  exit(code: number): never {
    this.exited ??= code;
    this.emit('exit');
    return undefined as never;
  }
}

test('everything that was arranged is said once', () => {
  const process = new Process();
  const said: string[] = [];
  beforeDeath(process, () => said.push('notes'));
  beforeDeath(process, () => said.push('screen'));
  process.emit('SIGTERM');
  process.emit('exit');
  expect([said, process.exited]).toEqual([['notes', 'screen'], 143]);
});

test('a signal that others answer is theirs', () => {
  const process = new Process();
  let said = 0;
  beforeDeath(process, () => said++);
  beforeDeath(process, () => said++);
  process.on('SIGINT', () => {});
  process.emit('SIGINT');
  expect([said, process.exited]).toEqual([0, undefined]);
});

test('what is taken back is not said, and leaves no listener', () => {
  const process = new Process();
  let said = 0;
  const takeBack = beforeDeath(process, () => said++);
  takeBack();
  takeBack();
  process.emit('exit');
  expect([said, process.eventNames()]).toEqual([0, []]);
});
