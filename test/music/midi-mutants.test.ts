// Five hundred damaged files, the same ones every time: each is read or refused, and what comes out is bounded by what went in.
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { readMidi } from '../../src/music/midi-to-note-sequence.js';
import { MAX_GROWTH, mutate } from '../support/mutations.js';
import { ascii, END, type Event, keySignature, meta, metre, name, smf, tempo, uint } from './smf.js';

/** A song of three tracks: a conductor, a melody with running status and controllers, drums. */
function song(number: number): Uint8Array {
  const random = new Random(number);
  const melody: Event[] = [
    [0, ...name('Lead')],
    [0, 0xc0, random.integer(128)],
    [0, 0xb0, 7, 100],
  ];
  const drums: Event[] = [];
  for (let k = 0; k < 40 + random.integer(80); k++) {
    const pitch = 55 + random.integer(20);
    melody.push([random.integer(3) * 60, 0x90, pitch, 64], [120, pitch, 0]);
    if (random.integer(8) === 0) melody.push([0, 0xe0, 0, 64 + random.integer(60)]);
    if (random.integer(16) === 0) melody.push([0, 0xf0, 4, 1, 2, 3, 0xf7], [0, ...meta(5, ...ascii('la'))]);
    drums.push([0, 0x99, 36, 100], [60, 0x89, 36, 0]);
  }
  const conductor: Event[] = [[0, ...tempo(400_000 + random.integer(400_000))], [0, ...metre(3, 2)], [0, ...keySignature(-2, 1)], END];
  return smf([conductor, [...melody, END], [...drums, END]], { division: 120 });
}

const songs = Array.from({ length: 8 }, (_, k) => song(k));
const [first = new Uint8Array()] = songs;
const rmid = Uint8Array.from([...ascii('RIFF'), ...uint(0, 4), ...ascii('RMIDdata'), ...uint(first.length, 4).reverse(), ...first]);
const files = [
  ...songs,
  rmid,
  smf([[END]]),
  smf(
    [
      [
        [0, 0x90, 60, 1],
        [100, 60, 0],
      ],
      [END],
    ],
    { format: 2, division: 0xe728 },
  ),
];

describe('500 damaged MIDI files', () => {
  it('are read or refused, in proportion to their size', () => {
    let read = 0;
    let notesLeft = 0;
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const mutant = mutate(files[random.integer(files.length)] as Uint8Array, random, files);
      const before = [...mutant];
      try {
        const { sequence, warnings } = readMidi(mutant);
        read++;
        notesLeft += sequence.notes.length;
        const { notes, controlChanges, pitchBends, tempos, timeSignatures, keySignatures, instrumentInfos } = sequence;
        const events = [notes, controlChanges, pitchBends, tempos, timeSignatures, keySignatures].reduce(
          (sum, { length }) => sum + length,
          0,
        );
        expect(events).toBeLessThanOrEqual(mutant.length / 2 + 1);
        expect(instrumentInfos.reduce((sum, info) => sum + info.name.length, 0)).toBeLessThanOrEqual(mutant.length * 32);
        for (const { pitch, velocity, startTime, endTime } of notes) {
          const sound = pitch >= 0 && pitch < 128 && velocity > 0 && velocity < 128 && startTime >= 0 && endTime > startTime;
          if (!sound || endTime > sequence.totalTime) expect([seed, pitch, velocity, startTime, endTime]).toBe('a note');
        }
        expect(Number.isFinite(sequence.totalTime)).toBe(true);
        expect(warnings.length).toBeLessThanOrEqual(25);
        for (const { offset, message } of warnings) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(mutant.length);
          expect(message).toContain(`byte ${offset}`);
        }
      } catch (error) {
        if (!(error instanceof MstError)) throw error;
        expect([error.code, /\(at byte \d+\)$/.test(error.message)]).toEqual(['bad-midi', true]);
      }
      expect(mutant.every((byte, k) => byte === before[k])).toBe(true);
    }
    // Few are beyond all reading, and most of the music in the others is saved: a whole file has about 160 notes.
    expect(read).toBeGreaterThan(440);
    expect(notesLeft / read).toBeGreaterThan(70);
  });
});

describe('damaging files', () => {
  it('is the same for the same seed and leaves the original as it is', () => {
    const original = Buffer.from(first);
    const mutants = (seed: number): number[][] => {
      const random = new Random(seed);
      return Array.from({ length: 30 }, () => [...mutate(original, random, songs)]);
    };
    expect(mutants(7)).toEqual(mutants(7));
    expect(mutants(7)).not.toEqual(mutants(8));
    expect([...original]).toEqual([...first]);
    expect(new Set(mutants(9).map((bytes) => bytes.join())).size).toBeGreaterThan(25);
  });

  it('grows no file without end, and takes an empty one', () => {
    const random = new Random(3);
    for (let k = 0; k < 200; k++) {
      expect(mutate(first, random, songs).length).toBeLessThanOrEqual(Math.max(...songs.map(({ length }) => length)) + MAX_GROWTH);
      mutate(new Uint8Array(), random);
    }
  });
});
