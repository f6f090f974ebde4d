// A moment of a session, for tests of what is shown of it.
import type { Status } from '../../../src/jam/status.js';

export const status: Status = {
  phase: 'model',
  turn: 3,
  mode: 'bars',
  exchanges: [{ you: 2, model: 2 }],
  left: { seconds: 1.25, beats: 2.5, fraction: 0.25 },
  quarter: 13.5,
  bar: 4,
  beat: 2,
  beatFraction: 0.5,
  beatsPerBar: 4,
  held: false,
  qpm: 120,
  models: [
    { model: 'ff4', weight: 7 },
    { model: 'coldplay', weight: 3 },
  ],
  temperature: 1.1,
  metronome: 'on',
  playOver: 'interrupt',
  loop: false,
  mutate: false,
  finishing: false,
  learning: null,
  learned: {},
  takes: { turn: 3, ready: [0, 1, 2], kept: 1 },
  sounding: { you: [64], model: [67] },
  roll: [
    { voice: 'you', pitch: 60, velocity: 80, start: 7, end: 8 },
    { voice: 'you', pitch: 64, velocity: 80, start: 9, end: null },
    { voice: 'model', pitch: 67, velocity: 80, start: 9.5, end: 10.5 },
    { voice: 'model', pitch: 72, velocity: 80, start: 12, end: 13 },
  ],
  lastAnswer: { turn: 3, offset: 0.0004, generation: 0.0123, lateNotes: 0 },
  answers: { turns: 2, missed: 0 },
};
