// What is written is read back by our own reader and by an independent one, @tonejs/midi; bytes and ticks are worked out by hand.
import midiLibrary from '@tonejs/midi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { melodyFromEvents, melodyToNoteSequence } from '../../src/music/melody.js';
import { midiToNoteSequence, readMidi } from '../../src/music/midi-to-note-sequence.js';
import type { Note } from '../../src/music/note-sequence.js';
import { noteSequenceToMidi } from '../../src/music/note-sequence-to-midi.js';
import { note, sequenceOf } from './sequences.js';
import { chunk, keySignature, metre, name, tempo, uint } from './smf.js';

const tonejs = (bytes: Uint8Array) => new midiLibrary.Midi(bytes);

describe('writing a MIDI file', () => {
  it('writes these very bytes', () => {
    const sequence = sequenceOf([note(62, 0.5, 1, { velocity: 99 }), note(60, 0, 0.5, { velocity: 100 })], {
      tempos: [{ time: 0, qpm: 120 }],
      instrumentInfos: [{ instrument: 0, name: 'Lead' }],
    });
    // 220 ticks to the quarter, so half a second is 220 ticks: 0x81 0x5c. Note-offs are note-ons of velocity 0 and come before note-ons.
    const conductor = [0, ...tempo(500_000), 0, ...metre(4, 2), 1, 0xff, 0x2f, 0];
    const lead = [0, ...name('Lead'), 0, 0xc0, 0, 0, 0x90, 60, 100, 0x81, 0x5c, 60, 0, 0, 62, 99, 0x81, 0x5c, 62, 0, 1, 0xff, 0x2f, 0];
    expect([...noteSequenceToMidi(sequence)]).toEqual([
      ...chunk('MThd', [...uint(1, 2), ...uint(2, 2), ...uint(220, 2)]),
      ...chunk('MTrk', conductor),
      ...chunk('MTrk', lead),
    ]);
  });

  it('puts the notes of a melody on their ticks at any tempo', () => {
    const melody = fc.array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.constantFrom(-1, -2)), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(melody, fc.double({ min: 20, max: 400, noNaN: true }), (events, qpm) => {
        const sequence = melodyToNoteSequence(melodyFromEvents(events), { qpm });
        const [track] = tonejs(noteSequenceToMidi(sequence)).tracks;
        // A step is a quarter of 220 ticks. Each note lasts until the next event that is not NO_EVENT, or the end.
        const expected = events.flatMap((event, step) => {
          if (event < 0) return [];
          const next = events.findIndex((later, k) => k > step && later !== -2);
          return [[event, step * 55, (next < 0 ? events.length : next) * 55]];
        });
        const ticks = (track?.notes ?? []).map(({ midi, ticks, durationTicks }) => [midi, ticks, ticks + durationTicks]);
        expect(ticks).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('gives each instrument, program and drum setting a named track, and drums channel 10', () => {
    const sequence = sequenceOf(
      [
        note(64, 0, 1, { instrument: 2, program: 33 }),
        note(36, 0, 1, { instrument: 1, isDrum: true }),
        note(60, 0, 1, { instrument: 0, program: 5 }),
        note(62, 1, 2, { instrument: 0, program: 4 }),
      ],
      {
        instrumentInfos: [
          { instrument: 2, name: 'Bass' },
          { instrument: 0, name: 'Café' },
        ],
      },
    );
    const tracks = tonejs(noteSequenceToMidi(sequence)).tracks.map((track) => [track.name, track.channel, track.instrument.number]);
    expect(tracks.map(([, ...rest]) => rest)).toEqual([
      [0, 4],
      [1, 5],
      [9, 0],
      [3, 33],
    ]);
    expect([tracks[0]?.[0], tracks[3]?.[0]]).toEqual(['Café', 'Bass']);
  });

  it('writes all texts in one encoding, so that the names of every language are read as they were', () => {
    const names = ['Café', 'Ударные', 'ピアノ'].map((text, instrument) => ({ instrument, name: text }));
    const notes = names.map(({ instrument }) => note(60, 0, 1, { instrument }));
    const marked = { markers: [{ time: 0, text: 'Début' }] };
    for (const instrumentInfos of [names, names.slice(0, 1)]) {
      const bytes = noteSequenceToMidi(sequenceOf(notes, { instrumentInfos }), marked);
      expect(readMidi(bytes).sequence.instrumentInfos).toEqual(instrumentInfos);
    }
    const latin = noteSequenceToMidi(sequenceOf(notes, { instrumentInfos: names.slice(0, 1) }), marked);
    expect(String.fromCharCode(...latin)).toContain('Début');
  });

  it('skips channel 10 for all other instruments, however many', () => {
    const sequence = sequenceOf(Array.from({ length: 17 }, (_, instrument) => note(60, 0, 1, { instrument })));
    const channels = tonejs(noteSequenceToMidi(sequence)).tracks.map(({ channel }) => channel);
    expect(channels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 0, 1]);
  });

  it('writes tempos, metres and keys where they stand', () => {
    const sequence = sequenceOf([note(60, 0, 4)], {
      ticksPerQuarter: 480,
      tempos: [
        { time: 0, qpm: 60 },
        { time: 2, qpm: 110 },
      ],
      timeSignatures: [
        { time: 0, numerator: 6, denominator: 8 },
        { time: 1, numerator: 3, denominator: 4 },
      ],
      keySignatures: [{ time: 2, key: 3, mode: 0 }],
    });
    const { header, tracks } = tonejs(noteSequenceToMidi(sequence));
    expect(header.ppq).toBe(480);
    // 110 qpm are 545454.54 microseconds, of which the fraction is cut off.
    expect(header.tempos.map(({ ticks, bpm }) => [ticks, bpm])).toEqual([
      [0, 60],
      [960, 6e7 / 545_454],
    ]);
    expect(header.timeSignatures.map(({ ticks, timeSignature }) => [ticks, timeSignature])).toEqual([
      [0, [6, 8]],
      [480, [3, 4]],
    ]);
    expect(header.keySignatures).toMatchObject([{ ticks: 960, key: 'Eb', scale: 'major' }]);
    // 2 s at 60 qpm and 2 s at 110: 2 + 11/3 quarter notes
    expect(tracks[0]?.notes[0]?.durationTicks).toBe(480 * 2 + (480 * 11) / 3);
  });

  it('writes a tempo read from a file as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffffff }), (microseconds) => {
        // As spec A.2 reads it.
        const qpm = 60 / ((60 / ((6e7 / microseconds) * 384)) * 384);
        const bytes = noteSequenceToMidi(sequenceOf([], { tempos: [{ time: 0, qpm }] }));
        expect([...bytes.slice(23, 29)]).toEqual(tempo(microseconds));
      }),
    );
  });

  it('gives a song that says nothing 120 qpm and 4/4 at its beginning', () => {
    const late = { tempos: [{ time: 1, qpm: 60 }], timeSignatures: [{ time: 1, numerator: 3, denominator: 4 }] };
    const { tempos, timeSignatures } = midiToNoteSequence(noteSequenceToMidi(sequenceOf([note(60, 0, 2)], late)));
    expect(tempos).toEqual([
      { time: 0, qpm: 120 },
      { time: 1, qpm: 60 },
    ]);
    expect(timeSignatures).toEqual([{ time: 0, numerator: 4, denominator: 4 }, ...late.timeSignatures]);
  });

  it('writes each key by its signature', () => {
    const signature = (key: number, mode: number) => {
      const bytes = noteSequenceToMidi(sequenceOf([note(60, 0, 1)], { keySignatures: [{ time: 0, key, mode }] }));
      const at = bytes.findIndex((byte, k) => byte === 0xff && bytes[k + 1] === 0x59);
      return [...bytes.slice(at, at + 5)];
    };
    const sharps = [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5];
    sharps.forEach((count, key) => {
      expect(signature(key, 0)).toEqual(keySignature(count));
      expect(signature((key + 9) % 12, 1)).toEqual(keySignature(count === -5 ? -5 : count, 1));
      expect(signature((key + 2) % 12, 4)).toEqual(keySignature(count)); // dorian
      expect(signature((key + 7) % 12, 3)).toEqual(keySignature(count)); // mixolydian
    });
  });

  it('keeps controllers in their order, and bends', () => {
    const control = (controlNumber: number, controlValue: number) => ({
      time: 0,
      controlNumber,
      controlValue,
      instrument: 0,
      program: 0,
      isDrum: false,
    });
    // Bend range of 2 semitones: the order of the three matters. 127 is a controller too.
    const controlChanges = [control(101, 0), control(100, 0), control(6, 2), control(127, 0)];
    const pitchBends = [-8192, 0, 1, 8191].map((bend, k) => ({ time: k / 8, bend, instrument: 0, program: 0, isDrum: false }));
    const back = midiToNoteSequence(noteSequenceToMidi(sequenceOf([note(60, 0, 1)], { controlChanges, pitchBends })));
    expect([back.controlChanges, back.pitchBends]).toEqual([controlChanges, pitchBends]);
  });

  it('makes no note shorter than a tick, and ends a note before its pitch begins anew', () => {
    const back = midiToNoteSequence(noteSequenceToMidi(sequenceOf([note(60, 1, 1), note(62, 0, 1), note(62, 1, 2)])));
    expect(back.notes.map(({ pitch, startTime, endTime }) => [pitch, startTime, endTime])).toEqual([
      [62, 0, 1],
      [60, 1, 1 + 1 / 440],
      [62, 1, 2],
    ]);
  });

  it('reads back as the same notes to half a tick, whatever the tempos', () => {
    const tempos = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 30, max: 300 })), { maxLength: 5 })
      .map((list) => list.map(([centiseconds, qpm]) => ({ time: centiseconds / 100, qpm })));
    // Each pitch once, as a file cannot tell apart notes of one pitch that overlap.
    const notes = fc
      .uniqueArray(
        fc.tuple(fc.nat({ max: 127 }), fc.nat({ max: 2000 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 127 })),
        {
          selector: ([pitch]) => pitch,
          maxLength: 30,
        },
      )
      .map((list) => list.map(([pitch, start, length, velocity]) => note(pitch, start / 100, (start + length) / 100, { velocity })));
    const byPitch = (list: readonly Note[]) => list.toSorted((a, b) => a.pitch - b.pitch);
    fc.assert(
      fc.property(notes, tempos, (list, changes) => {
        const back = byPitch(midiToNoteSequence(noteSequenceToMidi(sequenceOf(list, { tempos: changes }))).notes);
        byPitch(list).forEach((expected, k) => {
          expect(back[k]).toMatchObject({ pitch: expected.pitch, velocity: expected.velocity });
          // A tick is 1/110 s at most here; each tempo before may move a time by half of one, and by its cut-off microsecond.
          expect(Math.abs((back[k]?.startTime ?? -1) - expected.startTime)).toBeLessThan(0.01 * (changes.length + 1));
          expect(Math.abs((back[k]?.endTime ?? -1) - expected.endTime)).toBeLessThan(0.01 * (changes.length + 1));
        });
        expect(back).toHaveLength(list.length);
      }),
    );
  });
});

describe('refusing to write', () => {
  it.each<[string, Parameters<typeof sequenceOf>]>([
    ['a pitch', [[note(128, 0, 1)]]],
    ['a velocity', [[note(60, 0, 1, { velocity: 0 })]]],
    ['a program', [[note(60, 0, 1, { program: 128 })]]],
    ['a time', [[note(60, -1, 1)]]],
    ['a time', [[note(60, Number.NaN, 1)]]],
    ['a time in ticks', [[note(60, 0, 1e9)]]],
    ['a tempo in quarter notes per minute', [[note(60, 0, 1)], { tempos: [{ time: 0, qpm: 0 }] }]],
    ['a length of a quarter note in microseconds', [[note(60, 0, 1)], { tempos: [{ time: 0, qpm: 3 }] }]],
    ['a time of a tempo', [[note(60, 0, 1)], { tempos: [{ time: -1, qpm: 100 }] }]],
    ['a numerator', [[note(60, 0, 1)], { timeSignatures: [{ time: 0, numerator: 0, denominator: 4 }] }]],
    ['a denominator', [[note(60, 0, 1)], { timeSignatures: [{ time: 0, numerator: 4, denominator: 6 }] }]],
    ['a ticks per quarter note', [[note(60, 0, 1)], { ticksPerQuarter: 40_000 }]],
  ])('%s that a MIDI file cannot hold', (what, [notes, fields]) => {
    expect(() => noteSequenceToMidi(sequenceOf(notes, fields))).toThrow(new RegExp(`cannot hold ${what}`));
  });
});
