// Expected values are arithmetic on the bytes: at 100 ticks per quarter note and 120 qpm a tick is 0.005 s. The rules are spec A.2-A.4.
import { describe, expect, it } from 'vitest';
import { midiToNoteSequence } from '../../src/music/midi-to-note-sequence.js';
import { END, type Event, keySignature, meta, metre, name, smf, tempo } from './smf.js';

/** Pitch, velocity, start and end tick, instrument, program, drum: of a file at 120 qpm. */
function notes(...tracks: Event[][]): unknown[][] {
  return midiToNoteSequence(smf(tracks)).notes.map((note) => [
    note.pitch,
    note.velocity,
    Math.round(note.startTime / 0.005),
    Math.round(note.endTime / 0.005),
    note.instrument,
    note.program,
    note.isDrum,
  ]);
}

describe('tempo', () => {
  it('is 120 qpm unless the first track says otherwise', () => {
    const sequence = midiToNoteSequence(
      smf([
        [
          [0, 0x90, 60, 9],
          [100, 0x80, 60, 0],
        ],
        [[0, ...tempo(1_000_000)], END],
      ]),
    );
    expect(sequence.tempos).toEqual([{ time: 0, qpm: 120 }]);
    expect(sequence.notes[0]).toMatchObject({ startTime: 0, endTime: 0.5 });
    expect(sequence.totalTime).toBe(0.5);
    expect(sequence.ticksPerQuarter).toBe(100);
    expect(sequence.sourceInfo).toEqual({ encodingType: 3, parser: 2 });
  });

  it('takes the last of several at tick 0, and leaves out those that change nothing', () => {
    const changes: Event[] = [
      [0, ...tempo(250_000)],
      [0, ...tempo(1_000_000)],
      [100, ...tempo(1_000_000)],
      [100, ...tempo(500_000)],
      [100, ...tempo(500_000)],
      [200, ...tempo(2_000_000)],
    ];
    // 200 ticks of 10 ms, 300 of 5 ms, then 20 ms each.
    const sequence = midiToNoteSequence(smf([[...changes, [0, 0x90, 60, 1], [50, 0x80, 60, 1]]]));
    expect(sequence.tempos).toEqual([
      { time: 0, qpm: 60 },
      { time: 2, qpm: 120 },
      { time: 3.5, qpm: 30 },
    ]);
    expect(sequence.notes[0]).toMatchObject({ startTime: 3.5, endTime: 4.5 });
  });

  it('is not rounded', () => {
    expect(midiToNoteSequence(smf([[[0, ...tempo(461_538)]]])).tempos).toEqual([
      { time: 0, qpm: 60 / ((60 / ((6e7 / 461_538) * 100)) * 100) },
    ]);
  });
});

describe('metres and keys', () => {
  it('come from the first track, every one of them', () => {
    const { timeSignatures, keySignatures } = midiToNoteSequence(
      smf([
        [
          [0, ...metre(3, 2)],
          [0, ...metre(3, 2)],
          [200, ...metre(6, 3)],
          [0, ...keySignature(-3)],
          [0, ...keySignature(-7)],
          [200, ...keySignature(3, 1)],
          [0, ...keySignature(0, 1)],
        ],
        [[0, ...metre(5, 2)], [0, ...keySignature(1)], END],
      ]),
    );
    expect(timeSignatures).toEqual([
      { time: 0, numerator: 3, denominator: 4 },
      { time: 0, numerator: 3, denominator: 4 },
      { time: 1, numerator: 6, denominator: 8 },
    ]);
    // E flat major, C flat major (which is B), F sharp minor, A minor
    expect(keySignatures).toEqual([
      { time: 1, key: 3, mode: 0 },
      { time: 1, key: 11, mode: 0 },
      { time: 2, key: 6, mode: 1 },
      { time: 2, key: 9, mode: 1 },
    ]);
  });

  it('are empty when the file has none', () => {
    const { timeSignatures, keySignatures, totalTime } = midiToNoteSequence(smf([[END]]));
    expect([timeSignatures, keySignatures, totalTime]).toEqual([[], [], 0]);
  });
});

describe('notes', () => {
  it('end with a note-off or a note-on of velocity 0', () => {
    expect(
      notes([
        [0, 0x90, 60, 90],
        [10, 60, 0],
        [0, 62, 80],
        [5, 0x80, 62, 64],
      ]),
    ).toEqual([
      [60, 90, 0, 10, 0, 0, false],
      [62, 80, 10, 15, 0, 0, false],
    ]);
  });

  it('all end with one note-off, those of the pitch that began before it', () => {
    expect(
      notes([
        [0, 0x90, 60, 1],
        [5, 60, 2],
        [5, 60, 0],
        [5, 60, 0],
      ]),
    ).toEqual([
      [60, 1, 0, 10, 0, 0, false],
      [60, 2, 5, 10, 0, 0, false],
    ]);
  });

  it('stay on past an off at their own tick only if it ended another', () => {
    expect(
      notes([
        [0, 0x90, 60, 1],
        [10, 60, 2],
        [0, 60, 0],
        [5, 60, 0],
      ]),
    ).toEqual([
      [60, 1, 0, 10, 0, 0, false],
      [60, 2, 10, 15, 0, 0, false],
    ]);
    expect(
      notes([
        [0, 0x90, 60, 1],
        [0, 60, 0],
        [5, 60, 0],
      ]),
    ).toEqual([]);
    expect(
      notes([
        [0, 0x90, 60, 1],
        [10, 60, 2],
        [0, 60, 0],
        [0, 60, 0],
        [5, 60, 0],
      ]),
    ).toEqual([[60, 1, 0, 10, 0, 0, false]]);
  });

  it('vanish when they never end, and an off without a note is nothing', () => {
    expect(notes([[0, 0x80, 60, 1], [0, 0x90, 61, 1], [5, 62, 0], END])).toEqual([]);
  });

  it('are kept apart by channel and track', () => {
    const twice: Event[] = [
      [0, 0x90, 60, 1],
      [1, 0x91, 60, 2],
      [1, 0x80, 60, 0],
      [1, 0x81, 60, 0],
    ];
    expect(notes(twice, twice)).toEqual([
      [60, 1, 0, 2, 0, 0, false],
      [60, 2, 1, 3, 1, 0, false],
      [60, 1, 0, 2, 2, 0, false],
      [60, 2, 1, 3, 3, 0, false],
    ]);
  });
});

describe('instruments', () => {
  it('are numbered as their first note ends, and have the program of that moment', () => {
    // The channel-1 note begins first but ends last; the program of channel 0 changes while its note sounds.
    expect(
      notes([
        [0, 0x91, 50, 1],
        [0, 0xc0, 5],
        [0, 0x90, 60, 1],
        [5, 0xc0, 7],
        [5, 0x80, 60, 0],
        [5, 0x81, 50, 0],
        [0, 0x90, 60, 1],
        [5, 0x80, 60, 0],
      ]),
    ).toEqual([
      [60, 1, 0, 10, 0, 7, false],
      [60, 1, 15, 20, 0, 7, false],
      [50, 1, 0, 15, 1, 0, false],
    ]);
  });

  it('on channel 10 are drums', () => {
    expect(
      notes([
        [0, 0x99, 36, 1],
        [5, 0x89, 36, 0],
      ]),
    ).toEqual([[36, 1, 0, 5, 0, 0, true]]);
  });

  it('start every track with program 0', () => {
    expect(
      notes(
        [[0, 0xc0, 5], END],
        [
          [0, 0x90, 60, 1],
          [5, 0x80, 60, 0],
        ],
      ).map(([, , , , , program]) => program),
    ).toEqual([0]);
  });

  it('are named by the track name known when they begin', () => {
    const piece: Event[] = [
      [0, 0x90, 60, 1],
      [5, 0x80, 60, 0],
      [0, ...meta(0x03, 0x43, 0xe9)],
      [0, 0x91, 60, 1],
      [5, 0x81, 60, 0],
    ];
    expect(midiToNoteSequence(smf([piece, [[0, ...name('Bass')], ...piece], piece.slice(0, 2)])).instrumentInfos).toEqual([
      { instrument: 1, name: 'Cé' },
      { instrument: 2, name: 'Bass' },
      { instrument: 3, name: 'Cé' },
    ]);
  });
});

describe('controllers and bends', () => {
  const note: Event[] = [
    [0, 0x90, 60, 1],
    [100, 0x80, 60, 0],
  ];

  it('belong to the instrument of their channel', () => {
    const { controlChanges, pitchBends } = midiToNoteSequence(smf([[...note, [0, 0xb0, 64, 127], [100, 0xe0, 0, 0], [0, 0xe0, 127, 127]]]));
    expect(controlChanges).toEqual([{ time: 0.5, controlNumber: 64, controlValue: 127, instrument: 0, program: 0, isDrum: false }]);
    expect(pitchBends.map(({ time, bend }) => [time, bend])).toEqual([
      [1, -8192],
      [1, 8191],
    ]);
  });

  it('before the first note go to every instrument made on the channel later', () => {
    const { controlChanges } = midiToNoteSequence(smf([[[0, 0xb0, 7, 100], ...note, [0, 0xc0, 9], ...note, END]]));
    expect(controlChanges.map(({ controlValue, instrument, program }) => [controlValue, instrument, program])).toEqual([
      [100, 0, 0],
      [100, 1, 9],
    ]);
  });

  it('are shared from then on by the instruments that got the same ones', () => {
    const { controlChanges } = midiToNoteSequence(
      smf([[[0, 0xb0, 7, 1], ...note, [0, 0xb0, 7, 2], [0, 0xc0, 9], [0, 0xb0, 7, 3], ...note, [0, 0xb0, 7, 4], END]]),
    );
    expect(controlChanges.map(({ controlValue, instrument }) => [controlValue, instrument])).toEqual(
      [0, 1].flatMap((instrument) => [1, 2, 3, 4].map((value) => [value, instrument])),
    );
  });

  it('are lost where no note ever sounds', () => {
    const { controlChanges } = midiToNoteSequence(
      smf([
        [[0, 0xb1, 7, 1], ...note],
        [[0, 0xb0, 7, 2], END],
      ]),
    );
    expect(controlChanges).toEqual([]);
  });

  it('may not multiply out of all proportion', () => {
    const controls = Array.from({ length: 60_000 }, (): Event => [0, 0xb0, 1, 1]);
    const programs = Array.from({ length: 128 }, (_, program): Event[] => [[0, 0xc0, program], ...note]).flat();
    expect(() => midiToNoteSequence(smf([[...controls, ...programs]]))).toThrow(/128 instruments/);
  });
});
