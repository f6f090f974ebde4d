// Step 3 as mst does it: from NoteSequences to sets and report, on songs made here.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuration } from '../../../src/encoding/configuration.js';
import { createEncoder, encodeMelody } from '../../../src/encoding/encoders.js';
import { noteSequenceToMidi } from '../../../src/music/note-sequence-to-midi.js';
import { convert } from '../../../src/pipeline/convert/convert.js';
import { convertedPaths } from '../../../src/pipeline/convert/converted.js';
import { examples } from '../../../src/pipeline/examples/examples.js';
import { makeFoundSets } from '../../../src/pipeline/examples/found.js';
import { readExamples } from '../../../src/pipeline/examples/read.js';
import type { ExamplesLine } from '../../../src/pipeline/examples/report.js';
import type { ExamplesSettings } from '../../../src/pipeline/examples/settings.js';
import { splitByFamily } from '../../../src/pipeline/examples/split.js';
import { readJsonLines } from '../../../src/pipeline/files.js';
import { bass, song, tune, type Written } from '../../extraction/songs.js';
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

  describe('accompaniment', () => {
    const bassOf = (number: number): Written[] => tune(100 + number, 12).map(([pitch, start, end]) => [pitch - 24, start, end]);
    const accompanied = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, k) => [
          `${String(k).padStart(2, '0')}.mid`,
          song([
            { notes: tune(k, 12), name: 'Melody' },
            { notes: bassOf(k), name: 'Bass', program: 33 },
            { notes: bass(12), isDrum: true, channel: 10 },
          ]),
        ]),
      );
    const { encoding } = configuration('basic_rnn');
    const encoder = createEncoder(encoding);

    /** The records there must be for lines that begin at every note, and hold it to the next. */
    const recordsFor = (lines: readonly (readonly Written[])[]) =>
      lines.map((notes) => {
        const events = new Array<number>(16 * 12).fill(-2);
        for (const [pitch, start] of notes) events[start] = pitch;
        return [...encodeMelody(encoder, events).example.labels];
      });
    const recordsIn = async (directory: string) => {
      const path = join(directory, 'basic_rnn', 'training_accompaniment.tfrecord');
      return existsSync(path) ? (await readExamples(path, encoding)).map(({ labels }) => [...labels]) : undefined;
    };

    it('is what the other voices of songs that are learned from play, drums excepted', async () => {
      const directory = await dataset(accompanied(9));
      const { summary, byFile } = await made(directory);
      const training = Object.values(byFile).filter(({ set }) => set === 'training');
      expect(training.length).toBeLessThan(9);
      expect(await recordsIn(directory)).toEqual(recordsFor(training.map(({ file }) => bassOf(Number.parseInt(file, 10)))));
      expect(summary.accompaniment).toEqual({ pieces: training.length, steps: training.length * (16 * 12 - 1) });
      for (const { set, accompaniment } of Object.values(byFile)) {
        expect(accompaniment).toEqual(set === 'training' ? { pieces: 1, steps: 16 * 12 - 1 } : undefined);
      }
    });

    it('leaves melodies, sets and the rest of the report as they are without it', async () => {
      const directory = await dataset(accompanied(9));
      const files = ['training_melodies.tfrecord', 'eval_melodies.tfrecord'];
      const bytes = () => files.map((name) => readFileSync(join(directory, 'basic_rnn', name)).toString('latin1'));
      const beside = await made(directory);
      const besideBytes = bytes();
      const alone = await made(directory, { melodiesOnly: true });
      expect(bytes()).toEqual(besideBytes);
      expect(await recordsIn(directory)).toBeUndefined();
      const { accompaniment: _, ...rest } = beside.summary;
      expect(alone.summary).toEqual(rest);
      for (const [file, { accompaniment: __, ...line }] of Object.entries(beside.byFile)) expect(alone.byFile[file]).toEqual(line);
    });

    it('has nothing that a melody of another song has, nor anything twice', async () => {
      const directory = await dataset({
        ...accompanied(2),
        'x.mid': song([{ notes: tune(50, 12) }, { notes: tune(0, 12, 0, -29), program: 33 }]),
        'y.mid': song([{ notes: tune(51, 12) }, { notes: bassOf(1), program: 33 }]),
      });
      const { byFile } = await made(directory, { evalRatio: 0 });
      expect(byFile['x.mid']?.melodies.map(({ instrument }) => instrument)).toEqual([0]);
      expect(byFile['y.mid']?.melodies.map(({ instrument }) => instrument)).toEqual([0]);
      expect(await recordsIn(directory)).toEqual(recordsFor([bassOf(0), bassOf(1)]));
    });

    it('is not taken from songs whose track was chosen, from files that are left out, or by the rules of Magenta', async () => {
      const directory = await dataset(accompanied(3));
      writeFileSync(join(directory, 'overrides.txt'), '00.mid skip\n01.mid track=0\n');
      await made(directory, { evalRatio: 0 });
      expect(await recordsIn(directory)).toEqual(recordsFor([bassOf(2)]));
      await made(directory, { evalRatio: 0, choice: { kind: 'track', track: 'Melody' } });
      expect(await recordsIn(directory)).toBeUndefined();
      await made(directory, { evalRatio: 0 });
      await made(directory, { evalRatio: 0, compat: true });
      expect(await recordsIn(directory)).toBeUndefined();
    });

    it('has nothing like a melody of a song set aside', async () => {
      // Nine bars in common with the tune of another song: that is not the same, but would tell of it.
      const telling = (k: number): Written[] => [
        ...tune(k, 9).map(([pitch, start, end]): Written => [pitch - 24, start, end]),
        ...tune(300 + k, 3, 144, -24),
      ];
      const songs = Array.from({ length: 8 }, (_, k): [string, ReturnType<typeof song>][] => [
        [`x${k}.mid`, song([{ notes: tune(k, 12) }])],
        [`y${k}.mid`, song([{ notes: tune(20 + k, 12) }, { notes: telling(k), program: 33 }])],
      ]);
      const directory = await dataset(Object.fromEntries(songs.flat()));
      for (const seed of [1, 2]) {
        const { byFile } = await made(directory, { seed, evalRatio: 0.5 });
        const told = [...songs.keys()].filter((k) => byFile[`y${k}.mid`]?.set === 'training');
        const aside = told.filter((k) => byFile[`x${k}.mid`]?.set === 'eval');
        expect(aside.length).toBeGreaterThan(0);
        for (const k of aside) expect(byFile[`y${k}.mid`]?.accompaniment).toBeUndefined();
      }
    });

    it('is not taken from a file whose melody is in another', async () => {
      const again = song([{ notes: tune(0, 12) }, { notes: bassOf(7), program: 33 }]);
      const directory = await dataset({ ...accompanied(2), 'z.mid': again });
      const { byFile } = await made(directory, { evalRatio: 0 });
      expect(byFile['z.mid']).toMatchObject({ status: 'dropped' });
      expect(await recordsIn(directory)).toEqual(recordsFor([bassOf(0), bassOf(1)]));
    });

    it('is left where there is melody enough', async () => {
      const directory = await dataset(accompanied(5));
      const converted = convertedPaths(directory, 'a');
      const within = async (mostMelody: number) => {
        const overrides = { byFile: new Map(), unused: [] };
        const job = { converted, files: 5, target: join(directory, 'basic_rnn'), overrides, mostMelody };
        return (await makeFoundSets(job, { ...settings, evalRatio: 0 }, quietly())).accompaniment?.pieces;
      };
      // Five tunes of twelve bars; a melody has one step less than events.
      expect(await within(5 * 191)).toBe(5);
      expect(await within(5 * 191 - 1)).toBeUndefined();
      expect(await within(100)).toBeUndefined();
    });
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
