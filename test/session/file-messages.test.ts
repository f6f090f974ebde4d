// The file is written byte by byte here; times are arithmetic: 480 ticks a quarter note, half a second a quarter until tick 480, a quarter
// of a second from there.
import { expect, test } from 'vitest';
import { readFileMessages } from '../../src/session/file-messages.js';

const chunk = (type: string, data: readonly number[]): number[] => [
  ...Buffer.from(type),
  0,
  0,
  data.length >> 8,
  data.length & 255,
  ...data,
];
const END = [0, 0xff, 0x2f, 0];
const file = (...tracks: number[][]): Uint8Array =>
  Uint8Array.from([
    ...chunk('MThd', [0, 1, 0, tracks.length, 480 >> 8, 480 & 255]),
    ...tracks.flatMap((track) => chunk('MTrk', [...track, ...END])),
  ]);
const quarter = [0x83, 0x60];

const song = file(
  [...quarter, 0xff, 0x51, 3, 0x03, 0xd0, 0x90],
  [0, 0x90, 60, 100, ...quarter, 60, 0, ...quarter, 0xb0, 64, 127, ...quarter, 0xc0, 5],
  [...quarter, 0x91, 72, 90, 0, 0xf0, 2, 1, 0xf7, ...quarter, 0x81, 72, 0],
);
const messages = [
  { time: 0, bytes: [0x90, 60, 100] },
  { time: 0.5, bytes: [0x90, 60, 0] },
  { time: 0.5, bytes: [0x91, 72, 90] },
  { time: 0.75, bytes: [0xb0, 64, 127] },
  { time: 0.75, bytes: [0x81, 72, 0] },
  { time: 1, bytes: [0xc0, 5] },
];

test('all tracks play together, at the times of the tempo map', () => {
  expect(readFileMessages(song)).toEqual(messages);
});

test('a file that plays nothing, and no file at all, are refused', () => {
  expect(() => readFileMessages(file([]))).toThrow(/plays nothing/);
  expect(() => readFileMessages(new Uint8Array(100))).toThrow(/MIDI/);
});
