// The account of step 3 on the terminal: read as a person reads it, at several widths.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explanationInWords } from '../../src/cli/explanation-words.js';
import type { ExamplesLine } from '../../src/pipeline/examples/report.js';
import { temporaryFolder } from '../support/folder.js';
import { mst } from '../support/mst.js';
import { madeUpTunes } from '../support/tunes.js';

const melody = { instrument: 3, name: 'Lead', part: 0, startStep: 0, steps: 128, stepsCut: 0, bars: 8, transposed: 0 };
const found = { ...melody, key: 'Eb', metre: '4/4', notes: 60, why: 'melody' as const, score: 0.97 };
const taken = (file: string, score = 0.97): ExamplesLine => ({
  file,
  status: 'kept',
  set: 'training',
  melodies: [{ ...found, score }, { ...found, score, bars: 7.5 }],
  dropped: [{ reason: 'drums', instrument: 9, notes: 4, pieces: 1 }, { reason: 'doubling', notes: 4, pieces: 1 }, { reason: 'doubling', notes: 4, pieces: 1 }],
}); // biome-ignore format: short
const left = (file: string, reason: string, of?: string): ExamplesLine => ({
  file,
  status: 'dropped',
  melodies: [],
  dropped: [{ reason, notes: 3, pieces: 1, ...(of !== undefined && { of }) } as ExamplesLine['dropped'][number]],
});
const plain = { compat: false, bold: (text: string) => text };
const words = (lines: readonly ExamplesLine[], width?: number, compat = false): string[] =>
  explanationInWords(lines, { ...plain, compat, width });

describe('the account of step 3', () => {
  it('says what was left out first, by reason, with the option that would keep it', () => {
    const lines = [
      taken('k.mid'),
      left('x.mid', 'duplicate', 'k.mid'),
      left('a.mid', 'drums'),
      left('b.mid', 'drums'),
      left('c.mid', 'not readable: it is a picture'),
    ];
    expect(words(lines, 100).slice(0, 9)).toEqual([
      'Left out: 4 files',
      '  2 files: drums; --track N takes a track all the same',
      '    a.mid, b.mid',
      '  1 file: the same tune as before',
      '    x.mid (as k.mid)',
      '  1 file: cannot be read',
      '    c.mid: it is a picture',
      '',
      'Taken: 1 file',
    ]);
  });

  it('says which track, how much of it, its key and metre, and what was not taken', () => {
    expect(words([taken('k.mid')], 100).slice(1, 3)).toEqual([
      '  FILE   TRACK   MELODIES  BARS  KEY    METRE  SURE  NOT TAKEN',
      '  k.mid  3 Lead  2         16    Eb/Cm  4/4    97%   drums, 2 doubling',
    ]);
  });

  it.each([40, 60, 80, 120])('fits a terminal %d wide, long names and all', (width) => {
    const name = 'a very long folder name/with a very long file name in it, which goes on and on.mid';
    const lines = [
      taken(name),
      left(`left ${name}`, 'too-short'),
      left(`also left ${name}`, 'too-short'),
      left(name, `not readable: ${name}`),
    ];
    for (const line of words(lines, width).filter((text) => !text.startsWith('  1 file:') && !text.startsWith('  2 files:'))) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
    expect(words(lines).join('\n')).toContain(name);
  });

  it.each([40, 60, 80, 120])('fits a terminal %d wide with names whose characters take two places each', (width) => {
    const name = '上を向いて歩こう'.repeat(6);
    const places = (text: string): number => text.length + (text.match(/[上を向いて歩こう]/g)?.length ?? 0);
    const told = words([taken(`${name}.mid`), left(`${name}2.mid`, 'too-short')], width);
    for (const line of told.filter((text) => !text.startsWith('  1 file:'))) expect(places(line)).toBeLessThanOrEqual(width);
    expect(told.join('\n')).toContain('上を向');
  });

  it('is bounded on a terminal, the least sure first, and whole in a file', () => {
    const many = Array.from({ length: 300 }, (_, i) => taken(`${String(i).padStart(3, '0')}.mid`, 1 - i / 1000));
    const lines = [...many, ...Array.from({ length: 300 }, (_, i) => left(`left ${i}.mid`, 'no notes'))];
    const shown = words(lines, 80);
    expect(shown.length).toBeLessThan(60);
    expect(shown.join('\n')).toContain('299.mid');
    expect(shown.join('\n')).not.toContain('000.mid');
    expect(shown.join('\n')).toMatch(/and 2\d\d more\n/);
    expect(shown.join('\n')).toContain('and 260 more of which mst is surer');
    const whole = words(lines).join('\n');
    for (const { file } of lines) expect(whole).toContain(file);
  });

  it('never lets a name steer the terminal', () => {
    const evil = '\u001b]0;gone\u0007\u001b[2J\u202egpj.mid\n';
    const line: ExamplesLine = { ...taken(evil), melodies: [{ ...found, name: evil }] };
    const text = words([line, left(evil, 'duplicate', evil), left(evil, `not readable: ${evil}`), left(evil, evil)], 80).join('|');
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it("says what Magenta's rules left out in their terms", () => {
    const lines = [{ ...taken('k.mid'), melodies: [melody] }, left('p.mid', 'polyphonic')];
    expect(words(lines, 100, true)).toEqual([
      'Left out: 1 file',
      '  1 file: a chord (notes that begin together); mst may keep it without --compat magenta',
      '    p.mid',
      '',
      'Taken: 1 file',
      '  FILE   TRACK   MELODIES  BARS  NOT TAKEN',
      '  k.mid  3 Lead  1         8     drums, 2 doubling',
      '',
    ]);
  });
});

describe('mst examples --explain', () => {
  it('explains on stdout, names the page, and gives everything with --json', async () => {
    const { 'tune-01.abc': first = '', ...others } = madeUpTunes(3);
    const cwd = temporaryFolder({ 'in/a.abc': first, 'in/again.abc': first.replace('T:Tune 1', 'T:Another'), ...renamed(others) });
    await mst(['fetch', 'in', '--artist', 'ella'], { cwd });
    await mst(['convert', 'ella'], { cwd });
    const page = join(cwd, 'datasets/ella/lookback_rnn/explain.html');
    const { code, stdout } = await mst(['examples', 'ella', '--explain'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Left out: 1 file\n {2}1 file: the same tune as before\n {4}again\.abc \(as a\.abc\)\n\nTaken: 3 files\n/);
    expect(stdout).toContain(`To look at and listen to: ${page}\nNext: mst fit ella\n`);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
    const again = JSON.parse((await mst(['examples', 'ella', '--explain', '--json'], { cwd })).stdout);
    const report = readFileSync(join(cwd, 'datasets/ella/lookback_rnn/examples-report.jsonl'), 'utf8');
    expect(again).toMatchObject({ changed: false, page, files: 4, kept: 3 });
    expect(again.lines).toEqual(
      report
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  });

  it('explains what came of nothing, too, and fails', async () => {
    const cwd = temporaryFolder({ 'in/a.abc': 'X:1\nK:C\nCDE|\n' });
    await mst(['fetch', 'in', '--artist', 'ella'], { cwd });
    await mst(['convert', 'ella'], { cwd });
    const { code, stdout, stderr } = await mst(['examples', 'ella', '--explain'], { cwd });
    expect([code, stdout.split('\n')[1]]).toEqual([1, '  1 file: too few notes (under 5)']);
    expect(stderr).toContain('No melody was found in any of the 1 files');
    expect(existsSync(join(cwd, 'datasets/ella/lookback_rnn/explain.html'))).toBe(true);
  });
});

const renamed = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`in/${name}`, text]));
