// Whatever the bytes, reading them ends in a NoteSequence or in a refusal that says where: never in a crash, a hang, or nonsense.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { midiToNoteSequence } from '../../src/music/midi-to-note-sequence.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { SHARED, sharedBytes } from './shared.js';
import { END, type Event, keySignature, metre, name, smf, tempo, varint } from './smf.js';

/** The sequence, or undefined for a refusal as it should be; anything else fails the test. */
function read(bytes: Uint8Array): NoteSequence | undefined {
  let sequence: NoteSequence;
  try {
    sequence = midiToNoteSequence(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MstError);
    expect((error as MstError).code).toBe('bad-midi');
    const at = Number(/\(at byte (\d+)\)$/.exec((error as MstError).message)?.[1]);
    expect(at).toBeLessThanOrEqual(bytes.length);
    return undefined;
  }
  expect(sequence.notes.length).toBeLessThanOrEqual(bytes.length);
  const sound = sequence.notes.filter(
    ({ pitch, velocity, startTime, endTime }) =>
      pitch >= 0 && pitch < 128 && velocity > 0 && velocity < 128 && startTime >= 0 && endTime > startTime && endTime <= sequence.totalTime,
  );
  expect(sound.length).toBe(sequence.notes.length);
  expect(Number.isFinite(sequence.totalTime)).toBe(true);
  return sequence;
}

const eventBytes: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(0x90, 0x91, 0x99), fc.integer({ min: 60, max: 62 }), fc.integer({ min: 0, max: 127 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(0x80, 0x81, 0x89), fc.integer({ min: 60, max: 62 }), fc.constant(64)) },
  fc.tuple(fc.constantFrom(0xb0, 0xe1), fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 127 })),
  fc.tuple(fc.constantFrom(0xc0, 0xc1), fc.integer({ min: 0, max: 3 })),
  fc.constantFrom(tempo(400_000), tempo(600_001), metre(3, 2), keySignature(-2, 1), name('Lead'), [0xf0, 2, 1, 0xf7]),
);
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.tuple(fc.constantFrom(0, 0, 1, 50, 200), eventBytes).map(([delta, bytes]): Event => [delta, ...bytes]),
  { minLength: 1, maxLength: 40 },
);
const files = fc.array(events, { minLength: 1, maxLength: 3 }).map((tracks) => smf(tracks.map((track) => [...track, END])));

describe('well-formed files', () => {
  it('are all read', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        expect(read(bytes)).toBeDefined();
      }),
    );
  });
});

describe('damaged files', () => {
  it('with bytes changed, lost or added', () => {
    const damage = fc.record({ at: fc.nat(), kind: fc.constantFrom('change', 'lose', 'add'), byte: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(files, fc.array(damage, { minLength: 1, maxLength: 4 }), (bytes, damages) => {
        let data = [...bytes];
        for (const { at, kind, byte } of damages) {
          const position = at % (data.length + 1);
          data = [...data.slice(0, position), ...(kind === 'lose' ? [] : [byte]), ...data.slice(position + (kind === 'add' ? 0 : 1))];
        }
        read(Uint8Array.from(data));
      }),
      { numRuns: 1000 },
    );
  });

  it('cut off anywhere are refused: the last track is not whole', () => {
    fc.assert(
      fc.property(files, fc.nat(), (bytes, length) => {
        expect(read(bytes.subarray(0, length % bytes.length))).toBeUndefined();
      }),
    );
  });

  it('of nothing but noise behind a header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const bytes = smf([[[0, ...noise]]]);
        read(bytes);
        read(noise);
      }),
    );
  });
});

describe('hostile files', () => {
  it('that announce what they do not have cost nothing', () => {
    const header = smf([[END]]).slice(0, 14);
    header[10] = 0x7f;
    header[11] = 0xff; // 32,767 tracks
    expect(read(header)).toBeUndefined();
    expect(read(Uint8Array.from([...header, 0x4d, 0x54, 0x72, 0x6b, 0xff, 0xff, 0xff, 0xff]))).toBeUndefined();
    expect(read(smf([[[0, 0xff, 1, ...varint(999_999)]]]))).toBeUndefined();
  });

  it('with very many tracks, open notes, instruments or tempos are read in their stride', () => {
    const tracks = Array.from({ length: 32_767 }, (): Event[] => [[0, 0xf8]]);
    expect(read(smf(tracks))?.notes).toEqual([]);
    const stacked: Event[] = [...Array.from({ length: 100_000 }, (): Event => [0, 0x90, 60, 1]), [1, 60, 0], [1, 60, 0]];
    expect(read(smf([stacked]))?.notes).toHaveLength(100_000);
    const changes = Array.from({ length: 50_000 }, (_, k): Event => [1, ...tempo(400_000 + (k % 2))]);
    const piece: Event[] = Array.from({ length: 50_000 }, (_, k): Event => [1, 0x90, 60, (k + 1) % 2]);
    const sequence = read(smf([changes, piece]));
    expect([sequence?.tempos.length, sequence?.notes.length]).toEqual([50_001, 25_000]);
  });
});

describe.skipIf(!SHARED)('the MIDI conformance files', () => {
  const folder = 'corpora/midi-conformance';
  const names = SHARED
    ? readdirSync(join(SHARED, folder))
        .filter((file) => file.endsWith('.mid'))
        .sort()
    : [];
  /** The ten that mido refuses. */
  const refused = [
    'test-corrupt-file-missing-byte.mid',
    'test-empty-file.mid',
    'test-illegal-message-all.mid',
    'test-illegal-message-f4.mid',
    'test-illegal-message-f5.mid',
    'test-illegal-message-f9.mid',
    'test-illegal-message-fd.mid',
    'test-non-midi-track.mid',
    'test-not-a-midi-file.mid',
    'test-running-status-sysex.mid',
  ];

  it('are read, or refused where Magenta refuses', () => {
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((file) => read(sharedBytes(`${folder}/${file}`)) === undefined)).toEqual(refused);
  });
});
