// A recorded session as `mst session` writes it: a player's notes, and answers of rising scales, on a virtual clock.

import { encodeLogEntry } from '../../src/jam/log/log.js';
import type { LogEntry } from '../../src/jam/log/log-entry.js';
import type { Settings } from '../../src/jam/settings.js';
import { playJam, playNotes, ScaleThinker } from '../jam/virtual-jam.js';

export const QPM = 150;
export const BEAT = 60 / QPM;
/** Seconds at which the count-in of a bar is over: it begins 0.2 s after the session. */
export const FIRST_BAR = 0.2 + 4 * BEAT;

export type PlayedNote = readonly [pitch: number, start: number, end: number];

/** What the player plays: a tune in the first bar, half a beat late, and another two bars on, over the model's first note. Seconds. */
export const PLAYED: readonly PlayedNote[] = [
  [60, 0.5, 1.4],
  [64, 1.5, 2],
  [67, 2, 2.9],
  [72, 3, 3.8],
  [62, 8, 8.9],
  [65, 9, 9.9],
  [57, 10, 11.5],
].map(([pitch = 0, start = 0, end = 0]) => [pitch, FIRST_BAR + start * BEAT, FIRST_BAR + end * BEAT]);

export interface RecordedJamOptions {
  readonly settings?: Partial<Settings>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly played?: readonly PlayedNote[];
}

/** The lines of a recording of two bars you and two bars `folk`, a bar each at a time. */
export function recordedJam({ settings = {}, header = {}, played = PLAYED }: RecordedJamOptions = {}): string {
  const { log } = playJam(playNotes(played), {
    settings: {
      qpm: QPM,
      exchanges: [{ you: 1, model: 1 }],
      models: [[{ model: 'folk', weight: 1 }]],
      ...settings,
    },
    thinker: new ScaleThinker(2),
    until: FIRST_BAR + 16 * BEAT + 0.01,
  });
  const facts = { models: [{ name: 'folk', hash: '0' }], created: '2026-01-31T20:15:00.000Z', version: '0.1.0', ...header };
  return log.map((entry) => encodeLogEntry((entry.type === 'header' ? { ...entry, ...facts } : entry) as LogEntry)).join('');
}

/** The notes that begin in a recording, by the bytes in its lines: pitch and seconds. */
export function notesIn(recording: string, whose: 'you' | 'model'): { pitch: number; time: number }[] {
  const notes = recording
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { t: number; type: string; voice?: string; bytes?: string })
    .filter(({ type, voice }) => (whose === 'you' ? type === 'in' : type === 'out' && voice === 'model'))
    .map(({ t, bytes = '' }) => ({ time: t / 1e6, bytes: [...Buffer.from(bytes, 'hex')] }))
    .filter(({ bytes: [status = 0, , velocity = 0] }) => status >> 4 === 9 && velocity > 0)
    .map(({ time, bytes }) => ({ pitch: bytes[1] ?? 0, time }));
  return notes.sort((a, b) => a.time - b.time || a.pitch - b.pitch);
}
