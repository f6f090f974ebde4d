// A piece of music as a call that a model answers, and the two as one piece: a track You, which is the call as it was, and a track Model,
// whose answer begins on the next bar line.

import { MstError } from '../core/errors.js';
import { melodyToNoteSequence, STEPS_PER_QUARTER, setLength } from '../music/melody.js';
import type { Note, NoteSequence } from '../music/note-sequence.js';
import type { Continuation } from './continuation.js';
import { hearMelody } from './heard-melody.js';

/** Length of an answer when none is asked for. */
const ANSWER_BARS = 8;
/** Steps by which a note of the call may lap over the bar line on which the answer begins. */
const OVERLAP = 1;
const YOU = 0;
const MODEL = 1;

/** What to generate so that it answers: the last `totalSteps - melody.events.length` events are the answer. */
export interface Call extends Continuation {
  /** The instrument of the piece that calls. */
  readonly instrument: number;
  /** Where the answer begins, in 16ths from the beginning of the piece. */
  readonly answerStep: number;
  /** The number of that bar, the first of the piece being 1. */
  readonly answerBar: number;
  /** Seconds from the beginning of the piece. */
  secondsAt(step: number): number;
}

/**
 * Hears the melody of a piece (in seconds, not quantized) up to the first bar line after its last note, which may lap over it by a 16th.
 * @param options.steps length of the answer in 16ths; by default eight bars of the piece
 * @throws MstError `bad-primer` for a piece without a melody, one too long, or bars that are no whole number of 16ths
 */
export function hearCall(sequence: NoteSequence, { steps }: { steps?: number | undefined } = {}): Call {
  const { melody, instrument, lastStart, end, barLineFrom, barAt, secondsAt, qpmAt } = hearMelody(sequence);
  if (instrument === undefined) {
    throw new MstError('bad-primer', 'There is no melody to answer.', { hint: 'Give music with notes other than drums.' });
  }
  const answerStep = barLineFrom(Math.max(lastStart + 1, end - OVERLAP));
  let answerEnd = answerStep + (steps ?? 0);
  if (steps === undefined) for (let bar = 0; bar < ANSWER_BARS; bar++) answerEnd = barLineFrom(answerEnd + 1);
  return {
    melody: setLength(melody, answerStep - melody.startStep),
    totalSteps: answerEnd - melody.startStep,
    qpm: qpmAt(answerStep),
    instrument,
    answerStep,
    answerBar: barAt(answerStep),
    secondsAt,
  };
}

/**
 * The call and its answer as one piece with the tempos, metres and keys of the piece that was heard. The call keeps its notes, controllers
 * and sound; the answer has the same sound, and is as loud as the call is on average.
 * @param events what was generated for the call, `call.totalSteps` events
 */
export function callAndAnswer(sequence: NoteSequence, call: Call, events: readonly number[]): NoteSequence {
  const { melody, instrument, answerStep, secondsAt } = call;
  const mine = <E extends { instrument: number }>(items: readonly E[]): E[] =>
    items.filter((item) => item.instrument === instrument).map((item) => ({ ...item, instrument: YOU }));
  const yours = mine(sequence.notes);
  const program = yours[0]?.program ?? 0;
  const velocity = Math.round(yours.reduce((sum, note) => sum + note.velocity, 0) / Math.max(1, yours.length));
  // A note lasts a second a step here, so that its times are steps.
  const answer = { ...melody, startStep: 0, events: events.slice(melody.events.length) };
  const inSteps = melodyToNoteSequence(answer, { qpm: 60 / STEPS_PER_QUARTER, velocity, program, instrument: MODEL });
  const answers: Note[] = inSteps.notes.map((note) => ({
    ...note,
    startTime: secondsAt(answerStep + note.startTime),
    endTime: secondsAt(answerStep + note.endTime),
  }));
  const notes = [...yours, ...answers];
  return {
    ...sequence,
    notes,
    totalTime: notes.reduce((last, { endTime }) => Math.max(last, endTime), 0),
    pitchBends: mine(sequence.pitchBends),
    controlChanges: mine(sequence.controlChanges),
    instrumentInfos: [
      { instrument: YOU, name: 'You' },
      { instrument: MODEL, name: 'Model' },
    ],
  };
}
