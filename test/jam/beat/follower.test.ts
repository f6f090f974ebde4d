// Following the MIDI clock of another machine: 24 ticks a quarter note at 120 qpm, one every 1/48 s, beginning at 0.5 s unless it is said
// otherwise. Positions are counted in ticks by hand; the exported file is read by @tonejs/midi.

import tonejs from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../../src/jam/control.js';
import { replayedLog } from '../../../src/jam/log/replay.js';
import type { Settings } from '../../../src/jam/settings.js';
import type { Status } from '../../../src/jam/status.js';
import { sessionToMidi } from '../../../src/jam/timeline/session-to-midi.js';
import { type Deed, type Jam, playJam, playNotes, readBack, ScaleThinker, sentNotes } from '../virtual-jam.js';

const [CLOCK, START, CONTINUE, STOP, POSITION] = [0xf8, 0xfa, 0xfb, 0xfc, 0xf2];
const TICK = 1 / 48;
const close = (times: readonly number[]) => times.map((time) => expect.closeTo(time, 3));

/** `count` ticks from a time on. */
const ticks = (from: number, count: number, spacing = TICK): Deed[] =>
  Array.from({ length: count }, (_, k) => ({ time: from + k * spacing, bytes: [CLOCK] }));
const say = (time: number, ...bytes: number[]): Deed => ({ time, bytes });
const stop = (time: number): Deed => ({ time, control: { type: 'stop' } satisfies Control });

const play = (deeds: readonly Deed[], settings: Partial<Settings> = {}, until = 30): Jam =>
  playJam(deeds, {
    thinker: new ScaleThinker(),
    settings: { mode: 'bars', exchanges: [{ you: 1, model: 1 }], clockIn: true, ...settings },
    until,
  });
const at = (jam: Jam, time: number): Status => jam.engine.status(time);
const model = (jam: Jam) => sentNotes(jam.sent, 'model');
const clicks = (jam: Jam): number[] => sentNotes(jam.sent, 'click').map(({ start }) => start);
const turns = (jam: Jam): [string, number][] => jam.log.flatMap((entry) => (entry.type === 'turn' ? [[entry.whose, entry.t / 1e6]] : []));

describe('the music waits for the clock', () => {
  it('is silent until the machine starts, and begins with its first tick', () => {
    const jam = play([say(0.45, START), ...ticks(0.5, 400), stop(8)]);
    expect(clicks(jam).slice(0, 4)).toEqual(close([0.5, 1, 1.5, 2]));
    // A bar of count-in, then a bar you, a bar the model.
    expect(turns(jam).slice(0, 3)).toEqual([
      ['you', expect.closeTo(2.5, 3)],
      ['model', expect.closeTo(4.5, 3)],
      ['you', expect.closeTo(6.5, 3)],
    ]);
    const waiting = play([], {}, 3);
    expect(clicks(waiting)).toEqual([]);
    expect(at(waiting, 3)).toMatchObject({ held: true, left: null });
  });

  it('joins a machine that runs already at one of its beats', () => {
    const jam = play([...ticks(0.5, 400), stop(8)]);
    // Ticks that tell a tempo are a quarter of a second: the next beat is the 25th tick.
    expect(clicks(jam).slice(0, 3)).toEqual(close([1, 1.5, 2]));
  });

  it('a machine that ticks but has said Stop is waited for', () => {
    const jam = play([say(0.1, STOP), ...ticks(0.2, 180), say(4.05, START), ...ticks(4.2, 200), stop(7)]);
    expect(clicks(jam)[0]).toBeCloseTo(4.2, 3);
    expect(at(jam, 7).qpm).toBeCloseTo(120, 1);
  });
});

describe('Stop', () => {
  // The call is in the bar from 2.5 s on, its answer from 4.5 s; Stop comes at 5.1 s, beat 1.2 of the answer.
  const call = playNotes([
    [60, 2.5, 2.9],
    [64, 3.5, 4],
  ]);
  // Ticks go on while the machine stands still, as many machines have it; Continue comes at 9.13 s.
  const deeds = [
    say(0.45, START),
    ...ticks(0.5, 221),
    ...call,
    say(5.1, STOP),
    ...ticks(0.5 + 221 * TICK, 190),
    ...playNotes([[70, 6, 6.5]]),
    say(9.13, CONTINUE),
    ...ticks(9.2, 400),
    stop(16),
  ];
  const jam = play(deeds, { thru: true });

  it('holds the music: its notes end, nothing sounds, the turn waits', () => {
    const before = model(jam).filter(({ start }) => start < 9);
    expect(before.map(({ start }) => start)).toEqual(close([4.5, 4.75, 5]));
    expect(before.at(-1)?.end).toBeCloseTo(5.1, 3);
    expect(clicks(jam).filter((time) => time > 5.1 && time < 9.2)).toEqual([]);
    // The engine of a jam that was broken off while the machine stood still.
    const still = play(deeds, {}, 8);
    expect(at(still, 8)).toMatchObject({ held: true, phase: 'model', left: null });
    expect(at(still, 8).quarter).toBeCloseTo(at(still, 7).quarter ?? Number.NaN, 9);
    expect(at(still, 8).sounding.model).toEqual([]);
  });

  it('what you play meanwhile sounds and is recorded, and belongs to no turn', () => {
    expect(sentNotes(jam.sent, 'you').find(({ pitch }) => pitch === 70)).toMatchObject({ start: 6, end: 6.5 });
    expect(jam.log.filter((entry) => entry.type === 'in' && entry.bytes.startsWith('9046'))).toHaveLength(1);
    expect(jam.log.some((entry) => entry.type === 'cut')).toBe(false);
  });

  it('Continue goes on from there: the rest of the answer, the rest of the bar', () => {
    // 1.2 beats of the answer were played, so the other 2.8 take 1.4 s from 9.2 s on; its fourth note is at beat 1.5, 0.15 s later.
    const after = model(jam).filter(({ start }) => start > 9 && start < 10.59);
    expect(after.map(({ start }) => start)).toEqual([9.35, 9.6, 9.85, 10.1, 10.35].map((time) => expect.closeTo(time, 1)));
    const pitches = model(jam).map(({ pitch }) => pitch);
    expect(pitches.slice(0, 8)).toEqual([75, 76, 77, 78, 79, 80, 81, 82]);
    expect(turns(jam)[2]).toEqual(['you', expect.closeTo(10.6, 1)]);
    expect(at(jam, 16).answers.missed).toBe(0);
  });

  it('is silence of whole bars in the exported file, so that bar lines stay bar lines', () => {
    const midi = new tonejs.Midi(sessionToMidi(readBack(jam.log)));
    const bars = midi.header.meta
      .filter(({ type }) => type === 'marker')
      .slice(0, 4)
      .map(({ ticks: tick }) => tick / (midi.header.ppq * 4));
    // What is before the first beat is a bar, the count-in one. 4.1 s of silence are 8.2 beats, so two bars.
    expect(bars).toEqual([2, 3, 6, 7].map((bar) => expect.closeTo(bar, 2)));
    const notes = midi.tracks.find(({ name }) => name === 'Model')?.notes ?? [];
    expect(notes[3]?.time).toBeCloseTo(model(jam)[3]?.start ?? Number.NaN, 2);
  });

  it('can be replayed from the log', () => {
    expect(replayedLog(readBack(jam.log))).toEqual(jam.log);
  });

  it('a turn of seconds waits, too', () => {
    const seconds = play(
      [
        say(0.1, START),
        ...ticks(0.2, 100),
        ...playNotes([[60, 1.2, 1.5]]),
        say(2.25, STOP),
        say(7, CONTINUE),
        ...ticks(7.1, 300),
        stop(13),
      ],
      { mode: 'seconds', exchanges: [{ you: 3, model: 2 }], metronome: 'off' },
    );
    // 1.05 s of the three were over when it stopped, 4.85 s it stood still.
    expect(turns(seconds)[1]).toEqual(['model', expect.closeTo(1.2 + 3 + 4.85, 1)]);
  });
});

describe('Start', () => {
  it('in the midst of things begins anew, at a bar, with a count-in', () => {
    const jam = play([
      say(0.45, START),
      ...ticks(0.5, 221),
      ...playNotes([[60, 2.5, 2.9]]),
      say(5.1, STOP),
      say(6, START),
      ...ticks(6.1, 400),
      stop(12),
    ]);
    expect(turns(jam).slice(1)).toEqual([
      ['model', expect.closeTo(4.5, 3)],
      ['you', expect.closeTo(8.1, 2)],
      ['model', expect.closeTo(10.1, 2)],
    ]);
    // The answer was broken off in bar 3 (bars 0: count-in, 1: you, 2: the model), so the next bar line is 3.
    const quarters = jam.log.flatMap((entry) => (entry.type === 'turn' ? [entry.quarter] : []));
    expect(quarters).toEqual([4, 8, 16, 20]);
    expect(clicks(jam).filter((time) => time > 6 && time < 8)).toEqual(close([6.1, 6.6, 7.1, 7.6]));
  });

  it('goes out to the machines that follow us, as do Stop and Continue', () => {
    const jam = play([say(0.45, START), ...ticks(0.5, 100), say(2.6, STOP), say(3, CONTINUE), ...ticks(3.1, 100), stop(5)], {
      clockOut: true,
    });
    const sent = jam.sent.filter(({ voice, bytes }) => voice === 'clock' && bytes[0] !== CLOCK);
    expect(sent.map(({ time, bytes: [status] }) => [status, time])).toEqual([
      [START, expect.closeTo(0.5, 6)],
      [STOP, expect.closeTo(2.6, 6)],
      [CONTINUE, expect.closeTo(3.1, 6)],
      [STOP, 5],
    ]);
    expect(jam.sent.some(({ time, bytes }) => bytes[0] === CLOCK && time > 2.6 && time < 3.1)).toBe(false);
  });
});

describe('a song position', () => {
  const before = [say(0.45, START), ...ticks(0.5, 149), ...playNotes([[60, 2.5, 2.9]]), say(3.6, STOP)];

  it('that is where we are changes nothing', () => {
    // 6.2 quarter notes are 24.8 sixteenths, of which a machine says the whole ones.
    const jam = play([...before, say(3.7, POSITION, 24, 0), say(4, CONTINUE), ...ticks(4.1, 200), stop(7)]);
    expect(turns(jam)[1]).toEqual(['model', expect.closeTo(4.1 + 1.8 / 2, 1)]);
  });

  it('elsewhere makes a new beginning at the next bar line of the machine', () => {
    // 132 sixteenths: beat 2 of a bar, so that three beats later is its bar line; for us, who stood at 6.2, beat 9 and bar line 12.
    const jam = play([...before, say(3.7, POSITION, 4, 1), say(4, CONTINUE), ...ticks(4.1, 200), stop(7)]);
    expect(turns(jam).slice(1)).toEqual([['you', expect.closeTo(5.6, 2)]]);
    const quarters = jam.log.flatMap((entry) => (entry.type === 'turn' ? [entry.quarter] : []));
    expect(quarters).toEqual([4, 12]);
  });
});

describe('ticks', () => {
  it('that are uneven make an even tempo, with beats on every 24th of them', () => {
    // 100 qpm: a tick every 25 ms, up to 2 ms early or late.
    const uneven = Array.from({ length: 300 }, (_, k): Deed => ({ time: 0.5 + k * 0.025 + 0.002 * Math.sin(k * 2.4), bytes: [CLOCK] }));
    const jam = play([say(0.4, START), ...uneven], {}, 7.7);
    expect(Math.abs(at(jam, 7.7).qpm - 100)).toBeLessThan(1);
    expect(at(jam, 7.7).quarter).toBeCloseTo(12, 1);
  });

  it('that cease without a word leave the tempo as it is, and are joined at the nearest beat when they are back', () => {
    const jam = play([say(0.45, START), ...ticks(0.5, 97), ...ticks(4.6, 200)], {}, 8.6);
    // At 4.6 s we are at beat 8.2: the machine's first tick is beat 8 from there on, so 8.6 s is beat 16.
    expect(at(jam, 8.6).quarter).toBeCloseTo(16, 1);
    expect(at(jam, 8.6).held).toBe(false);
  });

  it('of a tempo that changes are followed without a slip', () => {
    const jam = play([say(0.45, START), ...ticks(0.5, 240), ...ticks(5.5, 480, 1 / 64)], {}, 13);
    // 240 ticks, and 480 at 160 qpm.
    expect(at(jam, 13).quarter).toBeCloseTo(30, 1);
    expect(at(jam, 13).qpm).toBeCloseTo(160, 0);
  });

  it('are heeded only where that is wished', () => {
    const jam = play([say(0.45, START), ...ticks(0.5, 97), say(2.55, STOP), stop(5)], { clockIn: false, qpm: 100 });
    expect([at(jam, 5).held, at(jam, 5).qpm]).toEqual([false, 100]);
    expect(jam.log.some((entry) => entry.type === 'in')).toBe(false);
  });
});
