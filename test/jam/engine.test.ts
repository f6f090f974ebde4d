// What happens in the midst of a jam: playing over the model, late answers, other tempos and lengths, takes, loop, panic, pedals, learning.
// Expected positions are counted by hand at 120 qpm: in bars mode quarter 0 is at 0.2 s, you begin at 2.2 s, the model at 6.2 s.

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/jam/action.js';
import type { Job } from '../../src/jam/answers/job.js';
import type { Control } from '../../src/jam/control.js';
import { Engine } from '../../src/jam/engine.js';
import type { LogEntry } from '../../src/jam/log/log-entry.js';
import { replayedLog } from '../../src/jam/log/replay.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/jam/settings.js';
import { type Deed, type Jam, playJam, playNotes, readBack, ScaleThinker, sentNotes, type Thinker } from './virtual-jam.js';

const set = (time: number, control: Control): Deed => ({ time, control });
const CALL = playNotes([
  [60, 2.2, 2.6, 100],
  [64, 2.45, 2.9, 60],
  [67, 3.2, 4, 100],
]);
const play = (deeds: readonly Deed[], settings: Partial<Settings> = {}, until = 20, thinker: Thinker = new ScaleThinker()): Jam =>
  playJam(deeds, { thinker, settings, until });
const model = (jam: Jam): { pitch: number; start: number; end: number; velocity: number }[] => sentNotes(jam.sent, 'model');
const entries = <T extends LogEntry['type']>(jam: Jam, type: T): Extract<LogEntry, { type: T }>[] =>
  jam.log.filter((entry): entry is Extract<LogEntry, { type: T }> => entry.type === type);
const turnTimes = (jam: Jam): number[] => entries(jam, 'turn').map(({ t }) => t / 1e6);

describe('playing over the model', () => {
  const jam = play([
    ...CALL,
    ...playNotes([
      [50, 7.3, 7.8],
      [52, 11, 11.5],
    ]),
  ]);

  it('ends its note at once, and the rest is not played', () => {
    const [last] = model(jam)
      .filter(({ start }) => start < 14)
      .slice(-1);
    expect(last).toMatchObject({ start: 7.2, end: 7.3 });
    expect(entries(jam, 'cut').map(({ t, turn }) => [t, turn])).toEqual([[7_300_000, 1]]);
  });

  it('makes it the beginning of the next call, from its bar on, and no bar shifts', () => {
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 7.3, 14.2, 18.2]);
    const reply = entries(jam, 'reply')[1];
    // From 6.2 s to 14.2 s are 64 steps; 7.3 s is step 8.8, 11 s step 38.4.
    expect(reply?.job?.primer).toHaveLength(64);
    expect([reply?.job?.primer[9], reply?.job?.primer[38]]).toEqual([50, 52]);
  });

  it('does not happen with a late last note or an early first one', () => {
    const calm = play([
      ...CALL,
      ...playNotes([
        [72, 6.3, 6.4],
        [48, 10.1, 10.4],
      ]),
    ]);
    expect(entries(calm, 'cut')).toEqual([]);
    expect(entries(calm, 'reply')[1]?.job?.primer[0]).toBe(48);
  });

  it('goes along with it when that is wished', () => {
    const along = play([set(1, { type: 'play-over', playOver: 'along' }), ...CALL, ...playNotes([[50, 7.3, 7.8]])]);
    expect(model(along).filter(({ start }) => start < 10.2)).toHaveLength(16);
  });
});

describe('an answer that comes late', () => {
  /** Answers after a time, all at once. */
  const slow = (seconds: number): Jam => playJam(CALL, { thinker: new ScaleThinker(), until: 12, stepSeconds: seconds });

  it('begins with its own later notes, and the bars stay', () => {
    // A part of four steps takes 0.4 s. Asked at 5.7 s, a beat ahead: parts at 6.1, 6.5, 6.9, .. for steps 0, 4, 8, .. at 6.2, 6.7, 7.2, ..
    const fine = slow(0.4);
    expect(
      model(fine)
        .slice(0, 4)
        .map(({ start }) => start),
    ).toEqual([6.2, 6.45, 6.7, 6.95].map((x) => expect.closeTo(x, 9)));
    // With 0.55 s: steps 0 and 2 at 6.25 (50 ms late; 200 ms before its time), then 4 and 6 at 6.8 (100 ms late), 8 and 10 at 7.35 (150 ms late).
    const late = slow(0.549);
    expect(
      model(late)
        .slice(0, 4)
        .map(({ start }) => start),
    ).toEqual([6.249, 6.45, 6.798, 6.95].map((x) => expect.closeTo(x, 9)));
    expect(model(late).some(({ start }) => Math.abs(start - 7.347) < 1e-6)).toBe(false);
    expect(entries(late, 'late')[0]).toMatchObject({ turn: 1, notes: 1 });
    expect(turnTimes(late)).toEqual([2.2, 6.2, 10.2]);
  });

  it('is said to have missed its turn when it never came', () => {
    const never: Thinker = { idle: true, give() {}, work: () => undefined };
    const jam = play(CALL, {}, 12, never);
    expect(jam.engine.status(12).answers).toEqual({ turns: 1, missed: 1 });
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 10.2]);
  });

  const answers = (deeds: readonly Deed[], thinker: Thinker = new ScaleThinker()) => play(deeds, {}, 16, thinker).engine.status(16).answers;
  const never: Thinker = { idle: true, give() {}, work: () => undefined };
  const over = playNotes([[50, 7.3, 7.8]]);

  it.each([
    ['you played over it', [...CALL, ...over], new ScaleThinker()],
    ['panic ended it', [...CALL, set(7.3, { type: 'panic' } as const)], new ScaleThinker()],
    ['you played over a model that had not come yet', [...CALL, ...over], never],
    ['there was nothing to answer', [], new ScaleThinker()],
    ['nobody was to answer', [...CALL, set(3, { type: 'models', models: [] } as const)], new ScaleThinker()],
  ] as const)('has not missed it when %s', (_, deeds, thinker) => {
    expect(answers(deeds, thinker)).toEqual({ turns: 1, missed: 0 });
  });
});

describe('the answer', () => {
  it('is as loud as the call, on the beat and off it', () => {
    const notes = model(play(CALL, {}, 10));
    expect(notes.map(({ velocity }) => velocity).slice(0, 4)).toEqual([100, 60, 100, 60]);
  });

  it('swings as the call does', () => {
    // Beats, and second eighths two thirds into the beat.
    const swung = [0, 1, 2, 3, 4].flatMap((beat): [number, number, number][] => [
      [60 + beat, 2.2 + beat / 2, 2.5 + beat / 2],
      [70 + beat, 2.2 + (beat + 2 / 3) / 2, 2.2 + (beat + 0.95) / 2],
    ]);
    const jam = play(playNotes(swung), {}, 10);
    const quarters = model(jam).map(({ start }) => (start - 6.2) * 2);
    expect(quarters.slice(0, 4)).toEqual([0, 2 / 3, 1, 5 / 3].map((x) => expect.closeTo(x, 4)));
    expect(entries(jam, 'reply')[0]?.job?.primer.slice(0, 4)).toEqual([60, -2, 70, -2]);
  });

  it('is about the call as it was just before the turn', () => {
    const jam = play([...CALL, ...playNotes([[71, 6.1, 6.15]])], {}, 8);
    expect(entries(jam, 'reply')[0]?.job?.primer[31]).toBe(71);
    expect(model(jam)[0]).toMatchObject({ pitch: 82, start: 6.2 });
  });

  it('continues what was played before when you are silent, and is silent when nothing was', () => {
    const jam = play([set(17, { type: 'finish' })], {}, 40);
    expect(model(jam)).toEqual([]);
    const after = play(CALL, {}, 20);
    // The last note of the first answer, 16 steps of a scale after 67.
    expect(entries(after, 'reply')[1]?.job?.primer).toHaveLength(32);
    expect(model(after).filter(({ start }) => start > 14)[0]?.pitch).toBe((((model(after)[15]?.pitch ?? 0) + 1) % 100) + 10);
  });
});

describe('while it plays', () => {
  it('another tempo moves everything that is to come', () => {
    // At 7.2 s, quarter 14, the tempo halves: the model's turn ends at quarter 20, 6 s later.
    const jam = play([...CALL, set(7.2, { type: 'tempo', qpm: 60 })], {}, 14);
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 13.2]);
    const starts = model(jam).map(({ start }) => start);
    expect(starts).toEqual(
      [6.2, 6.45, 6.7, 6.95, 7.2, 7.7, 8.2, 8.7, 9.2, 9.7, 10.2, 10.7, 11.2, 11.7, 12.2, 12.7].map((x) => expect.closeTo(x, 9)),
    );
    expect(jam.faults).toEqual([]);
    const clicks = sentNotes(jam.sent, 'click').map(({ start }) => start);
    expect(clicks.slice(-3)).toEqual([11.2, 12.2, 13.2].map((x) => expect.closeTo(x, 9)));
  });

  it('three taps are a tempo', () => {
    const jam = play(
      [3, 3.6, 4.2].map((time) => set(time, { type: 'tap' })),
      {},
      5,
    );
    expect(jam.engine.status(5).qpm).toBeCloseTo(100, 6);
  });

  it('other lengths hold from the next turn on', () => {
    const jam = play([...CALL, set(3, { type: 'exchanges', exchanges: [{ you: 1, model: 1 }] })], {}, 12);
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 8.2, 10.2]);
  });

  it('another mode begins at the next bar', () => {
    const jam = play([...CALL, set(7.3, { type: 'mode', mode: 'trade' })], {}, 17);
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 8.2, 16.2]);
    expect(
      Math.max(
        ...model(jam)
          .filter(({ start }) => start < 16)
          .map(({ end }) => end),
      ),
    ).toBe(7.3);
  });

  it('panic silences everything, and the model rests until its turn is over', () => {
    const jam = play([...CALL, set(7.3, { type: 'panic' })], { thru: true }, 12);
    expect(Math.max(...model(jam).map(({ end }) => end))).toBe(7.3);
    const controllers = jam.sent.filter(({ time, bytes }) => time === 7.3 && (bytes[0] ?? 0) >> 4 === 0xb);
    expect(new Set(controllers.map(({ bytes }) => (bytes[0] ?? 0) & 15)).size).toBe(16);
    expect(turnTimes(jam)).toEqual([2.2, 6.2, 10.2]);
  });

  it('loop plays the last answer again, and another take when that is kept', () => {
    const jam = play([...CALL, set(8, { type: 'loop', on: true })], {}, 19);
    const [first, second] = [model(jam).slice(0, 16), model(jam).slice(16)];
    expect(second.map(({ pitch }) => pitch)).toEqual(first.map(({ pitch }) => pitch));
    const other = play([...CALL, set(8, { type: 'loop', on: true }), set(8.1, { type: 'keep-take', take: 2 })], {}, 19);
    // ScaleThinker's takes are three semitones apart.
    expect(
      model(other)
        .slice(16)
        .map(({ pitch }) => pitch),
    ).toEqual(first.map(({ pitch }) => pitch + 6));
    expect(other.engine.status(19).takes).toEqual({ turn: 1, ready: [0, 1, 2], kept: 2 });
  });

  it('mutate answers the last answer instead of the call', () => {
    const jam = play([...CALL, set(8, { type: 'mutate' }), ...playNotes([[40, 11, 12]])], {}, 19);
    const last = model(jam)[15]?.pitch ?? 0;
    expect(model(jam)[16]?.pitch).toBe(((last + 1) % 100) + 10);
  });

  it('another model answers from the next answer on', () => {
    const models = ['a', 'b'].map((name) => [{ model: name, weight: 1 }]);
    const deeds = [...CALL, set(7, { type: 'models', models: models.slice(1) } as const), ...playNotes([[50, 11, 12]])];
    const jam = play(deeds, { models: models.slice(0, 1) }, 19);
    expect(entries(jam, 'reply').map(({ job }) => job?.mix[0]?.model)).toEqual(['a', 'b']);
    // The answer that played when it was chosen played on.
    expect(model(jam).filter(({ start }) => start < 10.2)).toHaveLength(16);
  });

  it('models take turns', () => {
    const models = ['a', 'b'].map((name) => [{ model: name, weight: 1 }]);
    const jam = play([...CALL, ...playNotes([[50, 11, 12]])], { models }, 19);
    expect(entries(jam, 'reply').map(({ job }) => job?.mix[0]?.model)).toEqual(['a', 'b']);
  });

  it('learns controllers and obeys them, and they do not sound', () => {
    const jam = play(
      [
        set(1, { type: 'learn', target: 'temperature' }),
        { time: 1.1, bytes: [0xb3, 20, 5] },
        { time: 1.2, bytes: [0xb3, 20, 127] },
        { time: 1.3, bytes: [0xb3, 21, 127] },
      ],
      { thru: true },
      2,
    );
    expect(jam.engine.status(2)).toMatchObject({ temperature: 2, learned: { temperature: 20 }, learning: null });
    expect(jam.sent.filter(({ voice }) => voice === 'you').map(({ bytes }) => bytes)).toEqual([[0xb3, 21, 127]]);
  });

  it('a source that is gone holds nothing any more', () => {
    const jam = play([{ time: 3, bytes: [0x90, 60, 90], source: 4 }, set(4, { type: 'source-lost', source: 4 })], {}, 5);
    expect(jam.engine.status(5).sounding.you).toEqual([]);
  });

  it('a key can hand over', () => {
    const deeds = [...playNotes([[60, 1, 1.4]]), ...playNotes([[21, 1.6, 1.7]])];
    const jam = play(deeds, { mode: 'pedal', metronome: 'off', handOverKey: 21, thru: true }, 6);
    // Bar line at 1 s: quarter 4; 1.6 s is 5.2, so the answer is at quarter 6, 2 s.
    expect(turnTimes(jam)).toEqual([1, 2]);
    expect(sentNotes(jam.sent, 'you').map(({ pitch }) => pitch)).toEqual([60]);
  });

  it.each<readonly [string, readonly Deed[]]>([
    ['was unplugged', [set(1.5, { type: 'source-lost', source: 0 })]],
    [
      'was let go of where it hands nothing over',
      [set(1.5, { type: 'mode', mode: 'bars' }), { time: 1.6, bytes: [0xb0, 64, 0] }, set(1.7, { type: 'mode', mode: 'pedal' })],
    ],
  ])('a pedal hands over when it is pressed again, also after it %s', (_, between) => {
    const down = { bytes: [0xb0, 64, 127] };
    const jam = play([{ time: 1, ...down }, ...between, ...playNotes([[60, 8, 8.4]]), { time: 9, ...down }], { mode: 'pedal' }, 12);
    // 8 s is quarter 15.6, and 9 s quarter 17.6.
    expect(
      entries(jam, 'turn')
        .slice(-2)
        .map(({ whose, quarter }) => [whose, quarter]),
    ).toEqual([
      ['you', 15],
      ['model', 18],
    ]);
  });

  it('a MIDI clock goes out, 24 ticks a beat', () => {
    const jam = play([set(5, { type: 'stop' })], { clockOut: true }, 6);
    const clock = jam.sent.filter(({ voice }) => voice === 'clock');
    expect(clock[0]).toMatchObject({ time: 0.2, bytes: [0xfa] });
    expect(clock.at(-1)).toMatchObject({ time: 5, bytes: [0xfc] });
    expect(clock.filter(({ time }) => time >= 1.2 - 1e-9 && time < 2.2 - 1e-9)).toHaveLength(48);
  });
});

describe('the first note of an answer', () => {
  it('is marked, and its true time is in the status and the log', () => {
    const jam = play(CALL, {}, 7);
    const marked = jam.sent.filter(({ first }) => first !== undefined);
    expect(marked.map(({ time, first }) => [time, first])).toEqual([[6.2, 1]]);
    jam.engine.sent(7, 1, 6.2004);
    expect(jam.engine.status(7).lastAnswer?.offset).toBeCloseTo(0.0004, 9);
    expect(entries(jam, 'sent')).toEqual([{ t: 7_000_000, type: 'sent', turn: 1, actual: 6_200_400 }]);
  });

  it('or any other that did not sound is told of, and played again from the log so', () => {
    const jam = play(CALL, {}, 7);
    jam.engine.dropped(7, { voice: 'model', due: 6.2, bytes: [0x90, 78, 90] });
    expect(jam.engine.status(7).lastAnswer?.lateNotes).toBe(1);
    expect(jam.log.at(-1)).toEqual({ t: 7_000_000, type: 'dropped', voice: 'model', due: 6_200_000, bytes: '904e5a' });
    const log = readBack(jam.log);
    expect(log).toMatchObject({ entries: jam.log, damaged: 0 });
    expect(replayedLog(log)).toEqual(jam.log);
  });

  it('is asked for before the turn, and its job is complete', () => {
    const jam = play(CALL, { seed: 7, temperature: 0.5 }, 7);
    const wanted: Partial<Job> = { turn: 1, steps: 32, takes: [0], seed: 7, temperature: 0.5, done: 0 };
    expect(jam.jobs.find(({ steps }) => steps > 0)).toMatchObject(wanted);
    expect(jam.answers[0]?.time).toBeLessThan(6);
  });
});

describe('what cannot be', () => {
  const engine = (settings: Partial<Settings> = {}): Engine => new Engine({ ...DEFAULT_SETTINGS, ...settings }, (_: Action) => {});

  it.each<Partial<Settings>>([
    { qpm: 5 },
    { temperature: -1 },
    { takes: 0 },
    { beatsPerBar: 2.5 },
    { exchanges: [{ you: 0, model: 2 }] },
    { exchanges: [{ you: Number.NaN, model: 2 }] },
    { mode: 'polka' as 'bars' },
    { models: [[]] },
    { voices: { ...DEFAULT_SETTINGS.voices, model: { channel: 16, program: null } } },
  ])('settings such as %j are refused', (settings) => {
    expect(() => engine(settings)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('a control that asks for it changes nothing', () => {
    const log: LogEntry[] = [];
    const jam = new Engine(DEFAULT_SETTINGS, (action) => {
      if (action.type === 'log') log.push(action.entry);
    });
    jam.begin(0);
    const before = log.length;
    expect(() => jam.control(1, { type: 'tempo', qpm: 1e9 })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => jam.input(Number.NaN, [0x90, 60, 90])).toThrow(expect.objectContaining({ code: 'usage' }));
    expect([log.length, jam.status(1).qpm]).toEqual([before, 120]);
  });
});

it('what is sent is sent so much earlier as its sound is known to be late', () => {
  let now = 0;
  const notice: { readonly due: number; readonly ahead: number }[] = [];
  const engine = new Engine({ ...DEFAULT_SETTINGS, countInBars: 4 }, (action) => {
    if (action.type === 'send' && action.voice === 'click') notice.push({ due: action.time, ahead: action.time - now });
  });
  engine.begin(0);
  for (now = 0.01; now < 6; now += 0.01) {
    if (Math.abs(now - 3) < 0.001) engine.control(now, { type: 'latency', seconds: 0.4 });
    engine.advance(now);
  }
  const least = (from: number, to: number) => Math.min(...notice.filter(({ due }) => due > from && due < to).map(({ ahead }) => ahead));
  expect(least(1, 3)).toBeLessThan(0.3);
  expect(least(4, 6)).toBeGreaterThan(0.62);
  expect(() => engine.control(6, { type: 'latency', seconds: 2 })).toThrow('The latency cannot be 2.');
});

it.each([0, 0.082723, 12.5])('the first beat is clicked however late after %d s the session begins', (begin) => {
  const clicks: { readonly time: number; readonly pitch: number | undefined }[] = [];
  const engine = new Engine(DEFAULT_SETTINGS, (action) => {
    if (action.type === 'send' && action.voice === 'click' && action.bytes[0] === 0x99)
      clicks.push({ time: action.time, pitch: action.bytes[1] });
  });
  engine.begin(begin);
  for (let now = begin; now < begin + 2; now += 0.01) engine.advance(now);
  // A fifth of a second after it, then every half second; General MIDI's high wood block is 76, the low one 77.
  expect(clicks.slice(0, 4).map(({ pitch }) => pitch)).toEqual([76, 77, 77, 77]);
  for (const [k, { time }] of clicks.entries()) expect(time).toBeCloseTo(begin + 0.2 + k / 2, 6);
});
