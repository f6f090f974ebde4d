// abcjs as an independent reader: the same pitches at the same times, on tunes written here and on random ones.
import abcjs from 'abcjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';

type Sounding = [pitch: number, start: number, duration: number];
const byTime = (a: Sounding, b: Sounding): number => a[1] - b[1] || a[0] - b[0];
// abcjs rounds to a millionth of a whole note at every note, so its sums drift a little.
const rounded = ([pitch, start, duration]: Sounding): Sounding => [
  pitch,
  Math.round(start * 2000) / 2000,
  Math.round(duration * 2000) / 2000,
];

/** Whole notes, as abcjs counts; its grace notes are left out. */
function heardByAbcjs(text: string): Sounding[] {
  const audio = abcjs.parseOnly(text)[0]?.setUpAudio({ chordsOff: true }) as unknown as
    | { tracks: { cmd: string; pitch: number; start: number; duration: number; style?: string }[][] }
    | undefined;
  const notes = audio?.tracks.flat().filter(({ cmd, style }) => cmd === 'note' && style !== 'grace') ?? [];
  return notes.map(({ pitch, start, duration }): Sounding => rounded([pitch, start, duration])).sort(byTime);
}

/** Whole notes at 60 quarter notes a minute. */
function heardByUs(text: string): Sounding[] {
  const [tune] = parseAbc(text, { filename: 'test.abc' });
  const notes = tune ? abcToNoteSequence(tune).notes : [];
  return notes.map(({ pitch, startTime, endTime }): Sounding => rounded([pitch, startTime / 4, (endTime - startTime) / 4])).sort(byTime);
}

const head = 'X:1\nT:test\nM:4/4\nL:1/8\nQ:1/4=60\n';

test.each([
  [
    'a reel',
    `${head}K:D\n|:dA~F2 A2dB|AFEF D2(3ABc|dcde f>efg|1 a2ge fdec:|2 agec d2z2||\n|:f2fa g<bag|fdAF G2BG|A^GAB =cBAc|[Fd]2[FAd]2 d4:|\n`,
  ],
  ['a jig in dorian with a pick-up', 'X:1\nM:6/8\nL:1/8\nQ:1/4=60\nK:Edor\nB|:E2F GAB|c3 dBG|AFD AFD|(2EF G E2 B:|e3 fed|B>cd e3|\n'],
  ['flats, octaves, long ties', `${head}K:Bb\nB,4- B,2 F2|[B,DF]4- [B,DF]4|e8-|e2 =e2 _e2 e2|c'4 C,4|]\n`],
  ['parts of a bar, several repeats', `${head}K:Am\nA2|:c4 B4:|\n|:A4 G4:|\n|:A8|1 E8:|2 F8|]\n`],
  ['changes of key, metre and unit', `${head}K:G\nf4 f4|[K:F]b4 f4|[M:3/4][L:1/4]b f c|\nK:E mix\nd g c|\n`],
  ['two voices', `${head}V:1\nV:2\nK:C\nV:1\nc4 d4|e8|\nV:2\nC8|G,4 C4|\n`],
  ['tuplets', `${head}M:4/4\nK:C\n(3abc (3:2:2c2d (5:4:5cdefg|(6:4:6cdefga b4|\n`],
  ['lengths', `${head}K:C\nA3/2B/ c3/4d/4 e/f/ g// a// b/ c'2|z3 x A|\n`],
])('%s', (_, text) => {
  const theirs = heardByAbcjs(text);
  expect(theirs.length).toBeGreaterThan(0);
  expect(heardByUs(text)).toEqual(theirs);
});

test('random tunes', () => {
  const letter = fc.constantFrom(...'CDEFGABcdefgab');
  const note = fc
    .tuple(fc.constantFrom('', '', '', '^', '_', '='), letter, fc.constantFrom('', '', ',', "'"))
    .map((parts) => parts.join(''));
  // Each of these fills one quarter.
  const quarter = fc.oneof(
    note.map((a) => `${a}2`),
    fc.tuple(note, note).map(([a, b]) => a + b),
    fc.tuple(note, note).map(([a, b]) => `${a}>${b}`),
    fc.tuple(note, note).map(([a, b]) => `${a}<${b}`),
    fc.tuple(note, note, note).map(([a, b, c]) => `(3${a}${b}${c}`),
    fc.tuple(letter, letter).map(([a, b]) => `[${a}${b}]2`),
    fc.constant('z2'),
    note.map((a) => `!fermata!${a}/"^x"${a}/ z`),
  );
  const bar = fc.array(quarter, { minLength: 4, maxLength: 4 }).map((quarters) => quarters.join(' '));
  const section = fc.oneof(
    fc.tuple(bar, bar).map(([a, b]) => `|:${a}|${b}:|`),
    fc.tuple(bar, bar, bar).map(([a, b, c]) => `|:${a}|1${b}:|2${c}||`),
    bar.map((a) => `${a}||`),
  );
  const key = fc.constantFrom('C', 'G', 'Dm', 'Ebmaj', 'F#m', 'A mix', 'Ador', 'E phr', 'Bbm', 'F lyd');
  fc.assert(
    fc.property(key, fc.array(section, { minLength: 1, maxLength: 4 }), (k, sections) => {
      const text = `${head}I:propagate-accidentals octave\nK:${k}\n${sections.join('\n')}\n`;
      // A chord of one letter twice is one note to abcjs.
      fc.pre(!/\[(.)\1\]/.test(text));
      expect(heardByUs(text)).toEqual(heardByAbcjs(text));
    }),
    { numRuns: 150 },
  );
});
