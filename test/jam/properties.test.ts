// What holds whatever anybody does: random players, random settings, random delays of the model.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/jam/control.js';
import { decodeLog, encodeLogEntry } from '../../src/jam/log/log.js';
import { replayedLog } from '../../src/jam/log/replay.js';
import { toHex } from '../../src/jam/midi-message.js';
import type { Settings } from '../../src/jam/settings.js';
import { sessionToMidi } from '../../src/jam/timeline/session-to-midi.js';
import { TURN_MODE_NAMES } from '../../src/jam/turns/turn-modes.js';
import { parseMidiFile } from '../../src/music/midi-file.js';
import { type Deed, playJam, readBack, ScaleThinker, type Sent } from './virtual-jam.js';

const time = fc.integer({ min: 0, max: 12_000_000 }).map((t) => t / 1e6);
const pitch = fc.integer({ min: 30, max: 90 });
const bytes = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(0x90, 0x91, 0x99), pitch, fc.integer({ min: 0, max: 127 })).map((message) => [...message]),
  },
  { weight: 4, arbitrary: pitch.map((note) => [0x80, note, 0]) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant(0xb0), fc.constantFrom(1, 64, 120), fc.integer({ min: 0, max: 127 })).map((message) => [...message]),
  },
  { weight: 2, arbitrary: fc.constantFrom(0xf8, 0xfa, 0xfb, 0xfc).map((status) => [status]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 6 }) },
);
const control = fc.oneof<fc.Arbitrary<Control>[]>(
  fc.constantFrom(...TURN_MODE_NAMES).map((mode) => ({ type: 'mode', mode })),
  fc.integer({ min: 20, max: 400 }).map((qpm) => ({ type: 'tempo', qpm })),
  fc.constantFrom<Control>({ type: 'tap' }, { type: 'hand-over' }, { type: 'panic' }, { type: 'mutate' }, { type: 'keep-take', take: 1 }),
  fc.boolean().map((on) => ({ type: 'loop', on })),
  fc.boolean().map((on) => ({ type: 'thru', on })),
  fc.integer({ min: 0, max: 300 }).map((ms) => ({ type: 'latency', seconds: ms / 1000 })),
  fc.constantFrom('on' as const, 'count-in' as const, 'off' as const).map((metronome) => ({ type: 'metronome', metronome })),
  fc.constantFrom('interrupt' as const, 'along' as const, null).map((playOver) => ({ type: 'play-over', playOver })),
  fc.constantFrom('temperature' as const, null).map((target) => ({ type: 'learn', target })),
  fc.integer({ min: 0, max: 2 }).map((source) => ({ type: 'source-lost', source })),
  fc.constant({ type: 'finish' }),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 }))
    .map(([you, model]) => ({ type: 'exchanges', exchanges: [{ you, model }] })),
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ time, bytes, source: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ time, control }) },
);
const settings: fc.Arbitrary<Partial<Settings>> = fc.record({
  mode: fc.constantFrom(...TURN_MODE_NAMES),
  qpm: fc.integer({ min: 40, max: 300 }),
  beatsPerBar: fc.constantFrom(3, 4),
  countInBars: fc.constantFrom(0, 1),
  metronome: fc.constantFrom('on', 'count-in', 'off'),
  thru: fc.boolean(),
  clockIn: fc.boolean(),
  clockOut: fc.boolean(),
  handOverKey: fc.constantFrom(null, 40),
});
/** Another machine's clock, at a tempo that nobody asks for: it begins, and stops and goes on now and then. */
const machine: fc.Arbitrary<Deed[]> = fc
  .record({
    spacing: fc.constantFrom(0.015, 0.0208, 0.03),
    words: fc.array(fc.record({ time, bytes: fc.constantFrom([0xfa], [0xfb], [0xfc], [0xf2, 5, 0]) }), { maxLength: 6 }),
  })
  .map(({ spacing, words }) => [
    { time: 0.1, bytes: [0xfa] },
    ...words,
    ...Array.from({ length: Math.floor(12 / spacing) }, (_, k) => ({ time: 0.1 + Math.round(k * spacing * 1e6) / 1e6, bytes: [0xf8] })),
  ]);
const jam = fc
  .record({
    deeds: fc
      .tuple(fc.array(deed, { maxLength: 60 }), fc.option(machine, { nil: [], freq: 3 }))
      .map(([played, clock]) => [...played, ...clock]),
    settings,
    stepSeconds: fc.constantFrom(0.0002, 0.01, 0.2),
    every: fc.constantFrom(1, 2, 3),
  })
  .map((options) => ({ ...options, deeds: [...options.deeds, { time: 14, control: { type: 'stop' as const } }] }));

const play = ({ deeds, settings: chosen, stepSeconds, every }: typeof jam extends fc.Arbitrary<infer T> ? T : never) =>
  playJam(deeds, { thinker: new ScaleThinker(every), settings: chosen, stepSeconds, until: 20 });

/** Notes that were begun and never ended. */
function stuck(sent: readonly Sent[], voice: string): string[] {
  const open = new Set<string>();
  for (const {
    voice: who,
    bytes: [status = 0, note = 0, velocity = 0],
  } of sent) {
    if (who !== voice) continue;
    if (status >> 4 === 9 && velocity > 0) open.add(`${status & 15} ${note}`);
    else if (status >> 4 === 8 || status >> 4 === 9) open.delete(`${status & 15} ${note}`);
  }
  return [...open];
}

describe('any jam', () => {
  it('leaves no note of the model or the metronome sounding, sends nothing into the past, and nothing after the end', () => {
    fc.assert(
      fc.property(jam, (options) => {
        const played = play(options);
        expect(played.faults).toEqual([]);
        expect(played.endedAt).toBeLessThanOrEqual(14);
        for (const voice of ['model', 'click', 'you']) expect(stuck(played.sent, voice)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it('loses nothing of what was played', () => {
    fc.assert(
      fc.property(jam, (options) => {
        const played = play(options);
        const end = played.endedAt ?? Infinity;
        const isClock = ([status = 0, ...data]: readonly number[]) =>
          [0xf8, 0xfa, 0xfb, 0xfc].includes(status) || (status === 0xf2 && data.length === 2 && data.every((byte) => byte < 128));
        const expected = options.deeds
          .toSorted((a, b) => a.time - b.time)
          .flatMap((each) => ('bytes' in each && each.time < end ? [each] : []))
          .filter(({ bytes }) => bytes[0] !== 0xfe && (options.settings.clockIn === true || !isClock(bytes)))
          .map((each) => ({ t: Math.round(each.time * 1e6), type: 'in', source: each.source ?? 0, bytes: toHex(each.bytes) }));
        expect(played.log.filter(({ type, t }) => type === 'in' && t / 1e6 < end)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('can be played again from its log, and exported', () => {
    fc.assert(
      fc.property(jam, (options) => {
        const played = play(options);
        const log = readBack(played.log);
        expect(log).toMatchObject({ entries: played.log, damaged: 0, torn: false });
        expect(replayedLog(log)).toEqual(played.log);
        const notes = played.log.some((entry) => entry.type === 'out' && entry.bytes.startsWith('9'));
        expect(parseMidiFile(sessionToMidi(log)).tracks.length).toBeGreaterThan(notes ? 1 : 0);
      }),
      { numRuns: 60 },
    );
  });

  it('can be read wherever its log is torn', () => {
    fc.assert(
      fc.property(jam, fc.double({ min: 0, max: 1, noNaN: true }), (options, share) => {
        const played = play(options);
        const text = played.log.map(encodeLogEntry).join('');
        const header = encodeLogEntry(played.log[0] as never).length;
        const cut = Math.max(header, Math.floor(text.length * share));
        const torn = decodeLog(text.slice(0, cut));
        const whole = text.slice(0, cut).split('\n').length - 1;
        expect(torn.entries.slice(0, whole)).toEqual(played.log.slice(0, whole));
        expect(torn.damaged).toBe(0);
        // The last microsecond may lack what came in at the very moment.
        const last = Math.max(...torn.entries.map(({ t, type }) => (type === 'tempo' ? 0 : t)));
        const again = replayedLog(torn);
        const sure = again.slice(
          0,
          again.findIndex(({ t, type }) => t >= last && type !== 'tempo' && type !== 'header'),
        );
        expect(played.log.slice(0, sure.length)).toEqual(sure);
        sessionToMidi(torn);
      }),
      { numRuns: 40 },
    );
  });
});
