// A melody from a network while it learns: the same beginning and the same random numbers each time, so that only the weights differ.

import { Random } from '../core/random.js';
import { createEncoder } from '../encoding/encoders.js';
import { continueEvents, DEFAULT_PRIMER } from '../model/continuation.js';
import { generateMelody } from '../model/generate.js';
import { createStepNetwork } from '../model/step-network.js';
import type { Weights } from '../model/weights.js';
import { melodyToNoteSequence, STEPS_PER_QUARTER } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { networkShape, type TrainingPlan } from './plan.js';

/** Eight bars of 4/4. */
const STEPS = 128;

/** Length of a sample in quarter notes. */
export const SAMPLE_QUARTERS = STEPS / STEPS_PER_QUARTER;

/** The melody that weights play; equal weights of equal plans play the same. */
export function sampleMelody(plan: TrainingPlan, weights: Weights): NoteSequence {
  const model = { encoder: createEncoder(plan.encoding), network: createStepNetwork(networkShape(plan), weights) };
  const { melody, totalSteps, qpm } = continueEvents(DEFAULT_PRIMER, { numSteps: STEPS });
  const events = generateMelody(model, melody.events, { totalSteps, random: new Random(plan.seed).derive('melody 1') });
  return melodyToNoteSequence({ ...melody, events }, { qpm });
}
