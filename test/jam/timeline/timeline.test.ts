// The timeline of a recorded jam and what is changed of it, on jams whose times follow from their tempo: two bars of 120 beats a minute
// are four seconds, and the music begins with a bar of counting in after 0.2 seconds.

import tonejs from '@tonejs/midi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/jam/log/log-entry.js';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/jam/settings.js';
import { EditHistory } from '../../../src/jam/timeline/edits.js';
import { editedSession, musicToMidi, sessionToMidi } from '../../../src/jam/timeline/session-to-midi.js';
import type { Edit, TimelineNote, TimelineTurn } from '../../../src/jam/timeline/timeline.js';
import { Timeline, timelineOf } from '../../../src/jam/timeline/view.js';
import { TURN_MODE_NAMES } from '../../../src/jam/turns/turn-modes.js';
import { type Deed, type Jam, playJam, playNotes, readBack, ScaleThinker, sentNotes } from '../virtual-jam.js';

const { Midi } = tonejs;
const CALLS = playNotes([
  [60, 2.2, 2.6],
  [64, 2.7, 3.1],
  [67, 10.2, 10.6],
  [71, 11.2, 11.6],
]);
const jamOf = (deeds: readonly Deed[] = [], settings: Partial<Settings> = {}): Jam =>
  playJam([...CALLS, ...deeds, { time: 18, control: { type: 'stop' } }], { thinker: new ScaleThinker(4), settings, until: 30 });
const jam = jamOf();
const mute = (turn: number, muted = true): Edit => ({ type: 'mute', turn, muted });
const remove = (turn: number): Edit => ({ type: 'delete', turn });
const take = (turn: number, to: number): Edit => ({ type: 'take', turn, take: to });

const near = (value: number): number => expect.closeTo(value, 5) as unknown as number;
const pitches = (turn: TimelineTurn | undefined): number[] => (turn?.notes ?? []).map(({ pitch }) => pitch);

/** The file of a jam after changes, as another program reads it: by track pitch, start and length in quarter notes, start in seconds. */
function read(log: readonly LogEntry[], edits: readonly Edit[]) {
  const midi = new Midi(musicToMidi(editedSession(readBack(log), edits)));
  const of = (track: string): number[][] =>
    midi.tracks
      .filter(({ name }) => name === track)
      .flatMap(({ notes }) => notes.map((note) => [note.midi, note.ticks / 480, note.durationTicks / 480, note.time]));
  const meta = midi.header.meta.filter(({ type }) => type === 'marker').map(({ text, ticks }) => [text, ticks / 480]);
  const metres = midi.header.timeSignatures.map(({ ticks, timeSignature }) => [ticks / 480, ...timeSignature]);
  return { you: of('You'), model: of('Model'), click: of('Click'), markers: meta, metres, midi };
}

type Out = Extract<LogEntry, { type: 'out' }>;

describe('the timeline of a jam', () => {
  const turns = timelineOf(jam.log, []);

  it('has a turn for every turn, one after the other, with what was played in it', () => {
    expect(turns.map(({ turn, whose, start, end }) => [turn, whose, start, end])).toEqual([
      [0, 'you', near(2.2), near(6.2)],
      [1, 'model', near(6.2), near(10.2)],
      [2, 'you', near(10.2), near(14.2)],
      [3, 'model', near(14.2), near(18)],
    ]);
    expect(turns.map(pitches).filter((_, k) => k % 2 === 0)).toEqual([
      [60, 64],
      [67, 71],
    ]);
    expect(turns[0]?.notes[1]).toMatchObject({ pitch: 64, velocity: 90, start: near(2.7), end: near(3.1), whose: 'you' });
    const answers = turns.filter(({ whose }) => whose === 'model').flatMap(({ notes }) => notes);
    expect(answers.map(({ pitch, start, end }) => ({ pitch, start, end }))).toEqual(
      sentNotes(jam.sent, 'model').map(({ pitch, start, end }) => ({ pitch, start: near(start), end: near(end) })),
    );
    // Eight steps to a bar of which every fourth begins a note: a note a beat.
    expect(answers.slice(0, 8).map(({ start }) => start)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((beat) => near(6.2 + beat / 2)));
  });

  it('knows who answers, and which takes there are', () => {
    expect(turns.map(({ model, takes, take: used, muted }) => [model, takes, used, muted])).toEqual([
      [undefined, [], 0, false],
      ['m', [0, 1, 2], 0, false],
      [undefined, [], 0, false],
      ['m', [0, 1, 2], 0, false],
    ]);
    const mix = [[{ model: 'ff4', weight: 1 }, { model: 'coldplay', weight: 2 }]]; // biome-ignore format: short
    expect(timelineOf(jamOf([], { models: mix }).log, [])[1]?.model).toBe('ff4 + coldplay');
  });

  it('counts what you play a moment early as your turn, and what you hold as the turn it began in', () => {
    const early = jamOf(playNotes([[50, 5.9, 7], [51, 10.15, 10.19], [52, 9.9, 10.1]]), { playOver: 'along' }); // biome-ignore format: short
    const [first, second, third] = timelineOf(early.log, []);
    expect(pitches(first)).toEqual([60, 64, 50]);
    expect(first?.notes[2]?.end).toBeCloseTo(7, 5);
    expect(second?.notes.filter(({ whose }) => whose === 'you').map(({ pitch }) => pitch)).toEqual([52]);
    expect(pitches(third)).toEqual([51, 67, 71]);
  });

  it('and the file are without a note that did not sound', () => {
    const [, answer] = timelineOf(jam.log, []);
    const { bytes, t } = jam.log.find((entry) => entry.type === 'out' && entry.t > 7e6 && entry.bytes.startsWith('90')) as Out;
    const told: LogEntry = { t: t + 150_000, type: 'dropped', voice: 'model', due: t, bytes };
    const at = jam.log.findIndex((entry) => entry.t > told.t);
    const log = jam.log.toSpliced(at, 0, told);
    const left = answer?.notes.filter(({ start }) => Math.abs(start - t / 1e6) > 1e-6) ?? [];
    expect(left).toHaveLength((answer?.notes.length ?? 0) - 1);
    expect(timelineOf(log, [])[1]?.notes).toEqual(left);
    expect(read(log, []).model).toHaveLength(read(jam.log, []).model.length - 1);
  });

  it('leaves what you play while the music stands still where it was', () => {
    const entry = (t: number, more: object): LogEntry => ({ t: t * 1e6, ...more }) as LogEntry;
    const [header] = jam.log;
    const turns = timelineOf(
      [
        header as LogEntry,
        entry(0, { type: 'tempo', quarter: 0, qpm: 120 }),
        entry(1, { type: 'turn', turn: 0, whose: 'model', quarter: 2 }),
        entry(2, { type: 'in', source: 0, bytes: '903c40' }),
        entry(3, { type: 'in', source: 0, bytes: '803c00' }),
        entry(4, { type: 'tempo', quarter: 8, qpm: 0 }),
        entry(5, { type: 'in', source: 0, bytes: '904040' }),
        entry(6, { type: 'in', source: 0, bytes: '804000' }),
        entry(7, { type: 'turn', turn: 1, whose: 'you', quarter: 8 }),
        entry(8, { type: 'end' }),
      ],
      [],
    );
    expect(turns.map(pitches)).toEqual([[60, 64], []]);
  });

  it('grows as it is played: at any moment it is that of what was played so far', () => {
    const timeline = new Timeline();
    for (const [k, entry] of jam.log.entries()) {
      timeline.add(entry);
      if (k % 7 === 0) expect(timeline.turns).toEqual(timelineOf(jam.log.slice(0, k + 1), []));
    }
    expect(timeline.turns).toEqual(turns);
    expect(timeline.length).toBeCloseTo(18, 5);
  });

  it('leaves turns alone that nothing happens to, through ten thousand of them', () => {
    const timeline = new Timeline();
    timeline.add(jam.log[0] as LogEntry);
    const play = (turn: number, offset: number, bytes: string): void =>
      timeline.add({ t: turn * 2_000_000 + offset, type: 'in', source: 0, bytes });
    for (let turn = 0; turn < 10_000; turn++) {
      timeline.add({ t: turn * 2_000_000, type: 'turn', turn, whose: 'you', quarter: turn * 4 });
      play(turn, 500_000, '903c40');
      play(turn, 900_000, '803c00');
      if (turn < 9_990) continue;
      const before = timeline.turns;
      play(turn, 1_000_000, '904040');
      const after = timeline.turns;
      expect(after.filter((each, k) => each !== before[k]).map((each) => each.turn)).toEqual([turn]);
      play(turn, 1_100_000, '804000');
    }
    timeline.change([remove(3), mute(9_000)]);
    expect(timeline.turns).toHaveLength(9_999);
    expect(timeline.turns.at(-1)).toMatchObject({ turn: 9_999, start: 9_998 * 2 });
    const before = timeline.turns;
    timeline.change([remove(3), mute(9_000), mute(9_001)]);
    expect(timeline.turns.filter((each, k) => each !== before[k]).map((each) => each.turn)).toEqual([9_001]);
  });
});

describe('taking a turn out', () => {
  it('moves what follows forward by the whole turn', () => {
    const turns = timelineOf(jam.log, [remove(1)]);
    expect(turns.map(({ turn, start, end }) => [turn, start, end])).toEqual([
      [0, near(2.2), near(6.2)],
      [2, near(6.2), near(10.2)],
      [3, near(10.2), near(14)],
    ]);
    expect(turns[1]?.notes.map(({ start }) => start)).toEqual([near(6.2), near(7.2)]);
    // A bar before the music, one of counting in, and then in quarter notes what was at 16 and 24 is at 8 and 16.
    const before = read(jam.log, []);
    const after = read(jam.log, [remove(1)]);
    const later = (notes: number[][]): number[][] => notes.filter(([, quarter = 0]) => quarter >= 24);
    expect(later(before.you).length).toBe(2);
    expect(after.you).toEqual([
      ...before.you.slice(0, 2),
      ...later(before.you).map(([pitch, quarter = 0, length, time = 0]) => [pitch, quarter - 8, length, near(time - 4)]),
    ]);
    expect(after.model.map(([pitch]) => pitch)).toEqual(before.model.slice(8).map(([pitch]) => pitch));
    expect(after.markers).toEqual([
      ['1 You', 8],
      ['2 You', 16],
      ['3 Model', 24],
    ]);
    expect(after.metres).toEqual([[0, 4, 4]]);
    expect(after.click.length).toBe(before.click.length - 8);
  });

  it('keeps the tempo of what stays', () => {
    // Half as fast from the middle of the model's first turn on.
    const slower = jamOf([{ time: 8.2, control: { type: 'tempo', qpm: 60 } }], { playOver: 'along' });
    const [, , third] = timelineOf(slower.log, []);
    expect(third?.start).toBeCloseTo(12.2, 5);
    const { markers, midi } = read(slower.log, [remove(1)]);
    expect(markers.slice(0, 2)).toEqual([
      ['1 You', 8],
      ['2 You', 16],
    ]);
    const tempos = midi.header.tempos.map(({ bpm, ticks }) => [Math.round(bpm), ticks / 480]);
    expect(tempos.slice(1)).toEqual([
      [120, 4],
      [60, 16],
    ]);
  });

  it('where only part of a bar is left makes that bar another length, so that bar lines stay where they were heard', () => {
    // Your first turn is cut short by handing over: in this mode turns begin on beats.
    const deeds = [
      ...playNotes([[60, 1, 1.2]]),
      { time: 1.6, control: { type: 'hand-over' as const } },
      ...playNotes([[62, 12, 12.2]]),
      { time: 12.6, control: { type: 'hand-over' as const } },
      { time: 30, control: { type: 'stop' as const } },
    ];
    const { log } = playJam(deeds, { thinker: new ScaleThinker(4), settings: { mode: 'pedal', metronome: 'off' }, until: 40 });
    const turns = timelineOf(log, []);
    const quarters = log.flatMap((entry) => (entry.type === 'turn' ? [entry.quarter] : []));
    const [, second = 0, third = 0] = quarters;
    expect(turns.length).toBeGreaterThan(2);
    expect(second % 4).not.toBe(third % 4);
    // The first bar has what is left of it, and then what was before the third turn in its own bar.
    const own = third % 4;
    const { metres } = read(log, [remove(1)]);
    const odd = (second % 4) + (own === 0 ? 0 : 4 - own);
    const [, first] = metres;
    expect(first?.[1]).toBe(odd);
    expect(metres.at(-1)).toEqual([(first?.[0] ?? 0) + odd, 4, 4]);
    expect(((first?.[0] ?? 0) + odd - (read(log, [remove(1)]).markers[1]?.[1] as number) + own) % 4).toBe(0);
  });

  it('ends what was held beyond it, and keeps an early note of the turn after it', () => {
    const held = jamOf(playNotes([[50, 5, 8], [51, 10.15, 11]]), { playOver: 'along' }); // biome-ignore format: short
    const [first, third] = timelineOf(held.log, [remove(1)]);
    expect(first?.notes.find(({ pitch }) => pitch === 50)?.end).toBeCloseTo(6.2, 5);
    expect(third?.notes[0]).toMatchObject({ pitch: 51, start: near(6.2), end: near(7) });
  });

  it('leaves controllers as they were when it ended', () => {
    const pedals = jamOf([
      { time: 6.5, bytes: [0xb0, 64, 127] },
      { time: 7, bytes: [0xb0, 1, 20] },
      { time: 8, bytes: [0xb0, 1, 30] },
      { time: 11, bytes: [0xb0, 64, 0] },
    ]);
    const { midi } = read(pedals.log, [remove(1)]);
    const changes = midi.tracks.find(({ name }) => name === 'You')?.controlChanges;
    const of = (number: number): number[][] => (changes?.[number] ?? []).map(({ ticks, value }) => [ticks / 480, Math.round(value * 127)]);
    expect(of(64)).toEqual([
      [16, 127],
      [17.6, 0],
    ]);
    expect(of(1)).toEqual([[16, 30]]);
  });
});

describe('another take', () => {
  it('is played as the engine would have played it', () => {
    const before = read(jam.log, []);
    const after = read(jam.log, [take(1, 2), take(3, 1)]);
    const shifted = before.model.map(([pitch = 0, ...rest], k) => [pitch + (k < 8 ? 6 : 3), ...rest]);
    expect(after.model).toEqual(shifted);
    expect(timelineOf(jam.log, [take(1, 2)])[1]).toMatchObject({ take: 2, takes: [0, 1, 2] });
  });

  it('swings as the call swung, and follows the tempo', () => {
    // Eighths at two thirds of the beat.
    const swung = playNotes([[60, 2.2, 2.4], [62, 2.2 + 1 / 3, 2.6], [64, 2.7, 2.9], [65, 2.7 + 1 / 3, 3.1]]); // biome-ignore format: short
    const { log } = playJam(swung, { thinker: new ScaleThinker(2), until: 10.2 });
    const [, answer] = timelineOf(log, [take(1, 1)]);
    const offsets = answer?.notes.slice(0, 4).map(({ start }) => start - 6.2);
    expect(offsets).toEqual([near(0), near(1 / 3), near(0.5), near(0.5 + 1 / 3)]);
  });

  it('that is not there changes nothing; the first one is what was played', () => {
    expect(timelineOf(jam.log, [take(1, 7)])).toEqual(timelineOf(jam.log, []));
    const kept = jamOf([{ time: 8, control: { type: 'keep-take', take: 1 } }]);
    expect(timelineOf(kept.log, [])[1]?.take).toBe(1);
    expect(pitches(timelineOf(kept.log, [take(1, 0)])[1])).toEqual(pitches(timelineOf(jam.log, [])[1]));
    expect(pitches(timelineOf(kept.log, [])[1])).toEqual(pitches(timelineOf(jam.log, [])[1]).map((pitch) => pitch + 3));
  });
});

describe('the file after changes', () => {
  it('has no metronome unless it is wanted, and the sounds that are asked for', () => {
    const { sequence } = editedSession(readBack(jam.log), [], { click: false, programs: { you: 24, model: 73 } });
    const midi = new Midi(musicToMidi({ sequence, markers: [] }));
    expect(midi.tracks.filter(({ notes }) => notes.length > 0).map(({ name, instrument }) => [name, instrument.number])).toEqual([
      ['You', 24],
      ['Model', 73],
    ]);
  });
});

describe('a history of changes', () => {
  it('goes back and forth, and forgets what was undone when something else is done', () => {
    const history = new EditHistory().with(mute(1)).with(remove(2));
    expect(history.undo().edits).toEqual([mute(1)]);
    expect(history.undo().redo().edits).toEqual([mute(1), remove(2)]);
    expect(history.undo().undo().undo().edits).toEqual([]);
    expect(history.undo().with(mute(3)).redo().edits).toEqual([mute(1), mute(3)]);
  });

  it.each([
    null,
    'text',
    {},
    { edits: {}, undone: [] },
    { edits: [{ type: 'mute', turn: 1 }], undone: [] },
    { edits: [{ type: 'delete', turn: -1 }], undone: [] },
    { edits: [], undone: [{ type: 'take', turn: 1, take: 0.5 }] },
    { edits: [{ type: 'burn', turn: 1 }], undone: [] },
    { edits: [null], undone: [] },
  ])('that was stored is not believed when it is %j', (stored) => {
    expect(EditHistory.read(stored)).toBeUndefined();
  });

  it('is the same after it was stored', () => {
    const { edits, undone } = new EditHistory().with(mute(1)).with(take(3, 2)).undo();
    const again = EditHistory.read(JSON.parse(JSON.stringify({ edits, undone })));
    expect([again?.edits, again?.undone]).toEqual([[mute(1)], [take(3, 2)]]);
  });
});

describe('any jam, however it is changed', () => {
  const time = fc.integer({ min: 0, max: 13_000_000 }).map((t) => t / 1e6);
  const pitch = fc.integer({ min: 30, max: 90 });
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(time, pitch).map(([at, note]) => ({ time: at, bytes: [0x90, note, 80] })) },
    { weight: 4, arbitrary: fc.tuple(time, pitch).map(([at, note]) => ({ time: at, bytes: [0x80, note, 0] })) },
    { weight: 1, arbitrary: fc.tuple(time, fc.integer({ min: 40, max: 200 })).map(([at, qpm]) => ({ time: at, control: { type: 'tempo' as const, qpm } })) },
    { weight: 1, arbitrary: time.map((at) => ({ time: at, control: { type: 'hand-over' as const } })) },
  ); // biome-ignore format: short
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.tuple(fc.nat(6), fc.boolean()).map(([turn, muted]) => mute(turn, muted)),
    fc.nat(6).map(remove),
    fc.tuple(fc.nat(6), fc.nat(3)).map(([turn, to]) => take(turn, to)),
  );
  const played = fc.record({ deeds: fc.array(deed, { maxLength: 40 }), mode: fc.constantFrom(...TURN_MODE_NAMES) }).map(
    ({ deeds, mode }) =>
      playJam([...playNotes([[60, 1, 2]]), ...deeds, { time: 16, control: { type: 'stop' } }], {
        thinker: new ScaleThinker(2),
        settings: { ...DEFAULT_SETTINGS, mode, models: [[{ model: 'm', weight: 1 }]] },
        until: 20,
      }).log,
  );
  const notesOf = (turns: readonly TimelineTurn[]): readonly TimelineNote[] => turns.flatMap(({ notes }) => notes);

  it('is unchanged without changes, in its file too', () => {
    fc.assert(
      fc.property(played, (log) => {
        const session = readBack(log);
        expect(Buffer.compare(musicToMidi(editedSession(session, [])), sessionToMidi(session, { takes: 'kept' }))).toBe(0);
        expect(timelineOf(log, []).length).toBe(log.filter(({ type }) => type === 'turn').length);
      }),
      { numRuns: 40 },
    );
  });

  it('is as before when a change is undone, and its turns lie end to end', () => {
    fc.assert(
      fc.property(played, fc.array(edit, { maxLength: 6 }), edit, (log, edits, last) => {
        const timeline = new Timeline();
        for (const entry of log) timeline.add(entry);
        const history = edits.reduce((all, each) => all.with(each), new EditHistory());
        timeline.change(history.edits);
        const before = timeline.turns;
        timeline.change(history.with(last).edits);
        const changed = timeline.turns;
        expect(changed).toEqual(timelineOf(log, [...edits, last]));
        timeline.change(history.with(last).undo().edits);
        expect(timeline.turns).toEqual(before);
        const whole = new Map(timelineOf(log, []).map((turn) => [turn.turn, turn]));
        changed.forEach((turn, k) => {
          const original = whole.get(turn.turn);
          expect(turn.end - turn.start).toBeCloseTo((original?.end ?? 0) - (original?.start ?? 0), 6);
          expect(turn.start).toBeCloseTo(changed[k - 1]?.end ?? [...whole.values()][0]?.start ?? 0, 6);
        });
        musicToMidi(editedSession(readBack(log), [...edits, last]));
      }),
      { numRuns: 60 },
    );
  });

  it('loses the notes of muted turns in its file, and no others', () => {
    fc.assert(
      fc.property(played, fc.uniqueArray(fc.nat(4), { maxLength: 3 }), (log, muted) => {
        const edits = muted.map((turn) => mute(turn));
        const { sequence } = editedSession(readBack(log), edits, { click: false });
        const heard = timelineOf(log, edits).filter((turn) => !turn.muted);
        const lead = editedSession(readBack(log), [], { click: false }).sequence.notes.length - notesOf(timelineOf(log, [])).length;
        expect(sequence.notes.length - lead).toBe(notesOf(heard).length);
        const expected = notesOf(heard).map(({ pitch: note, start, end }) => `${note} ${start} ${end}`);
        const written = new Set(sequence.notes.map((note) => `${note.pitch} ${note.startTime} ${note.endTime}`));
        expect(expected.filter((note) => !written.has(note))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
