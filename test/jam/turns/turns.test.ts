// Every way of taking turns as a scripted jam on the virtual clock. The exported MIDI file is read by @tonejs/midi and compared note by
// note with what the rules of the mode say, counted in quarter notes by hand. The model answers with scales, so its notes are known too.

import tonejs from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../../src/jam/control.js';
import { replayedLog } from '../../../src/jam/log/replay.js';
import type { Settings } from '../../../src/jam/settings.js';
import { sessionToMidi } from '../../../src/jam/timeline/session-to-midi.js';
import { type Deed, type Jam, playJam, playNotes, readBack, ScaleThinker } from '../virtual-jam.js';

const { Midi } = tonejs;
const TICKS = 480;

/** [pitch, quarter, length in quarters] */
type N = readonly [number, number, number];

/** ScaleThinker's answer to a primer whose last note is `last`: `count` notes from `quarter` on, each half a quarter long. */
const scale = (last: number, quarter: number, count: number): N[] =>
  Array.from({ length: count }, (_, k): N => [((last + 1 + k) % 100) + 10, quarter + k / 2, 0.5]);

/** At 120 qpm, `start` seconds after time 0 being quarter 0. */
const at = (quarter: number, start = 0.2): number => start + quarter / 2;
const you = (notes: readonly N[], start = 0.2): Deed[] =>
  playNotes(notes.map(([pitch, quarter, length]) => [pitch, at(quarter, start), at(quarter + length, start)] as const));
const set = (time: number, control: Control): Deed => ({ time, control });
const finish = (time: number): Deed => set(time, { type: 'finish' });

const play = (deeds: readonly Deed[], settings: Partial<Settings>, until = 60): Jam =>
  playJam(deeds, { thinker: new ScaleThinker(), settings, until });

/** The notes of a track of the exported file in quarters of the file, minus `origin`; the file is read by another program. */
function exported(jam: Jam, track: string, origin: number): N[] {
  const midi = new Midi(sessionToMidi(readBack(jam.log)));
  return midi.tracks
    .filter(({ name }) => name === track)
    .flatMap(({ notes }) => notes)
    .map(({ midi: pitch, ticks, durationTicks }): N => [pitch, ticks / TICKS - origin, durationTicks / TICKS])
    .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

/** Beginning of every turn, in quarters of the session. */
const turns = (jam: Jam): [string, number][] =>
  jam.log.flatMap((entry): [string, number][] => (entry.type === 'turn' ? [[entry.whose, Math.round(entry.quarter * 1e6) / 1e6]] : []));

interface Case {
  readonly name: string;
  readonly settings: Partial<Settings>;
  readonly deeds: readonly Deed[];
  /** Quarters of the file before quarter 0 of the session. */
  readonly origin: number;
  readonly you: readonly N[];
  readonly model: readonly N[];
  readonly turns: readonly [string, number][];
  /** Seconds. */
  readonly ends: number;
}

const CALL: readonly N[] = [
  [60, 4, 0.75],
  [62, 5, 0.75],
  [64, 6, 2],
  [67, 9, 1],
];
const FREE: readonly N[] = [
  [60, 0, 0.75],
  [62, 1, 0.75],
  [64, 2, 0.75],
  [65, 3, 0.75],
];
const MORE: readonly N[] = [
  [70, 22, 1],
  [72, 24, 0.5],
];

const CASES: readonly Case[] = [
  {
    name: 'bars: a bar of count-in, two bars you, two bars the model',
    settings: { mode: 'bars' },
    deeds: [...you([...CALL, ...MORE]), finish(at(27))],
    origin: 4,
    you: [...CALL, ...MORE],
    model: [...scale(67, 12, 16), ...scale(72, 28, 16)],
    turns: [
      ['you', 4],
      ['model', 12],
      ['you', 20],
      ['model', 28],
    ],
    ends: at(36),
  },
  {
    name: 'bars: half the tempo in the midst of the answer, then turns of one bar, all in quarters as if nothing had been',
    settings: { mode: 'bars' },
    // At quarter 14 a quarter note begins to last a second; from the next turn on, turns are a bar long.
    deeds: [
      ...you(CALL),
      set(at(14), { type: 'tempo', qpm: 60 }),
      set(at(14) + 1, { type: 'exchanges', exchanges: [{ you: 1, model: 1 }] }),
      ...playNotes([[70, at(14) + 7, at(14) + 8] as const]),
      finish(at(14) + 8.5),
    ],
    origin: 4,
    you: [...CALL, [70, 21, 1]],
    model: [...scale(67, 12, 16), ...scale(70, 24, 8)],
    turns: [
      ['you', 4],
      ['model', 12],
      ['you', 20],
      ['model', 24],
    ],
    ends: at(14) + 14,
  },
  {
    name: 'trade: four, two, one, and four again',
    settings: { mode: 'trade', countInBars: 0 },
    deeds: [
      ...you([
        [60, 0, 1],
        [61, 33, 1],
        [62, 48, 1],
        [63, 60, 1],
      ]),
      finish(at(61)),
    ],
    origin: 4,
    you: [
      [60, 0, 1],
      [61, 33, 1],
      [62, 48, 1],
      [63, 60, 1],
    ],
    model: [...scale(60, 16, 32), ...scale(61, 40, 16), ...scale(62, 52, 8), ...scale(63, 72, 32)],
    turns: [
      ['you', 0],
      ['model', 16],
      ['you', 32],
      ['model', 40],
      ['you', 48],
      ['model', 52],
      ['you', 56],
      ['model', 72],
    ],
    ends: at(88),
  },
  {
    name: 'seconds: five you from the first note, three the model',
    settings: { mode: 'seconds', metronome: 'off', exchanges: [{ you: 5, model: 3 }] },
    // The first note at 1 s is the beat: quarter 4, the next bar line of the grid that began at 0.
    deeds: [
      ...you(
        [
          [60, 0, 1],
          [64, 8, 1],
          [50, 17, 1],
        ],
        1,
      ),
      finish(10),
    ],
    origin: 0,
    you: [
      [60, 4, 1],
      [64, 12, 1],
      [50, 21, 1],
    ],
    model: [...scale(64, 14, 12), ...scale(50, 30, 12)],
    turns: [
      ['you', 4],
      ['model', 14],
      ['you', 20],
      ['model', 30],
    ],
    ends: 17,
  },
  {
    name: 'phrase: stops for a beat, is answered on the next one, in whole bars',
    settings: { mode: 'phrase', metronome: 'off' },
    // Begins at 3 s = quarter 6 of the silent grid, so at bar line 8; ends at quarter 11.75, rests, answered at 13 (0.75 + 11.75 = 12.5).
    deeds: [...you(FREE, 3), ...you([[50, 13.3, 1]], 3), finish(at(14.5, 3))],
    origin: 0,
    you: [...FREE.map(([pitch, quarter, length]): N => [pitch, quarter + 8, length]), [50, 24, 1]],
    // The second phrase comes at 21.3: its first note makes the beat again (bar line 24), it ends at 25, and the answer is at 26.
    model: [...scale(65, 13, 8), ...scale(50, 26, 8)],
    turns: [
      ['you', 8],
      ['model', 13],
      ['you', 24],
      ['model', 26],
    ],
    ends: at(13.3, 3) + (30 - 24) / 2,
  },
  {
    name: 'pedal: the sustain pedal hands over to the next beat',
    settings: { mode: 'pedal', metronome: 'off' },
    deeds: [...you(FREE, 0), { time: at(4.4, 0), bytes: [0xb0, 64, 127] }, { time: at(4.9, 0), bytes: [0xb0, 64, 0] }, finish(at(6, 0))],
    origin: 0,
    you: FREE,
    model: scale(65, 5, 8),
    turns: [
      ['you', 0],
      ['model', 5],
    ],
    ends: at(9, 0),
  },
  {
    name: 'continue: goes on and on until a key is touched',
    settings: { mode: 'continue', metronome: 'off' },
    deeds: [...you(FREE, 0), ...you([[40, 30.3, 0.5]], 0), finish(at(34, 0))],
    origin: 0,
    you: [...FREE, [40, 30.3, 0.5]],
    // From 5 on in pieces: 2 bars after 65, then a bar at a time after the last note of the piece before; cut at 30.3.
    // Then the one note is a phrase of its own, which ends at 30.8 and is continued at 32 for two bars, since the session is finishing.
    model: [...endless(65, 5, 30.3), ...endless(40, 32, 40)],
    turns: [
      ['you', 0],
      ['model', 5],
      ['you', 30],
      ['model', 32],
    ],
    ends: at(40, 0),
  },
  {
    name: 'solo: the model plays alone, and playing along changes nothing',
    settings: { mode: 'solo', metronome: 'off', countInBars: 1 },
    deeds: [...you(CALL), finish(at(13))],
    origin: 4,
    you: CALL,
    model: endless(60, 4, 16),
    turns: [['model', 4]],
    ends: at(16),
  },
];

/** An endless answer: first two bars, then a bar at a time, each a scale from the note the last one ended with. */
function endless(last: number, from: number, to: number): N[] {
  const notes: N[] = [];
  for (let [pitch, quarter, length] = [last, from, 8]; quarter < to; quarter += length, length = 4) {
    const piece = scale(pitch, quarter, length * 2);
    pitch = (piece.at(-1) as N)[0];
    notes.push(...piece);
  }
  return notes.filter(([, quarter]) => quarter < to).map(([pitch, quarter, length]): N => [pitch, quarter, Math.min(length, to - quarter)]);
}

describe.each(CASES)('$name', ({ settings, deeds, origin, you: yours, model, turns: expected, ends }) => {
  const jam = play(deeds, settings, 120);

  it('begins turns where they are due, and ends by itself', () => {
    expect(turns(jam)).toEqual(expected);
    expect(jam.endedAt).toBeCloseTo(ends, 6);
    expect(jam.faults).toEqual([]);
  });

  it('exports what was played, note by note', () => {
    // A note of yours may be a tick off, where its microseconds are; notes of the model are on the grid.
    const rounded = (notes: readonly N[]): number[][] =>
      notes.map(([pitch, quarter, length]) => [pitch, quarter, length].map((x) => Math.round(x * 100) / 100));
    expect(rounded(exported(jam, 'Model', origin))).toEqual(rounded(model));
    expect(rounded(exported(jam, 'You', origin))).toEqual(rounded(yours));
  });

  it('is the same when it is replayed from its log', () => {
    expect(replayedLog(readBack(jam.log))).toEqual(jam.log);
  });

  it('is the same however often time is told', () => {
    expect(playJam(deeds, { thinker: new ScaleThinker(), settings, until: 120, tick: 0.004 }).log).toEqual(jam.log);
  });
});
