// A jam of the web app on a virtual clock: the engine behind a page that tells it the time every 10 ms, sound that is heard 45 ms after it
// is rendered, and a model that takes 6 ms to answer. 1 bar each at 240 qpm: bars take a second, after one that is counted in.

import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../../src/audio/live/instrument.js';
import { type Played, type TimedMessage, TimedPlayer } from '../../../../src/audio/live/timed-player.js';
import type { Job } from '../../../../src/jam/answers/job.js';
import type { LogEntry } from '../../../../src/jam/log/log-entry.js';
import { PlayedSession } from '../../../../src/jam/timeline/played.js';
import { LiveJam } from '../../../../src/serve/web/jam/live-jam.js';
import { MidiOut } from '../../../../src/serve/web/jam/midi-out.js';
import { DEFAULT_PAGE_SETTINGS, engineSettings } from '../../../../src/serve/web/jam/page-settings.js';
import { Speakers } from '../../../../src/serve/web/jam/speakers.js';
import { ScaleThinker } from '../../../jam/virtual-jam.js';

const RATE = 48_000;
const BLOCK = 64;
const LATENCY = 0.045;
const TURNS = 20;
const MODEL_PORT = 1;

interface Heard {
  readonly time: number;
  readonly bytes: number[];
  readonly port: number;
}

/**
 * Plays `TURNS` turns each; your notes are struck at these parts of your bar. Messages that are `late` come too late to be played.
 * @returns also when your first bar begins, seconds
 */
function jam(
  struck: readonly number[],
  late: (message: TimedMessage) => boolean = () => false,
): { heard: Heard[]; log: LogEntry[]; begin: number } {
  const heard: Heard[] = [];
  const log: LogEntry[] = [];
  let frame = 0;
  const instrument: Instrument = {
    send: (bytes, port) => heard.push({ time: frame / RATE + LATENCY, bytes, port }),
    render: () => {
      frame += BLOCK;
    },
  };
  const player = new TimedPlayer(instrument, { rate: RATE, block: BLOCK });
  // What is rendered at a time is heard later: session time 0 is rendered before that.
  player.zero = -LATENCY;
  const sound = {
    running: true,
    play: (messages: Parameters<TimedPlayer['play']>[0][]) => {
      for (const message of messages) {
        const { id } = message;
        if (id === undefined || !late(message)) player.play(message);
        else lost.push({ id, time: now, dropped: true });
      }
    },
    cancel: (voice: Parameters<TimedPlayer['cancel']>[0], from: number) => player.cancel(voice, from),
    silence: () => player.silence(),
  };
  const lost: Played[] = [];
  const thinker = new ScaleThinker();
  const asked: { job: Job; at: number }[] = [];
  let now = 0;
  const settings = engineSettings({ ...DEFAULT_PAGE_SETTINGS, qpm: 240, exchanges: [{ you: 1, model: 1 }], metronome: 'count-in' }, ['m'], {
    seed: 1,
    latency: LATENCY + 0.03,
  });
  const made = new LiveJam(settings, { models: [] }, {
    speakers: new Speakers(sound as never, new MidiOut((time) => time)),
    firstId: 1,
    hooks: { ask: (job) => asked.push({ job, at: now }), log: (entry) => log.push(entry), ended: () => {} },
  }); // biome-ignore format: short
  made.begin();
  const zero = log.find(({ type }) => type === 'tempo')?.t ?? Number.NaN;
  const begin = zero / 1e6 + 1;
  const notes = Array.from({ length: TURNS }, (_, turn) => struck.map((part) => begin + 2 * turn + part)).flat();
  const deeds = notes.flatMap((time, k) => [
    { time, bytes: [0x90, 60 + (k % 12), 90] },
    { time: time + 0.03, bytes: [0x80, 60 + (k % 12), 0] },
  ]);
  deeds.sort((a, b) => a.time - b.time);
  const [left, right] = [new Float32Array(2 * BLOCK), new Float32Array(2 * BLOCK)];
  const quantum = (2 * BLOCK) / RATE;
  let ticked = 0;
  for (; now < begin + 2 * TURNS; now += quantum) {
    player.render(left, right, frame);
    made.played([...player.takePlayed(), ...lost.splice(0)]);
    for (let deed = deeds[0]; deed !== undefined && deed.time <= now - 0.004; deed = deeds[0]) {
      // Events come 4 ms late, with their true times.
      deeds.shift();
      made.input(deed.time, deed.bytes, 0);
    }
    for (let job = asked[0]; job !== undefined && job.at + 0.006 <= now; job = asked[0]) {
      asked.shift();
      thinker.give(job.job);
      while (!thinker.idle) {
        const answer = thinker.work();
        if (answer !== undefined) made.answer(now, answer);
      }
    }
    if (now - ticked < 0.01) continue;
    ticked = now;
    made.advance(now);
  }
  return { heard, log, begin };
}

describe.each([
  ['long before the model', [0, 0.25, 0.5]],
  ['until just before the model', [0, 0.5, 0.97]],
  ['within the time that sound takes', [0.2, 0.96]],
])('a jam in the page, played %s', (_, struck) => {
  const { heard, log, begin } = jam(struck);
  const onsets = heard.filter(({ port, bytes }) => port === MODEL_PORT && (bytes[0] as number) >> 4 === 9);

  it('begins every answer within a millisecond of its bar line, once', () => {
    for (let turn = 0; turn < TURNS - 1; turn++) {
      const line = begin + 1 + 2 * turn;
      const near = onsets.filter(({ time }) => Math.abs(time - line) < 0.04);
      expect(near).toHaveLength(1);
      expect(Math.abs((near[0]?.time ?? 0) - line)).toBeLessThan(0.001);
    }
  });

  it('records true times: of what you played, and of what was heard', () => {
    const yours = log.flatMap((entry) => (entry.type === 'in' && entry.bytes.startsWith('9') ? [entry.t / 1e6] : []));
    expect(yours.slice(0, struck.length)).toEqual(struck.map((part) => expect.closeTo(begin + part, 5)));
    const sent = log.flatMap((entry) => (entry.type === 'sent' ? [entry] : []));
    expect(sent.length).toBeGreaterThanOrEqual(TURNS - 1);
    for (const { turn, actual } of sent) expect(Math.abs(actual / 1e6 - (begin + turn))).toBeLessThan(0.001);
  });

  it('leaves no note sounding', () => {
    const open = new Set<string>();
    for (const { bytes, port } of heard) {
      const [status = 0, pitch] = bytes;
      if (status >> 4 === 9) open.add(`${port} ${pitch}`);
      else if (status >> 4 === 8) open.delete(`${port} ${pitch}`);
    }
    expect(open.size).toBeLessThanOrEqual(1);
  });
});

it('a note that came too late to be played is in the log as such, and in no recording', () => {
  const lost: { due: number; bytes: string }[] = [];
  // Every fifth note of the model.
  let count = 0;
  const { log, heard } = jam([0, 0.5], ({ time, voice, bytes }) => {
    if (voice !== 'model' || ++count % 5 > 0) return false;
    lost.push({ due: Math.round((time ?? Number.NaN) * 1e6), bytes: Buffer.from(bytes).toString('hex') });
    return true;
  });
  // Those that were taken back before their time are of no interest.
  const told = log.flatMap((entry) => (entry.type === 'dropped' ? [{ due: entry.due, bytes: entry.bytes }] : []));
  expect(told.length).toBeGreaterThan(5);
  expect(lost).toEqual(expect.arrayContaining(told));
  const recorded = PlayedSession.of(log);
  const onsets = heard.filter(({ port, bytes }) => port === MODEL_PORT && (bytes[0] as number) >> 4 === 9);
  expect(recorded.turns.flatMap(({ notes }) => notes.model)).toHaveLength(onsets.length);
});
