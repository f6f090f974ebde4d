// A file that plays as the human: times are arithmetic.
import { expect, test } from 'vitest';
import { FilePlayer } from '../../src/session/file-player.js';

const on = (pitch: number) => [0x90, pitch, 80];
const off = (pitch: number) => [0x80, pitch, 0];
const MESSAGES = [
  { time: 0, bytes: on(60) },
  { time: 1, bytes: off(60) },
  { time: 1, bytes: on(62) },
  { time: 3, bytes: off(62) },
  { time: 4, bytes: on(64) },
];

test('plays what is due, each message at its time', () => {
  const heard: [number, readonly number[]][] = [];
  const player = new FilePlayer(MESSAGES, 10);
  expect(player.nextTime).toBe(10);
  player.advance(11.5, (time, bytes) => heard.push([time, bytes]));
  expect(heard).toEqual([
    [10, on(60)],
    [11, off(60)],
    [11, on(62)],
  ]);
  expect([player.over, player.nextTime]).toEqual([false, 13]);
  player.advance(99, (time, bytes) => heard.push([time, bytes]));
  expect(heard.length).toBe(5);
  expect([player.over, player.nextTime]).toEqual([true, Number.POSITIVE_INFINITY]);
});

test('waits while another plays: lets go of what it holds, and goes on where it was', () => {
  const heard: [number, readonly number[]][] = [];
  const hear = (time: number, bytes: readonly number[]) => heard.push([time, bytes]);
  const player = new FilePlayer(MESSAGES, 0);
  player.advance(2, hear);
  heard.length = 0;
  player.wait(2, hear);
  expect(heard).toEqual([[2, off(62)]]);
  player.advance(50, hear);
  expect(heard.length).toBe(1);
  player.resume(12);
  player.advance(13, hear);
  player.advance(14, hear);
  // What came 1 and 2 seconds after the break comes 1 and 2 seconds after the wait.
  expect(heard.slice(1)).toEqual([
    [13, off(62)],
    [14, on(64)],
  ]);
  player.resume(20);
  expect(player.over).toBe(true);
});
