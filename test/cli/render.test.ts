// mst render, mst plot and mst share as commands: what they write where, what they refuse, what they leave behind.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plotCommand } from '../../src/cli/commands/plot.js';
import { renderCommand } from '../../src/cli/commands/render.js';
import { shareCommand } from '../../src/cli/commands/share.js';
import { runProgram } from '../../src/cli/program.js';
import { MstError } from '../../src/core/errors.js';
import { soundBankBytes } from '../audio/listening.js';
import { midiFile } from '../audio/songs.js';
import { addFiles, temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/png-reader.js';
import { BEAT, recordedJam } from '../support/recorded-jam.js';
import { elementsOf, readXml } from '../support/svg-reader.js';
import { Screen } from '../support/terminal.js';
import { readWave } from '../support/wave-reader.js';

const song = midiFile([
  { start: 0, end: 480, key: 60 },
  { start: 480, end: 960, key: 64 },
]);

function folder(files: Readonly<Record<string, Uint8Array | string>> = { 'song.mid': song }): string {
  return temporaryFolder({ ...files, 'sounds.sf2': soundBankBytes() });
}

async function run(current: string, args: readonly string[], { signal = new AbortController().signal } = {}) {
  const [stdout, stderr] = [new Screen({ isTTY: false }), new Screen({ isTTY: false })];
  const code = await runProgram(args, [renderCommand, plotCommand, shareCommand], {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { MST_SOUNDFONT: join(current, 'sounds.sf2') },
    current,
    clock: () => 0,
    signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const filesOf = (current: string): string[] => readdirSync(current).sort();

describe('mst render', () => {
  it('writes an MP3 beside the file, with its name, unless told otherwise', async () => {
    const current = folder({ 'music/my song.mid': song });
    const { code, stdout } = await run(current, ['render', 'music/my song.mid']);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(join(current, 'music', 'my song.mp3'));
    expect(filesOf(join(current, 'music'))).toEqual(['my song.mid', 'my song.mp3']);
    expect(readFileSync(join(current, 'music', 'my song.mp3')).includes(Buffer.from('my song', 'utf16le'))).toBe(true);
  });

  it('writes what --out says, with the tags that are given', async () => {
    const current = folder();
    expect((await run(current, ['render', 'song.mid', '--out', 'new/a.WAV', '--title', 'T', '--artist', 'A'])).code).toBe(0);
    const { info, frames } = readWave(readFileSync(join(current, 'new', 'a.WAV')));
    expect(info).toMatchObject({ INAM: 'T', IART: 'A' });
    expect(info.ICMT).toContain('song.mid');
    expect(frames).toBeGreaterThan(44_100);
  });

  it('writes several files to a folder', async () => {
    const current = folder({ 'a.mid': song, 'b.mid': song });
    const { code, stdout } = await run(current, ['render', 'a.mid', 'b.mid', '--output-dir', 'out', '--format', 'wav', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { files: { file: string; notes: number }[] }).files.map(({ file, notes }) => [file, notes])).toEqual([
      [join(current, 'out', 'a.wav'), 2],
      [join(current, 'out', 'b.wav'), 2],
    ]);
  });

  it('overwrites nothing without --force', async () => {
    const current = folder({ 'song.mid': song, 'song.mp3': 'precious' });
    const { code, stderr } = await run(current, ['render', 'song.mid']);
    expect(code).toBe(1);
    expect(stderr).toContain('is there already');
    expect(readFileSync(join(current, 'song.mp3'), 'utf8')).toBe('precious');
    expect((await run(current, ['render', 'song.mid', '--force'])).code).toBe(0);
    expect(readFileSync(join(current, 'song.mp3')).length).toBeGreaterThan(10_000);
  });

  it.each([
    [['--out', 'a.ogg'], 2, 'does not end in .mp3 or .wav'],
    [['--out', 'a.mp3', '--format', 'wav'], 2, 'contradict'],
    [['--out', 'a.mp3', '--output-dir', 'b'], 2, 'both given'],
    [['--bitrate', '100'], 2, '100 kilobits'],
    [['other.mid', '--out', 'a.mp3'], 2, 'names one file'],
    [['--soundfont', 'nothing'], 1, 'no soundfont'],
    [['--soundfont', 'song.mid'], 1, 'is not a soundfont'],
  ])('refuses %j', async (args, code, words) => {
    const current = folder();
    const result = await run(current, ['render', 'song.mid', ...args]);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(filesOf(current)).toEqual(['song.mid', 'sounds.sf2']);
  });

  it('refuses two files that would become one', async () => {
    const current = folder({ 'a/x.mid': song, 'b/x.mid': song });
    const { code, stderr } = await run(current, ['render', 'a/x.mid', 'b/x.mid', '--output-dir', 'out']);
    expect(code).toBe(2);
    expect(stderr).toContain('would both become');
  });

  it('says which file is no music, and leaves nothing of it', async () => {
    const current = folder({ 'bad.mid': 'MThd nonsense', 'empty.mid': midiFile([]) });
    const bad = await run(current, ['render', 'bad.mid']);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('bad.mid')]);
    const empty = await run(current, ['render', 'empty.mid']);
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('plays nothing')]);
    const missing = await run(current, ['render', 'missing.mid']);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('missing.mid')]);
    expect(filesOf(current)).toEqual(['bad.mid', 'empty.mid', 'sounds.sf2']);
  });

  it('leaves the old file and nothing half-written when it is interrupted', async () => {
    const current = folder({ 'song.mid': midiFile([{ start: 0, end: 960 * 60, key: 60 }]), 'song.mp3': 'old' });
    const controller = new AbortController();
    const running = run(current, ['render', 'song.mid', '--force'], { signal: controller.signal });
    setTimeout(() => controller.abort(new MstError('interrupted', 'Stopped.')), 300);
    expect((await running).code).toBe(130);
    expect(filesOf(current)).toEqual(['song.mid', 'song.mp3', 'sounds.sf2']);
    expect(readFileSync(join(current, 'song.mp3'), 'utf8')).toBe('old');
  });
});

/** Two quarter notes at 120 a minute. */
const ABC = 'X:1\nT:Small Tune\nC:Anna\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nCE|\n';

describe('mst render of what is no MIDI', () => {
  it('makes sound of a session: without the silence before it, named after its model, torn or not', async () => {
    const jam = recordedJam();
    const current = folder({ 'jam.jsonl': jam, 'torn.jsonl': jam.slice(0, -40) });
    const { code, stderr } = await run(current, ['render', 'jam.jsonl', 'torn.jsonl', '--format', 'wav']);
    expect(code).toBe(0);
    expect(stderr).toContain('1 damaged line was left out');
    for (const name of ['jam.wav', 'torn.wav']) {
      const { info, frames, rate, left } = readWave(readFileSync(join(current, name)));
      expect(info).toMatchObject({ INAM: 'Jam with folk, 31 January 2026', IART: 'folk' });
      expect(info.ICMT).toContain('A session with the model folk.');
      // Four bars, and a little for the last note to die away.
      expect(frames / rate).toBeGreaterThan(15 * BEAT);
      expect(frames / rate).toBeLessThan(16 * BEAT + 6);
      // The first note comes half a beat after the first bar line; no metronome is heard before it.
      const first = left.findIndex((value) => Math.abs(value) > 1e-3) / rate;
      expect(Math.abs(first - BEAT / 2)).toBeLessThan(0.02);
    }
  });

  it('takes the session that was recorded last', async () => {
    const current = folder({ 'sessions/2026-01-31-201500.jsonl': recordedJam() });
    const { code, stdout } = await run(current, ['render', '--last', '--output-dir', '.']);
    expect([code, stdout.trim()]).toEqual([0, join(current, '2026-01-31-201500.mp3')]);
  });

  it('reads ABC, with its title', async () => {
    const current = folder({ 'tune.abc': ABC });
    expect((await run(current, ['render', 'tune.abc', '--out', 'tune.wav'])).code).toBe(0);
    const { info, frames, rate } = readWave(readFileSync(join(current, 'tune.wav')));
    expect(info).toMatchObject({ INAM: 'Small Tune' });
    expect(frames / rate).toBeGreaterThan(1);
    expect(frames / rate).toBeLessThan(6);
  });

  it.each([
    [[], 2, 'Which file?'],
    [['--last'], 1, 'no recorded session'],
    [['song.mid', '--last'], 2, 'both given'],
    [['other.jsonl'], 1, 'no recorded session'],
    [['silent.jsonl'], 1, 'Nobody plays'],
  ])('refuses %j', async (args, code, words) => {
    const current = folder({ 'song.mid': song, 'other.jsonl': '{"a":1}\n', 'silent.jsonl': recordedJam({ played: [] }) });
    const result = await run(current, ['render', ...args]);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(words)]);
  });
});

describe('mst share', () => {
  it('writes a page beside the session, and says how large it is', async () => {
    const current = folder({ 'jam.jsonl': recordedJam() });
    const { code, stdout } = await run(current, ['share', 'jam.jsonl', '--player', 'Zoë']);
    expect(code).toBe(0);
    const size = readFileSync(join(current, 'jam.html')).length;
    expect(stdout.trim()).toBe(`${join(current, 'jam.html')} (${Math.round(size / 1000)} kB)`);
    // 128 kilobits a second as base64, and little besides.
    const sound = (readFileSync(join(current, 'jam.html'), 'utf8').split('data:audio/mpeg;base64,')[1] ?? '').indexOf('"');
    expect(size - sound).toBeLessThan(40_000);
    expect(sound / (16 * BEAT)).toBeLessThan(16_000 * (4 / 3) * 1.6);
    expect(filesOf(current)).toEqual(['jam.html', 'jam.jsonl', 'sounds.sf2']);
    const html = readFileSync(join(current, 'jam.html'), 'utf8');
    expect(html).toContain('<h1><bdi>Jam with folk</bdi></h1>');
    expect(html).toContain('Played by <bdi>Zoë</bdi> and <bdi>folk</bdi>');
  });

  it('shows the card of the model as it was, says that it has changed, and of an unknown one its name', async () => {
    const { loadModel, findModel } = await import('../../src/registry/models.js');
    const { hashOfWeights } = await import('../../src/registry/weights-hash.js');
    const { resolveHome } = await import('../../src/registry/home.js');
    const current = folder();
    const home = resolveHome({ asked: undefined, current, shelves: [] });
    const hash = hashOfWeights(loadModel(findModel(home, 'folk', current)).weights);
    const models = { folk: hash, gone: '1' };
    addFiles(current, {
      'same.jsonl': recordedJam({ header: { models: Object.entries(models).map(([name, each]) => ({ name, hash: each })) } }),
      'changed.jsonl': recordedJam({ header: { models: [{ name: 'folk', hash: '0' }] } }),
    });
    await run(current, ['share', 'same.jsonl', 'changed.jsonl']);
    const [same, changed] = ['same', 'changed'].map((name) => readFileSync(join(current, `${name}.html`), 'utf8'));
    expect(same).toMatch(/The model <bdi>folk<\/bdi><\/h2><dl>.*lookback_rnn/);
    expect(same).toMatch(/The model <bdi>gone<\/bdi><\/h2><p[^>]*>Nothing more is known/);
    expect(same).not.toContain('trained on since');
    expect(changed).toContain('trained on since');
  });

  it('shares a song with the model that wrote it', async () => {
    const current = folder();
    const { code, stdout } = await run(current, ['share', 'song.mid', '--model', 'folk', '--title', 'A <b>', '--out', 'x.html', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ file: join(current, 'x.html'), notes: 2 }] });
    const html = readFileSync(join(current, 'x.html'), 'utf8');
    expect(html).toContain('<h1><bdi>A &lt;b&gt;</bdi></h1>');
    expect(html).toContain('The model <bdi>folk</bdi>');
    expect(html).not.toContain('Who played what');
  });

  it.each([
    [['song.mid', '--out', 'a.htm'], 2, 'does not end in .html'],
    [['song.mid', '--model', 'nobody'], 1, 'no model "nobody"'],
    [['bad.mid'], 1, 'bad.mid'],
    [['long.mid'], 1, 'Choose a smaller --bitrate'],
  ])('refuses %j, and leaves nothing', async (args, code, words) => {
    const long = midiFile([{ start: 0, end: 960 * 7200, key: 60 }]);
    const current = folder({ 'song.mid': song, 'bad.mid': 'MThd', 'long.mid': long });
    const result = await run(current, ['share', ...args]);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(filesOf(current)).toEqual(['bad.mid', 'long.mid', 'song.mid', 'sounds.sf2']);
  });
});

describe('mst plot', () => {
  it('draws an SVG beside the file, with its notes', async () => {
    const current = folder();
    const { code, stdout } = await run(current, ['plot', 'song.mid', '--title', 'A <b> & c']);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(join(current, 'song.svg'));
    const svg = readXml(readFileSync(join(current, 'song.svg'), 'utf8'));
    expect(elementsOf(svg, 'rect').filter(({ attributes }) => attributes.fill === '#4285f4')).toHaveLength(3); // two notes and the legend
  });

  it('draws a PNG when asked for one', async () => {
    const current = folder();
    expect((await run(current, ['plot', 'song.mid', '--out', 'p.png'])).code).toBe(0);
    const { width, height } = readPng(readFileSync(join(current, 'p.png')));
    expect(width).toBeGreaterThan(100);
    expect(height).toBeGreaterThan(100);
  });

  it('draws a session in two colours and two shapes, with a legend', async () => {
    const current = folder({ 'jam.jsonl': recordedJam() });
    expect((await run(current, ['plot', 'jam.jsonl'])).code).toBe(0);
    const svg = readXml(readFileSync(join(current, 'jam.svg'), 'utf8'));
    const fills = elementsOf(svg, 'rect').map(({ attributes }) => attributes.fill);
    const count = (fill: string): number => fills.filter((each) => each === fill).length;
    // Seven notes of the player, sixteen of the model, and one of each in the legend.
    expect([count('#4285f4'), count('#ea7814')]).toEqual([8, 17]);
    // The model's notes, and its box in the legend, are hollow: paper follows each.
    expect(fills.filter((fill, i) => fill === '#ffffff' && fills[i - 1] === '#ea7814')).toHaveLength(17);
    const words = elementsOf(svg, 'text').map(({ text }) => text);
    expect(words).toEqual(expect.arrayContaining(['You', 'folk', 'Jam with folk, 31 January 2026']));
  });

  it('refuses what is no MIDI, by its name', async () => {
    const current = folder({ 'bad.mid': 'nonsense' });
    const { code, stderr } = await run(current, ['plot', 'bad.mid']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('bad.mid')]);
    expect(existsSync(join(current, 'bad.svg'))).toBe(false);
  });
});
