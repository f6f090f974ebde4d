// What cannot be read is refused with file and line, what must be left out is told of, and no damage or malice raises anything else, hangs,
// or makes much of little.
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { musicXmlToNoteSequence, scoreInContainer } from '../../src/notation/musicxml/musicxml.js';
import { attributes, backup, barline, element, metronome, note, score, sound, stroke, tune } from '../support/musicxml.js';
import { mutate } from '../support/mutations.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | Uint8Array): { sequence: NoteSequence; warnings: string[] } {
  const warnings: string[] = [];
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const sequence = musicXmlToNoteSequence(bytes, { filename: 'a.xml', onWarning: (warning) => warnings.push(warning) });
  return { sequence, warnings };
}

function errorOf(text: string | Uint8Array): MstError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

const first = attributes({ divisions: 1, time: '4/4' });
const whole = note('C4', 4);

// Measures begin on line 4 of a score made by `tune`.
describe('refused', () => {
  it.each([
    ['nothing at all', '', 'line 1: the XML is damaged'],
    ['plain text', 'Hello', 'line 1: the XML is damaged'],
    ['another kind of XML', '<?xml version="1.0"?>\n<svg/>', 'line 2: this is no MusicXML score: it holds <svg>'],
    ['a web page', '<!DOCTYPE html>\n<html><body>Not found<br></body></html>', 'line 2: this is no MusicXML score: it holds <html>'],
    ['an archive with the wrong name', 'PK\u0003\u0004', 'this is a compressed score'],
    ['an encoding nobody knows', '<?xml version="1.0" encoding="x-klingon"?><score-partwise/>', 'encoding mst does not know'],
    ['a score cut off', tune([first, whole], whole).slice(0, -60), 'line 5: the XML is damaged'],
    ['a tag that ends another', tune([first, whole], '<note></rest></note>'), 'line 5: the XML is damaged'],
    ['impossible divisions', tune([first, whole], attributes({ divisions: 0 })), 'line 5: the divisions "0"'],
    ['divisions without end', tune([attributes({ divisions: '99999999999' }), note('C4', 1), note('C4', 7)]), 'have no common measure'],
    ['elements inside one another without end', `<score-partwise>${'<part>'.repeat(200)}`, 'more than 100 elements inside one another'],
    ['a note that never ends', tune([first, element('note', '<x/>'.repeat(20_000))]), 'line 4: the XML is damaged'],
    [
      'more voices than people have',
      tune([first, Array.from({ length: 200 }, (_, voice) => note('C4', 1, { voice }))]),
      'more than 128 voices',
    ],
    ['more parts than an orchestra', score(Array.from({ length: 1100 }, () => ({ measures: [] }))), 'more than 1000 parts'],
    ['more measures than fit a book', `<score-partwise><part id="P1">${'<measure/>'.repeat(100_001)}`, 'more than 100000 measures'],
    ['a note of a week', tune([first, note('C4', 10_000_000)]), 'lasts longer than a day'],
  ])('%s', (_, text, problem) => {
    const error = errorOf(text);
    expect(error.code).toBe('bad-musicxml');
    expect(error.message).toMatch(/^a\.xml: line \d+: .*\.$/);
    expect(error.message).toContain(problem);
    expect(error.hint).toMatch(/\.$/);
  });

  it('repeats that make a small score a huge piece', () => {
    const long = tune([first, whole, barline('right', { repeat: 'backward', times: 999_999_999 })]);
    expect(errorOf(long).message).toContain('line 4: played with its repeats');
    // A hundred times is nothing yet.
    expect(read(long.replace('999999999', '100')).sequence.notes.length).toBe(100);
  });
});

it('more endings than any repeat has, each for every time', () => {
  const ending = [barline('left', { ending: ['start', '1-99'] }), note('C4', 4), barline('right', { repeat: 'backward' })];
  // Each time takes the first ending that is numbered for it.
  expect(read(score([{ measures: [[first], ...new Array(2000).fill(ending)] }])).sequence.notes).toHaveLength(99);
});

describe('read, with a warning', () => {
  it.each([
    [
      'a & in a title',
      tune([first, whole]).replace('<part-list>', '<work><work-title>You & me</work-title></work><part-list>'),
      'should be &amp;',
    ],
    ['entities that a document type would declare', tune([first, whole, '<direction>&nbsp;</direction>']), 'undefined entity'],
    ['letters that XML forbids', tune([first, '<direction>\u0002</direction>', whole]), 'disallowed character'],
    [
      'a note without a duration',
      tune([first, whole, '<note><pitch><step>C</step><octave>4</octave></pitch></note>']),
      'without a duration',
    ],
    ['a note beyond MIDI', tune([first, whole, note('C4', 4).replace('<octave>4', '<octave>12')]), 'without a pitch'],
    ['a note of no scale', tune([first, whole, note('C4', 4).replace('<step>C', '<step>H')]), 'without a pitch'],
    ['going back too far', tune([first, whole, backup(5)]), 'before the measure begins'],
    ['a metre of no kind', tune([first, whole, attributes({ time: '4/0' })]), 'a metre mst cannot read'],
    ['a tempo of no kind', tune([first, metronome('quarter', '0'), whole]), 'a tempo outside'],
    ['a chord of no kind', tune([first, whole, element('harmony', element('kind', 'purple'))]), 'a chord symbol'],
  ])('%s', (_, text, problem) => {
    const { sequence, warnings } = read(text);
    expect(sequence.notes.map(({ pitch, endTime }) => [pitch, endTime])).toEqual([[60, 2]]);
    expect(warnings).toEqual([expect.stringMatching(/^line \d+: /)]);
    expect(warnings[0]).toContain(problem);
  });

  it('the same problem once, and no more than twenty kinds', () => {
    const missing = '<note><voice>1</voice></note>';
    expect(read(tune([first, whole], [whole, missing], [missing, missing])).warnings).toEqual([
      'line 5: a note without a duration is left out (and 2 more like it)',
    ]);
    const attributesTwice = Array.from({ length: 50 }, (_, i) => `<direction x${i}="" x${i}=""/>`);
    expect(read(tune([first, whole, attributesTwice])).warnings.length).toBe(20);
  });
});

it('external and internal entities are neither loaded nor expanded', () => {
  const bomb = `<!DOCTYPE score-partwise [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`;
  const text = tune([first, whole])
    .replace(/<!DOCTYPE[^>]*>/, bomb)
    .replace('<part-name></part-name>', '<part-name>&b;&f;</part-name>');
  expect(read(text).sequence.instrumentInfos).toEqual([{ instrument: 0, name: '&b;&f;' }]);
});

it('the list of contents of an archive names its score', () => {
  const container = (files: string): Uint8Array => bytesOf(`<?xml version="1.0"?>\n<container><rootfiles>${files}</rootfiles></container>`);
  const pdf = '<rootfile full-path="a.pdf" media-type="application/pdf"/>';
  expect(scoreInContainer(container(`${pdf}<rootfile full-path="music/a.xml"/><rootfile full-path="b.xml"/>`), 'a.mxl')).toBe(
    'music/a.xml',
  );
  expect(scoreInContainer(container(pdf), 'a.mxl')).toBeUndefined();
  expect(() => scoreInContainer(bytesOf('<container>'), 'a.mxl')).toThrow(expect.objectContaining({ code: 'bad-musicxml' }));
});

describe('damaged at random', () => {
  const rich = score([
    {
      name: 'Flute',
      sounds: element('midi-instrument', element('midi-program', '74'), { id: 'I1' }),
      measures: [
        [
          attributes({ divisions: 4, time: '3/4', fifths: -1, transpose: [2, 0] }),
          sound({ tempo: '96', segno: 's' }),
          note('C4', 12, { tie: 'start' }),
        ],
        [barline('left', { repeat: 'forward' }), note('C4', 12, { tie: 'stop' }), sound({ tocoda: 'c' })],
        [
          barline('left', { ending: ['start', '1'] }),
          note('E4', 12),
          barline('right', { repeat: 'backward', ending: ['stop', '1'], times: 2 }),
        ],
        [barline('left', { ending: ['start', '2'] }), note('F4', 6), note('A4', 6, { chord: true }), sound({ dalsegno: 's' })],
        [sound({ coda: 'c', dynamics: '70' }), note('G4', 12)],
      ],
    },
    {
      name: 'Kit',
      sounds: element('midi-instrument', [element('midi-channel', '10'), element('midi-unpitched', '36')], { id: 'K' }),
      measures: Array.from({ length: 5 }, () => [
        attributes({ divisions: 2 }),
        stroke(6, { voice: 1 }),
        backup(6),
        stroke(3, { voice: 2 }),
      ]),
    },
  ]);
  /** Reads a mutant; false when it is refused, an error when anything else is wrong. */
  function survives(mutant: Uint8Array, what: string): boolean {
    try {
      const { notes } = read(mutant).sequence;
      const impossible = notes.find(
        ({ pitch, velocity, startTime, endTime }) =>
          !(pitch >= 0 && pitch <= 127 && velocity >= 1 && velocity <= 127 && startTime >= 0 && endTime > startTime),
      );
      if (impossible !== undefined) throw new Error(`${what} has the note ${JSON.stringify(impossible)}`);
      // The piece is short, so repeats may not make more of it than this.
      if (notes.length > 20_000) throw new Error(`${what} has ${notes.length} notes`);
      return true;
    } catch (error) {
      if (!(error instanceof MstError)) throw new Error(what, { cause: error });
      if (error.code !== 'bad-musicxml') throw error;
      return false;
    }
  }

  it('500 mutants of its bytes are read or refused', () => {
    const original = bytesOf(rich);
    const others = [bytesOf(tune([first, whole, element('harmony', element('kind', 'none'))]))];
    const random = new Random(2026);
    let read = 0;
    for (let i = 0; i < 500; i++) if (survives(mutate(original, random, others), `mutant ${i}`)) read++;
    // Damage to the bytes is mostly damage to the XML.
    expect(read).toBeGreaterThan(5);
    expect(read).toBeLessThan(250);
  });

  it('500 mutants of its words and elements are read or refused', () => {
    const words = [
      '',
      '0',
      '1',
      '-1',
      '2',
      '0.001',
      '128',
      '999999999',
      '1e308',
      'NaN',
      'C',
      'yes',
      'start',
      'stop',
      'backward',
      'P1',
      's',
    ];
    const random = new Random(5);
    const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
    const changes: ((text: string) => string)[] = [
      // A text or the value of an attribute is another.
      (text) => replaceOne(text, /(?<=[\w"/]>)[^<>]+(?=<)/g, () => pick(words)),
      (text) => replaceOne(text, /(?<=[a-z]=")[^"]*(?=")/g, () => pick(words)),
      // A child of a measure is missing, comes many times, or stands elsewhere.
      (text) => replaceOne(text, child, () => ''),
      (text) => replaceOne(text, child, (found) => found.repeat(1 + random.integer(40))),
      (text) => {
        const moved = pick(text.match(child) ?? ['']);
        return replaceOne(text.replace(moved, ''), child, (found) => found + moved);
      },
    ];
    const child = /<(note|backup|attributes|direction|barline|tie|voice|duration|divisions)\b.*?<\/\1>/g;
    const replaceOne = (text: string, pattern: RegExp, by: (found: string) => string): string => {
      const at = random.integer(text.match(pattern)?.length ?? 1);
      let n = 0;
      return text.replace(pattern, (found) => (n++ === at ? by(found) : found));
    };
    let read = 0;
    for (let i = 0; i < 500; i++) {
      let mutant = rich;
      for (let k = random.integer(4); k >= 0; k--) mutant = pick(changes)(mutant);
      if (survives(bytesOf(mutant), `mutant ${i}`)) read++;
    }
    expect(read).toBeGreaterThan(250);
    expect(read).toBeLessThan(500);
  });
});
