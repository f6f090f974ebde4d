// Messages played at their times by counting frames: at 48000 frames a second and blocks of 64, block k begins at k / 750 s.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../src/audio/live/instrument.js';
import { TimedPlayer } from '../../../src/audio/live/timed-player.js';

const BLOCK = 64;
const RATE = 48_000;

interface Struck {
  readonly block: number;
  readonly bytes: number[];
  readonly port: number;
}

/** A player whose instrument keeps what it was sent, with the block in which it takes effect. */
function player(): { player: TimedPlayer; struck: Struck[]; run: (blocks: number) => void } {
  const struck: Struck[] = [];
  let block = 0;
  const instrument: Instrument = {
    send: (bytes, port) => struck.push({ block, bytes, port }),
    render: () => {
      block++;
    },
  };
  const made = new TimedPlayer(instrument, { rate: RATE, block: BLOCK });
  const [left, right] = [new Float32Array(2 * BLOCK), new Float32Array(2 * BLOCK)];
  const run = (blocks: number): void => {
    for (let k = 0; k < blocks; k += 2) made.render(left, right, block * BLOCK);
  };
  return { player: made, struck, run };
}

const on = (pitch: number): number[] => [0x90, pitch, 90];
const off = (pitch: number): number[] => [0x80, pitch, 0];

describe('the timed player', () => {
  it('plays each message in the block whose beginning is nearest, in the order of times', () => {
    const { player: made, struck, run } = player();
    made.play({ time: 10 / 750, voice: 'model', bytes: off(60) });
    made.play({ time: 4.4 / 750, voice: 'model', bytes: on(60) });
    made.play({ time: 6.6 / 750, voice: 'you', bytes: on(62) });
    made.play({ time: 10 / 750, voice: 'click', bytes: on(76) });
    run(20);
    expect(struck.map(({ block, bytes: [status, pitch], port }) => [block, status, pitch, port])).toEqual([
      [4, 0x90, 60, 1],
      [7, 0x90, 62, 0],
      [10, 0x80, 60, 1],
      [10, 0x90, 76, 2],
    ]);
  });

  it('counts session time from where it is told that this begins, also while messages wait', () => {
    const { player: made, struck, run } = player();
    made.zero = 30 / 750;
    made.play({ time: 10 / 750, voice: 'model', bytes: on(60) });
    made.zero = 50 / 750;
    run(100);
    expect(struck.map(({ block }) => block)).toEqual([60]);
  });

  it('tells when what has an id was played, in session time, and leaves out a note that is too late', () => {
    const { player: made, struck, run } = player();
    made.zero = 0.1;
    run(300);
    // Block 300 is at 0.4 s, session time 0.3 s. Notes may be 0.1 s late.
    made.play({ time: 0.19, voice: 'model', bytes: on(60), id: 1 });
    made.play({ time: 0.21, voice: 'model', bytes: on(62), id: 2 });
    made.play({ time: 0.15, voice: 'model', bytes: off(64), id: 3 });
    made.play({ time: 0.5, voice: 'model', bytes: on(65), id: 4 });
    run(200);
    const played = made.takePlayed();
    expect(played.map(({ id, dropped }) => [id, dropped])).toEqual([
      [3, false],
      [1, true],
      [2, false],
      [4, false],
    ]);
    expect(played[0]?.time).toBeCloseTo(0.3, 9);
    expect(played[3]?.time).toBeCloseTo(0.5, 3);
    expect(struck.map(({ bytes }) => bytes[1])).toEqual([64, 62, 65]);
    expect(made.takePlayed()).toEqual([]);
  });

  it('takes back what a voice would play from a time on, and nothing else', () => {
    const { player: made, struck, run } = player();
    for (const [voice, k] of [['model', 2], ['model', 8], ['you', 8], ['model', 12]] as const) {
      made.play({ time: k / 750, voice, bytes: on(60 + k) });
    } // biome-ignore format: short
    made.cancel('model', 8 / 750);
    run(20);
    expect(struck.map(({ block, bytes }) => [block, bytes[1]])).toEqual([
      [2, 62],
      [8, 68],
    ]);
  });

  it('ends a note that was taken back when it had been played already: sound runs ahead of what is heard', () => {
    const { player: made, struck, run } = player();
    made.play({ time: 2 / 750, voice: 'model', bytes: on(60) });
    made.play({ time: 4 / 750, voice: 'model', bytes: on(64) });
    made.play({ time: 30 / 750, voice: 'model', bytes: off(60) });
    run(10);
    made.cancel('model', 3 / 750);
    run(30);
    // 64 was due after that time and ends at once; 60 was not, but its end is taken back: whoever takes it back ends it.
    expect(struck.slice(2)).toEqual([{ block: 10, bytes: off(64), port: 1 }]);
  });

  it('is silent on every channel when asked, and plays nothing that waited', () => {
    const { player: made, struck, run } = player();
    made.play({ time: 2 / 750, voice: 'you', bytes: on(60) });
    made.play({ time: 20 / 750, voice: 'model', bytes: on(64) });
    run(10);
    struck.length = 0;
    made.silence();
    // Pedal up, all notes off, all sound off on 3 x 16 channels.
    expect(struck).toHaveLength(144);
    expect(new Set(struck.map(({ bytes, port }) => `${port} ${(bytes[0] as number) & 15} ${bytes[1]}`)).size).toBe(144);
    struck.length = 0;
    run(30);
    expect(struck).toEqual([]);
  });

  it('plays whatever comes in order of time, whatever order it came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }), (blocks) => {
        const { player: made, struck, run } = player();
        for (const [k, block] of blocks.entries()) made.play({ time: block / 750, voice: 'model', bytes: [0xa0, k % 128, 1] });
        run(64);
        const expected = blocks.map((block, k) => ({ block, k })).sort((a, b) => a.block - b.block || a.k - b.k);
        expect(struck.map(({ block, bytes }) => [block, bytes[1]])).toEqual(expected.map(({ block, k }) => [block, k]));
      }),
    );
  });
});
