// The account of step 3 and its page: notes against the tunes as they were written, lines for overrides.txt against what they do.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteSequenceToMidi } from '../../../src/music/note-sequence-to-midi.js';
import { convert } from '../../../src/pipeline/convert/convert.js';
import { examples } from '../../../src/pipeline/examples/examples.js';
import { explainExamples } from '../../../src/pipeline/examples/explain.js';
import { overrideLine } from '../../../src/pipeline/examples/override-line.js';
import { readOverrides } from '../../../src/pipeline/examples/overrides.js';
import type { ExamplesLine } from '../../../src/pipeline/examples/report.js';
import { chiefReason, reportLines } from '../../../src/pipeline/examples/report.js';
import type { ExamplesSettings } from '../../../src/pipeline/examples/settings.js';
import type { ExplainedFile } from '../../../src/view/explain-data.js';
import { songClock } from '../../../src/view/packed-song.js';
import { bass, chords, song, tune, type Written } from '../../extraction/songs.js';
import { dataOf, songsOf } from '../../support/explain-page.js';
import { temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';
import { madeUpTune } from '../../support/tunes.js';

const settings: ExamplesSettings = { config: 'basic_rnn', evalRatio: 0, seed: 1, compat: false };
const command = 'mst examples a --explain';

async function dataset(songs: Readonly<Record<string, ReturnType<typeof song> | string>>): Promise<string> {
  const bytes = (each: ReturnType<typeof song> | string) => (typeof each === 'string' ? each : noteSequenceToMidi(each));
  const directory = temporaryFolder(Object.fromEntries(Object.entries(songs).map(([name, each]) => [`midi/${name}`, bytes(each)])));
  await convert({ directory, artist: 'a' }, quietly());
  return directory;
}

/** The page of a dataset, and its files by name. */
async function explained(directory: string, changes: Partial<ExamplesSettings> = {}) {
  const all = { ...settings, ...changes };
  await examples({ directory, artist: 'a', ...all }, quietly()).catch((error: { code?: string }) => {
    if (error.code !== 'no-melody') throw error;
  });
  const page = await explainExamples({ directory, artist: 'a', command, ...all }, quietly());
  const data = dataOf(readFileSync(page, 'utf8'));
  return { page, data, byFile: Object.fromEntries(data.files.map((file) => [file.file, file])) };
}

/** Notes of a melody as pitch, first step and step behind it, from the beginning of the song. */
function writtenOf(file: ExplainedFile, number: number): Written[] {
  const [songNumber = 0, line = 0] = file.melodies[number]?.at ?? [];
  const { start = 0, notes = [] } = songsOf(file)[songNumber]?.lines[line] ?? {};
  // 12 units of a 48th of a quarter are a 16th.
  return notes.map((note) => [note.pitch, (start + note.start) / 12, (start + note.start + note.length) / 12]);
}

const twelve = (number: number) => song([{ notes: tune(number, 12) }]);

describe('the page about the examples', () => {
  it('has the notes of the melody that was taken, and all others', async () => {
    const written = tune(4, 12, 16);
    const mixed = song([
      { notes: bass(12), name: 'Bass' },
      { notes: written, name: 'Flute', program: 73, channel: 3 },
      { notes: chords(12), isDrum: true },
    ]);
    const { byFile, data } = await explained(await dataset({ 'a.mid': twelve(1), 'b.mid': mixed }));
    const file = byFile['b.mid'] as ExplainedFile;
    expect(file.melodies).toMatchObject([{ name: 'Flute', track: 1, sound: 'Flute', bars: [2, 13], metre: '4/4', why: 'melody' }]);
    expect(writtenOf(file, 0)).toEqual(written);
    const [music] = songsOf(file);
    expect(music?.tracks.map(({ instrument, notes }) => [instrument, notes.length])).toEqual([
      [0, bass(12).length],
      [1, written.length],
    ]);
    expect(file.losses).toMatchObject([
      { name: 'Bass', why: 'accompaniment', line: '"b.mid" track=0' },
      { track: 2, why: 'drums' },
    ].toSorted((x) => (x.why === 'drums' ? -1 : 1))); // biome-ignore format: drums are told first
    expect(data.totals).toMatchObject({ files: 2, kept: 2, dropped: 0, melodies: 2, training: 2, eval: 0 });
  });

  it('has the time of the song, changes of tempo included', async () => {
    // Two bars of 4/4 at 120 take 4 seconds; from there on a bar takes 4.
    const changing = song([{ notes: tune(6, 12) }], { tempos: [[0, 120], [32, 60]] }); // biome-ignore format: pairs
    const { byFile } = await explained(await dataset({ 'a.mid': changing }));
    const [music] = songsOf(byFile['a.mid'] as ExplainedFile);
    const { secondsAt } = songClock(music?.moments ?? []);
    expect([0, 192, 384, 576, 960].map((place) => Math.round(secondsAt(place) * 100) / 100)).toEqual([0, 2, 4, 8, 16]);
  });

  it('has every tune of a book, without those met before', async () => {
    const book = [2, 1, 3].map((number) => madeUpTune(number)).join('\n');
    const { byFile } = await explained(await dataset({ 'a.abc': madeUpTune(1), 'book.abc': book }));
    const file = byFile['book.abc'] as ExplainedFile;
    expect(file.tunes).toBe(3);
    expect(file.melodies.map(({ at }) => at?.[0])).toEqual([0, 2]);
    expect(file.losses).toMatchObject([{ why: 'duplicate', as: 'a.abc' }]);
    expect(new Set([0, 1].map((number) => JSON.stringify(writtenOf(file, number)))).size).toBe(2);
  });

  it("agrees with Magenta's rules where those are asked for", async () => {
    const written = tune(3, 12);
    const changing = song([{ notes: written }, { notes: chords(12) }], { tempos: [[0, 120], [192, 90]] }); // biome-ignore format: pairs
    const { byFile, data } = await explained(await dataset({ 'a.mid': changing }), { compat: true });
    const file = byFile['a.mid'] as ExplainedFile;
    expect(writtenOf(file, 0)).toEqual(written);
    expect(file.losses.some(({ why }) => why === 'polyphonic')).toBe(true);
    expect([data.overrides, file.lines, file.losses.filter(({ line }) => line !== undefined)]).toEqual([undefined, [], []]);
  });

  it('tells of files that yield nothing, even where none does', async () => {
    const directory = await dataset({ 'a.mid': song([{ notes: tune(1, 12).slice(0, 3) }]), 'b.mid': 'no music' });
    const { byFile } = await explained(directory);
    expect(byFile['a.mid']).toMatchObject({ melodies: [], why: 'too-few-notes' });
    expect(songsOf(byFile['a.mid'] as ExplainedFile)[0]?.tracks[0]?.notes).toHaveLength(3);
    expect(byFile['b.mid']).toMatchObject({ melodies: [], why: 'unreadable', songs: [] });
    expect(byFile['b.mid']?.losses[0]?.why).toMatch(/^cannot be read: /);
  });

  it('is made anew only when something has changed', async () => {
    const directory = await dataset({ 'a.mid': twelve(1), 'b.mid': twelve(2) });
    const { page } = await explained(directory);
    const { mtimeMs } = statSync(page);
    await explained(directory);
    expect(statSync(page).mtimeMs).toBe(mtimeMs);
    writeFileSync(join(directory, 'overrides.txt'), 'b.mid skip\n');
    const { byFile } = await explained(directory);
    expect(byFile['b.mid']).toMatchObject({
      melodies: [],
      why: 'skipped',
      lines: expect.arrayContaining([['"b.mid" auto', expect.any(String)]]),
    });
  });

  it('offers lines for overrides.txt that do what they say', async () => {
    const name = 'My Song #1 (live) [x].mid';
    const directory = await dataset({ [name]: song([{ notes: bass(12) }, { notes: tune(5, 12) }]), 'b.mid': twelve(2) });
    const { byFile } = await explained(directory);
    const { line = '' } = byFile[name]?.losses.find(({ track }) => track === 0) ?? {};
    writeFileSync(join(directory, 'overrides.txt'), `${line}\n`);
    const changed = await explained(directory);
    expect(changed.byFile[name]?.melodies.map(({ track, why }) => [track, why])).toEqual([[0, 'chosen']]);
    expect(changed.byFile['b.mid']?.melodies[0]?.why).toBe('melody');
  });

  it('refuses a report about other songs, and a damaged one', async () => {
    const directory = await dataset({ 'a.mid': twelve(1) });
    await explained(directory);
    const report = join(directory, 'basic_rnn', 'examples-report.jsonl');
    const lines: ExamplesLine[] = [];
    for await (const line of reportLines(report)) lines.push(line);
    const text = readFileSync(report, 'utf8');
    writeFileSync(report, text.replace('"startStep":0', '"startStep":16'));
    const again = () => explainExamples({ directory, artist: 'a', command, ...settings }, quietly());
    await expect(again()).rejects.toMatchObject({ code: 'bad-record', hint: expect.stringContaining('--force') });
    writeFileSync(report, `${text}{"file":`);
    await expect(again()).rejects.toThrow(/Line 2 of .* is damaged/);
  });
});

describe('overrideLine', () => {
  it.each(['a.mid', 'a b.mid', 'a#b.mid', '[x]*(y).mid', 'he said "hi" {1}.mid', 'line\nbreak+?.mid'])(
    'is about %j and no other file',
    (file) => {
      const others = ['b.mid', 'a', 'x.mid'];
      const directory = temporaryFolder({ 'overrides.txt': `${overrideLine(file, 'skip')}\n` });
      const { byFile, unused } = readOverrides(directory, [file, ...others]);
      expect([[...byFile], unused]).toEqual([[[file, 'skip']], []]);
    },
  );
});

describe('chiefReason', () => {
  it.each([
    ['what took most notes', [{ reason: 'too-short', notes: 9, pieces: 1 }, { reason: 'too-few-notes', notes: 4, pieces: 1 }], 'too-short'],
    ['drums where nothing else was', [{ reason: 'drums', notes: 900, pieces: 1 }], 'drums'],
    ['anything rather than drums', [{ reason: 'drums', notes: 900, pieces: 1 }, { reason: 'too-few-notes', notes: 1, pieces: 1 }], 'too-few-notes'],
    ['the tune it shares', [{ reason: 'accompaniment', notes: 900, pieces: 1 }, { reason: 'duplicate', notes: 9 }], 'duplicate'],
    ['what the user asked for', [{ reason: 'no-such-track', notes: 0, pieces: 0 }, { reason: 'not-chosen', notes: 9, pieces: 1 }], 'no-such-track'],
    ['that it is not readable', [{ reason: 'not readable: it is a picture' }], 'unreadable'],
  ] as const)('is %s', (_, dropped, reason) => expect(chiefReason(dropped)).toBe(reason)); // biome-ignore format: a table
});
