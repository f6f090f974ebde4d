// Small tunes for tests: a body under a header whose tempo makes one quarter note last one second.

import type { NoteSequence } from '../../src/music/note-sequence.js';
import { abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';

/** The first tune of `X:1, M:4/4, L:1/4, Q:1/4=60, fields..., K:key, body`, as it is played. */
export function play(body: string, { key = 'C', fields = 'M:4/4\nL:1/4' } = {}): NoteSequence {
  const [tune] = parseAbc(`X:1\nQ:1/4=60\n${fields}\nK:${key}\n${body}\n`, { filename: 'test.abc' });
  if (!tune) throw new Error('no tune');
  return abcToNoteSequence(tune);
}

/** `pitch@start+duration` of every note, in quarter notes, thirds and so on rounded to 4 places. */
export function heard(sequence: NoteSequence, instrument = 0): string {
  const short = (x: number): number => Math.round(x * 10_000) / 10_000;
  return sequence.notes
    .filter((note) => note.instrument === instrument)
    .map((note) => `${note.pitch}@${short(note.startTime)}+${short(note.endTime - note.startTime)}`)
    .join(' ');
}

/** Pitches alone, in the order played. */
export function pitches(sequence: NoteSequence): number[] {
  return sequence.notes.map((note) => note.pitch);
}
