// mst render and mst plot as commands: what they write where, what they refuse, what they leave behind.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plotCommand } from '../../src/cli/commands/plot.js';
import { renderCommand } from '../../src/cli/commands/render.js';
import { runProgram } from '../../src/cli/program.js';
import { MstError } from '../../src/core/errors.js';
import { soundBankBytes } from '../audio/listening.js';
import { midiFile } from '../audio/songs.js';
import { temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/png-reader.js';
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
  const code = await runProgram(args, [renderCommand, plotCommand], {
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

  it('refuses what is no MIDI, by its name', async () => {
    const current = folder({ 'bad.mid': 'nonsense' });
    const { code, stderr } = await run(current, ['plot', 'bad.mid']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('bad.mid')]);
    expect(existsSync(join(current, 'bad.svg'))).toBe(false);
  });
});
