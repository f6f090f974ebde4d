// The sound thread with its synthesizer, and players that are programs: fake ones on a PATH of their own, which keep what they are given. When
// a note is heard is counted in frames of that; the notes' times are the test's.

import { describe, expect, it, type TestContext } from 'vitest';
import { ownSoundFont } from '../../../src/audio/soundfont-places.js';
import type { Voice } from '../../../src/jam/settings.js';
import { SessionTime } from '../../../src/session/clock/session-time.js';
import { PlayerProcess } from '../../../src/session/sound/player-process.js';
import type { PlayerKind } from '../../../src/session/sound/players.js';
import { Speaker, type SpeakerState } from '../../../src/session/sound/speaker.js';
import { type FakeDeeds, fakePlayers, heardBy, isAlive, onsets, RATE } from '../support/fake-players.js';

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const waitUntil = async (done: () => boolean): Promise<void> => {
  for (let k = 0; k < 500 && !done(); k++) await pause(0.02);
};

describe.skipIf(process.platform !== 'linux')('with players of a test', () => {
  async function open(players: Readonly<Record<string, FakeDeeds>>, context: Pick<TestContext, 'onTestFinished'>) {
    const { path, folder } = fakePlayers(players, context);
    const time = new SessionTime();
    const notices: string[] = [];
    const states: SpeakerState[] = [];
    const played: { readonly id: number; readonly time: number; readonly dropped: boolean }[] = [];
    const data = { soundFont: ownSoundFont(), volume: 1, latency: undefined, programs: {} };
    // The thread keeps the environment that it is started in.
    const { PATH } = process.env;
    process.env.PATH = path;
    const speaker = new Speaker(time, data, {
      changed: (state) => states.push(state),
      notice: (text) => notices.push(text),
      played: (id, at, dropped) => played.push({ id, time: at, dropped }),
    });
    process.env.PATH = PATH;
    context.onTestFinished(() => speaker.end());
    const click = (at: number, voice: Voice = 'click', id?: number): void => {
      speaker.schedule(at, voice, [0x99, 76, 127], id);
      speaker.schedule(at + 0.02, voice, [0x89, 76, 0]);
    };
    const first = await speaker.opened;
    return { time, speaker, first, notices, states, played, folder, click };
  }

  describe('one that plays', () => {
    it('is given each note at its frame, to a block, and says when each was heard', { retry: 2 }, async (context) => {
      const { first, time, played, folder, click } = await open({ pacat: {} }, context);
      expect(first).toMatchObject({ on: true, name: 'pacat' });
      const start = time.now() + 0.3;
      const times = [0, 0.3501, 0.7333, 1.1, 1.51].map((after) => start + after);
      for (const [id, at] of times.entries()) click(at, 'click', id);
      await waitUntil(() => played.length === times.length);
      const [player] = heardBy(folder);
      await pause(0.1);
      const found = onsets(heardBy(folder)[0]?.samples ?? new Float32Array());
      expect(player?.name).toBe('pacat');
      expect(found).toHaveLength(times.length);
      const off = found.slice(1).map((frame, k) => {
        const seconds = (times[k + 1] as number) - (times[k] as number);
        return frame - (found[k] as number) - seconds * RATE;
      });
      // Rounded to the middle of a block of 64, each of both. Where a busy machine let the sound break off, frames are missing, never too many.
      for (const each of off) expect(each).toBeLessThanOrEqual(64 + 2);
      expect(off.filter((each) => each >= -64 - 2).length).toBeGreaterThanOrEqual(2);
      expect(played.map(({ id, dropped }) => [id, dropped])).toEqual(times.map((_, id) => [id, false]));
      for (const { id, time: heard } of played) expect(Math.abs(heard - (times[id] as number))).toBeLessThan(0.001);
    });

    it('ends what is taken back, and all at a silence', async (context) => {
      const { time, speaker: it, folder, click } = await open({ pacat: {} }, context);
      const start = time.now() + 0.3;
      click(start, 'model');
      click(start + 0.3, 'model');
      it.cancel('model', start + 0.2);
      // A note that is held, of an organ.
      it.schedule(0, 'you', [0xc0, 16]);
      it.schedule(0, 'you', [0x90, 60, 100]);
      await pause(1);
      it.silence();
      await pause(0.6);
      const samples = heardBy(folder)[0]?.samples ?? new Float32Array();
      const loudest = (from: number, to: number) => samples.subarray(from, to).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      const end = samples.length;
      expect(loudest(end - 1.3 * RATE, end - 0.9 * RATE)).toBeGreaterThan(0.05);
      expect(loudest(end - 0.1 * RATE, end)).toBeLessThan(0.01);
    });

    it.concurrent('is gone a tenth of a second after the end', async (context) => {
      const jam = await open({ pacat: {} }, context);
      const [player] = heardBy(jam.folder);
      const before = performance.now();
      await jam.speaker.end();
      const took = performance.now() - before;
      await waitUntil(() => !isAlive(player?.pid ?? 0));
      expect(isAlive(player?.pid ?? 0)).toBe(false);
      // What is promised is a tenth of a second; a busy machine takes longer to say so.
      expect(took).toBeLessThan(1000);
    });

    it.concurrent('is gone at once when the process must end', async (context) => {
      const jam = await open({ pacat: {} }, context);
      const [player] = heardBy(jam.folder);
      jam.speaker.kill();
      await waitUntil(() => !isAlive(player?.pid ?? 0));
      expect(isAlive(player?.pid ?? 0)).toBe(false);
    });
  });

  it.concurrent('the one that is killed gives way to another, and the music goes on', async (context) => {
    const { notices, states, time, folder, click } = await open({ pacat: { dieAfter: 0.4 }, stdbuf: {} }, context);
    await waitUntil(() => states.length > 1);
    expect(notices).toEqual(['pacat does not play any more: it ended (SIGKILL).']);
    expect(states.at(-1)).toMatchObject({ on: true, name: 'pw-cat' });
    click(time.now() + 0.2);
    await pause(0.6);
    const [first, second] = heardBy(folder);
    expect([first?.name, second?.name]).toEqual(['pacat', 'stdbuf']);
    expect(onsets(second?.samples ?? new Float32Array())).toHaveLength(1);
  });

  it.concurrent('one that does not read is left', async (context) => {
    const { notices, states } = await open({ pacat: { deafAfter: 0.2 }, stdbuf: {} }, context);
    await waitUntil(() => states.length > 1);
    expect(notices).toEqual(['pacat does not play any more: it does not take its sound.']);
    expect(states.at(-1)).toMatchObject({ on: true, name: 'pw-cat' });
  });

  it.concurrent('what one does not read does not pile up', async ({ onTestFinished }) => {
    let read: number | undefined;
    const kind: PlayerKind = {
      name: 'slow',
      through: 'nothing',
      command: 'sh',
      // Lets its sound wait, takes what has piled up, and says how many bytes that was.
      args: () => ['-c', 'sleep 0.3; echo waited; timeout 0.5 cat | wc -c'],
      ahead: 1,
      beyond: 0,
      hear(line) {
        if (/^\d+$/.test(line.trim())) read = Number(line);
        return undefined;
      },
    };
    const process = new PlayerProcess(kind, { rate: RATE, buffer: 0.04, hooks: { news() {}, ended() {} } });
    onTestFinished(() => process.kill());
    const second = new Uint8Array(4 * RATE);
    for (let k = 0; k < 60; k++) process.write(second);
    expect(process.full).toBe(true);
    await waitUntil(() => read !== undefined);
    // A second that was begun with, of the minute.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(3 * second.length);
  });

  it.concurrent('those that refuse say why, and the next one plays', async (context) => {
    const { first } = await open({ pacat: { refuse: 'Connection failure: Connection refused' }, stdbuf: {} }, context);
    expect(first).toMatchObject({ on: true, name: 'pw-cat' });
  });
});

it('a soundfont that is none is said to be none', async () => {
  const speaker = new Speaker(
    new SessionTime(),
    { soundFont: '/nowhere/none.sf2', volume: 1, latency: undefined, programs: {} },
    { changed() {}, notice() {} },
  );
  expect(await speaker.opened).toMatchObject({ on: false, code: 'not-found', problem: expect.stringContaining('/nowhere/none.sf2') });
  await speaker.end();
});
