// Expected events and refusals are worked out by hand from the bytes, which smf.ts writes independently of the reader.
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { metaData, parseMidiFile } from '../../src/music/midi-file.js';
import { midiToNoteSequence } from '../../src/music/midi-to-note-sequence.js';
import { ascii, chunk, END, type Event, keySignature, meta, metre, name, smf, tempo, track, uint, varint } from './smf.js';

/** Tick, status and first data byte of all events of a track. */
function events(bytes: Uint8Array, index = 0): number[][] {
  const file = parseMidiFile(bytes);
  const { first, end } = file.tracks[index] ?? { first: 0, end: 0 };
  return Array.from({ length: end - first }, (_, k) => {
    const i = first + k;
    return [file.ticks[i] ?? -1, file.statuses[i] ?? -1, file.bytes[file.offsets[i] ?? -1] ?? -1];
  });
}

describe('parsing a MIDI file', () => {
  it.each([0, 1, 2])('reads format %i', (format) => {
    const file = parseMidiFile(smf([[[0, 0x90, 60, 1], END]], { format, division: 480 }));
    expect([file.format, file.division, file.tracks.length]).toEqual([format, 480, 1]);
  });

  it('adds up delta times of every length, and resolves running status', () => {
    const file = smf([[[0, 0x93, 60, 1], [127, 61, 2], [128, 62, 3], [16384, 0xc3, 9], [2097152, 10], END]]);
    expect(events(file)).toEqual([
      [0, 0x93, 60],
      [127, 0x93, 61],
      [255, 0x93, 62],
      [16639, 0xc3, 9],
      [2113791, 0xc3, 10],
      [2113791, 0xff, 0x2f],
    ]);
  });

  it('keeps running status over meta events', () => {
    const file = smf([[[0, 0x90, 60, 1], [5, ...name('x')], [5, 61, 1], END]]);
    expect(events(file)[2]).toEqual([10, 0x90, 61]);
  });

  it('starts every track at tick 0 and without running status', () => {
    const two = smf([
      [[9, 0x90, 60, 1], END],
      [[3, 0x80, 60, 1], END],
    ]);
    expect(events(two, 1)).toEqual([
      [3, 0x80, 60],
      [3, 0xff, 0x2f],
    ]);
    expect(() =>
      parseMidiFile(
        smf([
          [[9, 0x90, 60, 1], END],
          [[3, 60, 1], END],
        ]),
      ),
    ).toThrow(/status byte/);
  });

  it('passes over system exclusives and system messages', () => {
    const file = smf([[[0, 0xf0, 3, 1, 2, 0xf7], [1, 0xf7, 2, 5, 6], [1, 0xf2, 1, 2], [1, 0xf1, 1], [1, 0xf6], [1, 0x90, 60, 1], END]]);
    expect(events(file).map(([tick, status]) => [tick, status])).toEqual([
      [0, 0xf0],
      [1, 0xf7],
      [2, 0xf2],
      [3, 0xf1],
      [4, 0xf6],
      [5, 0x90],
      [5, 0xff],
    ]);
  });

  it('goes on after an end-of-track event, up to the size of the track', () => {
    expect(events(smf([[END, [4, 0x90, 60, 1]]]))[1]).toEqual([4, 0x90, 60]);
  });

  it('hands out the data of meta events', () => {
    const file = parseMidiFile(smf([[[0, ...name('Flute')], [0, ...meta(0x7f, ...new Array<number>(200).fill(7))], END]]));
    expect([...metaData(file, 0)]).toEqual(ascii('Flute'));
    expect([...metaData(file, 1)]).toEqual(new Array<number>(200).fill(7));
  });

  it('passes over a longer header and bytes after the last track', () => {
    const header = chunk('MThd', [...uint(1, 2), ...uint(1, 2), ...uint(96, 2), 1, 2, 3]);
    const file = parseMidiFile(Uint8Array.from([...header, ...track([[0, 0x90, 1, 1]]), 1, 2, 3]));
    expect([file.division, file.tracks]).toEqual([96, [{ first: 0, end: 1 }]]);
  });

  it('loses the time before meta events of unknown type, as mido does', () => {
    expect(events(smf([[[10, 0x90, 60, 1], [20, ...meta(0x0a, 1)], [5, ...meta(0x01, 65)], END]])).map(([tick]) => tick)).toEqual([
      10, 10, 15, 15,
    ]);
  });

  it('does not need the bytes at the start of their buffer', () => {
    const inner = smf([[[7, 0x90, 60, 1], END]]);
    const outer = new Uint8Array(inner.length + 10);
    outer.set(inner, 5);
    expect(events(outer.subarray(5, 5 + inner.length))[0]).toEqual([7, 0x90, 60]);
  });
});

const NOTE: Event = [0, 0x90, 60, 1];
/** One track whose bytes are given. */
const raw = (...data: number[]): Uint8Array =>
  Uint8Array.from([...chunk('MThd', [...uint(0, 2), ...uint(1, 2), ...uint(96, 2)]), ...chunk('MTrk', data)]);
const FIRST = 22; // the first byte of the first track's events

const REFUSED: [what: string, bytes: Uint8Array, offset: number][] = [
  ['no bytes', new Uint8Array(), 0],
  ['another format', Uint8Array.from(ascii('RIFF....RMIDdata')), 0],
  ['a header cut short', smf([[NOTE]]).subarray(0, 12), 12],
  ['a header of 5 bytes', Uint8Array.from([...ascii('MThd'), ...uint(5, 4), 0, 1, 0, 1, 0, 96]), 4],
  ['no tracks', smf([]), 10],
  ['more tracks than a signed number holds', Uint8Array.from([...ascii('MThd'), ...uint(6, 4), 0, 1, 0x80, 1, 0, 96]), 10],
  ['fewer tracks than announced', smf([[NOTE], [NOTE]]).subarray(0, smf([[NOTE]]).length), smf([[NOTE]]).length],
  ['an empty track', smf([[NOTE], []]), smf([[NOTE]]).length],
  ['a chunk that is no track', Uint8Array.from([...smf([[NOTE], [NOTE]]).subarray(0, 14), ...chunk('XFIH', [0])]), 14],
  ['a track longer than the file', smf([[NOTE, END]]).subarray(0, -1), 18],
  ['data before any status', raw(0, 60, 1), FIRST + 1],
  ['an undefined status', raw(0, 0xf4), FIRST + 1],
  ['running status after a message without data', raw(0, 0xf8, 0, 1), FIRST + 3],
  ['a first data byte above 127', raw(0, 0x90, 200, 1), FIRST + 2],
  ['a second data byte above 127', raw(0, 0x90, 60, 128), FIRST + 3],
  ['a program above 127', raw(0, 0xc0, 128), FIRST + 2],
  ['a channel event cut by the end of its track', raw(0, 0x90, 60), FIRST + 2],
  ['a delta time cut by the end of its track', raw(0, 0xf8, 0x81), FIRST + 3],
  ['a meta event longer than its track', raw(0, 0xff, 1, 5, 65), FIRST + 4],
  ['a system exclusive with a status inside', raw(0, 0xf0, 3, 1, 0x90, 0xf7), FIRST + 4],
  ['an event at tick 1e10', raw(...varint(1e10), 0xf8), FIRST],
  ['an endless delta time', raw(...new Array<number>(2000).fill(0xff), 0x7f, 0xf8), FIRST],
  ['a message of more than a million bytes', raw(0, 0xff, 1, ...varint(1_000_001)), FIRST + 3],
  ['8 flats', raw(0, ...keySignature(-8)), FIRST + 4],
  ['a third kind of mode', raw(0, ...keySignature(0, 2)), FIRST + 4],
  ['a key signature of one byte', raw(0, ...meta(0x59, 0)), FIRST + 2],
  ['a tempo of two bytes', raw(0, ...meta(0x51, 1, 1)), FIRST + 2],
  ['a time signature of three bytes', raw(0, ...meta(0x58, 4, 2, 24)), FIRST + 2],
  ['a denominator of 2^29, which mido rounds wrong', raw(0, ...metre(4, 29)), FIRST + 5],
  ['a sequence number of one byte', raw(0, ...meta(0x00, 1)), FIRST + 2],
  ['a channel prefix of no bytes', raw(0, ...meta(0x20)), FIRST + 2],
  ['an SMPTE offset at minute 60', raw(0, ...meta(0x54, 0, 60, 0, 0, 0)), FIRST + 4],
  ['an SMPTE offset with an unknown frame rate', raw(0, ...meta(0x54, 0x80, 0, 0, 0, 0)), FIRST + 4],
  ['0 ticks per quarter note', smf([[NOTE]], { division: 0 }), 12],
  ['a tempo of 0', raw(0, ...tempo(0)), FIRST + 2],
  ['a time signature with numerator 0', raw(0, ...metre(0, 2)), FIRST + 2],
  ['a denominator beyond 32 bits', raw(0, ...metre(4, 32)), FIRST + 2],
  ['notes in SMPTE time', smf([[NOTE, [10, 0x80, 60, 1]]], { division: 0xe728 }), 28],
  ['a key signature in SMPTE time', smf([[[1, ...keySignature(0)]]], { division: 0xe728 }), 24],
];

describe('refusing a MIDI file', () => {
  it.each(REFUSED)('refuses %s', (_, bytes, offset) => {
    let error: unknown;
    try {
      midiToNoteSequence(bytes);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MstError);
    expect((error as MstError).code).toBe('bad-midi');
    expect((error as MstError).message).toMatch(new RegExp(`\\(at byte ${offset}\\)$`));
    expect((error as MstError).hint).toBeTruthy();
  });

  it('accepts what lies just inside the limits', () => {
    for (const bytes of [
      raw(...varint(1e10 - 1), 0xf8),
      raw(0, ...keySignature(-7), 0, ...keySignature(7, 1)),
      raw(0, ...meta(0x00), 0, ...meta(0x00, 1, 2), 0, ...meta(0x21)),
      raw(0, ...meta(0x54, 0x7f, 59, 59, 255, 99)),
      raw(0, 0xf0, 4, 0xf0, 1, 2, 0xf7),
      raw(0, 0xf0, 0),
      smf([
        [NOTE],
        [
          [0, ...tempo(0)],
          [0, ...metre(0, 32)],
        ],
      ]),
      smf([[NOTE]], { division: 0xe728 }),
    ]) {
      expect(midiToNoteSequence(bytes).notes).toEqual([]);
    }
  });
});
