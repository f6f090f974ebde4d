// How well melodies are found in real music, on a sample: where track names say which track is the melody, they are hidden first. The
// figures for whole corpora come from npm run bench -- extraction.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuplicateIndex } from '../../src/extraction/duplicates.js';
import { findMelodies } from '../../src/extraction/find-melodies.js';
import { magentaMelodies } from '../../src/extraction/magenta-melodies.js';
import { midiToNoteSequence } from '../../src/music/midi-to-note-sequence.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';

const shared = process.env.MST_SHARED ?? '';

/** Every nth file of a corpus, from the `from`th on. */
function corpus(name: string, every: number, from = 0): [file: string, sequence: NoteSequence][] {
  const folder = join(shared, 'corpora', name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mid'))
    .sort()
    .filter((_, k) => k % every === from)
    .map((file) => [file, midiToNoteSequence(readFileSync(join(folder, file)))]);
}

const stepsOf = (melodies: readonly { melody: { events: readonly number[] } }[]): number =>
  melodies.reduce((sum, { melody }) => sum + melody.events.length, 0);

describe.skipIf(shared === '')('real music (needs MST_SHARED)', () => {
  it('pop909, names hidden: the melody track, its notes, every song, twice the steps of Magenta', () => {
    // Songs that the weights were not learned from: every other one, from the second on.
    const songs = corpus('pop909', 6, 1);
    let right = 0;
    let found = 0;
    let wanted = 0;
    let agreeing = 0;
    let steps = 0;
    let magentas = 0;
    for (const [, sequence] of songs) {
      const melody = sequence.instrumentInfos.find(({ name }) => name === 'MELODY')?.instrument;
      const { melodies } = findMelodies({ ...sequence, instrumentInfos: [] });
      if (melodies.length > 0) found++;
      if (melodies[0]?.instrument === melody) right++;
      steps += stepsOf(melodies);
      magentas += stepsOf(magentaMelodies(sequence).melodies);
      // A melody's seconds, from its first bar to its end, hold the notes of the track that begin then, as many as it has.
      const pitches = sequence.notes
        .filter(({ instrument }) => instrument === melody)
        .map(({ pitch, startTime }) => ({ pitch, startTime }));
      wanted += pitches.length;
      for (const { melody: line, startSeconds, endSeconds, why } of melodies) {
        if (why !== 'melody') continue;
        const counts = new Map<number, number>();
        for (const event of line.events) if (event >= 0) counts.set(event, (counts.get(event) ?? 0) + 1);
        for (const { pitch, startTime } of pitches) {
          const left = counts.get(pitch) ?? 0;
          if (left === 0 || startTime < startSeconds - 0.1 || startTime >= endSeconds) continue;
          counts.set(pitch, left - 1);
          agreeing++;
        }
      }
    }
    expect(right / songs.length).toBeGreaterThanOrEqual(0.95);
    expect(found / songs.length).toBeGreaterThanOrEqual(0.97);
    expect(agreeing / wanted).toBeGreaterThanOrEqual(0.9);
    expect(steps / magentas).toBeGreaterThanOrEqual(2);
  });

  it('game-jrpg: nine files of ten are kept, counting no melody twice', () => {
    const songs = corpus('game-jrpg', 2);
    const index = new DuplicateIndex();
    const kept = songs.filter(([, sequence], song) =>
      findMelodies(sequence)
        .melodies.map(({ sketch, instrument = -1 }) => sketch === undefined || index.add(sketch, song, instrument) === undefined)
        .some((unheard) => unheard),
    );
    expect(kept.length / songs.length).toBeGreaterThanOrEqual(0.9);
  });

  it('nottingham: no tune is lost', () => {
    for (const [file, sequence] of corpus('nottingham/melody', 9)) {
      expect([file, findMelodies(sequence).melodies.length > 0]).toEqual([file, true]);
    }
  });
});
