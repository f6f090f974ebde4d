// Five hundred damaged tune books, the same ones every time: every tune is read or refused, and plays in proportion to its text.
import { expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { type AbcTune, abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';
import { mutate } from '../support/mutations.js';
import { madeUpTune } from '../support/tunes.js';

const orchestra = `X:7\nT:Two voices\nC:Nobody\nP:A(AB)2\nM:6/8\nL:1/8\nQ:3/8=80\nV:1 name="Flute"\nV:2 clef=bass octave=-1\nK:Em\nP:A
[V:1] |:"Em"EGB e2d|(3Bcd e>f g-g|1 Z2 :|2 {ef}!trill!e3 z3|]\n[V:2] E,6|[E,G,B,]6 & z2 B,4|Z2|\nP:B\n[V:1] [K:G] G/A/B/c/ d4|[M:2/4] ^c_d =e2|\nw:la la\n[V:2] G,4 x2|Z|\n`;
const books = [1, 2, 3].map((number) => `%abc-2.1\n${madeUpTune(number)}\n${madeUpTune(number + 10, 8)}\n${orchestra}`);
const files = books.map((book) => new TextEncoder().encode(book));

/** What the tunes of a book play, and the errors of those that do not. */
function read(bytes: Uint8Array): { sequences: [tune: AbcTune, sequence: NoteSequence][]; refusals: unknown[] } {
  const refusals: unknown[] = [];
  const sequences: [AbcTune, NoteSequence][] = [];
  try {
    const onError = (error: MstError): number => refusals.push(error);
    for (const tune of parseAbc(new TextDecoder().decode(bytes), { filename: 'book.abc', onError })) {
      try {
        sequences.push([tune, abcToNoteSequence(tune)]);
      } catch (error) {
        refusals.push(error);
      }
    }
  } catch (error) {
    refusals.push(error);
  }
  return { sequences, refusals };
}

test('the sound books are read', () => {
  for (const file of files) {
    const { sequences, refusals } = read(file);
    expect([sequences.length, refusals]).toEqual([3, []]);
  }
});

test('500 damaged tune books are read or refused, tune by tune', () => {
  let played = 0;
  for (let seed = 0; seed < 500; seed++) {
    const random = new Random(seed);
    const { sequences, refusals } = read(mutate(files[random.integer(files.length)] as Uint8Array, random, files));
    for (const [tune, { notes, totalTime }] of sequences) {
      played += notes.length;
      expect(notes.length).toBeLessThanOrEqual(4096 + 16 * tune.length);
      expect(Number.isFinite(totalTime)).toBe(true);
      for (const { pitch, startTime, endTime } of notes) {
        if (!(pitch >= 0 && pitch < 128 && startTime >= 0 && endTime > startTime)) expect([seed, pitch, startTime, endTime]).toBe('a note');
      }
    }
    for (const error of refusals) {
      if (!(error instanceof MstError)) throw error;
      expect(error.code).toBe('bad-abc');
      expect(error.message.length).toBeLessThan(600);
    }
  }
  // A sound book has about 180 notes in three tunes, and most damage is to one of them.
  expect(played).toBeGreaterThan(500 * 60);
});
