// When files that play as you stop and go on, told from a log that is written here.
import { expect, test } from 'vitest';
import type { LogEntry } from '../../src/jam/log/log-entry.js';
import { DEFAULT_SETTINGS } from '../../src/jam/settings.js';
import { fileStart, TurnWatch } from '../../src/session/turn-watch.js';

const tempo = (t: number, qpm: number): LogEntry => ({ t: t * 1e6, type: 'tempo', quarter: 0, qpm });
const turn = (t: number, whose: 'you' | 'model'): LogEntry => ({ t: t * 1e6, type: 'turn', turn: 0, whose, quarter: 0 });

function watched(fileWaits: boolean, entries: readonly LogEntry[]) {
  const watch = new TurnWatch(fileWaits);
  const flows: [boolean, number][] = [];
  watch.onFlow = (flow, time) => flows.push([flow, time]);
  const lines = entries.flatMap((entry) => watch.hear(entry) ?? []);
  return { watch, flows, lines };
}

test('files wait while the music stands still, and the first beat is the first that goes', () => {
  const { watch, flows, lines } = watched(false, [tempo(0, 0), tempo(3, 100), turn(5, 'model'), tempo(6, 0), tempo(9, 100)]);
  expect(watch.firstBeat).toBe(3);
  expect(flows).toEqual([
    [false, 0],
    [true, 3],
    [false, 6],
    [true, 9],
  ]);
  expect(lines.filter((line) => line.includes('waiting for the MIDI clock'))).toHaveLength(2);
});

test('files that wait for the model do so, too, and go on when both let them', () => {
  const entries = [tempo(0, 120), turn(2, 'you'), turn(4, 'model'), tempo(5, 0), turn(5.5, 'you'), tempo(6, 120)];
  expect(watched(true, entries).flows).toEqual([
    [false, 4],
    [true, 6],
  ]);
});

test('a file begins on the first beat after the count-in', () => {
  expect(fileStart({ ...DEFAULT_SETTINGS, qpm: 60, countInBars: 2, beatsPerBar: 3 }, 1)).toBe(7);
  expect(fileStart({ ...DEFAULT_SETTINGS, mode: 'phrase' }, 1)).toBe(1);
});
