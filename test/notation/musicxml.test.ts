// What a MusicXML score sounds: expected values are worked out by hand from the notation, at 120 quarter notes a minute (half a second each)
// unless the score says otherwise.
import { describe, expect, it } from 'vitest';
import { Mode, type NoteSequence } from '../../src/music/note-sequence.js';
import { musicXmlToNoteSequence } from '../../src/notation/musicxml/musicxml.js';
import {
  attributes,
  backup,
  element,
  forward,
  metronome,
  note,
  type PartOptions,
  score,
  sound,
  stroke,
  timewise,
  tune,
} from '../support/musicxml.js';

function read(text: string | Uint8Array): NoteSequence {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return musicXmlToNoteSequence(bytes, {
    filename: 'score.musicxml',
    onWarning: (warning) => {
      throw new Error(warning);
    },
  });
}

/** Pitch, start and end in quarter notes at the default tempo, by instrument. */
function heard({ notes }: NoteSequence): (readonly [pitch: number, start: number, end: number])[][] {
  const byInstrument: [number, number, number][][] = [];
  for (const { instrument, pitch, startTime, endTime } of notes) {
    byInstrument[instrument] ??= [];
    byInstrument[instrument]?.push([pitch, startTime * 2, endTime * 2]);
  }
  return byInstrument;
}

const common = attributes({ divisions: 4, time: '4/4' });

describe('notes', () => {
  it('have pitch, start and length by divisions that may change within a measure', () => {
    const text = tune(
      [
        attributes({ divisions: 2, time: '3/4' }),
        note('C4', 3),
        note('F#4', 1),
        attributes({ divisions: 12 }),
        note('Bb4', 4),
        note('B4', 8),
      ],
      note('Cb5', 36),
    );
    expect(heard(read(text))).toEqual([
      [
        [60, 0, 1.5],
        [66, 1.5, 2],
        [70, 2, expect.closeTo(2 + 1 / 3, 12)],
        [71, expect.closeTo(2 + 1 / 3, 12), 3],
        [71, 3, 6],
      ],
    ]);
  });

  it('sound together in chords, and in voices written one after the other', () => {
    const text = tune([
      common,
      note('C4', 8, { voice: 1 }),
      note('E4', 8, { voice: 1, chord: true }),
      note('G4', 4, { voice: 1, chord: true }),
      note('D4', 8, { voice: 1 }),
      backup(16),
      forward(4),
      note('A3', 12, { voice: 2 }),
    ]);
    expect(heard(read(text))).toEqual([
      [
        [60, 0, 2],
        [64, 0, 2],
        [67, 0, 1],
        [62, 2, 4],
      ],
      [[57, 1, 4]],
    ]);
  });

  it('leave out grace notes and cues, and count rests, tuplets and decimal durations', () => {
    const text = tune([
      attributes({ divisions: '1.5', time: '4/4' }),
      note('D5', 0, { grace: true }),
      note('C5', '.5'),
      note('D5', '0.5'),
      note('E5', 0.5),
      note('A4', 1.5, { cue: true }),
      note('r', 1.5),
      note('F5', 1.5),
    ]);
    expect(heard(read(text))).toEqual([
      [
        [72, 0, expect.closeTo(1 / 3, 12)],
        [74, expect.closeTo(1 / 3, 12), expect.closeTo(2 / 3, 12)],
        [76, expect.closeTo(2 / 3, 12), 1],
        [77, 3, 4],
      ],
    ]);
  });

  it('are one when tied, also across measures and in chords, but only with what follows at once', () => {
    const text = tune(
      [common, note('C4', 8), note('G4', 8, { tie: 'start' }), note('B4', 8, { chord: true, tie: 'start' })],
      [note('G4', 16, { tie: 'both' }), note('C5', 16, { chord: true })],
      [note('G4', 4, { tie: 'stop' }), note('r', 4), note('E4', 4, { tie: 'start' }), note('r', 4)],
      [note('E4', 16, { tie: 'stop' })],
    );
    expect(heard(read(text))).toEqual([
      [
        [60, 0, 2],
        [67, 2, 9],
        [71, 2, 4],
        [72, 4, 8],
        [64, 10, 11],
        [64, 12, 16],
      ],
    ]);
  });

  it('sound where transposing instruments sound, but an octave line changes nothing', () => {
    const line = element('direction', element('direction-type', element('octave-shift', '', { type: 'down', size: '8' })));
    const text = score([
      { name: 'Clarinet', measures: [[attributes({ divisions: 1, time: '4/4', fifths: 2, transpose: [-2, 0] }), line, note('D5', 4)]] },
      { name: 'Bass', measures: [[attributes({ divisions: 1, transpose: [0, -1] }), note('C3', 4)]] },
    ]);
    const sequence = read(text);
    expect(heard(sequence)).toEqual([[[72, 0, 4]], [[36, 0, 4]]]);
    // D major for a clarinet in B-flat is C major.
    expect(sequence.keySignatures).toEqual([{ time: 0, key: 0, mode: Mode.major }]);
  });
});

describe('measures', () => {
  it('are as long as their notes: upbeats and cut measures short, cadenzas long', () => {
    const text = tune([common, note('C4', 4)], note('D4', 16), note('E4', 8), [note('F4', 16), note('G4', 4)], note('A4', 16));
    expect(heard(read(text))[0]?.map(([, start]) => start)).toEqual([0, 1, 5, 7, 11, 12]);
  });

  it('are not made longer by a rest, nor shorter by triplets whose lengths were rounded', () => {
    const parts: PartOptions[] = [
      {
        measures: [
          [attributes({ divisions: 100, time: '2/4' }), note('C4', 200)],
          Array.from({ length: 6 }, () => note('D4', 33)),
          note('E4', 200),
        ],
      },
      // A rest for a whole measure of 2/4, written as a whole note.
      { measures: [[attributes({ divisions: 100 }), note('r', 400)], note('r', 200), note('r', 200)] },
    ];
    const starts = heard(read(score(parts)))[0]?.map(([, start]) => start);
    expect(starts?.[1]).toBe(2);
    expect(starts?.at(-1)).toBe(4);
  });

  it('last as the metre says where all is silent, and an upbeat is not filled by rests of other parts', () => {
    const parts: PartOptions[] = [
      { measures: [[attributes({ divisions: 1, time: '3/4' }), note('C4', 1)], note('D4', 3), '', note('E4', 3)] },
      { measures: [[attributes({ divisions: 1 }), note('r', 3)], note('r', 3), '', note('r', 3)] },
    ];
    expect(heard(read(score(parts)))[0]?.map(([, start]) => start)).toEqual([0, 1, 7]);
  });

  it('may have no metre', () => {
    const free = element('attributes', [element('divisions', '1'), element('time', '<senza-misura/>')]);
    const sequence = read(tune([free, note('C4', 7)], note('D4', 1)));
    expect(heard(sequence)).toEqual([
      [
        [60, 0, 7],
        [62, 7, 8],
      ],
    ]);
    expect(sequence.timeSignatures).toEqual([]);
  });

  it('tell metre and key where they change, those of the first part where several say so', () => {
    const parts: PartOptions[] = [
      {
        measures: [
          [attributes({ divisions: 1, time: '4/4', fifths: -3, mode: 'minor' }), note('C4', 4)],
          [attributes({ time: '6/8', fifths: 1 }), note('D4', 3)],
          [
            attributes({ fifths: 0, mode: 'dorian' }),
            element('attributes', element('time', [element('beats', '3+2'), element('beat-type', '8')])),
            note('E4', 2.5),
          ],
        ],
      },
      { measures: [[attributes({ divisions: 1, time: '2/2', fifths: 5 }), note('C4', 4)], note('D4', 3), note('D4', 2.5)] },
    ];
    const sequence = read(score(parts));
    expect(sequence.timeSignatures).toEqual([
      { time: 0, numerator: 4, denominator: 4 },
      { time: 2, numerator: 6, denominator: 8 },
      { time: 3.5, numerator: 5, denominator: 8 },
    ]);
    expect(sequence.keySignatures).toEqual([
      { time: 0, key: 0, mode: Mode.minor },
      { time: 2, key: 7, mode: Mode.major },
      { time: 3.5, key: 2, mode: Mode.dorian },
    ]);
  });
});

describe('tempo and loudness', () => {
  it('follow sound and metronome marks, the sound where both are there', () => {
    const both = element('direction', [
      element('direction-type', element('metronome', [element('beat-unit', 'quarter'), element('per-minute', '200')])),
      element('sound', '', { tempo: '60' }),
    ]);
    const text = tune(
      [common, both, note('C4', 8), metronome('quarter', 'c. 80-90', 1), note('D4', 8)],
      [element('sound', '', { tempo: '240' }), note('E4', 16)],
      note('F4', 16),
    );
    const sequence = read(text);
    // Two quarters at 60, two at 80 dotted quarters = 120 quarters, four at 240, four more.
    expect(sequence.tempos).toEqual([
      { time: 0, qpm: 60 },
      { time: 2, qpm: 120 },
      { time: 3, qpm: 240 },
    ]);
    expect(sequence.notes.map(({ startTime }) => startTime)).toEqual([0, 2, 3, 4]);
    expect(sequence.totalTime).toBe(5);
  });

  it('is 120 quarter notes a minute where nothing is said', () => {
    expect(read(tune([common, note('C4', 16)])).tempos).toEqual([{ time: 0, qpm: 120 }]);
  });

  it('is written in one part and holds for all', () => {
    const parts: PartOptions[] = [
      { measures: [[common, note('C4', 16)], note('C4', 16)] },
      {
        measures: [
          [common, note('E4', 16)],
          [sound({ tempo: '60' }), note('E4', 16)],
        ],
      },
    ];
    expect(read(score(parts)).notes.map(({ endTime }) => endTime)).toEqual([2, 6, 2, 6]);
  });

  it('gives velocities: of forte 90 where nothing is said, of marks, of percentages, of single notes', () => {
    const mark = (name: string): string => element('direction', element('direction-type', element('dynamics', `<${name}/>`)));
    const text = tune(
      [common, note('C4', 4), mark('pp'), note('D4', 4), sound({ dynamics: '100' }), note('E4', 4), note('F4', 4, { dynamics: 50 })],
      [note('G4', 8, { voice: 1 }), mark('ff'), note('A4', 8, { voice: 1 }), backup(16), note('C3', 16, { voice: 2 })],
      [note('B4', 8, { voice: 1 })],
    );
    const velocities = read(text).notes.map(({ velocity }) => velocity);
    const [forte, quiet, named, half, , loud, next, other] = velocities;
    expect([forte, named, half]).toEqual([90, 90, 45]);
    expect(quiet).toBeLessThan(45);
    expect(loud).toBeGreaterThan(90);
    // It goes on until the next mark; the second voice began before it.
    expect([next, other]).toEqual([loud, 90]);
  });
});

describe('parts', () => {
  const piano = element('midi-instrument', [element('midi-channel', '1'), element('midi-program', '74')], { id: 'I1' });
  const drums = [
    element('midi-instrument', [element('midi-channel', '10'), element('midi-unpitched', '37')], { id: 'D1' }),
    element('midi-instrument', [element('midi-channel', '10'), element('midi-unpitched', '43')], { id: 'D2' }),
  ].join('');

  it('have names and programs; each voice is an instrument', () => {
    const text = score([
      { name: 'Flute', sounds: piano, measures: [[common, note('C5', 16)]] },
      { name: 'Choir\n of two', measures: [[common, note('E4', 16, { voice: 1 }), backup(16), note('C4', 16, { voice: 2 })]] },
    ]);
    const sequence = read(text);
    expect(sequence.instrumentInfos).toEqual([
      { instrument: 0, name: 'Flute' },
      { instrument: 1, name: 'Choir of two, voice 1' },
      { instrument: 2, name: 'Choir of two, voice 2' },
    ]);
    expect(sequence.notes.map(({ program, part, voice }) => [program, part, voice])).toEqual(
      [
        [73, 0, undefined],
        [0, 1, 1],
        [0, 1, 2],
      ].map(([program, part, voice]) => [program, part, voice ?? 1]),
    );
    expect(sequence.partInfos).toEqual([
      { part: 0, name: 'Flute' },
      { part: 1, name: 'Choir of two' },
    ]);
  });

  it('that are percussion are drums, with the sounds their instruments name', () => {
    const text = score([
      { name: 'Kit', sounds: drums, measures: [[common, stroke(8, { instrument: 'D1' }), stroke(8, { instrument: 'D2', voice: 2 })]] },
      { name: 'Timpani', measures: [[common, note('C3', 16)]] },
    ]);
    const sequence = read(text);
    // MusicXML counts them from 1.
    expect(sequence.notes.map(({ pitch, isDrum, instrument, program }) => [pitch, isDrum, instrument, program])).toEqual([
      [36, true, 0, 0],
      [42, true, 0, 0],
      [48, false, 1, 0],
    ]);
  });

  it('keep a voice together that goes from staff to staff, and apart where both staves use its name at once', () => {
    const crossing = read(tune([common, note('C4', 8, { staff: 1 }), note('E3', 8, { staff: 2 })]));
    expect(crossing.notes.map(({ instrument }) => instrument)).toEqual([0, 0]);
    const shared = read(tune([common, note('C4', 16, { voice: 1, staff: 1 }), backup(16), note('E3', 16, { voice: 1, staff: 2 })]));
    expect(shared.notes.map(({ instrument }) => instrument)).toEqual([0, 1]);
    expect(shared.instrumentInfos.map(({ name }) => name)).toEqual(['voice 1, staff 1', 'voice 1, staff 2']);
  });

  it('mean the same written timewise', () => {
    const parts: PartOptions[] = [
      { name: 'Flute', sounds: piano, measures: [[common, note('C5', 16)], note('D5', 16)] },
      { name: 'Bass', measures: [[common, note('C3', 16)], note('G2', 16)] },
    ];
    expect(read(timewise(parts))).toEqual(read(score(parts)));
    expect(heard(read(timewise(parts)))).toEqual([
      [
        [72, 0, 4],
        [74, 4, 8],
      ],
      [
        [48, 0, 4],
        [43, 4, 8],
      ],
    ]);
  });
});

it('title, composers and chord symbols come along', () => {
  const harmony = (step: string, kind: string, more = ''): string =>
    element('harmony', [element('root', [element('root-step', step), more]), element('kind', kind)]);
  const bass = element('bass', [element('bass-step', 'D')]);
  const text = score(
    [
      {
        measures: [
          [
            common,
            harmony('C', 'major'),
            note('C4', 8),
            harmony('B', 'minor-seventh', element('root-alter', '-1')),
            note('D4', 8),
            element('harmony', [element('root', element('root-step', 'G')), element('kind', 'dominant'), bass]),
          ],
        ],
      },
    ],
    [
      element('work', element('work-title', 'A  Hill &amp; a\nDale')),
      element('identification', [element('creator', 'Anon', { type: 'composer' }), element('creator', 'Nobody', { type: 'lyricist' })]),
    ],
  );
  const sequence = read(text);
  expect(sequence.sequenceMetadata).toEqual({ title: 'A Hill & a Dale', artist: 'Anon', genre: [], composers: ['Anon'] });
  expect(sequence.textAnnotations).toEqual([
    { time: 0, text: 'C', annotationType: 1 },
    { time: 1, text: 'Bbm7', annotationType: 1 },
    { time: 2, text: 'G7/D', annotationType: 1 },
  ]);
  // SCORE_BASED, MUSIC_XML, MAGENTA_MUSIC_XML (spec A.1).
  expect(sequence.sourceInfo).toEqual({ sourceType: 1, encodingType: 1, parser: 3 });
});

describe('text encodings', () => {
  const text = score([{ name: 'Flöte', measures: [[common, note('C4', 16)]] }]);
  const nameIn = (bytes: Uint8Array): string | undefined => read(bytes).instrumentInfos[0]?.name;
  const latin1 = (content: string): Uint8Array => Uint8Array.from(content, (letter) => letter.charCodeAt(0));
  const utf16 = (content: string, littleEndian: boolean): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(2 * content.length));
    for (let i = 0; i < content.length; i++) bytes.setUint16(2 * i, content.charCodeAt(i), littleEndian);
    return new Uint8Array(bytes.buffer);
  };

  it.each([
    ['UTF-8', new TextEncoder().encode(text)],
    ['UTF-8 with a byte order mark', new TextEncoder().encode(`\uFEFF${text}`)],
    ['UTF-8 declared as UTF-16', new TextEncoder().encode(text.replace('UTF-8', 'UTF-16'))],
    ['latin-1', latin1(text.replace('UTF-8', 'ISO-8859-1'))],
    ['UTF-16, lowest byte first', utf16(`\uFEFF${text.replace('UTF-8', 'UTF-16')}`, true)],
    ['UTF-16, highest byte first', utf16(`\uFEFF${text.replace('UTF-8', 'UTF-16')}`, false)],
    ['UTF-16 without a byte order mark', utf16(text.replace('UTF-8', 'UTF-16'), true)],
  ])('%s', (_, bytes) => expect(nameIn(bytes)).toBe('Flöte'));
});
