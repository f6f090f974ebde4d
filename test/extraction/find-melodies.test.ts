// Finding melodies, on music written here: what must come out stands in the notes that went in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMelodies, type SongMelodies } from '../../src/extraction/find-melodies.js';
import { songTracks } from '../../src/extraction/song-tracks.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { bass, chords, song, tune, type Written } from './songs.js';

/** The notes of found melodies: pitch and step of every beginning, in order of time. */
function notesOf({ melodies }: SongMelodies, instrument?: number): [number, number][] {
  return melodies
    .filter((found) => instrument === undefined || found.instrument === instrument)
    .flatMap(({ melody }) =>
      [...melody.events].flatMap((event, i): [number, number][] => (event >= 0 ? [[event, melody.startStep + i]] : [])),
    )
    .sort((a, b) => a[1] - b[1]);
}

const startsOf = (notes: readonly Written[]): [number, number][] => notes.map(([pitch, start]) => [pitch, start]);
const reasonsOf = ({ notTaken }: SongMelodies): string[] => notTaken.map(({ reason }) => reason);

describe('accompaniment', () => {
  const tracks = [{ notes: bass(12) }, { notes: tune(3, 12) }, { notes: tune(3, 12, 0, -12) }, { notes: bass(12), isDrum: true }];

  it('is what the tracks play that are no melodies, but not drums, nor what doubles a melody', () => {
    const found = findMelodies(song(tracks));
    expect(found.melodies.map(({ instrument }) => instrument)).toEqual([1]);
    expect(found.accompaniment.map(({ instrument }) => instrument)).toEqual([0]);
    expect(notesOf({ ...found, melodies: found.accompaniment as SongMelodies['melodies'] })).toEqual(startsOf(bass(12)));
  });

  it.each([{ kind: 'track', track: '1' }, { kind: 'all' }, { kind: 'skyline' }] as const)(
    'there is none with tracks chosen by %o',
    (choice) => {
      expect(findMelodies(song(tracks), choice).accompaniment).toEqual([]);
    },
  );

  it('has the least length and variety that melodies have', () => {
    const drone = Array.from({ length: 24 }, (_, k): Written => [36, 8 * k, 8 * k + 8]);
    expect(findMelodies(song([{ notes: drone }, { notes: tune(3, 12) }])).accompaniment).toEqual([]);
  });
});

describe('tempo', () => {
  it('changes of tempo cut nothing and move no note', () => {
    const notes = tune(1, 12);
    const tempos = [
      [0, 96],
      [40, 131.5],
      [41, 60],
      [90, 200],
    ] as const;
    const found = findMelodies(song([{ notes }], { tempos }));
    expect(found.melodies.length).toBe(1);
    expect(notesOf(found)).toEqual(startsOf(notes));
    expect(found.melodies[0]?.bars).toBe(12);
  });

  it('rubato, a tempo for every beat, is one melody too', () => {
    const notes = tune(2, 10);
    const tempos = Array.from({ length: 40 }, (_, beat) => [4 * beat, 80 + 30 * Math.sin(beat)] as const);
    expect(notesOf(findMelodies(song([{ notes }], { tempos })))).toEqual(startsOf(notes));
  });

  it('seconds and quarters of a melody follow the tempos', () => {
    const found = findMelodies(
      song([{ notes: tune(3, 4, 32) }], {
        tempos: [
          [0, 60],
          [16, 120],
        ] as const,
      }),
    );
    // A bar at 60 is four seconds, the next at 120 two.
    expect(found.melodies[0]).toMatchObject({ startQuarter: 8, startSeconds: 6, endSeconds: 14, firstBar: 2, bars: 4 });
  });

  it('a song played beside its grid, all notes late by a third of a step or early, is put back on it', () => {
    const notes = tune(4, 8, 16);
    for (const late of [0.35, -0.4]) {
      const sequence = song([{ notes }]);
      const jitter = (i: number): number => late + 0.12 * Math.sin(7 * i);
      sequence.notes.forEach((note, i) => {
        note.startTime += jitter(i) / 8;
        note.endTime += jitter(i + 1) / 8;
      });
      const [first] = notes as [Written];
      const found = notesOf(findMelodies(sequence));
      expect(found.map(([pitch, step]) => [pitch, step - (found[0]?.[1] ?? 0) + first[1]])).toEqual(startsOf(notes));
    }
  });
});

describe('metre', () => {
  it('changes of metre cut nothing, and bars follow them', () => {
    const notes = tune(5, 8);
    const found = findMelodies(
      song([{ notes }], {
        metres: [
          [0, 4, 4],
          [32, 3, 4],
          [56, 4, 4],
        ] as const,
      }),
    );
    expect(notesOf(found)).toEqual(startsOf(notes));
    // Two bars of four, two of three, and 72 steps of four: four and a half.
    expect(found.melodies[0]).toMatchObject({ bars: 9, metre: '4/4' });
  });

  it('1/4 is read as bars of four where the accents are', () => {
    // The bass begins its bars on the second quarter.
    const notes = tune(6, 12, 4);
    const low = bass(12).map(([pitch, start, end]): Written => [pitch - ((start / 8) % 2 === 0 ? 12 : 0), start + 4, end + 4]);
    const everyBar = low.filter((_, k) => k % 2 === 0).map(([pitch, start]): Written => [pitch, start, start + 16]);
    const found = findMelodies(song([{ notes }, { notes: everyBar }], { metres: [[0, 1, 4]] }));
    expect(found.melodies[0]).toMatchObject({ metre: '4/4', metreEstimated: true });
    expect(((found.melodies[0]?.melody.startStep ?? 0) - 4) % 16).toBe(0);
    expect(found.melodies[0]?.melody.stepsPerBar).toBe(16);
  });

  it('1/4 is read as bars of three where the music is a waltz', () => {
    const steps = Array.from({ length: 24 }, (_, bar) => 12 * bar);
    const oom = steps.map((at): Written => [36, at, at + 12]);
    const pah = steps.flatMap((at): Written[] => [
      [52, at + 4, at + 6],
      [55, at + 8, at + 10],
    ]);
    const high = steps.flatMap((at, k): Written[] => [
      [72 + (k % 5), at, at + 8],
      [74 - (k % 3), at + 8, at + 12],
    ]);
    const found = findMelodies(song([{ notes: high }, { notes: oom }, { notes: pah }], { metres: [[0, 1, 4]] }));
    expect(found.melodies[0]).toMatchObject({ metre: '3/4', metreEstimated: true });
  });

  it('4/4 stays as it is notated where accents do not plainly speak against it', () => {
    const found = findMelodies(song([{ notes: tune(7, 8) }, { notes: bass(8) }]));
    expect(found.melodies[0]).toMatchObject({ metre: '4/4', metreEstimated: false });
  });

  it('a metre that cannot be counted in 16ths does not matter', () => {
    const notes = tune(8, 6);
    const found = findMelodies(
      song([{ notes }], {
        metres: [
          [0, 3, 64],
          [16, 255, 1],
        ] as const,
      }),
    );
    expect(notesOf(found)).toEqual(startsOf(notes));
  });
});

describe('voices', () => {
  it('of chords the upper notes are the melody', () => {
    const upper = tune(9, 8, 0, 12);
    const below = upper.flatMap(([pitch, start, end]): Written[] => [
      [pitch - 3, start, end],
      [pitch - 7, start, end],
    ]);
    expect(notesOf(findMelodies(song([{ notes: [...below, ...upper] }])))).toEqual(startsOf(upper));
  });

  it('of two hands on one track the right one is, also where it rests', () => {
    const right = tune(10, 12, 0, 12).filter((_, k) => k % 7 !== 3);
    const left = Array.from({ length: 12 * 8 }, (_, k): Written => [43 + ([0, 4, 7, 4][k % 4] as number), 2 * k, 2 * k + 2]);
    expect(notesOf(findMelodies(song([{ notes: [...left, ...right] }])))).toEqual(startsOf(right));
  });

  it('notes that overlap the next ones (legato) are all there, downwards too', () => {
    const notes = tune(11, 8).map(([pitch, start, end]): Written => [pitch, start, end + 1]);
    expect(notesOf(findMelodies(song([{ notes }])))).toEqual(startsOf(notes));
  });

  it('a grace note does not take the place of the note it leads to', () => {
    const notes = tune(12, 4);
    const sequence = song([{ notes }]);
    // A third above, 30 ms before the third note, which is a 16th's half at most.
    const { startTime } = sequence.notes[2] as { startTime: number };
    const grace = { ...(sequence.notes[2] as NoteSequence['notes'][number]), pitch: 90, startTime: startTime - 0.03, endTime: startTime };
    expect(notesOf(findMelodies({ ...sequence, notes: [...sequence.notes, grace] }))).toEqual(startsOf(notes));
  });

  it('drums alone are no melody, and the account says so', () => {
    const found = findMelodies(song([{ notes: tune(13, 8), isDrum: true }]));
    expect(found.melodies).toEqual([]);
    expect(found.notTaken).toMatchObject([{ reason: 'drums', instrument: 0, option: '--track 0' }]);
  });
});

describe('tracks', () => {
  const band = [
    { notes: bass(16), program: 33 },
    { notes: chords(16), program: 0 },
    { notes: tune(14, 16, 0, 12), program: 73 },
    { notes: tune(15, 16), isDrum: true },
  ];

  it('the melody is found among bass, chords and drums, without names', () => {
    const found = findMelodies(song(band));
    expect(new Set(found.melodies.map(({ instrument }) => instrument))).toEqual(new Set([2]));
    expect(found.melodies[0]).toMatchObject({ why: 'melody', instrument: 2 });
    expect(reasonsOf(found).sort()).toEqual(['accompaniment', 'accompaniment', 'drums']);
  });

  it('a second melody is taken too, one that doubles the first is not', () => {
    const first = tune(16, 16, 0, 12);
    const second = tune(17, 16, 0, 9);
    const octave = first.map(([pitch, start, end]): Written => [pitch - 12, start, end]);
    const found = findMelodies(song([{ notes: first }, { notes: second }, { notes: octave }, { notes: bass(16) }]));
    expect(notesOf(found, 0).length + notesOf(found, 2).length).toBe(first.length);
    expect(notesOf(found, 1).length).toBe(second.length);
    expect(reasonsOf(found)).toContain('doubling');
  });

  it('a name settles what the notes leave open', () => {
    const one = tune(18, 16, 0, 12);
    const other = tune(19, 16, 0, 12);
    for (const melody of [0, 1]) {
      const names = [0, 1].map((k) => (k === melody ? 'Lead Vocal' : 'Strings'));
      const found = findMelodies(song([one, other].map((notes, k) => ({ notes, name: names[k] as string }))));
      expect(found.melodies[0]).toMatchObject({ instrument: melody, why: 'melody' });
    }
  });

  it('the user chooses by number, name and channel', () => {
    const sequence = song([
      { notes: bass(8), name: 'Low', channel: 2 },
      { notes: tune(20, 8), name: 'High', channel: 1 },
    ]);
    const chosen = [
      { kind: 'track', track: '0' },
      { kind: 'track', track: 'low' },
      { kind: 'channel', channel: 2 },
    ] as const;
    for (const choice of chosen) {
      const found = findMelodies(sequence, choice);
      expect(notesOf(found)).toEqual(startsOf(bass(8)));
      expect(found.melodies[0]).toMatchObject({ why: 'chosen', score: 1, instrument: 0, channel: 2 });
      expect(reasonsOf(found)).toEqual(['not-chosen']);
    }
    expect(reasonsOf(findMelodies(sequence, { kind: 'track', track: 'Lead' }))).toContain('no-such-track');
    expect(reasonsOf(findMelodies(sequence, { kind: 'channel', channel: 9 }))).toContain('no-such-track');
    expect(reasonsOf(findMelodies(song([{ notes: bass(8) }]), { kind: 'channel', channel: 2 }))).toContain('no-channels');
  });

  it('--all-tracks takes the bass too, --skyline the highest notes of all', () => {
    const sequence = song([{ notes: bass(8) }, { notes: tune(21, 4, 0, 12) }, { notes: tune(22, 4, 64, 12) }]);
    const all = findMelodies(sequence, { kind: 'all' });
    expect(new Set(all.melodies.map(({ instrument }) => instrument))).toEqual(new Set([0, 1, 2]));
    const skyline = findMelodies(sequence, { kind: 'skyline' });
    expect(notesOf(skyline)).toEqual(startsOf([...tune(21, 4, 0, 12), ...tune(22, 4, 64, 12)]));
    expect(skyline.melodies[0]?.instrument).toBeUndefined();
  });
});

describe('phrases', () => {
  it('a long tune is cut where it rests, none of it lost, no piece over 36 bars', () => {
    const phrases = Array.from({ length: 12 }, (_, k) => tune(30 + k, 7, 128 * k));
    const notes = phrases.flat();
    const found = findMelodies(song([{ notes }]));
    expect(notesOf(found)).toEqual(startsOf(notes));
    expect(found.melodies.length).toBeGreaterThan(2);
    for (const { melody } of found.melodies) {
      expect(melody.events.length).toBeLessThanOrEqual(36 * 16);
      expect(melody.startStep % 128).toBe(0);
    }
  });

  it('32 bars with a pickup are one melody', () => {
    const notes: Written[] = [[67, 12, 16], ...tune(55, 32, 16)];
    expect(findMelodies(song([{ notes }])).melodies.map(({ bars }) => bars)).toEqual([33]);
  });

  it('rests of two bars end a melody, a rest of one does not', () => {
    const three = [...tune(50, 4), ...tune(51, 4, 80), ...tune(52, 4, 80 + 64 + 32)];
    expect(findMelodies(song([{ notes: three }])).melodies.map(({ melody }) => melody.startStep)).toEqual([0, 176]);
  });

  it('what is too little is left out with its reason', () => {
    const reasons = (notes: readonly Written[]): string[] => reasonsOf(findMelodies(song([{ notes }])));
    expect(reasons(tune(53, 8).slice(0, 4))).toEqual(['too-few-notes']);
    expect(reasons([60, 62, 64, 65, 67, 69].map((pitch, k): Written => [pitch, 2 * k, 2 * k + 2]))).toEqual(['too-short']);
    expect(reasons(tune(53, 8).map(([, start, end], k): Written => [60 + (k % 2), start, end]))).toEqual(['too-few-pitches']);
  });
});

describe('whatever comes', () => {
  const line = fc
    .array(
      fc.record({
        pitch: fc.integer({ min: 30, max: 100 }),
        rest: fc.integer({ min: 0, max: 31 }),
        length: fc.integer({ min: 1, max: 64 }),
      }),
      {
        minLength: 5,
        maxLength: 150,
      },
    )
    .map((drawn) => {
      let at = 0;
      return drawn.map(({ pitch, rest, length }): Written => {
        const start = at + rest;
        at = start + length;
        return [pitch, start, at];
      });
    });

  it('every note of a single voice on the grid comes back at its step with its length, cut or not', () => {
    fc.assert(
      fc.property(line, fc.constantFrom(73, 120, 191), (notes, qpm) => {
        // Only a voice of enough pitches and bars is a melody.
        fc.pre(new Set(notes.map(([pitch]) => pitch % 12)).size >= 3 && (notes.at(-1)?.[1] ?? 0) >= 16);
        const found = findMelodies(song([{ notes }], { tempos: [[0, qpm]] }));
        const left = found.notTaken.reduce((sum, { notes }) => sum + notes, 0);
        const back = notesOf(found);
        expect(back.length + left).toBe(notes.length);
        const written = new Map(notes.map((note) => [note[1], note]));
        for (const { melody } of found.melodies) {
          const { events, startStep } = melody;
          events.forEach((event, i) => {
            if (event < 0) return;
            const [pitch, start, end] = written.get(startStep + i) as Written;
            expect([event, startStep + i]).toEqual([pitch, start]);
            const after = events.findIndex((other, k) => k > i && other !== -2);
            expect(after === -1 ? startStep + events.length : startStep + after).toBe(end);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('notes as late as any that count keep their pitches, and later ones are left out', () => {
    for (const last of [2 ** 24 - 3, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1]) {
      const written = [61, 67, 64, 60, 72].map((pitch): Written => [pitch, last, last + 4]);
      const [track] = songTracks(song([{ notes: written }])).tracks;
      expect(track === undefined ? [] : [...track.pitches]).toEqual(last < 2 ** 24 - 1 ? [72, 67, 64, 61, 60] : []);
    }
  });

  it('hostile times and numbers are bounded and break nothing', () => {
    const base = song([{ notes: tune(60, 8) }]);
    const [note] = base.notes as [NoteSequence['notes'][number]];
    const odd = [Number.NaN, Infinity, -1, 1e300, 1e15].flatMap((time) => [
      { ...note, startTime: time, endTime: time + 1 },
      { ...note, startTime: 1, endTime: time },
    ]);
    const far = [0, 1e5, 2e5].map((startTime) => ({ ...note, startTime, endTime: startTime + 1e5 }));
    const found = findMelodies({ ...base, notes: [...base.notes, ...odd, ...far] });
    expect(found.melodies.reduce((sum, { melody }) => sum + melody.events.length, 0)).toBeLessThan(1000);
    const tempos = Array.from({ length: 77_245 }, (_, k) => ({ time: k / 1000, qpm: 1 + ((k * 7919) % 100_000) }));
    expect(() => findMelodies({ ...base, tempos: [...tempos, { time: 1, qpm: 0 }, { time: Number.NaN, qpm: -1 }] })).not.toThrow();
    const chord = Array.from({ length: 100_000 }, (_, k) => ({ ...note, pitch: k % 128, startTime: 0, endTime: 1 }));
    expect(findMelodies({ ...base, notes: chord }).melodies).toEqual([]);
    const crowd = Array.from({ length: 5000 }, (_, instrument) => ({ ...note, instrument }));
    expect(findMelodies({ ...base, notes: crowd }).notTaken.length).toBeLessThanOrEqual(100);
  });
});
