// mst generate as a command: what it writes, read by @tonejs/midi, and what it refuses. Models are random: what they would play does not matter.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import tonejs from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import { generateCommand } from '../../src/cli/commands/generate.js';
import { modelsCommand } from '../../src/cli/commands/models.js';
import { runProgram } from '../../src/cli/program.js';
import { CONFIG_NAMES, type ConfigName } from '../../src/encoding/configuration.js';
import { encodeModel } from '../../src/model/model-format.js';
import { SCALE_NAMES, SCALES } from '../../src/music/scales.js';
import { resolveHome } from '../../src/registry/home.js';
import { writeModel } from '../../src/registry/model-store.js';
import { temporaryFolder } from '../support/folder.js';
import { randomModel } from '../support/models.js';
import { Screen } from '../support/terminal.js';

const { Midi } = tonejs;

/** A folder with a model of each of these configurations, called after it, and other files. */
function folder(configs: readonly ConfigName[] = ['basic_rnn'], files: Record<string, string | Uint8Array> = {}): string {
  const current = temporaryFolder(files);
  for (const config of configs) writeModel(resolveHome({ current }), config, encodeModel(randomModel(config, [6])), { force: false });
  return current;
}

async function run(current: string, args: readonly string[], env: Record<string, string> = { MAGENTA_MODEL: 'basic_rnn' }) {
  const [stdout, stderr] = [new Screen(), new Screen()];
  const code = await runProgram(args, [generateCommand, modelsCommand], {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    current,
    clock: () => 0,
    signal: new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs it with these options, and gives back the files in out/. */
async function generate(current: string, ...options: string[]): Promise<{ name: string; bytes: Uint8Array }[]> {
  const { code, stderr } = await run(current, [
    'generate',
    '--output-dir',
    'out',
    '--seed',
    '7',
    '--num_outputs',
    '2',
    '--force',
    ...options,
  ]);
  expect(stderr).not.toContain('mst:');
  expect(code).toBe(0);
  return readdirSync(join(current, 'out')).map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(current, 'out', name))) }));
}

const notesOf = (bytes: Uint8Array, track = 0) =>
  (new Midi(bytes).tracks.filter(({ notes }) => notes.length > 0)[track]?.notes ?? []).map(({ midi, ticks, durationTicks, velocity }) => ({
    midi,
    ticks,
    durationTicks,
    velocity,
  }));

/** A file of @tonejs/midi's own writing: tracks of notes as [pitch, start, length] in ticks, 96 to a quarter. */
function midi(
  tracks: readonly { name?: string; program?: number; notes: readonly (readonly [number, number, number])[] }[],
  qpm = 90,
): Uint8Array {
  const file = new Midi();
  file.fromJSON({ ...file.toJSON(), header: { ...file.header.toJSON(), ppq: 96 } });
  file.header.setTempo(qpm);
  file.header.timeSignatures.push({ ticks: 0, timeSignature: [3, 4] });
  file.header.update();
  for (const { name = '', program = 0, notes } of tracks) {
    const track = file.addTrack();
    track.name = name;
    track.instrument.number = program;
    notes.forEach(([pitch, ticks, durationTicks], k) => {
      track.addNote({ midi: pitch, ticks, durationTicks, velocity: (40 + 7 * k) / 127 });
    });
  }
  return file.toArray();
}

const TUNE = [
  [67, 0, 90],
  [71, 96, 45],
  [69, 144, 40],
  [67, 192, 100],
  [62, 301, 200],
] as const;

describe('mst generate', () => {
  it('with the same seed writes the same files, byte for byte, whatever the options; with another, others', async () => {
    const current = folder(['basic_rnn', 'attention_rnn'], { 'call.mid': midi([{ notes: TUNE }]) });
    for (const options of [
      [],
      ['--model', 'attention_rnn', '--beam_size', '3', '--branch-factor', '2', '--steps_per_iteration', '4', '--num_steps', '40'],
      ['--key', 'Bb', '--scale', 'blues', '--top_k', '9', '--top-p', '0.8', '--temperature', '1.3'],
      ['--continue', 'call.mid', '--num_steps', '30'],
    ]) {
      const first = await generate(current, ...options);
      expect(await generate(current, ...options)).toEqual(first);
      await generate(current, ...options, '--seed', '8');
      const [a, b] = ['7', '8'].map((seed) =>
        readFileSync(join(current, 'out', `${options[1] === 'attention_rnn' ? 'attention' : 'basic'}_rnn-s${seed}-01.mid`)),
      );
      expect(a?.equals(b as Buffer)).toBe(false);
    }
  });

  it.each(CONFIG_NAMES)('%s keeps to the key, beginning with its tonic', async (config) => {
    const current = folder([config]);
    for (const scale of [undefined, 'dorian', 'minor-pentatonic'] as const) {
      for (const temperature of ['0.1', '2']) {
        const written = await generate(
          current,
          ...['--model', config, '--key', 'E', ...(scale ? ['--scale', scale] : []), '--temperature', temperature, '--num_steps', '64'],
        );
        for (const { bytes } of written) {
          const pitches = notesOf(bytes).map(({ midi: pitch }) => pitch);
          expect(pitches[0]).toBe(64);
          const allowed: readonly number[] = SCALES[scale ?? 'major'];
          expect(pitches.filter((pitch) => !allowed.includes((pitch - 64 + 120) % 12))).toEqual([]);
        }
      }
    }
  });

  it('begins with an ABC or MusicXML file as with the same tune given as events', async () => {
    const abc = 'X:1\nT:Tune\nM:4/4\nL:1/16\nQ:1/4=100\nK:C\nC2E2 G4 z4 c4|B8 A2z6|\nX:2\nT:Another\nM:4/4\nL:1/4\nK:C\nFFFF|\n';
    const rest = (n: number): number[] => new Array<number>(n).fill(-2);
    const tune = [60, -2, 64, -2, 67, -2, -2, -2, -1, -2, -2, -2, 72, ...rest(3), 71, ...rest(7), 69, -2, -1];
    const step = (pitch: string, length: number): string =>
      `<note>${pitch === '' ? '<rest/>' : `<pitch><step>${pitch[0]}</step><octave>${pitch[1]}</octave></pitch>`}<duration>${length}</duration></note>`;
    const bar = (...notes: [string, number][]): string => `<measure>${notes.map((each) => step(...each)).join('')}</measure>`;
    const bars = bar(['C4', 2], ['E4', 2], ['G4', 4], ['', 4], ['C5', 4]) + bar(['B4', 8], ['A4', 2], ['', 6]);
    const attributes = '<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>';
    const xml = `<?xml version="1.0"?><score-partwise><part-list><score-part id="P1"><part-name>A</part-name></score-part></part-list><part id="P1">${bars.replace('<measure>', `<measure>${attributes}<direction><sound tempo="100"/></direction>`)}</part></score-partwise>`;
    const current = folder(['basic_rnn'], { 'tune.abc': abc, 'tune.musicxml': xml });
    const expected = await generate(current, '--primer_melody', `[${tune.join()}]`, '--qpm', '100');
    expect(await generate(current, '--primer', 'tune.abc')).toEqual(expected);
    expect(await generate(current, '--primer_midi', 'tune.abc')).toEqual(expected);
    expect(await generate(current, '--primer', 'tune.musicxml')).toEqual(expected);
    const { stderr } = await run(current, ['generate', '--output-dir', 'elsewhere', '--primer', 'tune.abc', '--num_outputs', '1']);
    expect(stderr).toContain('tune.abc: it has 2 tunes; the first is taken');
    expect(new Midi((expected[0] as { bytes: Uint8Array }).bytes).header.tempos[0]?.bpm).toBeCloseTo(100, 3);
  });

  it('plays a primer at another tempo when told to', async () => {
    const current = folder(['basic_rnn'], { 'tune.mid': midi([{ notes: TUNE }]) });
    const [own] = await generate(current, '--primer', 'tune.mid');
    const [faster] = await generate(current, '--primer', 'tune.mid', '--qpm', '150');
    expect(new Midi(own?.bytes).header.tempos[0]?.bpm).toBeCloseTo(90, 3);
    expect(new Midi(faster?.bytes).header.tempos[0]?.bpm).toBeCloseTo(150, 3);
    expect(notesOf((faster as { bytes: Uint8Array }).bytes)).toEqual(notesOf((own as { bytes: Uint8Array }).bytes));
  });

  it('names files of a version without a colon, which not every disk takes', async () => {
    const current = folder();
    expect((await run(current, ['models', 'cp', 'basic_rnn', 'basic_rnn:monday'])).code).toBe(0);
    expect((await generate(current, '--model', 'basic_rnn:monday')).map(({ name }) => name)).toEqual([
      'basic_rnn-monday-s7-01.mid',
      'basic_rnn-monday-s7-02.mid',
    ]);
  });

  it('says which notes of a beginning are outside the scale, and keeps them', async () => {
    const current = folder();
    const { code, stderr } = await run(current, [
      ...['generate', '--output-dir', 'out', '--seed', '1', '--num_outputs', '1', '--primer_melody', '[61, 60, 66]', '--key', 'C'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('2 notes of the beginning are not of that scale');
    const bytes = readFileSync(join(current, 'out', 'basic_rnn-s1-01.mid'));
    expect(
      notesOf(bytes)
        .slice(0, 3)
        .map(({ midi: pitch }) => pitch),
    ).toEqual([61, 60, 66]);
  });
});

describe('mst generate --continue', () => {
  it('writes the call as it was and the answer from the next bar line on, as two tracks at the tempo of the file', async () => {
    const call = midi([{ name: 'Fiddle', program: 40, notes: TUNE }]);
    const current = folder(['basic_rnn'], { 'call.mid': call });
    const written = await generate(current, '--continue', 'call.mid');
    expect(written).toHaveLength(2);
    for (const { bytes } of written) {
      const file = new Midi(bytes);
      const [you, model, ...others] = file.tracks.filter(({ notes }) => notes.length > 0);
      expect(others).toEqual([]);
      expect([you?.name, model?.name]).toEqual(['You', 'Model']);
      expect([you?.instrument.name, model?.instrument.name]).toEqual(['violin', 'violin']);
      expect(file.header.ppq).toBe(96);
      expect(file.header.tempos.map(({ bpm, ticks }) => [Math.round(bpm * 1000), ticks])).toEqual([[90_000, 0]]);
      expect(file.header.timeSignatures.map(({ timeSignature }) => timeSignature)).toEqual([[3, 4]]);
      expect(notesOf(bytes)).toEqual(notesOf(call));
      // The call ends at tick 501; a bar of 3/4 is 288 ticks, and the third begins at 576.
      const answer = notesOf(bytes, 1);
      expect(answer[0]?.ticks).toBe(576);
      expect(answer.every(({ ticks, durationTicks }) => ticks % 24 === 0 && durationTicks % 24 === 0)).toBe(true);
      expect(Math.max(...answer.map(({ ticks, durationTicks }) => ticks + durationTicks))).toBeLessThanOrEqual(576 + 8 * 288);
    }
    expect(notesOf(written[0]?.bytes as Uint8Array, 1)).not.toEqual(notesOf(written[1]?.bytes as Uint8Array, 1));
  });

  it('keeps the answer to the key and as short as asked, and says where it begins', async () => {
    const current = folder(['mono_rnn'], { 'call.mid': midi([{ notes: TUNE }]) });
    const { code, stdout } = await run(current, [
      ...['generate', '--model', 'mono_rnn', '--output-dir', 'out', '--continue', 'call.mid', '--num_outputs', '3', '--json'],
      ...['--key', 'G', '--scale', 'major-pentatonic', '--num-steps', '9', '--seed', '2'],
    ]);
    expect(code).toBe(0);
    const { answer, files } = JSON.parse(stdout) as { answer: { bar: number; seconds: number }; files: string[] };
    // Two bars of three quarters at 90 a minute.
    expect(answer.bar).toBe(3);
    expect(answer.seconds).toBeCloseTo((6 * 60) / 90, 4);
    for (const path of files) {
      const notes = notesOf(readFileSync(path), 1);
      expect(notes.length).toBeGreaterThan(0);
      for (const { midi: pitch, ticks, durationTicks } of notes) {
        expect([7, 9, 11, 2, 4]).toContain(pitch % 12);
        expect(ticks + durationTicks).toBeLessThanOrEqual(576 + 9 * 24);
      }
    }
  });

  it('of several tracks answers the melody, and says which it was', async () => {
    const chords = Array.from({ length: 24 }, (_, k) => [40 + 4 * (k % 3), 96 * Math.floor(k / 3), 90] as const);
    const current = folder(['basic_rnn'], {
      'song.mid': midi([
        { name: 'Pad', notes: chords },
        { name: 'Tune', notes: TUNE },
      ]),
    });
    const { code, stderr } = await run(current, [
      'generate',
      '--output-dir',
      'out',
      '--seed',
      '7',
      '--continue',
      'song.mid',
      '--num_outputs',
      '1',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('Track "Tune" is the call; 1 other track of song.mid is not in what is written.');
    const bytes = readFileSync(join(current, 'out', 'basic_rnn-s7-01.mid'));
    expect(notesOf(bytes).map(({ midi: pitch }) => pitch)).toEqual(TUNE.map(([pitch]) => pitch));
  });

  it('answers an ABC tune too', async () => {
    const current = folder(['basic_rnn'], { 'tune.abc': 'X:1\nM:6/8\nL:1/8\nQ:1/4=80\nK:D\nDFA d3|\n' });
    const [first] = await generate(current, '--continue', 'tune.abc');
    const bytes = first?.bytes as Uint8Array;
    expect(notesOf(bytes).map(({ midi: pitch }) => pitch)).toEqual([62, 66, 69, 74]);
    // 220 ticks to a quarter: a bar of 6/8 is 660.
    expect(notesOf(bytes, 1)[0]?.ticks).toBe(660);
    expect(new Midi(bytes).header.tempos[0]?.bpm).toBeCloseTo(80, 3);
  });
});

describe('mst generate refuses', () => {
  it.each<[string, string[], string]>([
    ['a scale there is not', ['--key', 'D', '--scale', 'dorain'], 'dorian'],
    ['a scale without a key', ['--scale', 'dorian'], '--key D --scale dorian'],
    ['the key H', ['--key', 'H'], '"H" is not a key'],
    ['a key that is a chord', ['--key', 'Dm'], '--key D --scale minor'],
    ['top-k 0', ['--top-k', '0'], '--top-k takes a whole number from 1'],
    ['half a top-k', ['--top_k', '2.5'], '--top-k takes a whole number'],
    ['top-p 0', ['--top-p', '0'], '--top-p a number above 0'],
    ['top-p above 1', ['--top_p', '1.5'], '--top-p takes a number from 0 to 1'],
    ['a negative temperature', ['--temperature', '-1'], '--temperature takes'],
    ['no beams', ['--beam_size', '0'], '--beam_size takes'],
    ['too many branches', ['--beam_size', '1000', '--branch_factor', '1000'], '1024 at most'],
    ['two beginnings', ['--primer', 'a.mid', '--primer_melody', '[60]'], '--primer and --primer_melody'],
    ['a beginning and a call', ['--continue', 'a.mid', '--primer_midi', 'a.mid'], '--primer_midi and --continue'],
    ['another tempo for an answer', ['--continue', 'a.mid', '--qpm', '90'], "keeps the file's tempo"],
    ["Magenta's manner for an answer", ['--continue', 'a.mid', '--compat', 'magenta'], '--compat does not go with --continue'],
    ['events that are none', ['--primer_melody', '[60, x]'], 'is not a melody'],
    ['a primer that fills the length', ['--primer_melody', '[60,-2,-2]', '--num_steps', '3'], '--num_steps'],
  ])('%s', async (_, options, words) => {
    const current = folder(['basic_rnn'], { 'a.mid': midi([{ notes: TUNE }]) });
    const { code, stdout, stderr } = await run(current, ['generate', '--output-dir', 'out', ...options]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.match(/^mst: /gm)).toHaveLength(1);
    expect(stderr).toContain(words);
    expect(readdirSync(current)).not.toContain('out');
  });

  it.each<[string, string[], string | RegExp]>([
    ['a file there is not', ['--continue', 'nowhere.mid'], /There is no file .*nowhere\.mid\./],
    ['what is no MIDI', ['--continue', 'text.mid'], 'text.mid'],
    ['what is no ABC', ['--primer', 'text.abc'], 'text.abc: no tune found'],
    ['drums alone', ['--continue', 'drums.mid'], 'no melody'],
    ['a model there is not', ['--model', 'nobody'], 'There is no model "nobody"'],
  ])('%s', async (_, options, words) => {
    const drums = new Midi();
    const track = drums.addTrack();
    track.channel = 9;
    track.addNote({ midi: 38, ticks: 0, durationTicks: 100 });
    const current = folder(['basic_rnn'], { 'text.mid': 'Hello', 'text.abc': 'Hello', 'drums.mid': drums.toArray() });
    const { code, stderr } = await run(current, ['generate', '--output-dir', 'out', ...options]);
    expect(code).toBe(1);
    expect(stderr.match(/^mst: /gm)).toHaveLength(1);
    expect(stderr).toMatch(words);
    expect(readdirSync(current)).not.toContain('out');
  });

  it('a default model there is not, saying who named it', async () => {
    const current = folder(['basic_rnn']);
    const asked = ['generate', '--output-dir', 'out'];
    expect(await run(current, asked, { MAGENTA_MODEL: 'nobody' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('MAGENTA_MODEL says so'),
    });
    expect(await run(current, asked, {})).toMatchObject({ code: 2, stderr: expect.stringContaining('mst models default NAME') });
    expect((await run(current, ['models', 'default', 'basic_rnn'], {})).code).toBe(0);
    expect((await run(current, [...asked, '--num_outputs', '1'], {})).code).toBe(0);
    rmSync(join(current, 'checkpoints', 'basic_rnn'), { recursive: true });
    expect(await run(current, asked, {})).toMatchObject({ code: 1, stderr: expect.stringContaining('mst models default chose it') });
  });

  it('names every scale in its help', async () => {
    const { stdout } = await run(folder([]), ['generate', '--help']);
    for (const scale of SCALE_NAMES) expect(stdout).toContain(scale);
    for (const group of ['How it begins', 'Which notes come', 'Beam search']) expect(stdout).toContain(`${group}:`);
  });
});
