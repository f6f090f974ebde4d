// Steps 2 and 3 with --compat magenta against what Magenta's own Python code made of whole corpora (golden/pipeline).

import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, type ConfigName } from '../../src/encoding/configuration.js';
import { convert } from '../../src/pipeline/convert/convert.js';
import { examples } from '../../src/pipeline/examples/examples.js';
import type { ExamplesLine } from '../../src/pipeline/examples/report.js';
import { EVAL_MELODIES, TRAINING_MELODIES } from '../../src/pipeline/examples/sets.js';
import { readJsonLines } from '../../src/pipeline/files.js';
import { decodeSequenceExample } from '../../src/records/sequence-example.js';
import { temporaryFolder } from '../support/folder.js';
import { quietly } from '../support/steps.js';
import { readSequenceExample, readTFRecords } from '../support/tfrecord-reader.js';

const shared = process.env.MST_SHARED ?? '';
const golden = join(shared, 'spec', 'golden', 'pipeline');

async function converted(files: readonly string[]): Promise<string> {
  const directory = join(temporaryFolder(), 'golden');
  mkdirSync(join(directory, 'midi'), { recursive: true });
  for (const file of files) copyFileSync(file, join(directory, 'midi', basename(file)));
  await convert({ directory, artist: 'golden' }, quietly({ jobs: 2 }));
  return directory;
}

async function withExamples(directory: string, config: ConfigName): Promise<string> {
  await examples({ directory, artist: 'golden', config, evalRatio: 0, seed: 1, compat: true }, quietly({ jobs: 2 }));
  return join(directory, config);
}

/** Events of a mono_rnn example: class 0 no event, 1 note off, p + 2 pitch p (spec D.1). */
function monoEvents(inputSize: number, inputs: Float32Array, labels: Int32Array): number[] {
  return [inputs.subarray(0, inputSize).indexOf(1), ...labels].map((label) => label - 2);
}

interface GoldenSong {
  file: string;
  subsequences: { melodies: { events: number[] }[] }[];
}
interface GoldenExample {
  id: string;
  config: ConfigName;
  input_size: number;
  labels: number[];
  inputs_signed: number[][];
}

describe.skipIf(shared === '')('--compat magenta (needs MST_SHARED)', () => {
  it.each([
    ['nottingham', 'melodies_nottingham.jsonl', 1034, 1007],
    ['pop909', 'melodies_pop909_001-200.jsonl', 200, undefined],
  ])('finds in every file of %s the melodies that Magenta finds', async (corpus, reference, files, melodies) => {
    const songs = readJsonLines<GoldenSong>(join(golden, reference));
    expect(songs.length).toBe(files);
    const directory = await converted(songs.map(({ file }) => join(shared, 'corpora', corpus, file)));
    const target = await withExamples(directory, 'mono_rnn');
    const ours = readTFRecords(readFileSync(join(target, TRAINING_MELODIES))).map((record) => {
      const { inputSize, inputs, labels } = decodeSequenceExample(record);
      return monoEvents(inputSize, inputs, labels).join(' ');
    });
    const byFile = new Map(
      readJsonLines<ExamplesLine>(join(target, 'examples-report.jsonl')).map((line) => [line.file, line.melodies.length]),
    );
    let at = 0;
    for (const file of [...byFile.keys()]) {
      const song = songs.find((candidate) => candidate.file === file);
      const expected = (song?.subsequences ?? []).flatMap((part) => part.melodies.map(({ events }) => events.join(' ')));
      expect({ file, melodies: ours.slice(at, at + (byFile.get(file) ?? 0)) }).toEqual({ file, melodies: expected });
      at += expected.length;
    }
    expect(byFile.size).toBe(files);
    expect(at).toBe(ours.length);
    if (melodies !== undefined) expect(ours.length).toBe(melodies);
  });

  it.each(CONFIG_NAMES)('writes the inputs and labels of %s that Magenta writes', async (config) => {
    const wanted = readJsonLines<GoldenExample>(join(golden, 'encoded.jsonl')).filter((example) => example.config === config);
    const paths = new Map(wanted.map(({ id }) => [id.split('#')[0] as string, join(shared, 'corpora', id.split('#')[0] as string)]));
    const present = [...paths].filter(([, path]) => existsSync(path));
    const target = await withExamples(await converted(present.map(([, path]) => path)), config);
    const records = readTFRecords(readFileSync(join(target, TRAINING_MELODIES)));
    const places = readJsonLines<ExamplesLine>(join(target, 'examples-report.jsonl')).flatMap(({ file, melodies }) =>
      melodies.map(({ part }, index) => `${file}#${part}.${melodies.slice(0, index).filter((other) => other.part === part).length}`),
    );
    expect(places.length).toBe(records.length);
    const compared = wanted.filter(({ id }) => present.some(([name]) => id.startsWith(`${name}#`)));
    expect(compared.length).toBeGreaterThan(35);
    for (const { id, input_size, labels, inputs_signed } of compared) {
      const record = records[places.indexOf(id.replace(/^\w+\//, ''))] as Uint8Array;
      const example = readSequenceExample(record);
      expect({ id, labels: example.labels }).toEqual({ id, labels });
      const signed = example.inputs.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [value * (column + 1)])));
      expect({ id, inputs: signed }).toEqual({ id, inputs: inputs_signed.map((row) => row.toSorted((a, b) => Math.abs(a) - Math.abs(b))) });
      expect(example.inputs.every((row) => row.length === input_size)).toBe(true);
    }
    expect(readTFRecords(readFileSync(join(target, EVAL_MELODIES)))).toEqual([]);
  });
});
