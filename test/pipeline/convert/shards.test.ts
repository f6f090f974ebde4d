// Step 2 in parts and on any number of threads: the same bytes in the end, whoever does the work.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convert } from '../../../src/pipeline/convert/convert.js';
import type { ConvertSummary } from '../../../src/pipeline/convert/report.js';
import { itemsOfShard, parseShard } from '../../../src/pipeline/convert/shards.js';
import { examples } from '../../../src/pipeline/examples/examples.js';
import { jsonLines } from '../../../src/pipeline/files.js';
import type { StepResult } from '../../../src/pipeline/step.js';
import { END, type Event, smf } from '../../music/smf.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';

/** Eight bars and more of a tune that no other number gives. */
function song(number: number): Uint8Array {
  const notes = Array.from({ length: 40 }, (_, k) => 60 + ((k * k * (number + 3) + k * (number % 5)) % 17));
  const events = notes.flatMap((pitch): Event[] => [
    [0, 0x90, pitch, 80],
    [100, 0x80, pitch, 0],
  ]);
  return smf([[...events, END]]);
}

const songs = Object.fromEntries(Array.from({ length: 37 }, (_, k) => [`midi/${String(k).padStart(2, '0')}.mid`, song(k)]));
/** One file that fetching left out, one that is none. */
const others = {
  'midi/11.mid': '<!DOCTYPE html>',
  'manifest.jsonl': `${JSON.stringify({ file: 'zz.mid', status: 'duplicate', source: '/zz.mid', sha256: '0', size: 1, duplicateOf: '00.mid' })}\n`,
};
const settings = { artist: 'a', config: 'basic_rnn', evalRatio: 0.2, seed: 1, compat: false } as const;

function dataset(): string {
  return temporaryFolder({ ...songs, ...others });
}

/** Outputs of step 2 and 3 by name, but for the stamps. */
function outputs(directory: string): Record<string, string> {
  return Object.fromEntries(Object.entries(filesIn(directory)).filter(([name]) => /tfrecord|report/.test(name)));
}

const shard = (number: number, of: number) => ({ number, of });

describe('step 2', () => {
  it('gives the same bytes on one thread and on three, and so does step 3', async () => {
    const [one, three] = [dataset(), dataset()];
    for (const [directory, jobs] of [
      [one, 1],
      [three, 3],
    ] as const) {
      await convert({ directory, artist: 'a' }, quietly({ jobs }));
      await examples({ directory, ...settings }, quietly({ jobs }));
    }
    expect(Object.keys(outputs(one))).toHaveLength(5);
    expect(outputs(three)).toEqual(outputs(one));
  });

  it('gives in parts, made in any order, what it gives as a whole; step 3 takes all parts', async () => {
    const [whole, parts] = [dataset(), dataset()];
    const { summary } = await convert({ directory: whole, artist: 'a' }, quietly());
    await examples({ directory: whole, ...settings }, quietly());
    const summaries: StepResult<ConvertSummary>[] = [];
    for (const number of [3, 1, 2]) summaries.push(await convert({ directory: parts, artist: 'a', shard: shard(number, 3) }, quietly()));
    const total = (key: 'files' | 'ok' | 'duplicate' | 'refused' | 'notes') =>
      summaries.reduce((sum, { summary }) => sum + summary[key], 0);
    expect(summary).toMatchObject({ files: 38, ok: 36, duplicate: 1, refused: 1 });
    for (const key of ['files', 'ok', 'duplicate', 'refused', 'notes'] as const) expect(total(key)).toBe(summary[key]);
    const names = ['00001', '00002', '00003'].map((number) => `${number}-of-00003`);
    const read = (name: string) => readFileSync(join(parts, name), 'latin1');
    expect(names.map((name) => read(`notesequences-${name}.tfrecord`)).join('')).toBe(outputs(whole)['notesequences.tfrecord']);
    expect(names.map((name) => read(`convert-report-${name}.jsonl`)).join('')).toBe(outputs(whole)['convert-report.jsonl']);

    await examples({ directory: parts, ...settings }, quietly());
    const ofStep3 = (directory: string) => Object.entries(outputs(directory)).filter(([name]) => name.startsWith('basic_rnn'));
    expect(ofStep3(parts)).toHaveLength(3);
    expect(ofStep3(parts)).toEqual(ofStep3(whole));
    expect((await convert({ directory: parts, artist: 'a', shard: shard(2, 3) }, quietly())).skipped).toBe(true);
    expect((await examples({ directory: parts, ...settings }, quietly())).skipped).toBe(true);
  });

  it('names the parts that are missing', async () => {
    const directory = dataset();
    await convert({ directory, artist: 'a', shard: shard(2, 4) }, quietly());
    await convert({ directory, artist: 'a', shard: shard(4, 4) }, quietly());
    await expect(examples({ directory, ...settings }, quietly())).rejects.toMatchObject({
      code: 'not-found',
      message: 'Of the 4 parts of a, 1/4, 3/4 are not converted yet.',
      hint: expect.stringContaining('mst convert a --shard 1/4'),
    });
  });

  it('leaves nothing of another way of sharing out the work', async () => {
    const directory = dataset();
    const convertOutputs = () => Object.keys(filesIn(directory)).filter((name) => /^(convert|notesequences)/.test(name));
    await convert({ directory, artist: 'a' }, quietly());
    await convert({ directory, artist: 'a', shard: shard(1, 2) }, quietly());
    expect(convertOutputs()).toEqual([
      'convert-00001-of-00002.json',
      'convert-report-00001-of-00002.jsonl',
      'notesequences-00001-of-00002.tfrecord',
    ]);
    await convert({ directory, artist: 'a', shard: shard(3, 3) }, quietly());
    expect(convertOutputs().every((name) => name.includes('00003-of-00003'))).toBe(true);
    await convert({ directory, artist: 'a' }, quietly());
    expect(convertOutputs()).toEqual(['convert-report.jsonl', 'convert.json', 'notesequences.tfrecord']);
  });

  it('leaves alone what another machine is writing of another part', async () => {
    const nobody = 2 ** 31 - 1;
    const theirs = `.notesequences-00002-of-00002.tfrecord.${nobody}-0.tmp`;
    const ours = `.notesequences-00001-of-00002.tfrecord.${nobody}-0.tmp`;
    const directory = temporaryFolder({ ...songs, [theirs]: 'half', [ours]: 'half' });
    await convert({ directory, artist: 'a', shard: shard(1, 2) }, quietly());
    expect([theirs, ours].map((name) => existsSync(join(directory, name)))).toEqual([true, false]);
  });

  it('stops when asked to, and leaves what was there', async () => {
    const directory = dataset();
    await convert({ directory, artist: 'a' }, quietly());
    const before = outputs(directory);
    rmSync(join(directory, 'midi/05.mid'));
    const stop = new AbortController();
    const progress = { start() {}, note() {}, update: () => stop.abort(new Error('stopped')) };
    await expect(convert({ directory, artist: 'a' }, quietly({ jobs: 1, progress, signal: stop.signal }))).rejects.toThrow('stopped');
    expect(outputs(directory)).toEqual(before);
    expect(Object.keys(filesIn(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('parts', () => {
  it('hold every file once, in order, and differ by one at most', () => {
    for (const [files, of] of [
      [10, 3],
      [2, 5],
      [7, 7],
      [1000, 1],
    ] as const) {
      const items = Array.from({ length: files }, (_, k) => k);
      const parts = Array.from({ length: of }, (_, k) => itemsOfShard(items, shard(k + 1, of)));
      expect(parts.flat()).toEqual(items);
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('are named as 2/4', () => {
    expect(parseShard('2/4')).toEqual({ number: 2, of: 4 });
    for (const text of ['0/4', '5/4', '2', '1/0', '-1/4', '1/4/2', ' 1/4', '1/100000', 'a/b']) {
      expect(() => parseShard(text)).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining(JSON.stringify(text)) }),
      );
    }
  });
});

it('lines of any length are read as they stand, letters of several bytes across the pieces too', () => {
  const lines = [200_000, 1, 65_535, 65_536, 3].map((length, k) => ({ text: 'ü'.repeat(length), k }));
  const directory = temporaryFolder({ 'a.jsonl': `\n${lines.map((line) => JSON.stringify(line)).join('\n\n')}` });
  expect([...jsonLines(join(directory, 'a.jsonl'))]).toEqual(lines);
});
