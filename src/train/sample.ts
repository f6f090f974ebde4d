// A melody from a network while it learns: the same beginning and the same random numbers each time, so that only the weights differ.

import { createEncoder } from '../encoding/encoders.js';
import { sampleFrom } from '../model/preview.js';
import { createStepNetwork } from '../model/step-network.js';
import type { Weights } from '../model/weights.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { networkShape, type TrainingPlan } from './plan.js';

/** The melody that weights play; equal weights of equal plans play the same. */
export function sampleMelody(plan: TrainingPlan, weights: Weights): NoteSequence {
  return sampleFrom({ encoder: createEncoder(plan.encoding), network: createStepNetwork(networkShape(plan), weights) }, plan.seed);
}
