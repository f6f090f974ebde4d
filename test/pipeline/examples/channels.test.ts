// MIDI tracks and channels on their way through steps 2 and 3, and steps 2 and 3 by Magenta's rules, as the runner is asked for them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExamplesLine } from '../../../src/pipeline/examples/report.js';
import { readJsonLines } from '../../../src/pipeline/files.js';
import { runStep, type TrainingRequest } from '../../../src/pipeline/runner.js';
import { decodeNoteSequence } from '../../../src/records/note-sequence.js';
import { END, type Event, smf } from '../../music/smf.js';
import { temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';
import { readTFRecords } from '../../support/tfrecord-reader.js';

/** A walk of 64 quarter notes on a channel (0..15), the same for the same seed. */
function walk(channel: number, seed: number): Event[] {
  return Array.from({ length: 64 }, (_, k) => 60 + ((k * (seed + 2) + ((k * k) % (seed + 3))) % 12)).flatMap((pitch): Event[] => [
    [0, 0x90 + channel, pitch, 80],
    [100, 0x80 + channel, pitch, 0],
  ]);
}

function request(root: string, changes: Partial<TrainingRequest>): TrainingRequest {
  const asked = {
    home: { root, shelves: [], shipped: root },
    current: root,
    artist: 'a',
    run: 'a',
    paths: [],
    config: 'basic_rnn',
  } as const;
  const plain = {
    evalRatio: 0,
    seed: 1,
    compat: false,
    fit: undefined,
    engine: 'auto',
    checkpoint: 'best',
    archive: false,
    now: () => 0,
  } as const;
  return { ...asked, ...plain, ...changes };
}

describe('tracks and channels of MIDI files', () => {
  const song = smf([[END], [...walk(2, 1), ...walk(4, 2), END]]);
  const first = smf([[...walk(8, 3), END]], { format: 0 });
  const files = { 'datasets/a/midi/first.mid': first, 'datasets/a/midi/song.mid': song };

  it('are in the NoteSequences, and choose the melody', async () => {
    const root = temporaryFolder(files);
    const directory = join(root, 'datasets/a');
    await runStep('convert', request(root, {}), quietly());
    const records = readTFRecords(readFileSync(join(directory, 'notesequences.tfrecord')));
    const places = records.map((record) => new Set(decodeNoteSequence(record).notes.map(({ part = 0, voice }) => `${part} ${voice}`)));
    expect(places).toEqual([new Set(['0 9']), new Set(['1 3', '1 5'])]);

    await runStep('examples', request(root, { choice: { kind: 'channel', channel: 5 } }), quietly());
    const lines = readJsonLines<ExamplesLine>(join(directory, 'basic_rnn', 'examples-report.jsonl'));
    expect(
      lines.map(({ file, status, melodies }) => [file, status, melodies.map(({ fileTrack, channel }) => [fileTrack, channel])]),
    ).toEqual([
      ['first.mid', 'dropped', []],
      ['song.mid', 'kept', [[1, 5]]],
    ]);
  });

  it('are told for a file of one track, too', async () => {
    const root = temporaryFolder({ 'datasets/a/midi/first.mid': first });
    await runStep('convert', request(root, {}), quietly());
    await runStep('examples', request(root, { choice: { kind: 'channel', channel: 9 } }), quietly());
    const [line] = readJsonLines<ExamplesLine>(join(root, 'datasets/a/basic_rnn/examples-report.jsonl'));
    expect(line?.melodies).toMatchObject([{ fileTrack: 0, channel: 9 }]);
  });

  it('are not told by Magenta’s rules, which step 2 keeps to when asked', async () => {
    const root = temporaryFolder({ ...files, 'datasets/a/midi/cut.mid': song.subarray(0, song.length - 5) });
    const { summary } = await runStep('convert', request(root, { compat: true }), quietly());
    expect(summary).toMatchObject({ ok: 2, refused: 1 });
    const records = readTFRecords(readFileSync(join(root, 'datasets/a/notesequences.tfrecord')));
    for (const record of records)
      expect(decodeNoteSequence(record).notes.every(({ part, voice }) => (part ?? voice) === undefined)).toBe(true);
  });
});
