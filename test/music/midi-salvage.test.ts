// Files with one thing wrong each, damaged by hand; what must come out is arithmetic on the bytes: at 100 ticks per quarter note and 120 qpm a
// tick is 0.005 s.
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { type MidiReading, readMidi } from '../../src/music/midi-to-note-sequence.js';
import { ascii, chunk, END, type Event, keySignature, meta, metre, name, smf, tempo, track, uint, varint } from './smf.js';

/** Pitch, start and end tick of every note. */
function notes({ sequence }: MidiReading, secondsPerTick = 0.005): number[][] {
  return sequence.notes.map(({ pitch, startTime, endTime }) => [
    pitch,
    Math.round(startTime / secondsPerTick),
    Math.round(endTime / secondsPerTick),
  ]);
}

/** Kind, track and byte of every warning. */
function warnings(reading: MidiReading): unknown[] {
  return reading.warnings.map(({ kind, track, offset }) => [kind, track, offset]);
}

/** C D E F as quarter notes with status bytes of their own, 32 bytes. */
const TUNE: Event[] = [60, 62, 64, 65].flatMap((pitch): Event[] => [
  [0, 0x90, pitch, 80],
  [100, 0x80, pitch, 0],
]);
const TUNE_NOTES = [
  [60, 0, 100],
  [62, 100, 200],
  [64, 200, 300],
  [65, 300, 400],
];
const HEADER = [...smf([[]]).subarray(0, 14)];
const tuneTrack = track([...TUNE, END]);
/** One track whose bytes are given. */
const raw = (...data: number[]): Uint8Array => Uint8Array.from([...HEADER, ...chunk('MTrk', data)]);
const many = (count: number, ...bytes: number[]): number[] => new Array<number[]>(count).fill(bytes).flat();
const bytesOf = (events: readonly Event[]): number[] => track(events).slice(8);
/** The first byte of the first track's events. */
const FIRST = 22;

describe('a sound file', () => {
  it('is read without a warning', () => {
    const reading = readMidi(smf([[...TUNE, END]]));
    expect([notes(reading), reading.warnings]).toEqual([TUNE_NOTES, []]);
  });

  it('is read by Magenta’s rules if asked', () => {
    const bad = smf([[[0, ...keySignature(8)], ...TUNE, END]]);
    expect(() => readMidi(bad, { compat: true })).toThrow(MstError);
    expect(notes(readMidi(bad))).toEqual(TUNE_NOTES);
    expect(notes(readMidi(smf([TUNE]), { compat: true }))).toEqual(TUNE_NOTES);
  });

  it('is never changed, though its bytes are mended', () => {
    const bytes = Buffer.from(raw(...bytesOf([[0, 0x90, 60, 200], ...TUNE.slice(1), END])));
    const before = [...bytes];
    expect(readMidi(bytes).sequence.notes[0]?.velocity).toBe(127);
    expect([...bytes]).toEqual(before);
  });
});

describe('wrappers and headers', () => {
  const file = smf([[...TUNE, END]]);
  const le32 = (value: number): number[] => uint(value, 4).reverse();
  const rmid = (size: number, ...more: number[]): number[] => {
    const data = [...ascii('RMID'), ...more, ...ascii('data'), ...le32(size), ...file];
    return [...ascii('RIFF'), ...le32(data.length), ...data];
  };

  it.each<[what: string, bytes: number[], warnings: unknown[]]>([
    ['RIFF RMID', rmid(file.length), []],
    [
      'RIFF RMID with a chunk before and one behind',
      [...rmid(file.length, ...ascii('LIST'), ...le32(3), 1, 2, 3, 0), ...ascii('DISP'), 9, 0, 0, 0, 1],
      [],
    ],
    ['RIFF RMID whose size is wrong', rmid(0), []],
    ['128 bytes of a Macintosh header', [...new Array<number>(128).fill(0), ...file], [['junk', undefined, 0]]],
    ['a longer header', [...chunk('MThd', [...HEADER.slice(8), 1, 2, 3]), ...tuneTrack], []],
    ['a header of no length', [...ascii('MThd'), 0, 0, 0, 0, ...HEADER.slice(8), ...tuneTrack], [['header', undefined, 4]]],
    ['a header of a huge length', [...ascii('MThd'), 255, 255, 255, 255, ...HEADER.slice(8), ...tuneTrack], [['header', undefined, 4]]],
    ['a header with a letter wrong', [...ascii('MXhd'), ...HEADER.slice(4), ...tuneTrack], [['header', undefined, 0]]],
    ['an unknown format', [...HEADER.slice(0, 8), 0, 9, ...HEADER.slice(10), ...tuneTrack], [['header', undefined, 8]]],
    ['fewer tracks than announced', [...HEADER.slice(0, 10), 0, 5, ...HEADER.slice(12), ...tuneTrack], [['track-count', undefined, 10]]],
    ['no tracks announced', [...HEADER.slice(0, 10), 0, 0, ...HEADER.slice(12), ...tuneTrack], [['track-count', undefined, 10]]],
    ['a track called otherwise', [...HEADER, ...ascii('MTrj'), ...tuneTrack.slice(4)], []],
    ['a foreign chunk', [...HEADER, ...chunk('XFIH', [1, 2, 3]), ...tuneTrack], [['other-chunk', undefined, 14]]],
    ['junk before the track', [...HEADER, 1, 2, 3, 4, 5, ...tuneTrack], [['header', undefined, 4]]],
    ['junk at the end', [...file, 42], [['junk', undefined, file.length]]],
    ['a second file behind it', [...file, ...file], [['second-file', undefined, file.length]]],
  ])('%s', (_, bytes, expected) => {
    const reading = readMidi(Uint8Array.from(bytes));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, expected]);
  });

  it('without a header a division is assumed', () => {
    const reading = readMidi(Uint8Array.from(tuneTrack));
    expect(reading.sequence.ticksPerQuarter).toBe(480);
    expect([notes(reading, 60 / 120 / 480), warnings(reading)]).toEqual([TUNE_NOTES, [['division', undefined, 0]]]);
  });

  it('tracks beyond the number announced are read', () => {
    const two = [...HEADER, ...tuneTrack, ...tuneTrack];
    const reading = readMidi(Uint8Array.from(two));
    expect([reading.sequence.notes.length, warnings(reading)]).toEqual([8, [['track-count', undefined, 10]]]);
  });

  it('junk between tracks is passed over', () => {
    const junk = [7, 7, 7];
    const first = [...HEADER.slice(0, 10), 0, 2, ...HEADER.slice(12), ...tuneTrack];
    const reading = readMidi(Uint8Array.from([...first, ...junk, ...tuneTrack]));
    expect([reading.sequence.notes.length, warnings(reading)]).toEqual([8, [['junk', undefined, first.length]]]);
  });
});

describe('time', () => {
  it.each([
    ['24 frames', 0xe8, 24],
    ['25 frames', 0xe7, 25],
    ['30 drop frame', 0xe3, 30_000 / 1001],
    ['30 frames', 0xe2, 30],
  ])('SMPTE division of %s a second', (_, code, rate) => {
    // Tempos do not matter for how long a tick is.
    const reading = readMidi(smf([[[0, ...tempo(1_000_000)], ...TUNE, END]], { division: code * 256 + 40 }));
    expect([notes(reading, 1 / (rate * 40)), reading.warnings]).toEqual([TUNE_NOTES, []]);
    expect(reading.sequence.tempos).toEqual([{ time: 0, qpm: 60 }]);
    expect(reading.sequence.ticksPerQuarter).toBe(Math.round(rate * 20)); // half a second
  });

  it.each([
    ['0', 0, 480],
    ['SMPTE with no ticks a frame', 0xe700, 480],
    ['a highest bit too many', 0x8000 + 192, 192],
  ])('division of %s', (_, division, assumed) => {
    const reading = readMidi(smf([[...TUNE, END]], { division }));
    expect(reading.sequence.ticksPerQuarter).toBe(assumed);
    expect([notes(reading, 0.5 / assumed), warnings(reading)]).toEqual([TUNE_NOTES, [['division', undefined, 12]]]);
  });

  it('tempos of all tracks count, those of an earlier track first', () => {
    const reading = readMidi(
      smf([
        [[100, ...tempo(250_000)], END],
        [[0, ...tempo(1_000_000)], [100, ...tempo(2_000_000)], [100, ...tempo(500_000)], END],
        [...TUNE, END],
      ]),
    );
    expect(reading.sequence.tempos).toEqual([
      { time: 0, qpm: 60 },
      { time: 1, qpm: 240 },
      { time: 1.25, qpm: 120 },
    ]);
    expect(reading.sequence.notes.map(({ endTime }) => endTime)).toEqual([1, 1.25, 1.75, 2.25]);
  });

  it('metres and keys come from the first track that has any', () => {
    const { sequence } = readMidi(smf([[END], [[0, ...metre(3, 2)], END], [[0, ...metre(5, 2)], [0, ...keySignature(-1)], END]]));
    expect(sequence.timeSignatures).toEqual([{ time: 0, numerator: 3, denominator: 4 }]);
    expect(sequence.keySignatures).toEqual([{ time: 0, key: 5, mode: 0 }]);
  });

  it('the tracks of format 2 follow each other, each in a tempo of its own', () => {
    const first: Event[] = [[0, ...tempo(1_000_000)], ...TUNE.slice(0, 2), END];
    const { sequence } = readMidi(smf([first, [...TUNE.slice(0, 2), END]], { format: 2 }));
    expect(sequence.notes.map(({ startTime, endTime }) => [startTime, endTime])).toEqual([
      [0, 1],
      [1, 1.5],
    ]);
  });

  it('the tracks of format 2 begin in 4/4 at 120 unless they say otherwise, however the one before ended', () => {
    const first: Event[] = [[0, ...metre(3, 2)], ...TUNE.slice(0, 2), [0, ...tempo(1_000_000)], END];
    const second: Event[] = [[0, ...tempo(250_000)], ...TUNE.slice(0, 2), END];
    const third: Event[] = [[0, ...metre(2, 2)], ...TUNE.slice(0, 2), END];
    const { sequence } = readMidi(smf([first, second, third], { format: 2 }));
    expect(sequence.tempos).toEqual([
      { time: 0, qpm: 120 },
      { time: 0.5, qpm: 60 },
      { time: 0.5, qpm: 240 },
      { time: 0.75, qpm: 120 },
    ]);
    expect(sequence.timeSignatures).toEqual([
      { time: 0, numerator: 3, denominator: 4 },
      { time: 0.5, numerator: 4, denominator: 4 },
      { time: 0.75, numerator: 2, denominator: 4 },
    ]);
    expect(sequence.notes.map(({ endTime }) => endTime)).toEqual([0.5, 0.75, 1.25]);
  });

  it('meta events of unknown type keep the time before them', () => {
    expect(notes(readMidi(smf([[[50, ...meta(0x0a, 1)], ...TUNE, END]])))[0]).toEqual([60, 50, 150]);
  });

  it.each<[what: string, event: number[]]>([
    ['8 flats', keySignature(-8)],
    ['a third kind of mode', keySignature(0, 2)],
    ['a key signature of one byte', meta(0x59, 0)],
    ['a tempo of 0', tempo(0)],
    ['a tempo of two bytes', meta(0x51, 1, 1)],
    ['a metre of no beats', metre(0, 2)],
    ['a metre in 2^29ths', metre(4, 29)],
  ])('%s is left out', (_, event) => {
    const reading = readMidi(smf([[[0, ...event], ...TUNE, END]]));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['bad-meta', 1, FIRST + 2]]]);
    expect([reading.sequence.timeSignatures, reading.sequence.keySignatures]).toEqual([[], []]);
  });

  it('a track beyond any tick ends there', () => {
    const far: Event = [0x0fffffff, ...meta(1)];
    const reading = readMidi(smf([[...TUNE, ...new Array<Event>(38).fill(far), ...TUNE, END]]));
    expect(notes(reading)).toEqual(TUNE_NOTES);
    expect(reading.warnings.map(({ kind }) => kind)).toEqual(['too-long']);
  });
});

describe('events', () => {
  it('running status outlives meta events and system exclusives', () => {
    const events: Event[] = [[0, 0x90, 60, 80], [50, ...name('x')], [0, 0xf0, 2, 1, 0xf7], [50, 60, 0], [0, 62, 80], [100, 62, 0], END];
    const reading = readMidi(smf([events]));
    expect([notes(reading), reading.warnings]).toEqual([TUNE_NOTES.slice(0, 2), []]);
  });

  it('a missing end of track is noted', () => {
    const reading = readMidi(smf([TUNE]));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['no-end', 1, FIRST + 32]]]);
  });

  it.each([0xf4, 0xf5, 0xf9, 0xfd])('undefined status byte %i is passed over', (status) => {
    const reading = readMidi(smf([[[0, status], ...TUNE, END]]));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['bad-event', 1, FIRST + 1]]]);
  });

  it('system messages keep their place', () => {
    const reading = readMidi(smf([[[5, 0xf1, 1], [5, 0xf2, 1, 2], [5, 0xf3, 1], [5, 0xf6], [5, 0xf8], [5, 0xfe], ...TUNE, END]]));
    expect([notes(reading)[0], reading.warnings]).toEqual([[60, 30, 130], []]);
  });

  it('data bytes over 127 are brought into range', () => {
    const events: Event[] = [
      [0, 0xc0, 128 + 5],
      [0, 0x90, 60, 255],
      [100, 0x80, 60, 0],
      [0, 0x90, 128 + 62, 80],
      [100, 0x80, 128 + 62, 0],
      END,
    ];
    const reading = readMidi(smf([events]));
    expect(reading.sequence.notes.map(({ pitch, velocity, program }) => [pitch, velocity, program])).toEqual([
      [60, 127, 5],
      [62, 80, 5],
    ]);
    expect(reading.warnings.map(({ kind, count }) => [kind, count])).toEqual([['data-byte', 4]]);
  });

  it('a byte too many costs the event it stands in at most', () => {
    const clean = bytesOf([...TUNE, ...TUNE, END]);
    for (let at = 0; at < 24; at++) {
      const reading = readMidi(raw(...clean.slice(0, at), 0xfd, ...clean.slice(at)));
      expect(reading.sequence.notes.length, `byte ${at}`).toBeGreaterThanOrEqual(6);
    }
  });

  it('junk within a track is passed over, however it looks', () => {
    const junk = [0xff, 0xff, 0xff, 0xff, 0x90, 0xf4];
    const reading = readMidi(raw(...bytesOf(TUNE), ...junk, ...bytesOf([...TUNE, END])));
    expect(notes(reading)).toEqual([...TUNE_NOTES, ...TUNE_NOTES.map(([pitch, start = 0, end = 0]) => [pitch, start + 400, end + 400])]);
    expect(warnings(reading)).toEqual([['bad-event', 1, FIRST + 32]]);
    expect(reading.warnings[0]?.message).toContain('6 bytes are passed over');
  });

  it('what is behind the end of the track counts if it is faultless', () => {
    const sound = readMidi(raw(...bytesOf([END, ...TUNE, END])));
    expect([notes(sound), sound.warnings]).toEqual([TUNE_NOTES, []]);
    const reading = readMidi(raw(...bytesOf([...TUNE, END, [0, 0x90, 70, 80], [50, 0x80, 70, 0]]), 0xf4, 0xf4, 0xff, 0xff));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['after-end', 1, FIRST + 36]]]);
  });
});

describe('lengths and ends', () => {
  const two = (size: number): Uint8Array =>
    Uint8Array.from([
      ...HEADER.slice(0, 11),
      2,
      ...HEADER.slice(12),
      ...ascii('MTrk'),
      ...uint(size, 4),
      ...tuneTrack.slice(8),
      ...tuneTrack,
    ]);

  it.each([0, 1, 7, 20, 35, 37, 40, 80, 1000, 0xffffffff])('a track whose length is given as %i has 36 bytes all the same', (size) => {
    const reading = readMidi(two(size));
    expect(notes(reading)).toEqual([...TUNE_NOTES, ...TUNE_NOTES]);
    expect(warnings(reading)).toEqual([['track-length', 1, 18]]);
  });

  it.each([5, 100, 0xffffffff])('so has the last track, given as %i', (size) => {
    const reading = readMidi(Uint8Array.from([...HEADER, ...ascii('MTrk'), ...uint(size, 4), ...tuneTrack.slice(8)]));
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['track-length', 1, 18]]]);
  });

  it('a track cut short counts up to there, and the byte is told', () => {
    const whole = smf([[...TUNE, END]]);
    for (let length = FIRST + 1; length < whole.length; length++) {
      const reading = readMidi(whole.subarray(0, length));
      const sounded = Math.floor((length - FIRST) / 8);
      expect(notes(reading), `${length} bytes`).toEqual(TUNE_NOTES.slice(0, sounded));
      const atEventBorder = (length - FIRST) % 4 === 0;
      const kinds = reading.warnings.map(({ kind }) => kind);
      expect(kinds, `${length} bytes`).toContain(atEventBorder ? 'no-end' : 'truncated');
      const cut = reading.warnings.find(({ kind }) => kind === 'truncated');
      if (cut !== undefined) expect(cut.message).toMatch(new RegExp(`^track 1, byte ${cut.offset}: the track breaks off`));
    }
  });

  it('a system exclusive or text longer than the track does not swallow it', () => {
    for (const event of [
      [0xf0, 0x7f, 1, 2, 0xf7],
      [0xff, 1, 0x7f, 65],
    ]) {
      const reading = readMidi(raw(0, ...event, ...bytesOf([...TUNE, END])));
      expect(notes(reading)).toEqual(TUNE_NOTES);
      expect(reading.warnings.map(({ kind }) => kind)).toEqual(['bad-event']);
    }
  });
});

describe('notes that nothing ends', () => {
  const stuck = (...events: Event[]): MidiReading => readMidi(smf([[...events, END]]));

  it('end when their key is struck again', () => {
    const reading = stuck([0, 0x90, 60, 80], [150, 60, 80], [50, 62, 80]);
    expect(notes(reading)).toEqual(
      [
        [60, 0, 150],
        [60, 150, 200],
      ].slice(0, 2),
    );
    expect(reading.warnings.map(({ kind, count }) => [kind, count])).toEqual([['stuck-note', 3]]);
  });

  it('end with their track, after four bars at the latest', () => {
    expect(notes(stuck([0, 0x90, 60, 80], [300, 0xb0, 7, 1]))).toEqual([[60, 0, 300]]);
    expect(notes(stuck([0, 0x90, 60, 80], [5000, 0xb0, 7, 1]))).toEqual([[60, 0, 1600]]);
  });

  it.each([120, 123, 124, 127])('end when controller %i silences their channel', (control) => {
    expect(notes(stuck([0, 0x90, 60, 80], [0, 0x91, 60, 80], [70, 0xb0, control, 0], [300, 0xb0, 7, 1]))).toEqual([
      [60, 0, 70],
      [60, 0, 370],
    ]);
  });

  it('end at the next stroke though a later note-off finds them, if that is more than four bars on', () => {
    const late = stuck([0, 0x90, 60, 80], [2000, 0x90, 60, 80], [100, 0x80, 60, 0]);
    expect([notes(late), late.warnings.map(({ kind }) => kind)]).toEqual([
      [
        [60, 0, 2000],
        [60, 2000, 2100],
      ],
      ['stuck-note'],
    ]);
    const silenced = stuck([0, 0x90, 60, 80], [70, 0xb0, 123, 0], [1930, 0x90, 60, 80], [100, 0x80, 60, 0]);
    expect(notes(silenced)).toEqual([
      [60, 0, 70],
      [60, 2000, 2100],
    ]);
    // Within four bars both end together, as in Magenta: two voices share the key.
    const shared = stuck([0, 0x90, 60, 80], [100, 0x90, 60, 80], [100, 0x80, 60, 0]);
    expect([notes(shared), shared.warnings]).toEqual([
      [
        [60, 0, 200],
        [60, 100, 200],
      ],
      [],
    ]);
  });

  it('do not disturb the order of the others', () => {
    const reading = stuck([0, 0x90, 60, 80], [0, 62, 80], [10, 62, 0], [10, 60, 80], [10, 64, 80], [70, 64, 0]);
    expect(notes(reading)).toEqual([
      [62, 0, 10],
      [60, 0, 20],
      [64, 30, 100],
      [60, 20, 100],
    ]);
  });

  it('a note-off before its note-on ends nothing', () => {
    const reading = stuck([0, 0x80, 60, 0], [0, 0x90, 60, 80], [100, 0x80, 60, 0]);
    expect([notes(reading), reading.warnings]).toEqual([[[60, 0, 100]], []]);
  });

  it('a note without length is left out, with a word', () => {
    const reading = stuck([0, 0x90, 60, 80], [0, 0x80, 60, 0], ...TUNE);
    expect([notes(reading), warnings(reading)]).toEqual([TUNE_NOTES, [['no-length', 1, FIRST + 6]]]);
  });
});

describe('warnings', () => {
  it('are few, however much is wrong', () => {
    const bad: Event[] = [[0, 0xf4], ...TUNE];
    const reading = readMidi(smf(Array.from({ length: 100 }, () => bad)));
    expect(reading.warnings).toHaveLength(25);
    expect(reading.warnings.reduce((sum, { count }) => sum + count, 0)).toBe(200); // a status byte and a missing end in each track
    expect(reading.warnings.at(-1)?.kind).toBe('more');
  });

  it('name track and byte', () => {
    const reading = readMidi(
      smf([
        [...TUNE, END],
        [[0, 0xf4], ...TUNE, END],
      ]),
    );
    const at = smf([[...TUNE, END]]).length + 8 + 1;
    expect(reading.warnings[0]?.message).toBe(`track 2, byte ${at}: undefined status byte 0xf4 is passed over`);
  });
});

describe('controllers', () => {
  it('go to one instrument each, however many follow', () => {
    const programs = Array.from({ length: 128 }, (_, program): Event[] => [
      [0, 0xc0, program],
      [0, 0x90, 60, 1],
      [1, 0x80, 60, 0],
    ]).flat();
    const controls = Array.from({ length: 10_000 }, (_, k): Event => [0, 0xb0, 7, k % 128]);
    const { sequence } = readMidi(smf([[...controls, ...programs, END]]));
    expect(sequence.controlChanges).toHaveLength(10_000);
    expect(new Set(sequence.controlChanges.map(({ instrument }) => instrument))).toEqual(new Set([0]));
    expect(sequence.notes).toHaveLength(128);
  });
});

describe('hostile files', () => {
  /** A hundred times what these are would take minutes if time went by the square. */
  it('take time and memory by their size', () => {
    const inTrack = (data: number[]): Uint8Array => Uint8Array.from([...HEADER, ...ascii('MTrk'), ...uint(data.length, 4)].concat(data));
    const noise = many(200_000, 0).map((_, k) => (k * 7919 + (k >> 3) * 104_729) % 256);
    for (const bytes of [
      Uint8Array.from(HEADER.concat(many(30_000, ...ascii('MTrX'), 255, 255, 255, 255))),
      Uint8Array.from(HEADER.concat(many(60_000, ...ascii('MTrk')))),
      inTrack(noise),
      inTrack(many(50_000, 0, 0x90, 200, 200)),
      inTrack(many(50_000, 0, 0xf4)),
      inTrack(many(50_000, 0, 0xff, 0xff)),
    ]) {
      const { sequence, warnings: found } = readMidi(bytes);
      expect(found.length).toBeGreaterThan(0);
      expect(sequence.notes.length).toBeLessThan(bytes.length / 4);
    }
  });

  it('that claim endless time cost nothing', () => {
    const delta = varint(0x0fffffff);
    const { sequence } = readMidi(raw(...new Array<number[]>(30).fill([...delta, 0x90, 60, 1, 1, 60, 0]).flat(), 0, ...meta(0x2f)));
    expect(sequence.notes).toHaveLength(30);
    expect(sequence.totalTime).toBeCloseTo(30 * 0x10000000 * 0.005, 3);
  });
});
