// What to ask a model for, to continue a piece of music (spec G.1 and G.2): the melody it is fed, and how long the result shall be.
// Magenta rounds the step at which its answer begins up even when it is whole; `compat` does as it does, the default does not.

import { MstError } from '../core/errors.js';
import { extractMelodies, PRIMER_EXTRACTION } from '../extraction/extract-melodies.js';
import { type Melody, melodyFromEvents, melodyToNoteSequence, NO_EVENT, NOTE_OFF, STEPS_PER_QUARTER, setLength } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { quantizeNoteSequence, quantizeToStep, stepsPerSecondAt } from '../music/quantize.js';

/** What a melody begins with when nothing is given: C4, as in Magenta. */
export const DEFAULT_PRIMER: readonly number[] = [60];

const DEFAULT_QPM = 120;
const STEPS_PER_BAR = 16;
/** A time this close to a step, in steps, is on it: what is left of rounding in seconds. */
const ON_STEP = 1e-6;

/** What `generateMelody` needs to continue a piece. The result is `{ ...melody, events }`, at `qpm`. */
export interface Continuation {
  /** The events to feed; its startStep is where they, and the result, begin in the piece. */
  readonly melody: Melody;
  /** Length of the result in steps, the fed events included. */
  readonly totalSteps: number;
  /** Quarter notes per minute. */
  readonly qpm: number;
}

/** Times in seconds. */
export interface Section {
  readonly start: number;
  readonly end: number;
}

/** How Magenta would do it, quirks included. */
export interface Compat {
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
  const length = Math.max(1, melody.events.length + (sounds ? 1 : 0));
  checkRoom(startStep + length, numSteps);
  return { melody: setLength(melody, length), totalSteps: numSteps - startStep, qpm };
}

/**
 * Continues a piece of music (in seconds, not quantized) up to `numSteps` steps from its beginning, from one step after its last note.
 * @throws MstError `usage` when the piece fills numSteps already, `bad-primer` when it has no single tempo and metre
 */
export function continueSequence(sequence: NoteSequence, { numSteps, compat = false }: { numSteps: number } & Compat): Continuation {
  const qpm = qpmOf(sequence);
  const secondsPerStep = 60 / qpm / STEPS_PER_QUARTER;
  const lastEnd = sequence.notes.reduce((last, { endTime }) => Math.max(last, endTime), 0);
  const section = { start: lastEnd + secondsPerStep, end: numSteps * secondsPerStep };
  checkRoom(section.start / secondsPerStep, numSteps);
  return continueSection(sequence, section, { compat });
}

/**
 * Asks for one section of a piece of music (in seconds, not quantized) that follows another.
 * @param section what to generate; no note of the input may last into it
 * @param options.input the part to continue, notes beginning in it; by default all of the piece
 * @throws MstError `bad-primer` when a note lasts too long, or the piece has no single tempo and metre; `usage` for an empty section
 */
export function continueSection(
  sequence: NoteSequence,
  section: Section,
  { input, compat = false }: { input?: Section } & Compat = {},
): Continuation {
  const qpm = qpmOf(sequence);
  const stepsPerSecond = stepsPerSecondAt(STEPS_PER_QUARTER, qpm);
  const upTo = (seconds: number): number =>
    compat ? quantizeToStep(seconds, stepsPerSecond, 0) : Math.ceil(seconds * stepsPerSecond - ON_STEP);
  const startStep = upTo(section.start);
  const endStep = compat ? quantizeToStep(section.end, stepsPerSecond, 1) : Math.floor(section.end * stepsPerSecond + ON_STEP);
  const primer = input === undefined ? sequence : trim(sequence, input);
  const last = primer.notes.reduce((end, note) => Math.max(end, note.endTime), 0);
  if (last > section.start + (compat ? 0 : ON_STEP / stepsPerSecond)) {
    throw new MstError('bad-primer', `A note lasts until ${last.toFixed(3)} s, and the answer begins at ${section.start.toFixed(3)} s.`, {
      hint: 'Let the answer begin later, or end the note before it.',
    });
  }
  const extracted = primerMelody(primer, input === undefined ? 0 : upTo(input.start), compat);
  const melody = extracted ?? melodyFromEvents([], { startStep: Math.max(0, startStep - 1) });
  const length = startStep - melody.startStep;
  checkRoom(startStep, endStep);
  return { melody: setLength(melody, compat ? length : Math.max(1, length)), totalSteps: endStep - melody.startStep, qpm };
}

/** The melody of a piece, or undefined when it has none. */
function primerMelody(sequence: NoteSequence, searchStartStep: number, compat: boolean): Melody | undefined {
  const quantized = quantizeNoteSequence(sequence, STEPS_PER_QUARTER);
  if (!quantized.ok) {
    throw new MstError('bad-primer', `The music to continue cannot be counted in steps: ${quantized.detail}.`, {
      hint: 'Choose music of one tempo and one metre, or a part of it.',
    });
  }
  const { melodies, dropped } = extractMelodies(quantized.sequence, { ...PRIMER_EXTRACTION, searchStartStep });
  if (dropped.some(({ reason }) => reason === 'non-integer-steps-per-bar')) {
    throw new MstError('bad-primer', 'A bar of the music to continue is no whole number of 16th notes.', {
      hint: 'Choose music in another metre.',
    });
  }
  if (compat && melodies.length > 1) {
    throw new MstError('bad-primer', `The music to continue has ${melodies.length} instruments with a melody; Magenta takes one.`, {
      hint: 'Leave one track in the file, or work without --compat magenta, which takes the melody with the most notes.',
    });
  }
  const notes = ({ melody }: { melody: Melody }): number => melody.events.filter((event) => event >= 0).length;
  return melodies.toSorted((a, b) => notes(b) - notes(a))[0]?.melody;
}

/** The notes that begin within a section, cut at its end. */
function trim(sequence: NoteSequence, { start, end }: Section): NoteSequence {
  const notes = sequence.notes
    .filter((note) => note.startTime >= start && note.startTime < end)
    .map((note) => ({ ...note, endTime: Math.min(note.endTime, end) }));
  return { ...sequence, notes, totalTime: Math.min(sequence.totalTime, end) };
}

function qpmOf(sequence: NoteSequence): number {
  const qpm = sequence.tempos[0]?.qpm;
  return qpm !== undefined && qpm > 0 ? qpm : DEFAULT_QPM;
}

function checkRoom(from: number, to: number): void {
  if (from < to) return;
  throw new MstError('usage', `The answer would begin at step ${Math.ceil(from)}, and ${to} steps are asked for in all.`, {
    hint: `Ask for more than ${Math.ceil(from)} steps, or give a shorter melody to continue.`,
  });
}
