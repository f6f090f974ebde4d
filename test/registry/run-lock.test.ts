// Who may train a run, decided between real processes: they lock it with the built program's code, live, and are killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkNotTraining, lockRun } from '../../src/registry/run-lock.js';
import { filesIn, temporaryFolder } from '../support/folder.js';
import { mst } from '../support/mst.js';

const built = new URL('../../dist/registry/run-lock.js', import.meta.url);
const NOON = Date.UTC(2024, 5, 1, 12, 0);

/** A run's folder that is not there yet, and the file that locks it. */
function newRun(): { run: string; lock: string } {
  const folder = temporaryFolder();
  return { run: join(folder, 'songs'), lock: join(folder, '.songs.lock') };
}

/** A process that locks a run, says `locked` or why not, and lives until it is killed. */
async function otherProcess(run: string): Promise<{ child: ChildProcess; said: string; kill: () => Promise<void> }> {
  const program = `
    import { lockRun } from ${JSON.stringify(built.href)};
    try { lockRun(${JSON.stringify(run)}, ${NOON}); console.log('locked'); } catch ({ message }) { console.log(message); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const said = await new Promise<string>((resolve) => child.stdout?.once('data', (text) => resolve(String(text).trim())));
  return { child, said, kill };
}

describe('a run locked by this process', () => {
  it('is refused to whoever asks next, until it is released', () => {
    const { run, lock } = newRun();
    const release = lockRun(run, NOON);
    const refusal = { code: 'exists', message: `The run "songs" is being trained by process ${process.pid} since 2024-06-01 12:00 UTC.` };
    expect(() => lockRun(run, NOON)).toThrow(expect.objectContaining(refusal));
    expect(() => checkNotTraining(run)).toThrow(expect.objectContaining({ hint: expect.stringContaining('--run songs-2') }));
    release();
    expect(existsSync(lock)).toBe(false);
    checkNotTraining(run);
    lockRun(run, NOON)();
  });

  it('is not locked by what an earlier process with the same id left', () => {
    const { run, lock } = newRun();
    const release = lockRun(run, NOON);
    const left = readFileSync(lock, 'utf8');
    release();
    writeFileSync(lock, left);
    checkNotTraining(run);
    lockRun(run, NOON)();
  });

  it('keeps another process out, and no other run', async () => {
    const { run } = newRun();
    const release = lockRun(run, NOON);
    expect((await otherProcess(run)).said).toContain(`by process ${process.pid} since`);
    expect((await otherProcess(`${run}-2`)).said).toBe('locked');
    release();
  });
});

describe('a run locked by another process', () => {
  it('is refused while that lives, and taken over without a word once it is killed', async () => {
    const { run, lock } = newRun();
    const { child, kill } = await otherProcess(run);
    expect(() => lockRun(run, NOON)).toThrow(`by process ${child.pid} since`);
    expect(() => checkNotTraining(run)).toThrow(`by process ${child.pid} since`);
    await kill();
    expect(existsSync(lock)).toBe(true);
    checkNotTraining(run);
    const release = lockRun(run, NOON);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid, since: NOON });
    release();
    expect(readdirSync(join(run, '..'))).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('is free when its id now belongs to a later process', async () => {
    const { run, lock } = newRun();
    await otherProcess(run);
    const text = JSON.parse(readFileSync(lock, 'utf8')) as { start: string };
    writeFileSync(lock, JSON.stringify({ ...text, start: `${text.start}0` }));
    lockRun(run, NOON)();
  });

  it('goes to exactly one of many who find a dead one', async () => {
    const { run } = newRun();
    await (await otherProcess(run)).kill();
    const others = await Promise.all(Array.from({ length: 5 }, () => otherProcess(run)));
    const winners = others.filter(({ said }) => said === 'locked');
    expect(winners).toHaveLength(1);
    for (const { said } of others) {
      if (said !== 'locked') expect(said).toContain(`by process ${winners[0]?.child.pid} since`);
    }
  });

  it('on another computer counts, and the file to remove is named', () => {
    const { run, lock } = newRun();
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere.invalid', since: NOON, start: null }));
    expect(() => lockRun(run, NOON)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('process 1 on elsewhere.invalid since'),
        hint: expect.stringContaining(lock),
      }),
    );
  });

  it.each(['', '{', 'null', '{"pid":"x"}', '{"pid":-1,"host":"a","since":0}'])(
    'that was killed while writing %j does not count',
    (text) => {
      const { run, lock } = newRun();
      writeFileSync(lock, text);
      lockRun(run, NOON)();
      expect(existsSync(lock)).toBe(false);
    },
  );
});

describe('mst, on a run in training', () => {
  it.each([
    ['train', '--artist', 'songs', 'midi'],
    ['fit', 'songs', '--force'],
    ['models', 'rm', 'songs', '--force'],
  ])('refuses %s %s %s, and changes nothing', async (...args) => {
    const cwd = temporaryFolder({ 'midi/x.mid': 'x', 'datasets/songs/midi/x.mid': 'x', 'checkpoints/songs/run.json': '{}' });
    const release = lockRun(join(cwd, 'checkpoints', 'songs'), NOON);
    const before = filesIn(cwd);
    const { code, stdout, stderr } = await mst(args, { cwd });
    expect(stderr).toContain(`is being trained by process ${process.pid} since`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(filesIn(cwd)).toEqual(before);
    release();
  });
});
