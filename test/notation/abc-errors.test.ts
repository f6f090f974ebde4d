// What cannot be read is refused with its place; nothing hangs, and no damage raises anything but a bad-abc error.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';

function errorOf(text: string): MstError {
  try {
    parseAbc(text, { filename: 'book.abc' }).map(abcToNoteSequence);
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

const body = (music: string): string => `X:4\nT:Hill\nL:1/8\nK:C\n${music}\n`;

test.each([
  [body('AB\nCD % x\n  ]'), 7, 3, '"]" has no meaning here'],
  [body('A 9'), 5, 3, '"9" has no meaning here'],
  [body('A Y'), 5, 3, '"Y" has no meaning here'],
  [body('A é'), 5, 3, '"é" has no meaning here'],
  [body('A ^z'), 5, 3, 'accidental without a note'],
  [body('A ^/B'), 5, 3, 'an accidental without a note'],
  [body('A0'), 5, 2, 'the length "0" cannot be read'],
  [body('A/0'), 5, 2, 'the length "/0" cannot be read'],
  [body('A99999'), 5, 2, 'the length "99999" cannot be read'],
  [body('A"Am'), 5, 2, 'text " without a closing'],
  [body('A{gab'), 5, 2, 'grace notes { without a closing }'],
  [body('A[CE'), 5, 5, 'a chord without its closing ]'],
  [body('A[C|E]'), 5, 4, '"|" in a chord'],
  [body('A[]'), 5, 2, 'an empty chord'],
  [body('-A'), 5, 1, 'a tie - without a note before it'],
  [body('A|-A'), 5, 3, 'a tie - without a note before it'],
  [body('A|>A'), 5, 3, 'a broken rhythm > without a note before it'],
  [body('A>|A'), 5, 3, 'a broken rhythm without a note after it'],
  [body('A>\n\n'), 5, 2, 'a broken rhythm without a note after it'],
  [body('A>>>>B'), 5, 2, '4 broken rhythm marks'],
  [body('(3AB'), 5, 1, 'the tune ends 1 notes before this tuplet does'],
  [body('(3A(3Bcd'), 5, 4, 'a tuplet begins before the last one ended'],
  [body('(1A'), 5, 1, 'a tuplet of one note'],
  [body('(99A'), 5, 1, 'the number 99 is out of range'],
  [body("c''''''A"), 5, 1, 'higher than MIDI can play'],
  [body('C,,,,,,'), 5, 1, 'lower than MIDI can play'],
  [body('A:B'), 5, 2, 'a lone ":"'],
  [body('A:::::::::|'), 5, 2, 'a repeat of'],
  [body('A|0B'), 5, 3, 'the ending "0" cannot be read'],
  [body('A|2-1B'), 5, 3, 'the ending "2-1" cannot be read'],
  [body('A|1-9999B'), 5, 3, 'cannot be read'],
  [body('|:A|1B:|3C|]'), 5, 5, 'an ending 3 but none for time 2'],
  [body('[M:none]Z'), 5, 9, 'bars of rest in free metre'],
  [body('Z1000000'), 5, 1, 'the number 1000000 is out of range'],
  [body('A[K:Gfoo]B'), 5, 5, 'the key "Gfoo" has the unknown word "foo"'],
  [body('A\nM:4'), 6, 3, 'the metre "4" cannot be read'],
  [body('A\nL:1/0'), 6, 3, 'the unit note length "1/0" cannot be read'],
  [body('A\nQ:fast'), 6, 3, 'the tempo "fast" cannot be read'],
  [body('A\nV:'), 6, 3, 'names no voice'],
  [body('A\nV:2 octave=up'), 6, 3, 'octave=up is not a whole number of octaves'],
  [body('I:propagate-accidentals maybe\nA'), 5, 3, 'propagate-accidentals "maybe" is unknown'],
  ['X:4\nT:Hill\nM:5/7\nK:C\n', 3, 3, 'the metre "5/7" cannot be read'],
  ['X:4\nT:Hill\nQ:1/4=0\nK:C\n', 3, 3, 'the tempo "1/4=0" cannot be read'],
  ['X:4\nT:Hill\nP:A(B\nK:C\n', 3, 3, 'the order of parts'],
  ['X:4\nT:Hill\nP:A300\nK:C\n', 3, 3, 'the order of parts'],
  ['X:4\nT:Hill\nABC\nK:C\n', 3, 1, 'this line of the header is no field'],
  ['X:4\nT:Hill\nM:4/4\n\nK:C\n', 1, 1, 'the header of this tune has no key'],
])('%j', (text, line, column, problem) => {
  const error = errorOf(text);
  expect(error.code).toBe('bad-abc');
  expect(error.message).toContain(`book.abc: tune 4 "Hill", line ${line}, column ${column}: `);
  expect(error.message).toContain(problem);
  expect(error.hint).toMatch(/^[^a-z].*\.$/);
});

test('a text without tunes', () => {
  for (const text of ['', 'hello', 'T:x\nK:C\nABC']) expect(errorOf(text).message).toBe('book.abc: no tune found.');
});

test('one bad tune does not cost the others when onError listens', () => {
  const errors: MstError[] = [];
  const text = 'X:1\nK:C\nA\n\nX:2\nK:C\nA]\n\nX:3\nK:C\nB\n';
  const tunes = parseAbc(text, { filename: 'book.abc', onError: (error) => errors.push(error) });
  expect(tunes.map(({ number, index }) => [number, index])).toEqual([
    [1, 0],
    [3, 2],
  ]);
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('tune 2, line 7, column 2')]);
});

test('repeats and parts cannot blow up', () => {
  const parts = `X:1\nP:A256\nK:C\nP:A\n${'|:A2B2::::::::|\n'.repeat(200)}`;
  // 4096 events for any tune, and 16 for each character; 200000 at most.
  expect(errorOf(parts).message).toContain(`more than ${4096 + 16 * parts.length} events`);
  expect(errorOf(body(`|:${'abcd'.repeat(10_000)}|1-31a:|32b|]`)).message).toContain('more than 200000 events');
  expect(errorOf(`X:1\nP:${'('.repeat(1000)}\nK:C\n`).message).toContain('the order of parts');
  expect(errorOf(body(`${'A'.repeat(200_001)}`)).message).toContain('more than 200000 events');
  const rests = body(`[M:4/4]${Array.from({ length: 60 }, (_, i) => `[V:${i}]Z999`).join('')}`);
  expect(errorOf(rests).message).toContain(`more than ${4096 + 16 * rests.length} events`);
  const chords = body(`|:${'[CDEFGABc]'.repeat(100)}|1-32D|]`);
  expect(errorOf(chords).message).toContain(`more than ${4096 + 16 * chords.length} events`);
  expect(errorOf(body(Array.from({ length: 200 }, (_, i) => `[V:${i}]A`).join(''))).message).toContain('more than 128 voices');
  const short = 'X:1\nM:4/4\nK:C\nZ999\n\n'; // 1997 events each, more than 16 for each of its characters
  expect(parseAbc(short.repeat(30), { filename: 'book.abc' })).toHaveLength(30);
  const errors: MstError[] = [];
  const tunes = parseAbc(short.repeat(200), { filename: 'book.abc', onError: (error) => errors.push(error) });
  expect(tunes.length).toBeLessThan(60);
  expect(tunes.length + errors.length).toBe(200);
});

test('lengths without a common measure are refused', () => {
  const primes = [61, 59, 53, 47, 43, 41];
  expect(errorOf(body(primes.map((p) => `(${p}:2:1A`).join(''))).message).toMatch(/too fine|no common measure/);
});

test('long hostile lines are read in one pass', () => {
  const read = (line: string, name: string): void => {
    try {
      parseAbc(body(line), { filename: 'x.abc' }).map(abcToNoteSequence);
    } catch (error) {
      expect((error as MstError).code, name).toBe('bad-abc');
      expect((error as MstError).message, name).not.toContain('too fine');
    }
  };
  const around = [
    ['', ''],
    ['|:A', ''],
    ['A', '|'],
  ] as const;
  for (const piece of ['"', '[', '(', '|', ':', '[|', '^', '{', "'", '/', '%', '\\', '&', '!', '1', '[K:', 'V:', '<', '~', ' ']) {
    for (const [before, after] of around) read(before + piece.repeat(300_000 / piece.length) + after, before + piece + after);
  }
  // Each of these makes an event, which costs more than its letters.
  for (const piece of ['!a', '+a', 'A-', '[1']) read(`|:A${piece.repeat(20_000)}|`, piece);
  // So long that a pattern which remembers every letter would run out of memory for it.
  for (const piece of ['"a', 'A/', '"\\']) read(piece.charAt(0) + piece.charAt(1).repeat(10_000_000), piece);
});

test('damaged tunes give a tune or a bad-abc error', () => {
  const whole =
    '%abc-2.1\nM:3/4\n\nX:1\nT:Hill\nC:Trad.\nP:ABA\nL:1/8\nQ:1/4=100\nK:Dmix clef=treble\nV:1 name="a b"\nP:A\n|:"Am"A2 B>c (3def|{g}a-a ^f,/2 [CE-G]2!f!z|1 D6:|2[M:6/8]E6|]\nP:B\nV:2\nC&E|Z2|[K:Em][L:1/4]_b=b\\\nw:la\n';
  const signs = fc.constantFrom(...' \n|:[]()<>-&"!{}^_=,\'/%\\zZxX123480ABcKMLQVP~+.', '[K:', 'P:', '|1', '::', '[M:');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length), fc.nat(4), signs), { minLength: 1, maxLength: 6 }), (edits) => {
      let text = whole;
      for (const [at, length, sign] of edits) text = text.slice(0, at) + sign + text.slice(at + length);
      try {
        for (const tune of parseAbc(text, { filename: 'x.abc' })) {
          for (const note of abcToNoteSequence(tune).notes) {
            expect(note.pitch >= 0 && note.pitch <= 127 && note.startTime >= 0 && note.endTime > note.startTime).toBe(true);
          }
        }
      } catch (error) {
        if (!(error instanceof MstError)) throw error;
        expect(error.code).toBe('bad-abc');
      }
    }),
    { numRuns: 2000 },
  );
});

test('a field of any length is refused in short words and at once', () => {
  for (const field of ['M:1', 'L:1', 'Q:1', 'K:C', 'P:A']) {
    const { message } = errorOf(`X:1\n${field}${' '.repeat(50_000)}?\nK:C\nC\n`.replace('K:C\nC', field.startsWith('K') ? 'C' : 'K:C\nC'));
    expect(message.length).toBeLessThan(300);
  }
});
