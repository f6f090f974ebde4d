// A melody as one event per step (spec C.1): a pitch begins a note, NOTE_OFF ends it, NO_EVENT lets whatever is go on.
// Melodies are values: every function here returns a new one. How melodies are found in songs is the business of extraction/.
import { MstError } from '../core/errors.js';
import { createNoteSequence, DEFAULT_QPM, type Note, type NoteSequence } from './note-sequence.js';

/** The sounding note ends here. */
export const NOTE_OFF = -1;
/** Nothing changes at this step. */
export const NO_EVENT = -2;
/** Steps of a quarter note, everywhere in mst (a step is a 16th). */
export const STEPS_PER_QUARTER = 4;
/** Longest melody mst will hold in memory: more than a day of music. */
export const MAX_MELODY_STEPS = 1_000_000;

const MAX_PITCH = 127;
/** Ticks per quarter note of the sequences that Magenta makes from melodies. */
const MELODY_TICKS_PER_QUARTER = 220;

export interface Melody {
  /** One per step: MIDI pitch 0..127, NOTE_OFF or NO_EVENT. */
  readonly events: readonly number[];
  /** Step of the first event within the sequence it came from. */
  readonly startStep: number;
  readonly stepsPerBar: number;
  readonly stepsPerQuarter: number;
}

/**
 * A melody from a list of events. NOTE_OFFs before the first note end nothing and become NO_EVENT (spec C.1).
 * Throws MstError `bad-sequence` for an event that is not an integer in -2..127, and for more than MAX_MELODY_STEPS events.
 */
export function melodyFromEvents(
  events: readonly number[],
  { startStep = 0, stepsPerBar = 16, stepsPerQuarter = STEPS_PER_QUARTER }: Partial<Omit<Melody, 'events'>> = {},
): Melody {
  checkLength(events.length);
  let sounded = false;
  const cleaned = events.map((event, step) => {
    if (!Number.isInteger(event) || event < NO_EVENT || event > MAX_PITCH) {
      throw new MstError('bad-sequence', `event ${event} at step ${step} is not a melody event`, {
        hint: 'A melody event is a MIDI pitch from 0 to 127, -1 to end a note, or -2 to let it go on.',
      });
    }
    if (event >= 0) sounded = true;
    return sounded ? event : NO_EVENT;
  });
  return { events: cleaned, startStep, stepsPerBar, stepsPerQuarter };
}

/** Step after the last event, within the sequence that the melody came from. */
export function endStep(melody: Melody): number {
  return melody.startStep + melody.events.length;
}

/**
 * The melody with exactly `steps` events: cut on the right, or extended with NO_EVENTs, the first of them a NOTE_OFF if a note still
 * sounds there (spec C.1).
 */
export function setLength(melody: Melody, steps: number): Melody {
  checkLength(steps);
  const { length } = melody.events;
  const events = melody.events.slice(0, steps);
  if (steps > length) {
    let last = length - 1;
    while (last >= 0 && events[last] === NO_EVENT) last--;
    const sounds = last >= 0 && events[last] !== NOTE_OFF;
    for (let step = length; step < steps; step++) events.push(NO_EVENT);
    if (sounds) events[length] = NOTE_OFF;
  }
  return { ...melody, events };
}

/** How a melody sounds as notes. */
export interface Performance {
  /** Quarter notes per minute. */
  readonly qpm?: number;
  /** Seconds at which step 0 lies; the melody begins at its own startStep from there. */
  readonly startTime?: number;
  readonly velocity?: number;
  readonly program?: number;
  readonly instrument?: number;
}

/** The notes of a melody, each until the next one, its NOTE_OFF, or the end of the melody, with one tempo (spec C.7). */
export function melodyToNoteSequence(
  melody: Melody,
  { qpm = DEFAULT_QPM, startTime = 0, velocity = 100, program = 0, instrument = 0 }: Performance = {},
): NoteSequence {
  const secondsPerStep = 60 / qpm / melody.stepsPerQuarter;
  const offset = startTime + melody.startStep * secondsPerStep;
  const notes: Note[] = [];
  let sounding: Note | undefined;
  for (let step = 0; step <= melody.events.length; step++) {
    const event = melody.events[step] ?? NOTE_OFF;
    if (event === NO_EVENT) continue;
    const time = step * secondsPerStep + offset;
    if (sounding !== undefined) sounding.endTime = time;
    sounding = undefined;
    if (event === NOTE_OFF) continue;
    sounding = { pitch: event, velocity, startTime: time, endTime: time, instrument, program, isDrum: false };
    notes.push(sounding);
  }
  return createNoteSequence({
    ticksPerQuarter: MELODY_TICKS_PER_QUARTER,
    tempos: [{ time: 0, qpm }],
    notes,
    totalTime: notes.at(-1)?.endTime ?? 0,
  });
}

function checkLength(steps: number): void {
  if (steps <= MAX_MELODY_STEPS) return;
  throw new MstError('bad-sequence', `a melody of ${steps} steps is longer than the ${MAX_MELODY_STEPS} that mst works with`);
}
