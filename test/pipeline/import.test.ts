// NoteSequences and training examples made by others, taken in where steps 2 and 3 would have made them.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { createNoteSequence, type Note, type NoteSequence } from '../../src/music/note-sequence.js';
import type { ConvertLine } from '../../src/pipeline/convert/file.js';
import { importNoteSequences } from '../../src/pipeline/convert/import.js';
import { examples } from '../../src/pipeline/examples/examples.js';
import { importExamples } from '../../src/pipeline/examples/import.js';
import { readExamples } from '../../src/pipeline/examples/read.js';
import type { ExamplesLine } from '../../src/pipeline/examples/report.js';
import type { ExamplesSettings } from '../../src/pipeline/examples/settings.js';
import { readJsonLines } from '../../src/pipeline/files.js';
import { decodeNoteSequence, encodeNoteSequence } from '../../src/records/note-sequence.js';
import { encodeSequenceExample } from '../../src/records/sequence-example.js';
import { encodeRecord } from '../../src/records/tfrecord.js';
import { addFiles, temporaryFolder } from '../support/folder.js';
import { quietly } from '../support/steps.js';
import { readTFRecords } from '../support/tfrecord-reader.js';

const shared = process.env.MST_SHARED ?? '';
const settings: ExamplesSettings = { config: 'lookback_rnn', evalRatio: 0, seed: 1, compat: false };

/** Sixteen bars that walk about the scale of C, each `number` another way. */
function song(number: number, fields: Partial<NoteSequence> = {}): NoteSequence {
  const scale = [60, 62, 64, 65, 67, 69, 71, 72];
  const notes = Array.from({ length: 64 }, (_, i): Note => {
    const pitch = scale[(i * (number + 2) + Math.floor(i / 8) * number) % 8] ?? 60;
    return { pitch, velocity: 80, startTime: i / 2, endTime: (i + 1) / 2, instrument: 0, program: 0, isDrum: false };
  });
  return createNoteSequence({
    id: `/id/midi/a/${number}`,
    filename: `${number}.mid`,
    ticksPerQuarter: 220,
    notes,
    totalTime: 32,
    ...fields,
  });
}

const tfrecord = (records: readonly Uint8Array[]): Uint8Array => Buffer.concat(records.map(encodeRecord));
const collection = (...sequences: NoteSequence[]): Uint8Array => tfrecord(sequences.map(encodeNoteSequence));

/** Large files are not compared byte by byte by `toEqual`, which takes seconds. */
const sameBytes = (one: string, other: string): boolean => readFileSync(one).equals(readFileSync(other));
const recordsIn = (path: string): Uint8Array[] => readTFRecords(Uint8Array.from(readFileSync(path)));

/** A folder with these files and a dataset that is not there yet. */
function place(files: Record<string, Uint8Array>): { folder: string; directory: string } {
  const folder = temporaryFolder(files);
  return { folder, directory: join(folder, 'datasets', 'a') };
}

describe('NoteSequences', () => {
  it('become examples as if they had been converted here, byte for byte', async () => {
    const records = [song(1), song(2), song(3)].map(encodeNoteSequence);
    const { folder, directory } = place({ 'in.tfrecord': tfrecord(records) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'in.tfrecord') }, quietly());
    expect(recordsIn(join(directory, 'notesequences.tfrecord'))).toEqual(records);
    expect(readJsonLines<ConvertLine>(join(directory, 'convert-report.jsonl'))).toEqual(
      [1, 2, 3].map((n) => ({ file: `${n}.mid`, status: 'ok', notes: 64, seconds: 32, reasons: [] })),
    );
    const { summary } = await examples({ directory, artist: 'a', ...settings }, quietly());
    expect(summary).toMatchObject({ files: 3, kept: 3 });
    expect(
      await readExamples(join(directory, 'lookback_rnn', 'training_melodies.tfrecord'), configuration('lookback_rnn').encoding),
    ).toHaveLength(summary.training.melodies);
  });

  it('without names get some, so that each is a song of its own', async () => {
    const nameless = [song(1, { filename: '' }), song(2, { filename: '', id: '' }), song(3, { filename: '', id: '' })];
    const { folder, directory } = place({ 'in.tfrecord': collection(...nameless) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'in.tfrecord') }, quietly());
    await examples({ directory, artist: 'a', ...settings }, quietly());
    const lines = readJsonLines<ExamplesLine>(join(directory, 'lookback_rnn', 'examples-report.jsonl'));
    expect(lines.map(({ file }) => file)).toEqual(['/id/midi/a/1', 'record 2', 'record 3']);
  });

  it('that cannot be used are left out with a reason', async () => {
    const [note] = song(1).notes as [Note];
    const bad: [Partial<NoteSequence>, string][] = [
      [{ quantizationInfo: { stepsPerQuarter: 4 } }, 'quantized already'],
      [{ notes: [{ ...note, startTime: 5, endTime: 4 }] }, 'ends before it begins'],
      [{ notes: [{ ...note, startTime: Number.NaN }] }, 'at no time at all'],
      [{ notes: [{ ...note, endTime: Number.POSITIVE_INFINITY }] }, 'at no time at all'],
      [{ notes: [{ ...note, pitch: 128 }] }, 'that MIDI does not have'],
      [{ notes: [{ ...note, instrument: -1 }] }, 'that MIDI does not have'],
      [{ tempos: [{ time: 0, qpm: 0 }] }, 'a tempo that MIDI does not have'],
      [{ tempos: [{ time: 0, qpm: 1e300 }] }, 'a tempo that MIDI does not have'],
      [{ notes: [{ ...note, endTime: 1e12 }] }, 'at no time at all'],
      [{ timeSignatures: [{ time: -1, numerator: 4, denominator: 4 }] }, 'at no time at all'],
      [{ timeSignatures: [{ time: 0, numerator: 4, denominator: 0 }] }, 'a metre with a number below 1'],
    ];
    const sequences = bad.map(([fields], i) => song(1, { filename: `bad-${i}`, ...fields }));
    const { folder, directory } = place({ 'in.tfrecord': collection(...sequences, song(2), song(3, { notes: [], totalTime: 0 })) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'in.tfrecord') }, quietly());
    const lines = readJsonLines<ConvertLine>(join(directory, 'convert-report.jsonl'));
    expect(lines.map(({ status }) => status)).toEqual([...bad.map(() => 'refused'), 'ok', 'warning']);
    for (const [i, [, reason]] of bad.entries()) expect(lines[i]?.reasons.join()).toContain(reason);
    const { summary } = await examples({ directory, artist: 'a', ...settings }, quietly());
    expect(summary).toMatchObject({ files: bad.length + 2, kept: 1 });
  });

  it('of the same file are taken once, of another file instead, and never in place of fetched music', async () => {
    const { folder, directory } = place({ 'one.tfrecord': collection(song(1)), 'two.tfrecord': collection(song(2)) });
    const take = (file: string, force = false): Promise<void> =>
      importNoteSequences({ directory, artist: 'a', input: join(folder, file) }, quietly({ force }));
    const path = join(directory, 'notesequences.tfrecord');
    await take('one.tfrecord');
    addFiles(directory, { 'midi/a.abc': 'X:1\nK:C\nC|' });
    await take('one.tfrecord');
    await expect(take('two.tfrecord')).rejects.toMatchObject({ code: 'exists', message: expect.stringContaining('has music of its own') });
    expect(sameBytes(path, join(folder, 'one.tfrecord'))).toBe(true);
    await take('two.tfrecord', true);
    expect(sameBytes(path, join(folder, 'two.tfrecord'))).toBe(true);
  });

  it('are refused, and nothing is written, when the file is none of the kind, empty or damaged at its first record', async () => {
    // What TensorFlow wrote for two steps of three numbers (spec E.2).
    const example = Buffer.from(
      '124a0a180a066c6162656c73120e0a051a030a01000a051a030a01020a2e0a06696e7075747312240a10120e0a0c000000000000803f000000000a10120e0a0c0000803f0000000000000000',
      'hex',
    );
    const flipped = collection(song(1));
    flipped[20] = (flipped[20] as number) ^ 1;
    const { folder, directory } = place({
      'midi.tfrecord': new TextEncoder().encode('MThd and nothing that would be a record'),
      'examples.tfrecord': tfrecord([example]),
      'other.tfrecord': tfrecord([new TextEncoder().encode('a record of something else')]),
      'flipped.tfrecord': flipped,
      'empty.tfrecord': new Uint8Array(),
    });
    const take = (file: string): Promise<void> => importNoteSequences({ directory, artist: 'a', input: join(folder, file) }, quietly());
    await expect(take('midi.tfrecord')).rejects.toMatchObject({
      code: 'bad-record',
      message: expect.stringContaining('record 1 at byte 0'),
    });
    await expect(take('examples.tfrecord')).rejects.toMatchObject({
      code: 'bad-record',
      message: expect.stringContaining('encoded melodies'),
      hint: expect.stringContaining('--sequence_example_file'),
    });
    await expect(take('other.tfrecord')).rejects.toMatchObject({ code: 'bad-record', message: expect.stringContaining('record 1') });
    await expect(take('flipped.tfrecord')).rejects.toMatchObject({ code: 'bad-record', message: expect.stringContaining('checksum') });
    await expect(take('empty.tfrecord')).rejects.toMatchObject({ code: 'no-input' });
    await expect(take('missing.tfrecord')).rejects.toMatchObject({ code: 'not-found' });
    await expect(take('.')).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(directory)).toBe(false);
  });

  it('are left as they were when a later record is damaged', async () => {
    const whole = collection(song(1), song(2));
    const { folder, directory } = place({ 'one.tfrecord': collection(song(1)), 'cut.tfrecord': whole.subarray(0, -10) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'one.tfrecord') }, quietly());
    const input = join(folder, 'cut.tfrecord');
    await expect(importNoteSequences({ directory, artist: 'a', input }, quietly())).rejects.toMatchObject({
      message: expect.stringContaining('record 2'),
    });
    expect(recordsIn(join(directory, 'notesequences.tfrecord'))).toHaveLength(1);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('training examples', () => {
  /** Files of examples of a configuration, as step 3 writes them. */
  async function made(config: ExamplesSettings['config']): Promise<string> {
    const { folder, directory } = place({ 'in.tfrecord': collection(...Array.from({ length: 8 }, (_, i) => song(i + 1))) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'in.tfrecord') }, quietly());
    await examples({ directory, artist: 'a', ...settings, config, evalRatio: 0.4 }, quietly());
    return join(directory, config);
  }
  const take = (
    directory: string,
    config: ExamplesSettings['config'],
    training: string,
    evaluation?: string,
    force = false,
  ): Promise<void> => importExamples({ directory, artist: 'b', config, files: { training, evaluation } }, quietly({ force }));

  it('are taken byte for byte, those to judge by from beside them', async () => {
    const from = await made('basic_rnn');
    const directory = join(temporaryFolder(), 'b');
    await take(directory, 'basic_rnn', join(from, 'training_melodies.tfrecord'));
    for (const name of ['training_melodies.tfrecord', 'eval_melodies.tfrecord']) {
      expect(sameBytes(join(directory, 'basic_rnn', name), join(from, name))).toBe(true);
    }
    // What is there already is not taken again.
    await take(directory, 'basic_rnn', join(directory, 'basic_rnn', 'training_melodies.tfrecord'));
    await take(directory, 'basic_rnn', join(from, 'training_melodies.tfrecord'));
  });

  it('may have any names, with or without some to judge by', async () => {
    const from = await made('basic_rnn');
    const folder = temporaryFolder({
      't.tfrecord': readFileSync(join(from, 'training_melodies.tfrecord')),
      'e.tfrecord': readFileSync(join(from, 'eval_melodies.tfrecord')),
    });
    const directory = join(folder, 'b');
    const evalSet = join(directory, 'basic_rnn', 'eval_melodies.tfrecord');
    await take(directory, 'basic_rnn', join(folder, 't.tfrecord'));
    expect(statSync(evalSet).size).toBe(0);
    await take(directory, 'basic_rnn', join(folder, 't.tfrecord'), join(folder, 'e.tfrecord'));
    expect(statSync(evalSet).size).toBeGreaterThan(0);
    expect(sameBytes(evalSet, join(folder, 'e.tfrecord'))).toBe(true);
  });

  it('of another configuration are refused by name, and nothing is written', async () => {
    const from = await made('attention_rnn');
    const directory = join(temporaryFolder(), 'b');
    await expect(take(directory, 'lookback_rnn', join(from, 'training_melodies.tfrecord'))).rejects.toMatchObject({
      code: 'bad-record',
      // Sizes of spec D.2 and D.3.
      message: expect.stringContaining('record 1 has 74 numbers for each step, where lookback_rnn has 121'),
      hint: expect.stringContaining('--config attention_rnn'),
    });
    expect(existsSync(directory)).toBe(false);
  });

  it('never replace those that step 3 made, unless forced', async () => {
    const from = await made('basic_rnn');
    const own = await made('basic_rnn');
    const directory = join(own, '..');
    const training = join(from, 'training_melodies.tfrecord');
    await expect(take(directory, 'basic_rnn', training)).rejects.toMatchObject({ code: 'exists' });
    addFiles(own, { 'training_accompaniment.tfrecord': new Uint8Array() });
    await take(directory, 'basic_rnn', training, undefined, true);
    // The report and the accompaniment were about the examples that are gone.
    for (const name of ['examples-report.jsonl', 'training_accompaniment.tfrecord']) expect(existsSync(join(own, name))).toBe(false);
  });

  it('are refused with file and record when they are no examples, damaged, or none', async () => {
    const record = (hex: string): Uint8Array => tfrecord([Buffer.from(hex, 'hex')]);
    const folder = temporaryFolder({
      // What TensorFlow wrote for two steps of three numbers (spec E.2), and an example whose inputs are halves.
      'three.tfrecord': record(
        '124a0a180a066c6162656c73120e0a051a030a01000a051a030a01020a2e0a06696e7075747312240a10120e0a0c000000000000803f000000000a10120e0a0c0000803f0000000000000000',
      ),
      'notes.tfrecord': collection(song(1)),
      'empty.tfrecord': new Uint8Array(),
      'text.tfrecord': new TextEncoder().encode('no record at all'),
    });
    const directory = join(folder, 'b');
    const refused = (file: string) => expect(take(directory, 'basic_rnn', join(folder, file))).rejects;
    await refused('three.tfrecord').toMatchObject({
      message: expect.stringContaining('record 1 has 3 numbers for each step, where basic_rnn has 38'),
      hint: expect.stringContaining('No configuration has so many'),
    });
    await refused('notes.tfrecord').toMatchObject({ code: 'bad-record', message: expect.stringContaining('notes.tfrecord: record 1') });
    await refused('text.tfrecord').toMatchObject({ code: 'bad-record', message: expect.stringContaining('text.tfrecord: record 1') });
    await refused('empty.tfrecord').toMatchObject({ code: 'no-input' });
    await refused('missing.tfrecord').toMatchObject({ code: 'not-found' });
    expect(existsSync(directory)).toBe(false);
  });
});

describe.skipIf(shared === '')('files that Magenta made (needs MST_SHARED)', () => {
  it('its NoteSequences are taken as they are', async () => {
    const golden = join(shared, 'spec', 'golden');
    const names = readdirSync(golden).filter((name) => name.endsWith('.mid.pb'));
    expect(names.length).toBeGreaterThan(5);
    const records = names.map((name) => Uint8Array.from(readFileSync(join(golden, name))));
    const { folder, directory } = place({ 'in.tfrecord': tfrecord(records) });
    await importNoteSequences({ directory, artist: 'a', input: join(folder, 'in.tfrecord') }, quietly());
    const lines = readJsonLines<ConvertLine>(join(directory, 'convert-report.jsonl'));
    expect(lines.filter(({ status }) => status === 'refused')).toEqual([]);
    // Those without a name get one; nothing else changes.
    const taken = recordsIn(join(directory, 'notesequences.tfrecord')).map((record) => decodeNoteSequence(record));
    expect(taken).toEqual(records.map((record, i) => ({ ...decodeNoteSequence(record), filename: lines[i]?.file })));
  });

  it.each(CONFIG_NAMES)('its inputs and labels of %s are taken', async (config) => {
    const lines = readFileSync(join(shared, 'spec', 'golden', 'pipeline', 'encoded.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const golden = lines
      .map((line): { config: string; input_size: number; labels: number[]; inputs_signed: number[][] } => JSON.parse(line))
      .filter((example) => example.config === config);
    const records = golden.map(({ input_size: inputSize, labels, inputs_signed: steps }) => {
      const inputs = new Float32Array(steps.length * inputSize);
      for (const [step, columns] of steps.entries()) for (const k of columns) inputs[step * inputSize + Math.abs(k) - 1] = Math.sign(k);
      return encodeSequenceExample({ inputSize, inputs, labels });
    });
    const { folder, directory } = place({ 'training_melodies.tfrecord': tfrecord(records) });
    const files = { training: join(folder, 'training_melodies.tfrecord') };
    await importExamples({ directory, artist: 'a', config, files }, quietly());
    const read = await readExamples(join(directory, config, 'training_melodies.tfrecord'), configuration(config).encoding);
    expect(read.map(({ labels }) => [...labels])).toEqual(golden.map(({ labels }) => labels));
  });
});
