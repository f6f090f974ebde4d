// What a person, a full disk or a kill may leave of the files between the steps: each is made again, or named in one clear error.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { convert } from '../../src/pipeline/convert/convert.js';
import { examples } from '../../src/pipeline/examples/examples.js';
import { addFiles, filesIn, temporaryFolder } from '../support/folder.js';
import { quietly } from '../support/steps.js';

const settings = { artist: 'a', config: 'basic_rnn', evalRatio: 0, seed: 1, compat: false } as const;
/** Eight bars of quarter notes over the notes of C major. */
const tune = `X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\n${'CDEF|GABc|'.repeat(4)}\n`;
/** Format 0, one track with nothing but its end. */
const silence = Uint8Array.from([...'MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x04\0\xff\x2f\0'].map((letter) => letter.charCodeAt(0)));
/** No process has this id: it is beyond what any system gives. */
const nobody = 2 ** 31 - 1;

describe('files between the steps', () => {
  let directory: string;

  beforeEach(async () => {
    directory = temporaryFolder({ 'midi/tune.abc': tune, 'midi/silence.mid': silence });
    await convert({ directory, artist: 'a' }, quietly());
  });

  it('a damaged line of the report is named', async () => {
    const path = join(directory, 'convert-report.jsonl');
    for (const damage of ['{bad', 'null']) {
      writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n${damage}\n`);
      await expect(examples({ directory, ...settings }, quietly())).rejects.toMatchObject({
        code: 'bad-record',
        message: `Line 2 of ${path} is damaged.`,
      });
    }
  });

  it('a stamp that is not whole counts as none', async () => {
    const path = join(directory, 'convert.json');
    const { fingerprint } = JSON.parse(readFileSync(path, 'utf8'));
    for (const stamp of ['null', '{', JSON.stringify({ fingerprint }), JSON.stringify({ fingerprint, outputs: null, summary: {} })]) {
      writeFileSync(path, stamp);
      expect((await convert({ directory, artist: 'a' }, quietly())).skipped).toBe(false);
    }
    expect((await convert({ directory, artist: 'a' }, quietly())).skipped).toBe(true);
  });

  it('what a killed process left is swept away by the step that runs next', async () => {
    const whole = filesIn(directory);
    addFiles(directory, {
      [`.notesequences.tfrecord.${nobody}-3.tmp`]: 'half',
      [`basic_rnn/.eval_melodies.tfrecord.${nobody}-4.tmp`]: 'half',
    });
    await convert({ directory, artist: 'a' }, { ...quietly(), force: true });
    await examples({ directory, ...settings }, quietly());
    const left = Object.keys(filesIn(directory)).filter((name) => !(name in whole));
    expect(left.map((name) => name.replace(/^basic_rnn./, '')).sort()).toEqual([
      'eval_melodies.tfrecord',
      'examples-report.jsonl',
      'examples.json',
      'training_melodies.tfrecord',
    ]);
  });

  it('a file without notes is dropped with that reason', async () => {
    await examples({ directory, ...settings }, quietly());
    const lines = readFileSync(join(directory, 'basic_rnn', 'examples-report.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const reported = lines.map((line) => JSON.parse(line)).map(({ file, status, dropped }) => ({ file, status, dropped }));
    expect(reported).toContainEqual({ file: 'silence.mid', status: 'dropped', dropped: [{ reason: 'no notes' }] });
    expect(reported).toContainEqual({ file: 'tune.abc', status: 'kept', dropped: [] });
  });
});
