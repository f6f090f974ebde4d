// What every sign of ABC means, worked out by hand from the ABC 2.1 standard. One quarter note is one second (see support/abc-tune.ts);
// middle C is 60.
import { describe, expect, test } from 'vitest';
import { abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';
import { heard, pitches, play } from '../support/abc-tune.js';

const read = (text: string) => parseAbc(text, { filename: 'test.abc' });
const first = (text: string) => {
  const [tune] = read(text);
  if (!tune) throw new Error('no tune');
  return tune;
};

describe('notes', () => {
  test.each([
    ['letters and octaves', 'C c C, c\' C,, c"^up"\'', undefined],
    ['letters', 'CDEF|GABc', '60@0+1 62@1+1 64@2+1 65@3+1 67@4+1 69@5+1 71@6+1 72@7+1'],
    ['octave marks', "C,c'C,,c''", '48@0+1 84@1+1 36@2+1 96@3+1'],
    ['marks that cancel', "C,'c,", '60@0+1 60@1+1'],
    ['lengths', 'A2A/2A/A//A3/2A3/A1A/4', '69@0+2 69@2+0.5 69@2.5+0.5 69@3+0.25 69@3.25+1.5 69@4.75+1.5 69@6.25+1 69@7.25+0.25'],
    ['rests', 'z A z2 A x/ A Z A', '69@1+1 69@4+1 69@5.5+1 69@10.5+1'],
    ['bars of rest', 'A4|Z2|A4|Z|', '69@0+4 69@12+4'],
    [
      'broken rhythm',
      'A>B A<B|A>>B A<<B|A>>>B A2>B2',
      '69@0+1.5 71@1.5+0.5 69@2+0.5 71@2.5+1.5 69@4+1.75 71@5.75+0.25 69@6+0.25 71@6.25+1.75 69@8+1.875 71@9.875+0.125 69@10+3 71@13+1',
    ],
    ['broken rhythm in a row and with rests', 'A>B>c z|z>A', '69@0+1.5 71@1.5+0.75 72@2.25+0.5 69@5.25+0.5'],
    ['accidentals', '^C _D =E ^^F|__G', '61@0+1 61@1+1 64@2+1 67@3+1 65@4+1'],
    ['accidentals last to the bar line, in their octave', '^FFfF|F', '66@0+1 66@1+1 77@2+1 66@3+1 65@4+1'],
    ['a natural lasts as well', '^F=FFz|', '66@0+1 65@1+1 65@2+1'],
    ['chords keep all notes', '[CEG]2[C2E2]A', '60@0+2 64@0+2 67@0+2 60@2+2 64@2+2 69@4+1'],
    ['a chord is as long as its first note; lengths multiply', '[C2E]2 A', '60@0+4 64@0+2 69@4+1'],
    [
      'grace notes and decorations are silent',
      '{gab}A !trill!B .c ~d|{/g}T A uBvc !D.C. al fine! Hd +fermata+e',
      '69@0+1 71@1+1 72@2+1 74@3+1 69@4+1 71@5+1 72@6+1 74@7+1 76@8+1',
    ],
    ['slurs, spaces, back quotes', '(A(B)c)`d', '69@0+1 71@1+1 72@2+1 74@3+1'],
    ['ties', 'A-A B2-|B2 c-d', '69@0+2 71@2+4 72@6+1 74@7+1'],
    ['ties over several bars', 'A4-|A4-|A4', '69@0+12'],
    ['a tie holds the accidental over the bar line', '^c4-|c2 c2|', '73@0+6 72@6+2'],
    ['ties in chords', '[CE-G]2 E2|[CE]2-[CE]2', '60@0+2 64@0+4 67@0+2 60@4+4 64@4+4'],
    ['a tie to another pitch does nothing', 'A-B A', '69@0+1 71@1+1 69@2+1'],
    ['triplets', '(3ABc d (3A2B2c2', '69@0+0.6667 71@0.6667+0.6667 72@1.3333+0.6667 74@2+1 69@3+1.3333 71@4.3333+1.3333 72@5.6667+1.3333'],
    ['tuplets of 2 and 4', '(2AB (4cdef g', '69@0+1.5 71@1.5+1.5 72@3+0.75 74@3.75+0.75 76@4.5+0.75 77@5.25+0.75 79@6+1'],
    [
      '(p:q:r',
      '(3:2:2A2B (5:4:5ABcde f (3::2A2B',
      '69@0+1.3333 71@1.3333+0.6667 69@2+0.8 71@2.8+0.8 72@3.6+0.8 74@4.4+0.8 76@5.2+0.8 77@6+1 69@7+1.3333 71@8.3333+0.6667',
    ],
    ['broken rhythm in a tuplet', '(3A>Bc', '69@0+1 71@1+0.3333 72@1.3333+0.6667'],
    ['overlays', 'C4 & E2 G2|A', '60@0+4 64@0+2 67@2+2 69@4+1'],
    ['annotations are no notes', '"^AB"C "<x"D "_low"E ">"F', '60@0+1 62@1+1 64@2+1 65@3+1'],
    ['line ends, continuations and comments', 'A B % not C\nc \\\n d|\n% nothing\ne', '69@0+1 71@1+1 72@2+1 74@3+1 76@4+1'],
    ['lyrics and other fields among the music', 'A B|\nw: ABC def\ns: !f! *\nN:abc\nc d|\nW: end', '69@0+1 71@1+1 72@2+1 74@3+1'],
    ['inline fields', 'A[L:1/8]A[K:D]f[M:3/4][r:abc]A[Q:1/4=120]A', '69@0+1 69@1+0.5 78@1.5+0.5 69@2+0.5 69@2.5+0.25'],
    ['a line that begins like a field', 'A2|\nA:|', '69@0+2 69@2+1 69@3+2 69@5+1'],
  ])('%s', (_, body, expected) => {
    if (expected === undefined) expect(pitches(play("C c C, c' C,,"))).toEqual([60, 72, 48, 84, 36]);
    else expect(heard(play(body))).toBe(expected);
  });

  test('tuplets of 5, 7 and 9 take three notes in compound metre, two otherwise', () => {
    const compound = play('(5ABcde f', { fields: 'M:6/8\nL:1/4' });
    expect(compound.notes[5]?.startTime).toBeCloseTo(3, 12);
    expect(play('(5ABcde f').notes[5]?.startTime).toBeCloseTo(2, 12);
    expect(play('(6ABcdef f').notes[6]?.startTime).toBeCloseTo(2, 12);
    expect(play('(8ABcdefga f').notes[8]?.startTime).toBeCloseTo(3, 12);
  });

  test('the file may say how far accidentals reach', () => {
    expect(pitches(play('I:propagate-accidentals pitch\n^FfF|f'))).toEqual([66, 78, 66, 77]);
    expect(pitches(play('^FF[I:propagate-accidentals not]^FF'))).toEqual([66, 66, 66, 66]);
    expect(pitches(play('%%propagate-accidentals not\n^FF|'))).toEqual([66, 65]);
  });

  test('clefs, octave= and transpose= move what sounds', () => {
    expect(pitches(play('C', { key: 'C clef=treble-8' }))).toEqual([48]);
    expect(pitches(play('C', { key: 'C clef=bass+15' }))).toEqual([84]);
    expect(pitches(play('C', { key: 'C bass' }))).toEqual([60]);
    expect(pitches(play('C[K:octave=1]C[K:G]F', { key: 'D transpose=-2' }))).toEqual([59, 73, 78]);
    expect(pitches(play('V:1 octave=-1\nC'))).toEqual([48]);
  });

  test('a percussion clef makes a voice drums', () => {
    const isDrum = (body: string, key?: string): boolean[] => play(body, { key }).notes.map((note) => note.isDrum);
    expect(isDrum('V:1\nC\nV:2 clef=perc\nD\nV:3 perc\nE\nV:4 clef=bass\nF')).toEqual([false, true, true, false]);
    expect(isDrum('V:1\nC\nV:2 clef=treble\nD', 'C clef=perc')).toEqual([true, false]);
    expect(isDrum('C[K:G]D', 'none perc')).toEqual([true, true]);
  });

  test('every note has velocity 90 and program 0', () => {
    expect(play('A').notes[0]).toEqual({ pitch: 69, velocity: 90, startTime: 0, endTime: 1, instrument: 0, program: 0, isDrum: false });
  });
});

describe('header', () => {
  test('its fields', () => {
    const tune = first(
      'X: 7\nT: The Plain Hill % aside\nT:Second name\nC:Anna\nC:Trad.\nO:Nowhere\nR:reel\nS:a book\nZ:me\nN:slow\n+:and soft\nM:3/4\nL:1/8\nQ:1/4=90\nK:Edor\nE2|',
    );
    expect(tune).toMatchObject({
      number: 7,
      index: 0,
      position: { line: 1, column: 1 },
      title: 'The Plain Hill',
      subtitles: ['Second name'],
      composers: ['Anna', 'Trad.'],
      origin: 'Nowhere',
      rhythm: 'reel',
      source: 'a book',
      transcription: 'me',
      notes: ['slow and soft'],
      metre: { numerator: 3, denominator: 4 },
      unitLength: { n: 1, d: 8 },
      qpm: 90,
    });
    const sequence = abcToNoteSequence(tune);
    expect(sequence).toMatchObject({
      filename: 'test.abc',
      referenceNumber: 7,
      ticksPerQuarter: 220,
      sourceInfo: { sourceType: 1, encodingType: 2, parser: 5 },
      sequenceMetadata: { title: 'The Plain Hill', artist: 'Anna, Trad.', genre: [], composers: ['Anna', 'Trad.'] },
      timeSignatures: [{ time: 0, numerator: 3, denominator: 4 }],
      keySignatures: [{ time: 0, key: 4, mode: 4 }],
      tempos: [{ time: 0, qpm: 90 }],
    });
    expect(sequence.totalTime).toBeCloseTo((60 / 90) * 1, 12);
  });

  test('several tunes, text between them, fields for the whole book, typeset text, Windows line ends', () => {
    const book =
      '\uFEFFM:3/4\r\nC:Trad.\r\n\r\nA preface.\r\n\r\nX:1\r\nT:One\r\nK:C\r\nc\r\n\r\nwords c d e\r\n%%begintext\r\nX:9\r\n\r\n%%endtext\r\n\r\nX:2\r\nT:Two\r\nC:Bo\r\nM:2/4\r\nK:G\r\nf\r\nX:3\r\nK:C\r\n';
    const tunes = read(book);
    expect(tunes.map(({ number, title, composers, metre }) => ({ number, title, composers, metre }))).toEqual([
      { number: 1, title: 'One', composers: ['Trad.'], metre: { numerator: 3, denominator: 4 } },
      { number: 2, title: 'Two', composers: ['Bo'], metre: { numerator: 2, denominator: 4 } },
      { number: 3, title: '', composers: ['Trad.'], metre: { numerator: 3, denominator: 4 } },
    ]);
    expect(tunes.map((tune) => pitches(abcToNoteSequence(tune)))).toEqual([[72], [78], []]);
    expect(tunes[1]?.position).toEqual({ line: 17, column: 1 });
  });

  test('without L: the unit is an eighth, in metres under three quarters a sixteenth', () => {
    for (const [metre, d] of [
      ['M:4/4', 8],
      ['M:3/4', 8],
      ['M:6/8', 8],
      ['M:2/4', 16],
      ['M:5/8', 16],
      ['M:none', 8],
      ['N:no metre', 8],
    ] as const) {
      expect(first(`X:1\n${metre}\nK:C\nC`).unitLength, metre).toEqual({ n: 1, d });
    }
  });

  test.each([
    ['M:C', [4, 4]],
    ['M:C|', [2, 2]],
    ['M:12/8', [12, 8]],
    ['M:(2+3)/8', [5, 8]],
    ['M:2+2+3/16', [7, 16]],
    ['M:none', undefined],
    ['M:', undefined],
  ])('%s', (field, expected) => {
    const sequence = play('C', { fields: `${field}\nL:1/4` });
    expect(sequence.timeSignatures).toEqual(expected ? [{ time: 0, numerator: expected[0], denominator: expected[1] }] : []);
  });

  test.each([
    ['1/4=100', 100],
    ['3/8=50', 75],
    ['1/2 = 60', 120],
    ['"Allegro" 1/4=132', 132],
    ['1/4=88 "lightly"', 88],
    ['"Largo"', 120],
    ['1/4 3/8 1/4 3/8=40', 200],
    ['120', 60],
    ['C=120', 60],
    ['C3=40', 60],
    ['1/4=90.5', 90.5],
  ])('Q:%s under L:1/8', (field, qpm) => {
    expect(first(`X:1\nQ:${field}\nL:1/8\nM:4/4\nK:C\nC`).qpm).toBeCloseTo(qpm, 12);
  });
});

describe('changes', () => {
  test('metre, key and tempo stand where they change', () => {
    const sequence = play('C4|[M:3/4][K:Em]F3|\nQ:1/4=120\nM:3/4\nC3|K:C\nF3|'.replace('|K:C', '|\nK:C'));
    expect(pitches(sequence)).toEqual([60, 66, 60, 65]);
    expect(sequence.timeSignatures).toEqual([
      { time: 0, numerator: 4, denominator: 4 },
      { time: 4, numerator: 3, denominator: 4 },
    ]);
    expect(sequence.keySignatures).toEqual([
      { time: 0, key: 0, mode: 0 },
      { time: 4, key: 4, mode: 1 },
      { time: 8.5, key: 0, mode: 0 },
    ]);
    expect(sequence.tempos).toEqual([
      { time: 0, qpm: 60 },
      { time: 7, qpm: 120 },
    ]);
    expect(sequence.totalTime).toBe(10);
  });

  test('a repeat goes back to the key, metre and tempo written there', () => {
    const sequence = play('|:F4|[K:D][Q:1/4=120]F4:|');
    expect(heard(sequence)).toBe('65@0+4 66@4+2 65@6+4 66@10+2');
    expect(sequence.keySignatures.map(({ time, key }) => [time, key])).toEqual([
      [0, 0],
      [4, 2],
      [6, 0],
      [10, 2],
    ]);
    expect(sequence.tempos.map(({ time, qpm }) => [time, qpm])).toEqual([
      [0, 60],
      [4, 120],
      [6, 60],
      [10, 120],
    ]);
  });

  test('chord symbols', () => {
    expect(play('"Am"A2 "G7/B"B "^not"c|["D"df]').textAnnotations).toEqual([
      { time: 0, text: 'Am', annotationType: 1 },
      { time: 2, text: 'G7/B', annotationType: 1 },
      { time: 4, text: 'D', annotationType: 1 },
    ]);
  });

  test('voices are instruments that begin together', () => {
    const sequence = play('V:low name="The bass"\n[V:high]e4|f4|\n[V:low]C4|\nV:high\ng4|\nV:low\nD4|');
    expect(heard(sequence, 0)).toBe('60@0+4 62@4+4');
    expect(heard(sequence, 1)).toBe('76@0+4 77@4+4 79@8+4');
    expect(sequence.instrumentInfos).toEqual([{ instrument: 0, name: 'The bass' }]);
    expect(sequence.totalTime).toBe(12);
  });

  test('where voices change to different keys at once, the first voice counts', () => {
    const sequence = play('V:1\nC4|[K:G]F4|\nV:2\nF4|[K:D]F4|C4|');
    expect(pitches(sequence)).toEqual([60, 66, 65, 66, 61]);
    expect(sequence.keySignatures.map(({ time, key }) => [time, key])).toEqual([
      [0, 0],
      [4, 7],
    ]);
  });

  test('a tempo written in one voice holds for all', () => {
    const sequence = play('V:1\nC4|[Q:1/4=120]C4|\nV:2\nE4|E4|E4|');
    expect(heard(sequence, 1)).toBe('64@0+4 64@4+2 64@6+2');
    expect(sequence.tempos).toHaveLength(2);
  });
});

describe('bars as written', () => {
  const bars = (body: string, fields = 'M:3/4\nL:1/4') =>
    first(`X:1\n${fields}\nK:C\n${body}\n`).voices[0]?.bars.map(({ length, full, left, right }) => [
      left,
      length.n / length.d,
      right,
      full && full.n / full.d,
    ]);

  test('lengths, sides, full lengths', () => {
    expect(bars('A|:ABc|d>ef|1 g2:|2 (3abc g|]')).toEqual([
      ['', 0.25, '|:', 0.75],
      ['|:', 0.75, '|', 0.75],
      ['|', 0.75, '|', 0.75],
      ['|', 0.5, ':|', 0.75],
      [':|', 0.75, '|]', 0.75],
    ]);
  });

  test('empty bars between lines are not counted, tied notes and rests are', () => {
    expect(bars('A2-A|\n|:z3:|\n|[M:2/4]c2|[M:none]C|')).toEqual([
      ['', 0.75, '|', 0.75],
      ['||:', 0.75, ':|', 0.75],
      [':||', 0.5, '|', 0.5],
      ['|', 0.25, '|', undefined],
    ]);
  });

  test('a bar with overlays is as long as its longest layer', () => {
    expect(bars('C&E2 G&B2|A3|')).toEqual([
      ['', 0.75, '|', 0.75],
      ['|', 0.75, '|', 0.75],
    ]);
  });

  test('position is that of the first note', () => {
    expect(first('X:1\nK:C\n| "G"!f!G2|\n').voices[0]?.bars[0]?.position).toEqual({ line: 3, column: 9 });
  });
});
