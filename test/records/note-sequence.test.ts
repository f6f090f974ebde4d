// NoteSequence bytes: against hand-made bytes, Magenta.js's protobufjs codec (all fields but instrument_infos, which it lacks), and bytes
// that note_seq wrote in Python (MST_SHARED).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { createNoteSequence, Mode, type NoteSequence, type Section } from '../../src/music/note-sequence.js';
import { decodeMessage, message, nestedList } from '../../src/records/message.js';
import { decodeNoteSequence, encodeNoteSequence } from '../../src/records/note-sequence.js';
import { expectSame } from '../support/same.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const refusal = (input: Uint8Array): string => {
  try {
    decodeNoteSequence(input, 'a.tfrecord: record 7');
  } catch (error) {
    if (error instanceof MstError && error.code === 'bad-record') return error.message;
    throw error;
  }
  return 'not refused';
};

const full: NoteSequence = {
  id: '/id/midi/x/ß',
  filename: 'x.mid',
  collectionName: 'x',
  ticksPerQuarter: 480,
  timeSignatures: [{ time: 0, numerator: 6, denominator: 8 }],
  keySignatures: [{ time: 1.5, key: 11, mode: Mode.locrian }],
  tempos: [{ time: 0, qpm: 130.00013000013 }],
  notes: [
    {
      pitch: 60,
      velocity: 90,
      startTime: 0,
      endTime: 0.5,
      instrument: 0,
      program: 0,
      isDrum: false,
      quantizedStartStep: 0,
      quantizedEndStep: 4,
    },
    {
      pitch: 127,
      velocity: 1,
      startTime: 0.5,
      endTime: 1e9,
      instrument: 3,
      program: 127,
      isDrum: true,
      numerator: 1,
      denominator: 4,
      part: 2,
      pitchName: 5,
      voice: 1,
      quantizedStartStep: 4,
      quantizedEndStep: 9007199254740991,
    },
  ],
  totalTime: 1e9,
  pitchBends: [{ time: 0.25, bend: -8192, instrument: 1, program: 2, isDrum: false }],
  controlChanges: [{ time: 0, controlNumber: 64, controlValue: 127, instrument: 1, program: 2, isDrum: true, quantizedStep: 0 }],
  partInfos: [{ part: 1, name: 'Soprano' }],
  sourceInfo: { sourceType: 1, encodingType: 3, parser: 2 },
  textAnnotations: [{ time: 2, text: 'Am7', annotationType: 1, quantizedStep: 16 }],
  quantizationInfo: { stepsPerQuarter: 4 },
  totalQuantizedSteps: 2 ** 40,
  subsequenceInfo: { startTimeOffset: 1, endTimeOffset: 2 },
  referenceNumber: -5,
  sequenceMetadata: { title: 'T', artist: 'A', genre: ['jig', ''], composers: ['B', 'C'] },
  sectionAnnotations: [{ time: 3, sectionId: 2 }],
  sectionGroups: [{ sections: [{ sectionId: 0 }, { sectionGroup: { sections: [{ sectionId: 1 }], numTimes: 3 } }], numTimes: 2 }],
  instrumentInfos: [{ instrument: 1, name: 'Flöte' }],
};

test('every field, written as the encoding says', () => {
  const cases: [Partial<NoteSequence>, string][] = [
    [{}, ''],
    [{ id: 'ab' }, '0a02 6162'],
    [{ filename: 'é' }, '1202 c3a9'],
    [{ collectionName: 'c' }, '1a01 63'],
    [{ ticksPerQuarter: 220 }, '20dc01'],
    [{ timeSignatures: [{ time: 0, numerator: 4, denominator: 4 }] }, '2a04 1004 1804'],
    [{ keySignatures: [{ time: 1, key: 7, mode: 1 }] }, '320d 09 000000000000f03f 1007 1801'],
    [{ tempos: [{ time: 0, qpm: 120 }] }, '3a09 11 0000000000005e40'],
    [{ notes: [{ pitch: 60, velocity: 0, startTime: 0, endTime: 0, instrument: 1, program: 0, isDrum: true }] }, '4206 083c 3801 4801'],
    [{ totalTime: -0 }, '49 0000000000000080'],
    [{ pitchBends: [{ time: 0, bend: -1, instrument: 0, program: 0, isDrum: false }] }, '520b 10 ffffffffffffffffff01'],
    [
      { controlChanges: [{ time: 0, controlNumber: 64, controlValue: 1, instrument: 0, program: 0, isDrum: false, quantizedStep: 300 }] },
      '5a07 1040 1801 38ac02',
    ],
    [{ partInfos: [{ part: 0, name: '' }] }, '6200'],
    [{ sourceInfo: { encodingType: 3, parser: 2 } }, '6a04 1003 1802'],
    [{ textAnnotations: [{ time: 0, text: 'C', annotationType: 1 }] }, '7205 120143 1801'],
    [{ quantizationInfo: { stepsPerQuarter: 0 } }, '7a02 0800'],
    [{ quantizationInfo: { stepsPerSecond: 10 } }, '7a02 100a'],
    [{ totalQuantizedSteps: 16 }, '800110'],
    [{ subsequenceInfo: { startTimeOffset: 0, endTimeOffset: 1 } }, '8a0109 11 000000000000f03f'],
    [{ referenceNumber: 1 }, '900101'],
    [{ sequenceMetadata: { title: 't', genre: ['', 'g'], composers: [] } }, '9a0108 0a0174 1a00 1a0167'],
    [{ sectionAnnotations: [{ time: 0, sectionId: 3 }] }, 'a20102 2003'],
    [
      { sectionGroups: [{ sections: [{ sectionId: 0 }, { sectionGroup: { sections: [], numTimes: 1 } }], numTimes: 2 }] },
      'aa010c 0a02 0800 0a04 1202 1001 1002',
    ],
    [{ instrumentInfos: [{ instrument: 2, name: 'x' }] }, 'ba0105 0802 120178'],
  ];
  for (const [fields, hex] of cases) {
    const sequence = createNoteSequence(fields);
    expect(encodeNoteSequence(sequence), hex).toEqual(bytes(hex));
    const read = decodeNoteSequence(bytes(hex));
    expect(encodeNoteSequence(read), hex).toEqual(bytes(hex));
  }
  // Each case differs from the empty sequence, so together they prove that no field is lost.
  expect(cases.length - 1).toBe(Object.keys(full).length + 1);
});

test('a full sequence comes back as it was', () => {
  expect(decodeNoteSequence(encodeNoteSequence(full))).toEqual(full);
  expect(decodeNoteSequence(new Uint8Array(0))).toEqual(createNoteSequence());
});

test('any sequence comes back as it was', () => {
  const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const long = fc.maxSafeInteger();
  const time = fc.double({ noNaN: true });
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  const section = fc.letrec<{ group: { sections: Section[]; numTimes: number }; section: Section }>((tie) => ({
    group: fc.record({ sections: fc.array(tie('section'), { maxLength: 3, depthIdentifier: 's' }), numTimes: int }),
    section: fc.oneof({ depthIdentifier: 's', maxDepth: 4 }, fc.record({ sectionId: long }), fc.record({ sectionGroup: tie('group') })),
  }));
  const played = { instrument: int, program: int, isDrum: fc.boolean() };
  // Optional fields hold no zero: the format cannot tell it from absence.
  const set = int.filter((x) => x !== 0);
  const note = fc.record(
    {
      pitch: int,
      velocity: int,
      startTime: time,
      endTime: time,
      ...played,
      numerator: set,
      denominator: set,
      part: set,
      pitchName: set,
      voice: set,
    },
    { requiredKeys: ['pitch', 'velocity', 'startTime', 'endTime', 'instrument', 'program', 'isDrum'] },
  );
  const sequence = fc.record({
    id: text,
    filename: text,
    collectionName: text,
    ticksPerQuarter: int,
    timeSignatures: fc.array(fc.record({ time, numerator: int, denominator: int })),
    keySignatures: fc.array(fc.record({ time, key: int, mode: int })),
    tempos: fc.array(fc.record({ time, qpm: time })),
    notes: fc.array(note),
    totalTime: time,
    pitchBends: fc.array(fc.record({ time, bend: int, ...played })),
    controlChanges: fc.array(fc.record({ time, controlNumber: int, controlValue: int, ...played })),
    partInfos: fc.array(fc.record({ part: int, name: text })),
    textAnnotations: fc.array(fc.record({ time, text, annotationType: int })),
    totalQuantizedSteps: long,
    subsequenceInfo: fc.record({ startTimeOffset: time, endTimeOffset: time }),
    referenceNumber: long,
    sequenceMetadata: fc.record({ genre: fc.array(text), composers: fc.array(text) }),
    sectionAnnotations: fc.array(fc.record({ time, sectionId: long })),
    sectionGroups: fc.array(section.group, { maxLength: 2 }),
    instrumentInfos: fc.array(fc.record({ instrument: int, name: text })),
  });
  fc.assert(
    fc.property(sequence, (value) => {
      expect(decodeNoteSequence(encodeNoteSequence(value))).toEqual(value);
    }),
    { numRuns: 200 },
  );
});

test('Magenta.js reads what we write, and writes what we read', () => {
  interface Codec {
    encode(message: object): { finish(): Uint8Array };
    decode(bytes: Uint8Array): object;
    toObject(message: object, options: object): NoteSequence;
    fromObject(value: object): object;
  }
  const codec: Codec = createRequire(import.meta.url)('@magenta/music/node/protobuf').NoteSequence;
  const { instrumentInfos: _, ...known } = full;
  const written = encodeNoteSequence({ ...createNoteSequence(), ...known });
  const read = codec.toObject(codec.decode(written), { longs: Number, arrays: true });
  // It leaves out what is a default, we leave nothing out: compare what both see once read by us.
  const again = codec.encode(codec.fromObject(read)).finish();
  expect(decodeNoteSequence(Uint8Array.from(again))).toEqual({ ...known, instrumentInfos: [] });
  expect(read).toMatchObject({
    id: full.id,
    ticksPerQuarter: 480,
    pitchBends: [{ time: 0.25, bend: -8192 }],
    keySignatures: [{ time: 1.5, key: 11, mode: 7 }],
    sequenceMetadata: full.sequenceMetadata,
    sectionGroups: full.sectionGroups,
    subsequenceInfo: full.subsequenceInfo,
    totalQuantizedSteps: 2 ** 40,
    referenceNumber: -5,
    quantizationInfo: { stepsPerQuarter: 4 },
    textAnnotations: full.textAnnotations,
    sourceInfo: full.sourceInfo,
  });
  expect(read.notes[1]).toMatchObject(full.notes[1] ?? {});
});

test('steps of a quantized sequence are there even when zero', () => {
  const read = decodeNoteSequence(bytes('4202 083c 5a00 7200 7a02 0804'));
  expect(read.notes[0]).toMatchObject({ quantizedStartStep: 0, quantizedEndStep: 0 });
  expect(read.controlChanges[0]?.quantizedStep).toBe(0);
  expect(read.textAnnotations[0]?.quantizedStep).toBe(0);
  expect(decodeNoteSequence(bytes('4202 083c')).notes[0]).not.toHaveProperty('quantizedStartStep');
});

test('what other writers may do', () => {
  // Unknown fields of every kind, fields out of order, the last of two values, two halves of one message, numbers with needless bytes.
  expect(decodeNoteSequence(bytes('b80601 b906 0000000000000000 ba06 03 010203 bd06 00000000'))).toEqual(createNoteSequence());
  expect(decodeNoteSequence(bytes('20dc01 0a0161 2005')).ticksPerQuarter).toBe(5);
  expect(decodeNoteSequence(bytes('6a02 0801 6a02 1803')).sourceInfo).toEqual({ sourceType: 1, parser: 3 });
  expect(decodeNoteSequence(bytes('20 dc818000')).ticksPerQuarter).toBe(220);
  expect(decodeNoteSequence(bytes('4205 4880808001')).notes).toHaveLength(1);
  expect(decodeNoteSequence(bytes('4206 488080808010')).notes[0]?.isDrum).toBe(true);
  // A BOM is a character like any other.
  expect(decodeNoteSequence(bytes('0a04 efbbbf61')).id).toBe('\uFEFFa');
});

test.each([
  ['0a', 'the message ends within a number'],
  ['0a05 6162', 'a field of 5 bytes ends past its message'],
  ['20', 'the message ends within a number'],
  ['20 80', 'the message ends within a number'],
  ['20 8080808080808080808001', 'more than 64 bits'],
  ['20 ffffffffffffffffff02', 'more than 64 bits'],
  ['49 000000', 'the message ends within a field of 8 bytes'],
  ['00 01', 'the field number 0 does not exist'],
  ['f8ffffffff01 00', 'does not exist'],
  ['0b', 'wire type 3'],
  ['e30600', 'the wire type 3 is not known'],
  ['e606', 'the wire type 6 is not known'],
  ['08 01', 'NoteSequence.id has wire type 0 instead of 2'],
  ['22 0101', 'NoteSequence.ticksPerQuarter has wire type 2 instead of 0'],
  ['40 01', 'NoteSequence.notes has wire type 0'],
  ['4203 083c 18', 'Note.startTime has wire type 0'],
  ['4202 1900', 'the message ends within a field of 8 bytes'],
  ['4205 083c 1001', 'a field of 5 bytes ends past its message'],
  ['4203 0a0a00', 'Note.pitch has wire type 2'],
  ['0a02 c328', 'a text is not UTF-8'],
  ['8001 ffffffffffffffff7f', 'too large to be held exactly'],
  ['ba06 ffffffff0f', 'ends past its message'],
  ['ba06 ffffffffffffffffff01', 'ends past its message'],
])('%s: %s', (hex, problem) => {
  expect(refusal(bytes(hex))).toContain(problem);
  expect(refusal(bytes(hex))).toMatch(/^a\.tfrecord: record 7 cannot be read: at byte \d+, /);
});

test('messages nested without end', () => {
  let inside: number[] = [];
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
  for (let i = 0; i < 2000; i++) inside = [i % 2 === 0 ? 0x12 : 0x0a, ...varint(inside.length), ...inside];
  expect(refusal(Uint8Array.of(0xaa, 1, ...varint(inside.length), ...inside))).toContain('nested more than 64 deep');
});

test('values the format cannot hold are refused', () => {
  const note = { pitch: 60.5, velocity: 1, startTime: 0, endTime: 1, instrument: 0, program: 0, isDrum: false };
  expect(() => encodeNoteSequence(createNoteSequence({ filename: 'x.mid', notes: [note] }))).toThrow(
    /x\.mid cannot be written: Note\.pitch is 60\.5/,
  );
  expect(() => encodeNoteSequence(createNoteSequence({ totalQuantizedSteps: 2 ** 53 }))).toThrow(MstError);
  expect(() => encodeNoteSequence(createNoteSequence({ ticksPerQuarter: 2 ** 31 }))).toThrow(MstError);
});

test('more notes than any song has are refused, written or read', () => {
  const note = { pitch: 60, velocity: 1, startTime: 0, endTime: 1, instrument: 0, program: 0, isDrum: false };
  const notes = new Array(4_194_305).fill(note);
  expect(() => encodeNoteSequence(createNoteSequence({ filename: 'x.mid', notes }))).toThrow(/x\.mid holds 4194305 notes/);
  // Reading counts things of every kind; here, of those that are coded by hand, two bytes each and nothing in them.
  const item = message<object>('Item', {}, { write: () => false, read: () => ({}) });
  const list = message<{ items: object[] }>('List', { items: nestedList(1, () => item) });
  const read = (most: number) => decodeMessage(list, bytes('0a00 0a00 0a00 0a00'), { code: 'bad-record', what: 'x', hint: '', most });
  expect(read(4).items).toHaveLength(4);
  expect(() => read(3)).toThrow('more than 3 things');
});

test('damage is refused or read, never anything else', () => {
  const whole = encodeNoteSequence(full);
  for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const damaged = whole.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      refusal(damaged);
    }),
    { numRuns: 3000 },
  );
});

describe.skipIf(!process.env.MST_SHARED)('sequences written by note_seq', () => {
  const golden = `${process.env.MST_SHARED}/spec/golden`;
  const keys = ['C', 'D_FLAT', 'D', 'E_FLAT', 'E', 'F', 'G_FLAT', 'G', 'A_FLAT', 'A', 'B_FLAT', 'B'];
  const enums: Record<string, string[]> = {
    key: keys,
    mode: ['MAJOR', 'MINOR'],
    encodingType: ['UNKNOWN_ENCODING_TYPE', 'MUSIC_XML', 'ABC', 'MIDI'],
    parser: ['UNKNOWN_PARSER', 'MUSIC21', 'PRETTY_MIDI'],
  };
  /** Proto JSON: enums by name, defaults left out. */
  const asProtoJson = (value: object): object =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        if (item === undefined || item === '' || item === 0 || item === false || (Array.isArray(item) && item.length === 0)) return [];
        if (Array.isArray(item)) return [[key, item.map((each) => (typeof each === 'object' ? asProtoJson(each) : each))]];
        if (typeof item === 'object') return [[key, asProtoJson(item)]];
        return [[key, enums[key]?.[item] ?? item]];
      }),
    );

  test('read as Python reads them, and are written byte for byte the same', () => {
    const expected: Record<string, object> = JSON.parse(readFileSync(`${golden}/midi_to_ns.json`, 'utf8'));
    expect(Object.keys(expected)).toHaveLength(9);
    for (const [file, json] of Object.entries(expected)) {
      const written = new Uint8Array(readFileSync(`${golden}/${file}.pb`));
      const sequence = decodeNoteSequence(written, file);
      expectSame(asProtoJson(sequence), json, file);
      expectSame(encodeNoteSequence(sequence), written, file);
    }
  });
});
