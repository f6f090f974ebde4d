// A session as a piece: what is in it against the bytes of the recording, and where its turns are against arithmetic.

import { describe, expect, it } from 'vitest';
import { decodeLog } from '../../src/jam/log/log.js';
import { sessionPiece } from '../../src/view/session-piece.js';
import { BEAT, FIRST_BAR, notesIn, PLAYED, type RecordedJamOptions, recordedJam } from '../support/recorded-jam.js';

const pieceOf = (options: RecordedJamOptions = {}, more: Parameters<typeof sessionPiece>[1] = {}) =>
  sessionPiece(decodeLog(recordedJam(options)), more);

describe('a session as a piece', () => {
  it('has the notes of both, begins with the bar of the first one, and leaves the metronome out', () => {
    const recording = recordedJam();
    const { sequence, you, model, offset } = sessionPiece(decodeLog(recording));
    expect(offset).toBeCloseTo(FIRST_BAR, 5);
    for (const [side, whose] of [
      [you, 'you'],
      [model, 'model'],
    ] as const) {
      const notes = sequence.notes.filter(({ instrument }) => instrument === side.instrument);
      const expected = notesIn(recording, whose);
      expect(expected.length).toBeGreaterThan(5);
      expect(notes.map(({ pitch }) => pitch)).toEqual(expected.map(({ pitch }) => pitch));
      notes.forEach(({ startTime }, i) => {
        expect(startTime).toBeCloseTo((expected[i]?.time ?? 0) - FIRST_BAR, 5);
      });
    }
    expect(new Set(sequence.notes.map(({ instrument }) => instrument)).size).toBe(2);
    expect(sequence.notes[0]?.startTime).toBeCloseTo(0.5 * BEAT, 5);
  });

  it('knows whose turn is when', () => {
    const { turns } = pieceOf({}, { player: 'Clara' });
    expect(turns.map(({ whose, by }) => [whose, by])).toEqual([
      ['you', 'Clara'],
      ['model', 'folk'],
      ['you', 'Clara'],
      ['model', 'folk'],
    ]);
    turns.forEach(({ start, end }, k) => {
      expect(start).toBeCloseTo(4 * k * BEAT, 4);
      if (k < 3) expect(end).toBeCloseTo(4 * (k + 1) * BEAT, 4);
    });
    expect(turns.map(({ notes }) => notes.you)).toEqual([4, 0, 3, 0]);
    // A note every other 16th.
    expect(turns.map(({ notes }) => notes.model)).toEqual([0, 8, 0, 8]);
  });

  it('skips bars in which nobody plays yet', () => {
    const late = PLAYED.map(([pitch, start, end]) => [pitch, start + 8 * BEAT, end + 8 * BEAT] as const);
    const { offset, turns, sequence } = pieceOf({ played: late.slice(0, 4) });
    // The answer to silence is silence: two bars on, the first note comes half a beat after the bar line.
    expect(offset).toBeCloseTo(FIRST_BAR + 8 * BEAT, 4);
    expect(turns[0]?.start).toBeCloseTo(0, 6);
    expect(sequence.tempos[0]?.time).toBe(0);
  });

  it.each([
    ['neither chose a sound', {}, { you: 4, model: 73 }],
    ['both did', { voices: voices(0, 30) }, { you: 0, model: 30 }],
    ['the player chose a flute', { voices: voices(73, null) }, { you: 73, model: 11 }],
  ])('gives each side a sound of its own when %s', (_, settings, expected) => {
    const { sequence, you, model } = pieceOf({ settings });
    const programs = (instrument: number) => [
      ...new Set(sequence.notes.filter((note) => note.instrument === instrument).map(({ program }) => program)),
    ];
    expect([programs(you.instrument), programs(model.instrument)]).toEqual([[expected.you], [expected.model]]);
  });

  it('leaves the sound alone that was chosen at the instrument', () => {
    const recording = recordedJam().replace(/(\{[^\n]*"type":"in")/, '{"t":1000,"type":"in","source":0,"bytes":"c010"}\n$1');
    const { sequence, you } = sessionPiece(decodeLog(recording));
    expect(sequence.notes.find(({ instrument }) => instrument === you.instrument)?.program).toBe(16);
  });

  it('begins with what is left when turns were taken out', () => {
    const edits = [0, 1].map((turn) => ({ type: 'delete', turn }) as const);
    const { sequence, turns, you, offset } = pieceOf({}, { edits });
    expect(turns.map(({ whose, start, notes }) => [whose, Math.round(start / BEAT), notes.you, notes.model])).toEqual([
      ['you', 0, 3, 0],
      ['model', 4, 0, 8],
    ]);
    const yours = sequence.notes.filter(({ instrument }) => instrument === you.instrument);
    expect(yours.map(({ pitch }) => pitch)).toEqual([62, 65, 57]);
    // The third bar of the jam is now the first; its first note is on the beat.
    yours.forEach(({ startTime }, beat) => {
      expect(startTime).toBeCloseTo(beat * BEAT, 4);
    });
    expect(offset).toBeCloseTo(FIRST_BAR + 8 * BEAT, 4);
  });

  it('keeps the place of a turn that was muted, without its notes', () => {
    const { turns } = pieceOf({}, { edits: [{ type: 'mute', turn: 1, muted: true }] });
    expect(turns.map(({ start, notes }) => [Math.round(start / BEAT), notes.you, notes.model])).toEqual([
      [0, 4, 0],
      [4, 0, 0],
      [8, 3, 0],
      [12, 0, 8],
    ]);
  });

  it('is refused when nobody plays', () => {
    expect(() => pieceOf({ played: [] })).toThrow(/Nobody plays/);
  });
});

function voices(you: number | null, model: number | null) {
  return { you: { channel: 0, program: you }, model: { channel: 1, program: model }, click: { channel: 9, program: null } };
}
