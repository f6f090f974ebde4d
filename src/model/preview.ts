// The first melody of a model, by which it can be heard: eight bars from the same beginning, the same for the same seed.

import { Random } from '../core/random.js';
import { melodyToNoteSequence, STEPS_PER_QUARTER } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { continueEvents, DEFAULT_PRIMER } from './continue-melody.js';
import { generateMelody } from './generate.js';
import type { MelodyModel } from './model.js';

/** Eight bars of 4/4. */
const STEPS = 128;

/** Length of a sample in quarter notes. */
export const SAMPLE_QUARTERS = STEPS / STEPS_PER_QUARTER;

/** The melody a model plays with this seed. */
export function sampleFrom(model: MelodyModel, seed: number): NoteSequence {
  const { melody, totalSteps, qpm } = continueEvents(DEFAULT_PRIMER, { numSteps: STEPS });
  const events = generateMelody(model, melody.events, { totalSteps, random: new Random(seed).derive('melody 1') });
  return melodyToNoteSequence({ ...melody, events }, { qpm });
}
