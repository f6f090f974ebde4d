// Step 1 on real folders: what is kept, what fetching again does, and that a failure leaves everything as it was. Hashes are checked with
// node:crypto, names and counts by hand.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchMusic } from '../../../src/pipeline/fetch/fetch.js';
import type { ManifestLine } from '../../../src/pipeline/fetch/manifest.js';
import { defaultLimits } from '../../../src/pipeline/limits.js';
import { silent } from '../../../src/pipeline/progress.js';
import { removeDataset } from '../../../src/registry/dataset-store.js';
import { resolveHome } from '../../../src/registry/home.js';
import { addFiles, filesIn, temporaryFolder } from '../../support/folder.js';

const NOON = Date.UTC(2026, 5, 1, 12);

/** What a process leaves in its lock. No process has the number 2^22 + 1: it is above the highest that Linux gives out. */
const left = (pid: number) => ({ pid, host: hostname(), since: NOON, start: null });

interface Extra {
  force?: boolean;
  keepDuplicates?: boolean;
  signal?: AbortSignal;
  artist?: string;
  limits?: Parameters<typeof fetchMusic>[0]['limits'];
}

function fetching(home: string, paths: string[], { force = false, keepDuplicates = false, signal, artist = 'ella', limits }: Extra = {}) {
  return fetchMusic(
    { home: resolveHome({ current: home }), artist, paths, current: home, keepDuplicates, ...(limits && { limits }), now: () => NOON },
    { progress: silent, signal: signal ?? new AbortController().signal, force },
  );
}

function manifest(home: string, artist = 'ella'): ManifestLine[] {
  const text = readFileSync(join(home, 'datasets', artist, 'manifest.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ManifestLine);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const midiOf = (home: string, artist = 'ella'): Record<string, string> => filesIn(join(home, 'datasets', artist, 'midi'));

describe('fetch', () => {
  it('takes music from folders and files, one line each, by code point of the name', async () => {
    const from = temporaryFolder({
      'b.mid': 'bee',
      'sub/A.MIDI': 'aye',
      'Z.Kar': 'zed',
      'tune.abc': 'X:1',
      'notes.txt': 'no',
      'cover.jpg': 'no',
      'x.TXT': 'no',
    });
    const other = temporaryFolder({ 'solo.mid': 'solo' });
    const home = temporaryFolder();
    const { skipped, summary } = await fetching(home, [from, join(other, 'solo.mid')]);
    expect(skipped).toBe(false);
    expect(midiOf(home)).toEqual({ 'Z.Kar': 'zed', 'b.mid': 'bee', 'solo.mid': 'solo', 'sub/A.MIDI': 'aye', 'tune.abc': 'X:1' });
    expect(manifest(home)).toEqual([
      { file: 'Z.Kar', status: 'kept', source: join(from, 'Z.Kar'), sha256: sha256('zed'), size: 3 },
      { file: 'b.mid', status: 'kept', source: join(from, 'b.mid'), sha256: sha256('bee'), size: 3 },
      { file: 'solo.mid', status: 'kept', source: join(other, 'solo.mid'), sha256: sha256('solo'), size: 4 },
      { file: 'sub/A.MIDI', status: 'kept', source: join(from, 'sub/A.MIDI'), sha256: sha256('aye'), size: 3 },
      { file: 'tune.abc', status: 'kept', source: join(from, 'tune.abc'), sha256: sha256('X:1'), size: 3 },
    ]);
    expect(summary).toMatchObject({ files: 5, kept: 5, duplicate: 0, refused: 0, added: 5, ignored: { '.txt': 2, '.jpg': 1 } });
  });

  it('keeps one of identical files, the first by name, and all of them with keepDuplicates, back and forth', async () => {
    const from = temporaryFolder({ 'b.mid': 'same', 'a.mid': 'same', 'c/a.mid': 'same', 'other.mid': 'other' });
    const home = temporaryFolder();
    const one = { 'a.mid': 'same', 'other.mid': 'other' };
    const all = { 'a.mid': 'same', 'b.mid': 'same', 'c/a.mid': 'same', 'other.mid': 'other' };
    await fetching(home, [from]);
    expect(midiOf(home)).toEqual(one);
    expect(manifest(home).map(({ file, status, duplicateOf }) => [file, status, duplicateOf])).toEqual([
      ['a.mid', 'kept', undefined],
      ['b.mid', 'duplicate', 'a.mid'],
      ['c/a.mid', 'duplicate', 'a.mid'],
      ['other.mid', 'kept', undefined],
    ]);
    await fetching(home, [from], { keepDuplicates: true });
    expect(midiOf(home)).toEqual(all);
    expect(manifest(home).every(({ status }) => status === 'kept')).toBe(true);
    await fetching(home, [from]);
    expect(midiOf(home)).toEqual(one);
  });

  it('makes duplicates kept again from the copy at hand when their source was not named', async () => {
    const from = temporaryFolder({ 'a.mid': 'same', 'b.mid': 'same' });
    const home = temporaryFolder();
    await fetching(home, [from]);
    const more = temporaryFolder({ 'new.mid': 'new' });
    await fetching(home, [more], { keepDuplicates: true });
    expect(midiOf(home)).toEqual({ 'a.mid': 'same', 'b.mid': 'same', 'new.mid': 'new' });
  });

  it('changes nothing when the same is fetched again', async () => {
    const from = temporaryFolder({ 'a.mid': 'one', 'b.mid': 'one', 'c.mid': '' });
    const home = temporaryFolder();
    expect((await fetching(home, [from])).skipped).toBe(false);
    const stat = (file: string): number =>
      statSync(join(home, 'datasets/ella', file)).mtimeMs + statSync(join(home, 'datasets/ella', file)).ino;
    const before = [filesIn(home), stat('manifest.jsonl'), stat('midi/a.mid')];
    const again = await fetching(home, [from]);
    expect(again).toMatchObject({ skipped: true, summary: { files: 3, kept: 1, duplicate: 1, refused: 1, added: 0 } });
    expect([filesIn(home), stat('manifest.jsonl'), stat('midi/a.mid')]).toEqual(before);
  });

  it('adds what is new without renaming what is there, and follows a source that changed', async () => {
    const first = temporaryFolder({ 'song.mid': 'first' });
    const second = temporaryFolder({ 'song.mid': 'second', 'Song.MID': 'third', 'x.mid': 'first' });
    const home = temporaryFolder();
    await fetching(home, [first]);
    const { summary } = await fetching(home, [second]);
    expect(summary).toMatchObject({ files: 4, kept: 3, duplicate: 1, added: 3 });
    expect(midiOf(home)).toEqual({ 'song.mid': 'first', 'Song-2.MID': 'third', 'song-3.mid': 'second' });
    addFiles(first, { 'song.mid': 'changed' });
    await fetching(home, [first]);
    expect(midiOf(home)).toEqual({ 'song.mid': 'changed', 'Song-2.MID': 'third', 'song-3.mid': 'second', 'x.mid': 'first' });
  });

  it('gives the same result fetched at once as in another order of paths', async () => {
    const a = temporaryFolder({ 'k.mid': 'one', 'l.mid': 'two' });
    const b = temporaryFolder({ 'k.mid': 'three', 'm.mid': 'one' });
    const home = temporaryFolder();
    await fetching(home, [a, b], { artist: 'ab' });
    await fetching(home, [b, a], { artist: 'ba' });
    expect(manifest(home, 'ab')).toEqual(manifest(home, 'ba'));
    expect(midiOf(home, 'ab')).toEqual(midiOf(home, 'ba'));
  });

  it('begins anew with force, and leaves alone what others put into midi/', async () => {
    const first = temporaryFolder({ 'old/one.mid': 'one', 'both.mid': 'both' });
    const second = temporaryFolder({ 'both.mid': 'other', 'mine.mid': 'theirs' });
    const home = temporaryFolder();
    await fetching(home, [first]);
    addFiles(join(home, 'datasets/ella/midi'), { 'mine.mid': 'mine' });
    await fetching(home, [second], { force: true });
    expect(midiOf(home)).toEqual({ 'both.mid': 'other', 'mine.mid': 'mine', 'mine-2.mid': 'theirs' });
    expect(manifest(home).map(({ file }) => file)).toEqual(['both.mid', 'mine-2.mid']);
  });

  it('forgets a file the user deleted, and brings it back when it is fetched again', async () => {
    const from = temporaryFolder({ 'a.mid': 'a', 'b.mid': 'b' });
    const more = temporaryFolder({ 'c.mid': 'c' });
    const home = temporaryFolder();
    await fetching(home, [from]);
    rmSync(join(home, 'datasets/ella/midi/a.mid'));
    await fetching(home, [more]);
    expect(manifest(home).map(({ file }) => file)).toEqual(['b.mid', 'c.mid']);
    await fetching(home, [from]);
    expect(midiOf(home)).toEqual({ 'a.mid': 'a', 'b.mid': 'b', 'c.mid': 'c' });
  });

  it('refuses bad files inside a folder one by one', async () => {
    const from = temporaryFolder({ 'empty.mid': '', 'huge.mid': 'x'.repeat(101), 'fine.mid': 'fine' });
    const home = temporaryFolder();
    const limits = { ...defaultLimits, fileBytes: 100 };
    const { summary } = await fetching(home, [from], { limits });
    expect(summary).toMatchObject({ kept: 1, refused: 2 });
    const reasons = Object.fromEntries(manifest(home).map(({ file, reason }) => [file, reason]));
    expect(reasons['empty.mid']).toBe('is empty');
    expect(reasons['huge.mid']).toMatch(/too large/);
  });

  it('goes through links once, without circles, and never opens devices or hidden files', async () => {
    const from = temporaryFolder({ 'a/song.mid': 'song', '.hidden.mid': 'no', '.git/x.mid': 'no', '__MACOSX/._a.mid': 'no' });
    const elsewhere = temporaryFolder({ 'far.mid': 'far' });
    symlinkSync(from, join(from, 'a', 'up'));
    symlinkSync('self', join(from, 'self'));
    symlinkSync('/nowhere/at/all.mid', join(from, 'gone.mid'));
    symlinkSync(elsewhere, join(from, 'z'));
    symlinkSync('/dev/zero', join(from, 'zero.mid'));
    const home = temporaryFolder();
    const { summary } = await fetching(home, [from]);
    expect(midiOf(home)).toEqual({ 'a/song.mid': 'song', 'z/far.mid': 'far' });
    expect(summary.ignored).toEqual({ 'hidden files': 3, 'broken links': 2, 'special files': 1 });
  });

  it('passes over its own folders inside a folder it is given', async () => {
    const home = temporaryFolder({ 'song.mid': 'song', 'checkpoints/x/model/preview.mid': 'generated' });
    await fetching(home, ['.']);
    const again = await fetching(home, ['.']);
    expect(again).toMatchObject({ skipped: true, summary: { files: 1 } });
  });

  it('says what it looked for and saw when there is no music, and writes nothing', async () => {
    const home = temporaryFolder();
    for (const [files, seen] of [
      [{}, /it is empty/],
      [{ 'a.txt': '', 'b.txt': '', 'c.PDF': '' }, /only 1 \.pdf file, 2 \.txt files/],
    ] as const) {
      await expect(fetching(home, [temporaryFolder(files)])).rejects.toMatchObject({
        code: 'no-input',
        message: expect.stringMatching(seen),
        hint: expect.stringContaining('.mid, .midi, .kar, .rmi, .abc'),
      });
    }
    await expect(fetching(home, [temporaryFolder({ 'a.mid': '' })])).rejects.toMatchObject({
      code: 'no-input',
      message: expect.stringContaining('a.mid is empty'),
    });
    expect(filesIn(home)).toEqual({});
    expect(() => statSync(join(home, 'datasets'))).toThrow();
  });

  it.each([
    ['a path that is not there', 'nothing-here', 'not-found'],
    ['a path below a file', 'good.mid/x', 'not-found'],
    ['a file of another kind', 'text.txt', 'no-input'],
    ['a device', '/dev/null', 'no-input'],
  ])('refuses %s before anything is written', async (_, path, code) => {
    const from = temporaryFolder({ 'good.mid': 'good', 'text.txt': 'text' });
    const home = temporaryFolder();
    await expect(fetching(home, [join(from, 'good.mid'), path.startsWith('/') ? path : join(from, path)])).rejects.toMatchObject({ code });
    expect(filesIn(home)).toEqual({});
  });

  it('writes nothing under a shipped or impossible name', async () => {
    const home = temporaryFolder({ 'in/a.mid': 'a' });
    await expect(fetching(home, ['in'], { artist: 'folk' })).rejects.toMatchObject({ code: 'exists' });
    await expect(fetching(home, ['in'], { artist: '../evil' })).rejects.toMatchObject({ code: 'usage' });
    expect(Object.keys(filesIn(home))).toEqual(['in/a.mid']);
  });

  it('leaves everything as it was when it is interrupted', async () => {
    const home = temporaryFolder();
    await fetching(home, [temporaryFolder({ 'old.mid': 'old' })]);
    const before = filesIn(home);
    const from = temporaryFolder(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.mid`, `song ${i}`])));
    const controller = new AbortController();
    const stop = new Error('stop');
    const running = fetchMusic(
      { home: resolveHome({ current: home }), artist: 'ella', paths: [from], current: home, now: () => NOON },
      {
        progress: { ...silent, update: (done) => (done === 20 ? controller.abort(stop) : undefined) },
        signal: controller.signal,
        force: false,
      },
    );
    await expect(running).rejects.toBe(stop);
    expect(filesIn(home)).toEqual(before);
  });

  it('clears away what a killed fetch left behind', async () => {
    const home = temporaryFolder({ 'in/a.mid': 'a' });
    // No process has the number 2^22 + 1: it is above the highest that Linux gives out.
    mkdirSync(join(home, 'datasets/ella/.fetching-4194305'), { recursive: true });
    writeFileSync(join(home, 'datasets/ella/.fetching-4194305/0'), 'left behind');
    await fetching(home, ['in']);
    expect(Object.keys(filesIn(join(home, 'datasets')))).toEqual(['ella/manifest.jsonl', 'ella/midi/a.mid']);
  });

  it('into one dataset happens one at a time, so that nobody forgets what another brought', async () => {
    const home = temporaryFolder({ 'one/a.mid': 'a', 'two/b.mid': 'b' });
    const both = await Promise.allSettled([fetching(home, ['one']), fetching(home, ['two'])]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(Promise.reject((both[1] as PromiseRejectedResult).reason)).rejects.toMatchObject({
      code: 'exists',
      message: `Music is being fetched for "ella" by process ${process.pid} since 2026-06-01 12:00 UTC.`,
    });
    await fetching(home, ['two']);
    expect(manifest(home).map(({ file }) => file)).toEqual(['a.mid', 'b.mid']);
    expect(readdirSync(join(home, 'datasets'))).toEqual(['ella']);
  });

  it('waits for no process that is gone, and not for one that fetches something else', async () => {
    const home = temporaryFolder({ 'one/a.mid': 'a', 'datasets/.ella.lock': JSON.stringify(left(4194305)) });
    writeFileSync(join(home, 'datasets/.miles.lock'), JSON.stringify(left(process.ppid)));
    await fetching(home, ['one']);
    expect(midiOf(home)).toEqual({ 'a.mid': 'a' });
    await expect(fetching(home, ['one'], { artist: 'miles' })).rejects.toMatchObject({ code: 'exists' });
    writeFileSync(join(home, 'datasets/.ella.lock'), JSON.stringify(left(process.ppid)));
    expect(() => removeDataset(resolveHome({ current: home }), 'ella', { force: true })).toThrow(/being fetched/);
    expect(midiOf(home)).toEqual({ 'a.mid': 'a' });
  });

  it('says clearly when the home cannot be written', async () => {
    const home = temporaryFolder({ 'in/a.mid': 'a', datasets: 'a file' });
    await expect(fetching(home, ['in'])).rejects.toMatchObject({ code: 'storage', hint: expect.stringContaining('--home') });
  });

  it('refuses a damaged manifest, which force makes anew', async () => {
    const home = temporaryFolder({ 'in/a.mid': 'a' });
    await fetching(home, ['in']);
    for (const damage of [
      '{"file":',
      '[]',
      '{"file":"../up.mid","status":"refused","source":"x"}',
      '{"file":"a.mid","status":"kept","source":"x"}',
    ]) {
      writeFileSync(join(home, 'datasets/ella/manifest.jsonl'), `${damage}\n`);
      await expect(fetching(home, ['in'])).rejects.toMatchObject({ code: 'bad-record', message: expect.stringContaining('line 1') });
    }
    await fetching(home, ['in'], { force: true });
    expect(manifest(home)).toHaveLength(1);
    expect(midiOf(home)).toEqual({ 'a.mid': 'a' });
  });
});
