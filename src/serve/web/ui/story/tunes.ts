// Music for the pictures of the page: calls and answers as a timeline, and what a jam of them looks like at a moment. Not shipped.

import type { RollNote, Status } from '../../../../jam/status.js';
import type { TimelineNote, TimelineTurn } from '../../../../jam/timeline/timeline.js';
import type { Side } from '../../page-session.js';

/** Pitch, beginning and length in beats; eight beats a turn. */
type Tune = readonly (readonly [pitch: number, start: number, length: number])[];

// biome-ignore format: a tune is read in lines
const CALLS: readonly Tune[] = [
  [[60, 0, 0.9], [64, 1, 0.45], [67, 1.5, 0.45], [72, 2, 1.4], [71, 3.5, 0.45], [67, 4, 0.9], [69, 5, 0.9], [65, 6, 1.8]],
  [[74, 0, 0.45], [72, 0.5, 0.45], [69, 1, 0.9], [67, 2, 1.4], [65, 3.5, 0.45], [64, 4, 0.45], [65, 4.5, 0.45], [67, 5, 0.9], [60, 6, 1.8]],
  [[67, 0, 0.45], [67, 0.5, 0.45], [69, 1, 0.9], [71, 2, 0.9], [72, 3, 0.9], [76, 4, 0.9], [74, 5, 0.45], [72, 5.5, 0.45], [71, 6, 1.8]],
];
// biome-ignore format: a tune is read in lines
const ANSWERS: readonly Tune[] = [
  [[74, 0, 0.9], [77, 1, 0.45], [76, 1.5, 0.45], [72, 2, 1.4], [81, 3.5, 0.45], [79, 4, 0.9], [76, 5, 0.45], [74, 5.5, 0.45], [72, 6, 1.8]],
  [[64, 0, 0.45], [67, 0.5, 0.45], [72, 1, 0.9], [71, 2, 0.45], [69, 2.5, 0.45], [67, 3, 0.9], [65, 4, 1.4], [64, 5.5, 0.45], [62, 6, 0.9], [60, 7, 0.9]],
  [[79, 0, 0.9], [76, 1, 0.9], [72, 2, 0.45], [74, 2.5, 0.45], [76, 3, 0.9], [77, 4, 0.45], [76, 4.5, 0.45], [74, 5, 0.9], [72, 6, 1.8]],
];

const BEAT = 0.5;
const BEATS_PER_BAR = 4;
/** Seconds of the count-in, and of a turn. */
export const COUNT_IN = 2;
export const TURN = 4;

const tuneOf = (turn: number): Tune => (turn % 2 === 0 ? CALLS : ANSWERS)[(turn >> 1) % 3] ?? [];
const sideOf = (turn: number): Side => (turn % 2 === 0 ? 'you' : 'model');
const startOf = (turn: number): number => COUNT_IN + turn * TURN;

function notesOf(turn: number): TimelineNote[] {
  return tuneOf(turn).map(([pitch, start, length], k) => ({
    pitch,
    whose: sideOf(turn),
    velocity: 70 + ((k * 17) % 45),
    start: startOf(turn) + start * BEAT,
    end: startOf(turn) + (start + length) * BEAT,
  }));
}

const rollNote = ({ whose, pitch, velocity, start, end }: TimelineNote): RollNote => ({ voice: whose, pitch, velocity, start, end });

/** So many turns as a timeline. */
export function timelineOf(turns: number, model = 'folk'): TimelineTurn[] {
  return Array.from({ length: turns }, (_, turn) => ({
    turn,
    whose: sideOf(turn),
    start: startOf(turn),
    end: startOf(turn + 1),
    notes: notesOf(turn),
    ...(sideOf(turn) === 'model' && { model }),
    takes: sideOf(turn) === 'model' ? [0, 1, 2] : [],
    take: 0,
    muted: false,
  }));
}

/** What a jam with a model says of itself at a second. */
export function statusAt(time: number, changes: Partial<Status> = {}, model = 'folk'): Status {
  const turn = Math.floor((time - COUNT_IN) / TURN);
  const counting = turn < 0;
  const phase = counting ? 'count-in' : sideOf(turn);
  const end = counting ? COUNT_IN : startOf(turn + 1);
  const quarter = (time - COUNT_IN) / BEAT;
  const place = Math.max(0, quarter);
  const roll: RollNote[] = [];
  for (let k = Math.max(0, turn - 3); k <= turn; k++) {
    for (const note of notesOf(k)) {
      if (sideOf(k) === 'model') roll.push(rollNote(note));
      else if (note.start <= time) roll.push({ ...rollNote(note), end: note.end > time ? null : note.end });
    }
  }
  // The answer is known a little before its turn begins.
  if (phase === 'you' && end - time < 0.7) for (const note of notesOf(turn + 1)) roll.push(rollNote(note));
  const sounding = (side: Side): number[] =>
    counting || sideOf(turn) !== side
      ? []
      : notesOf(turn)
          .filter((note) => note.start <= time && note.end > time)
          .map(({ pitch }) => pitch);
  const answered = Math.max(0, Math.ceil(turn / 2));
  return {
    phase,
    turn: counting ? -1 : turn,
    mode: 'bars',
    exchanges: [{ you: 2, model: 2 }],
    left: { seconds: end - time, beats: (end - time) / BEAT, fraction: (end - time) / (counting ? COUNT_IN : TURN) },
    quarter,
    bar: Math.floor(place / BEATS_PER_BAR) + 1,
    beat: (Math.floor(place) % BEATS_PER_BAR) + 1,
    beatFraction: place - Math.floor(place),
    beatsPerBar: BEATS_PER_BAR,
    held: false,
    qpm: 60 / BEAT,
    models: [{ model, weight: 1 }],
    temperature: 1,
    metronome: 'on',
    playOver: 'interrupt',
    loop: false,
    mutate: false,
    finishing: false,
    learning: null,
    learned: {},
    takes: answered > 0 ? { turn: answered * 2 - 1, ready: [0, 1, 2], kept: 0 } : null,
    sounding: { you: sounding('you'), model: sounding('model') },
    roll,
    lastAnswer: answered > 0 ? { turn: answered * 2 - 1, offset: 0.003, generation: 0.041, lateNotes: 0 } : null,
    answers: { turns: answered, missed: 0 },
    ...changes,
  };
}
