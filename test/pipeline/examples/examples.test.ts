// Step 3 as mst does it: from NoteSequences to sets and report, on songs made here.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteSequenceToMidi } from '../../../src/music/note-sequence-to-midi.js';
import { convert } from '../../../src/pipeline/convert/convert.js';
import { type ExamplesSettings, examples } from '../../../src/pipeline/examples/examples.js';
import type { ExamplesLine } from '../../../src/pipeline/examples/report.js';
import { splitByFamily } from '../../../src/pipeline/examples/split.js';
import { readJsonLines } from '../../../src/pipeline/files.js';
import { bass, song, tune } from '../../extraction/songs.js';
import { temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';
import { readTFRecords } from '../../support/tfrecord-reader.js';

const settings: ExamplesSettings = { config: 'basic_rnn', evalRatio: 0.3, seed: 1, compat: false };

/** A converted dataset of these songs. */
async function dataset(songs: Readonly<Record<string, ReturnType<typeof song>>>): Promise<string> {
  const files = Object.entries(songs).map(([name, sequence]) => [`midi/${name}`, noteSequenceToMidi(sequence)]);
  const directory = temporaryFolder(Object.fromEntries(files));
  await convert({ directory, artist: 'a' }, quietly());
  return directory;
}

async function made(directory: string, changes: Partial<ExamplesSettings> = {}) {
  const { summary } = await examples({ directory, artist: 'a', ...settings, ...changes }, { ...quietly(), force: true });
  const lines = readJsonLines<ExamplesLine>(join(directory, 'basic_rnn', 'examples-report.jsonl'));
  return { summary, byFile: Object.fromEntries(lines.map((line) => [line.file, line])) };
}

const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, k) => [`${String(k).padStart(2, '0')}.mid`, song([{ notes: tune(k, 12) }])]));

describe('examples', () => {
  it('a tune in three files counts once, and the report says whose it is', async () => {
    const other = song([{ notes: [...tune(1, 12, 0, 5)] }], { tempos: [[0, 90]] });
    const third = song([{ notes: bass(16) }, { notes: tune(1, 12, 64, -2) }]);
    const { summary, byFile } = await made(await dataset({ ...named(6), 'x.mid': other, 'y.mid': third }), { evalRatio: 0 });
    expect(summary.kept).toBe(6);
    expect(byFile['x.mid']).toMatchObject({ status: 'dropped', dropped: [{ reason: 'duplicate', of: '01.mid' }] });
    expect(byFile['y.mid']?.dropped).toContainEqual(expect.objectContaining({ reason: 'duplicate', of: '01.mid', instrument: 1 }));
  });

  it('songs with melodies in common are on one side of the split, whatever the seed', async () => {
    const shared = tune(2, 16);
    const pair = {
      'a.mid': song([{ notes: [...shared, ...tune(70, 8, 256)] }]),
      'b.mid': song([{ notes: [...shared, ...tune(71, 8, 256)] }]),
    };
    const directory = await dataset({ ...pair, ...named(6) });
    const sides = new Set<string>();
    for (let seed = 1; seed <= 6; seed++) {
      const { byFile } = await made(directory, { seed, evalRatio: 0.5 });
      expect(byFile['b.mid']).toMatchObject({ status: 'kept', set: byFile['a.mid']?.set });
      sides.add(String(byFile['a.mid']?.set));
    }
    expect(sides.size).toBe(2);
  });

  it('sets, records and report agree, in order, and are the same again', async () => {
    const directory = await dataset(named(9));
    const { summary, byFile } = await made(directory);
    for (const set of ['training', 'eval'] as const) {
      const path = join(directory, 'basic_rnn', `${set}_melodies.tfrecord`);
      const lines = Object.values(byFile).filter((line) => line.set === set);
      expect(readTFRecords(readFileSync(path)).length).toBe(lines.flatMap(({ melodies }) => melodies).length);
      expect(summary[set].songs).toBe(lines.length);
      expect(summary[set].songs).toBeGreaterThan(0);
    }
    const before = readFileSync(join(directory, 'basic_rnn', 'training_melodies.tfrecord'));
    await made(directory);
    expect(readFileSync(join(directory, 'basic_rnn', 'training_melodies.tfrecord')).equals(before)).toBe(true);
  });

  it('the report says where a melody is, and why it was taken', async () => {
    const sequence = song([
      { notes: bass(12), name: 'Bass' },
      { notes: tune(4, 12, 16), name: 'Flute', program: 73 },
    ]);
    const { byFile } = await made(await dataset({ ...named(2), 'z.mid': sequence }), { evalRatio: 0 });
    const [melody] = byFile['z.mid']?.melodies ?? [];
    // A bar of 4/4 at 120 takes two seconds.
    expect(melody).toMatchObject({
      instrument: 1,
      name: 'Flute',
      program: 73,
      seconds: [2, 26],
      startStep: 16,
      bars: 12,
      metre: '4/4',
      why: 'melody',
    });
    expect(byFile['z.mid']?.dropped).toMatchObject([{ instrument: 0, name: 'Bass', reason: 'accompaniment', option: '--track 0' }]);
  });

  it('overrides.txt decides for single files, and changing it makes the examples anew', async () => {
    const two = () => song([{ notes: bass(12) }, { notes: tune(5, 12) }]);
    const directory = await dataset({ ...named(3), 'two.mid': two() });
    expect((await made(directory)).byFile['two.mid']?.melodies[0]?.instrument).toBe(1);
    writeFileSync(join(directory, 'overrides.txt'), 'two.mid track=0\n00.mid skip\nnobody.mid skip\n');
    const again = await examples({ directory, artist: 'a', ...settings }, quietly());
    expect(again.skipped).toBe(false);
    expect(again.summary.unusedOverrides).toEqual(['nobody.mid skip']);
    const { byFile } = await made(directory);
    expect(byFile['two.mid']?.melodies.map(({ instrument }) => instrument)).toEqual([0]);
    expect(byFile['00.mid']).toMatchObject({ status: 'dropped', dropped: [{ reason: 'skipped' }] });
    expect((await examples({ directory, artist: 'a', ...settings }, quietly())).skipped).toBe(true);
  });

  it('leaves nothing but its outputs', async () => {
    const directory = await dataset(named(2));
    await made(directory);
    expect(readdirSync(join(directory, 'basic_rnn')).sort()).toEqual([
      'eval_melodies.tfrecord',
      'examples-report.jsonl',
      'examples.json',
      'training_melodies.tfrecord',
    ]);
  });
});

describe('splitByFamily', () => {
  it('leaves neither set empty where there are two families', () => {
    for (const ratio of [0.01, 0.9]) {
      for (let seed = 0; seed < 50; seed++) expect(new Set(splitByFamily(['a', 'b', 'c'], ratio, seed).values()).size).toBe(2);
    }
    expect([...splitByFamily(['a', 'b'], 0, 1).values()]).toEqual(['training', 'training']);
    expect(splitByFamily(['a'], 0.5, 1).size).toBe(1);
  });

  it('sets about the ratio aside, each by its own draw', () => {
    const names = Array.from({ length: 2000 }, (_, k) => `song ${k}`);
    const sets = splitByFamily(names, 0.2, 7);
    const aside = names.filter((name) => sets.get(name) === 'eval').length;
    // Binomial: 400 with a standard deviation of 18.
    expect(Math.abs(aside - 400)).toBeLessThan(90);
    const fewer = splitByFamily(names.slice(0, 1000), 0.2, 7);
    for (const name of names.slice(0, 1000)) expect(fewer.get(name)).toBe(sets.get(name));
  });
});
