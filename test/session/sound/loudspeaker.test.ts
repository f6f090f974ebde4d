// The way to the loudspeaker on a virtual clock, with players that do what the script says: no process, no sound, no waiting.

import { describe, expect, it } from 'vitest';
import { Loudspeaker } from '../../../src/session/sound/loudspeaker.js';
import type { PlayerHooks } from '../../../src/session/sound/player-process.js';
import type { PlayerKind } from '../../../src/session/sound/players.js';
import { refusal } from '../../../src/session/sound/refusal.js';
import type { SoundReport } from '../../../src/session/sound/sound-orders.js';

const RATE = 44_100;
const BLOCK = 64;
const TICK = 0.004;
const FRAME_BYTES = 4;

const kind = (name: string): PlayerKind => ({
  name,
  through: 'test',
  command: name,
  args: () => [],
  ahead: 1,
  beyond: 0.01,
  hear: () => undefined,
});

interface Player {
  readonly name: string;
  readonly buffer: number;
  readonly hooks: PlayerHooks;
  /** Samples of the left channel, full scale = 32767. */
  readonly left: number[];
  full: boolean;
  killed: boolean;
}

/** A loudspeaker that renders a constant, and a clock to drive it. */
function stage(names: readonly string[], { latency }: { latency?: number } = {}) {
  const players: Player[] = [];
  const reports: SoundReport[] = [];
  const rendered: { readonly frame: number; readonly zero: number; readonly now: number }[] = [];
  let now = 0;
  const loudspeaker = new Loudspeaker({
    kinds: names.map(kind),
    rate: RATE,
    block: BLOCK,
    epoch: 0n,
    latency,
    volume: 1 / 3,
    say: (report) => reports.push(report),
    render(left, right, frame, zero) {
      left.fill(0.5);
      right.fill(0.5);
      rendered.push({ frame, zero, now });
    },
    start(player, { buffer, hooks }) {
      const started: Player = { name: player.name, buffer, hooks, left: [], full: false, killed: false };
      players.push(started);
      return {
        pid: players.length,
        get full() {
          return started.full;
        },
        write(bytes) {
          const view = new DataView(bytes.buffer, bytes.byteOffset);
          for (let at = 0; at < bytes.length; at += FRAME_BYTES) started.left.push(view.getInt16(at, true));
        },
        kill() {
          started.killed = true;
        },
      };
    },
  });
  const run = (seconds: number): void => {
    for (const until = now + seconds; now < until - 1e-9 && !loudspeaker.over; ) {
      now += TICK;
      loudspeaker.tick(now);
    }
  };
  const player = (): Player => players.at(-1) as Player;
  const told = (type: SoundReport['type']) => reports.filter((report) => report.type === type);
  loudspeaker.open(0);
  return { loudspeaker, players, reports, rendered, run, player, told, time: () => now };
}

/** One whose first player plays. */
function playing(names: readonly string[], options = {}) {
  const all = stage(names, options);
  all.loudspeaker.go();
  all.run(0.02);
  all.player().hooks.news({ type: 'begun' });
  return all;
}

describe('finding a player', () => {
  it('tries one after the other; what is silent for three seconds is none', () => {
    const { players, loudspeaker, run, told } = stage(['a', 'b', 'c', 'd']);
    loudspeaker.go();
    players[0]?.hooks.ended(undefined);
    expect(players.map(({ name }) => name)).toEqual(['a', 'b']);
    players[1]?.hooks.ended('Connection refused');
    run(3.1);
    expect(players[2]?.killed).toBe(true);
    expect(players.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    players[3]?.hooks.ended('d: no device');
    expect(told('silent')).toEqual([
      {
        type: 'silent',
        problem: expect.stringMatching(/b: Connection refused\..*c: it does not begin to play\..*Not installed: a\./),
        hint: expect.any(String),
      },
    ]);
  });

  it('begins with silence, and with the music when the player plays', () => {
    const { player, run, rendered, loudspeaker } = stage(['a']);
    run(0.1);
    expect(player().left).toEqual([]);
    loudspeaker.go();
    run(0.1);
    // 40 ms are 1764 frames: 28 blocks.
    expect(player().left).toEqual(new Array(28 * 64).fill(0));
    expect(rendered).toEqual([]);
    player().hooks.news({ type: 'begun' });
    run(1);
    expect(player().left.length).toBeGreaterThan(RATE);
    expect(player().left.length).toBeLessThan(RATE + 1764 + 2 * BLOCK);
    expect(
      player()
        .left.slice(28 * 64)
        .every((sample) => sample > 10_000),
    ).toBe(true);
  });

  it('says by what it plays and how late that is, or what it was told to be', () => {
    const usual = playing(['a']);
    usual.run(0.5);
    expect(usual.told('playing')).toEqual([{ type: 'playing', name: 'a', through: 'test', latency: expect.closeTo(0.05, 6) }]);
    const given = playing(['a'], { latency: 0.3 });
    given.run(0.5);
    expect(given.told('playing')).toMatchObject([{ latency: 0.3 }]);
    // The same frame, 0.25 s later in session time than the player alone would say.
    const [first, second] = [usual, given].map(({ rendered }) => rendered[10]);
    expect(second?.frame).toBe(first?.frame);
    expect((first?.zero ?? 0) - (second?.zero ?? 0)).toBeCloseTo(0.25, 6);
  });
});

describe('a player that fails', () => {
  it('in the midst of it gives way to the next, then to itself, and at last there is silence', () => {
    const { players, player, run, told } = playing(['a', 'b']);
    run(1);
    player().hooks.ended('killed');
    expect(told('notice')).toEqual([{ type: 'notice', text: 'a does not play any more: killed.' }]);
    expect(player().name).toBe('b');
    run(0.1);
    player().hooks.news({ type: 'begun' });
    run(1);
    expect(told('playing')).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    player().hooks.ended('killed, too');
    expect(player().name).toBe('b');
    player().hooks.ended('no device');
    expect(told('silent')).toHaveLength(1);
    expect(players).toHaveLength(3);
    expect(told('process').at(-1)).toEqual({ type: 'process', pid: undefined });
  });

  it('over and over is not tried for ever', () => {
    const { players, player, run, told } = playing(['a']);
    for (let k = 0; k < 20 && told('silent').length === 0; k++) {
      run(0.1);
      player().hooks.news({ type: 'begun' });
      run(0.1);
      player().hooks.ended('killed');
    }
    expect(told('silent')).toHaveLength(1);
    expect(players.length).toBeLessThan(8);
  });

  it('by not taking its sound is left within a second, and gets nothing more', () => {
    const { players, player, run } = playing(['a', 'b']);
    run(1);
    player().full = true;
    const { length } = player().left;
    run(0.8);
    expect(players.map(({ name, killed }) => [name, killed])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(players[0]?.left.length).toBe(length);
  });

  it('by taking its sound too slowly is left as well', () => {
    const { players, player, run } = playing(['a', 'b']);
    run(1);
    for (let k = 0; k < 1000 && players.length === 1; k++) {
      player().full = k % 3 !== 0;
      run(TICK);
    }
    expect(players.map(({ name, killed }) => [name, killed])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('by running dry again and again is given more to hold', () => {
    const { players, player, run, told } = playing(['a']);
    run(2);
    for (let k = 0; k < 4; k++) {
      player().hooks.news({ type: 'dry' });
      run(0.5);
    }
    expect(told('notice')).toHaveLength(1);
    expect(players.map(({ buffer }) => buffer)).toEqual([0.04, 0.08]);
    expect(players[0]?.killed).toBe(true);
  });
});

describe('the end', () => {
  it('fades, and is over within a tenth of a second', () => {
    const { loudspeaker, player, run, time } = playing(['a']);
    run(1);
    const [before, at] = [player().left.length, time()];
    loudspeaker.end(at);
    run(1);
    expect(loudspeaker.over).toBe(true);
    expect(time() - at).toBeLessThan(0.1);
    expect(player().killed).toBe(true);
    const last = player().left.slice(before);
    const silent = last.indexOf(0);
    // 12 ms of falling levels, then nothing.
    expect(silent).toBeGreaterThan(0.01 * RATE);
    expect(silent).toBeLessThan(0.03 * RATE);
    for (let k = 1; k < silent; k++) expect(last[k]).toBeLessThanOrEqual(last[k - 1] as number);
    expect(last.slice(silent).every((sample) => sample === 0)).toBe(true);
  });

  it('before a player has begun is at once', () => {
    const { loudspeaker, run, player, told } = stage(['a']);
    loudspeaker.end(0);
    run(0.01);
    expect([loudspeaker.over, player().killed, told('silent')]).toEqual([true, true, []]);
  });
});

it('a refusal says what to install, or to look for a device, as it fits the system', () => {
  const none = [{ name: 'pacat', reason: undefined }];
  expect(refusal(none, 'linux').hint).toContain('apt install');
  expect(refusal(none, 'darwin').hint).toContain('SoX');
  const dumb = [
    { name: 'aplay', reason: 'aplay: main:831: audio open error: No such file or directory' },
    { name: 'sox', reason: 'sox FAIL sox: Sorry, there is no default audio device configured' },
  ];
  expect(refusal(dumb, 'linux')).toEqual({
    problem:
      'No sound can be played here. aplay: audio open error: No such file or directory. sox: Sorry, there is no default audio device configured.',
    hint: expect.stringContaining('sound device (aplay -l'),
  });
});
