// Continuing a melody or a piece of music: the events a model is fed, and how long the result shall be.

import { MstError } from '../core/errors.js';
import { type Melody, melodyFromEvents, melodyToNoteSequence, NO_EVENT, NOTE_OFF, setLength } from '../music/melody.js';
import { DEFAULT_QPM, type NoteSequence } from '../music/note-sequence.js';
import type { Continuation } from './continuation.js';
import { hearMelody } from './heard-melody.js';
import { continueAsMagenta } from './magenta-continuation.js';

/** What a melody begins with when nothing is given: C4, as in Magenta. */
export const DEFAULT_PRIMER: readonly number[] = [60];

const STEPS_PER_BAR = 16;

/** How Magenta would do it, quirks included. */
interface Compat {
  readonly compat?: boolean;
}

/**
 * Continues a melody given as events up to `numSteps` steps from its beginning. Whole bars of rest before its first note are left out.
 * By default the events are fed as they are, and a note that still sounds ends at the last of them. With `compat` they first become notes
 * as in Magenta, so that rests after the last note are lost.
 * @throws MstError `bad-sequence` for what is no event, `usage` when the melody fills numSteps already, `bad-primer`
 */
export function continueEvents(
  events: readonly number[],
  { numSteps, qpm = DEFAULT_QPM, compat = false }: { numSteps: number; qpm?: number } & Compat,
): Continuation {
  const primer = melodyFromEvents(events);
  if (compat) return continueSequence(melodyToNoteSequence(primer, { qpm }), { numSteps, compat });
  const first = primer.events.findIndex((event) => event >= 0);
  const startStep = first < 0 ? 0 : first - (first % STEPS_PER_BAR);
  const melody = { ...primer, startStep, events: primer.events.slice(startStep) };
  const sounds = (melody.events.findLast((event) => event !== NO_EVENT) ?? NOTE_OFF) >= 0;
  return upTo(numSteps, melody, melody.events.length + (sounds ? 1 : 0), qpm);
}

/**
 * Continues the melody of a piece of music (in seconds, not quantized) up to `numSteps` steps from its beginning, from one step after its
 * last note, at the tempo it has come to there. With `compat`, as Magenta does, which takes music of one tempo, metre and melody.
 * @throws MstError `usage` when the piece fills numSteps already, `bad-primer`
 */
export function continueSequence(sequence: NoteSequence, { numSteps, compat = false }: { numSteps: number } & Compat): Continuation {
  if (compat) return withRoom(continueAsMagenta(sequence, { numSteps }));
  const { melody, qpmAt } = hearMelody(sequence);
  const length = melody.events.length + 1;
  return upTo(numSteps, melody, length, qpmAt(melody.startStep + length));
}

/** `length` events of a melody, and what follows up to `numSteps`. */
function upTo(numSteps: number, melody: Melody, length: number, qpm: number): Continuation {
  return withRoom({ melody: setLength(melody, Math.max(1, length)), totalSteps: numSteps - melody.startStep, qpm });
}

/** @throws MstError `usage` for a continuation that leaves nothing to generate */
function withRoom(continuation: Continuation): Continuation {
  const { melody, totalSteps } = continuation;
  if (melody.events.length < totalSteps) return continuation;
  const from = melody.startStep + melody.events.length;
  throw new MstError('usage', `The answer would begin at step ${from}, and ${melody.startStep + totalSteps} steps are asked for in all.`, {
    hint: `Ask for more than ${from} steps with --num_steps, or give a shorter melody to continue.`,
  });
}
