// What a share page is told: milliseconds against the recording, words against what they stand for.

import { describe, expect, it } from 'vitest';
import { decodeLog } from '../../src/jam/log/log.js';
import { createNoteSequence, type Note } from '../../src/music/note-sequence.js';
import { base64Of } from '../../src/view/base64.js';
import { sessionPiece } from '../../src/view/session-piece.js';
import { flatNotes, notesFromFlat } from '../../src/view/share-data.js';
import { asMoment, asSize } from '../../src/view/share-words.js';
import { sharedModel } from '../../src/view/shared-model.js';
import { sharedSession, sharedSong } from '../../src/view/shared-music.js';
import { BEAT, FIRST_BAR, notesIn, type RecordedJamOptions, recordedJam } from '../support/recorded-jam.js';

const soundOf = (program: number): string => `program ${program}`;

function shared(options: RecordedJamOptions = {}) {
  const log = decodeLog(recordedJam(options));
  return sharedSession(log, sessionPiece(log), { title: 'T', soundOf });
}

describe('a shared session', () => {
  it('has both sides in milliseconds, its bars, and the moment of its first bar', () => {
    const { parts, bars, length, created, turns } = shared();
    expect(parts.map(({ name, side, sound }) => [name, side, sound])).toEqual([
      ['You', 'you', 'program 4'],
      ['folk', 'model', 'program 73'],
    ]);
    const expected = notesIn(recordedJam(), 'you');
    expect(parts[0]?.notes.map(({ pitch, start }) => [pitch, start])).toEqual(
      expected.map(({ pitch, time }) => [pitch, Math.round((time - FIRST_BAR) * 1000)]),
    );
    expect(bars.slice(0, 3)).toEqual([0, 4000 * BEAT, 8000 * BEAT]);
    expect(bars.at(-1)).toBeGreaterThanOrEqual(length - 1);
    expect(Date.parse(created ?? '')).toBe(Date.parse('2026-01-31T20:15:00.000Z') + FIRST_BAR * 1000);
    expect(turns.map(({ side, notes }) => [side, notes])).toEqual([
      ['you', 4],
      ['model', 8],
      ['you', 3],
      ['model', 8],
    ]);
  });

  it.each([
    [{}, '1 bar each'],
    [{ exchanges: null, mode: 'bars' }, '2 bars each'],
    [{ exchanges: [{ you: 2, model: 4 }], mode: 'bars' }, '2 and 4 bars'],
    [{ exchanges: null, mode: 'trade' }, '4, 2 then 1 bars each'],
  ] as const)('says how turns were taken: %j', (settings, words) => {
    expect(shared({ settings }).facts).toContainEqual(['Turns', words]);
  });

  it('says its tempo, metre and temperature', () => {
    expect(shared().facts).toEqual([
      ['Tempo', '150 beats a minute'],
      ['Metre', '4/4'],
      ['Turns', '1 bar each'],
      ['Temperature', '1'],
    ]);
  });

  it('leaves out a date that no calendar has', () => {
    expect(shared({ header: { created: 'yesterday' } }).created).toBeUndefined();
  });
});

describe('a shared song', () => {
  const note = (instrument: number, startTime: number, isDrum = false): Note => ({
    pitch: 60,
    velocity: 80,
    startTime,
    endTime: startTime + 0.5,
    instrument,
    program: 5,
    isDrum,
  });

  it('has a part for each track, by its name and its sound', () => {
    const sequence = createNoteSequence({ notes: [note(3, 1), note(0, 0.5), note(0, 0), note(7, 0, true)], totalTime: 1.5 });
    const { parts, turns, bars } = sharedSong(sequence, { title: 'T', names: new Map([[3, 'Lead']]), soundOf });
    expect(parts.map(({ name, sound, drums, notes }) => [name, sound, drums, notes.map(({ start }) => start)])).toEqual([
      ['Track 1', 'program 5', false, [0, 500]],
      ['Lead', 'program 5', false, [1000]],
      ['Track 8', 'Drums', true, [0]],
    ]);
    expect(turns).toEqual([]);
    expect(bars).toEqual([0, 2000]);
  });

  it('says the range of its tempos, however many they are', () => {
    const tempos = Array.from({ length: 300_000 }, (_, i) => ({ time: i / 1000, qpm: 100 + (i % 100) }));
    const sequence = createNoteSequence({ notes: [note(0, 0)], totalTime: 300, tempos });
    const { facts } = sharedSong(sequence, { title: 'T', names: new Map(), soundOf });
    expect(facts).toContainEqual(['Tempo', '100 to 199 beats a minute']);
  });

  it('draws no bars where a damaged tempo would make millions of them', () => {
    const sequence = createNoteSequence({ notes: [note(0, 0)], totalTime: 3600, tempos: [{ time: 0, qpm: 1e7 }] });
    expect(sharedSong(sequence, { title: 'T', names: new Map(), soundOf }).bars).toEqual([]);
    const metre = createNoteSequence({
      notes: [note(0, 0)],
      totalTime: 3600,
      timeSignatures: [{ time: 0, numerator: 1, denominator: 2 ** 30 }],
    });
    expect(sharedSong(metre, { title: 'T', names: new Map(), soundOf }).bars.length).toBeLessThan(40_000);
  });
});

describe('a model card in words', () => {
  it('says what is known, and nothing else', () => {
    const card = {
      configuration: 'lookback_rnn',
      artist: 'coldplay',
      stepsTrained: 1390,
      metrics: { natsPerEvent: 0.7905 },
      versions: { mst: '0.1.0' },
    };
    expect(sharedModel('c', card, { written: '2026-11-22T10:00:00Z' }).facts).toEqual([
      ['Learned from', 'coldplay'],
      ['Network', expect.stringMatching(/^lookback_rnn: .*one and two bars back$/)],
      ['On songs set aside', '0.79 nats per event (less is better)'],
      ['Trained', '22 November 2026, 1,390 steps'],
      ['Made with', 'mst 0.1.0'],
    ]);
    expect(sharedModel('c', undefined).facts).toEqual([]);
    expect(sharedModel('c', { artist: 7, metrics: 'x', configuration: 'constructor' }).facts).toEqual([['Network', 'constructor']]);
    expect(sharedModel('c', card, { changed: true }).facts.at(-1)?.[1]).toContain('trained on since');
  });
});

describe('small things a page is made of', () => {
  it('carries bytes as base64, as Node reads it, whatever their number', () => {
    for (const length of [0, 1, 2, 3, 24_575, 24_576, 24_577, 100_001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
      expect(Buffer.compare(Buffer.from(base64Of(bytes), 'base64'), bytes)).toBe(0);
    }
  });

  it('carries notes as numbers and back', () => {
    const notes = [
      { start: 5, length: 2, pitch: 60, velocity: 1 },
      { start: 5, length: 90, pitch: 12, velocity: 127 },
      { start: 90_000, length: 1, pitch: 127, velocity: 64 },
    ];
    expect(notesFromFlat(flatNotes(notes))).toEqual(notes);
  });

  it('says moments and sizes', () => {
    expect(asMoment('2026-11-22T18:20:31.5Z')).toBe('22 November 2026 at 18:20 UTC');
    expect(asMoment('x')).toBeUndefined();
    expect([812, 3449, 99_400, 1_249_000].map(asSize)).toEqual(['812 bytes', '3.4 kB', '99 kB', '1.2 MB']);
  });
});
