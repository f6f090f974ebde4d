// Keys. Expected signatures come from the definition of the modes: the white keys from C are major, from D dorian, and so on.
import { expect, test } from 'vitest';
import { noKey, parseKey } from '../../src/notation/abc/key.js';
import { pitches, play } from '../support/abc-tune.js';

const white = [0, 2, 4, 5, 7, 9, 11];
// name, start among the white keys, NoteSequence mode (spec A.1)
const modes = [
  ['', 0, 0],
  ['maj', 0, 0],
  ['Major', 0, 0],
  ['ion', 0, 0],
  ['dor', 1, 4],
  ['Dorian', 1, 4],
  ['phr', 2, 5],
  ['LYDIAN', 3, 6],
  ['mix', 4, 3],
  ['m', 5, 1],
  ['min', 5, 1],
  ['minor', 5, 1],
  ['Aeolian', 5, 1],
  ['loc', 6, 7],
] as const;
const tonics = { C: 0, 'C#': 1, Db: 1, D: 2, Eb: 3, E: 4, F: 5, 'F#': 6, Gb: 6, G: 7, Ab: 8, A: 9, Bb: 10, B: 11 };

test('every tonic in every mode sounds its scale', () => {
  for (const [tonic, pitchClass] of Object.entries(tonics)) {
    for (const [name, degree, mode] of modes) {
      for (const text of [`${tonic}${name}`, `${tonic} ${name}`, ` ${tonic} ${name} clef=treble`]) {
        const sequence = play('CDEFGAB', { key: text });
        const expected = white.map((_, i) => (pitchClass + (white[(i + degree) % 7] ?? 0) - (white[degree] ?? 0) + 12) % 12);
        expect(new Set(pitches(sequence).map((pitch) => ((pitch % 12) + 12) % 12)), text).toEqual(new Set(expected));
        expect(sequence.keySignatures, text).toEqual([{ time: 0, key: pitchClass, mode }]);
      }
    }
  }
});

test('explicit accidentals', () => {
  expect(parseKey('D Phr ^f', noKey)).toMatchObject({ tonic: 2, mode: 5, alterations: [0, 0, -1, 1, 0, 0, -1] });
  expect(parseKey('D exp _b _e ^f', noKey)).toMatchObject({ tonic: 2, mode: 2, alterations: [0, 0, -1, 1, 0, 0, -1] });
  expect(parseKey('Dmaj=c', noKey)).toMatchObject({ tonic: 2, mode: 0, alterations: [0, 0, 0, 1, 0, 0, 0] });
  expect(parseKey('G ^c_b', noKey)).toMatchObject({ tonic: 7, mode: 0, alterations: [1, 0, 0, 1, 0, 0, -1] });
});

test('bagpipes, no key, clef only', () => {
  for (const text of ['HP', 'Hp']) expect(parseKey(text, noKey)).toMatchObject({ tonic: 9, mode: 3, alterations: [1, 0, 0, 1, 0, 0, 0] });
  for (const text of ['none', '', ' none clef=bass'])
    expect(parseKey(text, noKey)).toMatchObject({ tonic: 0, mode: 2, alterations: noKey.alterations });
  const before = parseKey('Em', noKey);
  for (const text of ['clef=bass', 'bass', 'treble-8']) expect(parseKey(text, before)).toMatchObject({ tonic: 4, mode: 1 });
});

test('a transposing instrument has the key it sounds in, which is that of the others', () => {
  const clarinet = play('DF', { key: 'Dm transpose=-2' });
  expect([pitches(clarinet), clarinet.keySignatures]).toEqual([[60, 63], [{ time: 0, key: 0, mode: 1 }]]);
  const duet = play('V:1\nCDE\nV:2 transpose=-2\n[K:D]DEF');
  expect([pitches(duet), duet.keySignatures]).toEqual([[60, 62, 64, 60, 62, 64], [{ time: 0, key: 0, mode: 0 }]]);
});

test('a key that cannot be read is refused, not guessed', () => {
  for (const text of ['H', 'g', 'Gfoo', 'G major minor', 'D octave=x', 'C transpose=999'])
    expect(() => parseKey(text, noKey), text).toThrow();
});
