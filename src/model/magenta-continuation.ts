// What Magenta would ask a model for, to continue a piece of music (spec G.1 and G.2), its quirks included: it rounds the step at which its
// answer begins up even when it is whole, so that one step of silence is fed, and loses steps to rounding at odd tempos.

import { MstError } from '../core/errors.js';
import { extractMelodies, PRIMER_EXTRACTION } from '../extraction/extract-melodies.js';
import { type Melody, melodyFromEvents, STEPS_PER_QUARTER, setLength } from '../music/melody.js';
import { DEFAULT_QPM, type NoteSequence } from '../music/note-sequence.js';
import { quantizeNoteSequence, quantizeToStep, stepsPerSecondAt } from '../music/quantize.js';
import type { Continuation } from './continuation.js';

/**
 * Continues a piece (in seconds, not quantized) as Magenta does, up to `numSteps` steps from its beginning; whether that leaves room for
 * an answer is for the caller to check.
 * @throws MstError `bad-primer` when it has more than one tempo, metre or instrument with a melody, or bars that are no whole number of 16ths
 */
export function continueAsMagenta(sequence: NoteSequence, { numSteps }: { numSteps: number }): Continuation {
  const tempo = sequence.tempos[0]?.qpm;
  const qpm = tempo !== undefined && tempo > 0 ? tempo : DEFAULT_QPM;
  const secondsPerStep = 60 / qpm / STEPS_PER_QUARTER;
  const stepsPerSecond = stepsPerSecondAt(STEPS_PER_QUARTER, qpm);
  const lastEnd = sequence.notes.reduce((last, { endTime }) => Math.max(last, endTime), 0);
  const startStep = quantizeToStep(lastEnd + secondsPerStep, stepsPerSecond, 0);
  const endStep = quantizeToStep(numSteps * secondsPerStep, stepsPerSecond, 1);
  const melody = primerMelody(sequence) ?? melodyFromEvents([], { startStep: Math.max(0, startStep - 1) });
  return { melody: setLength(melody, startStep - melody.startStep), totalSteps: endStep - melody.startStep, qpm };
}

/** The melody of a piece, or undefined when it has none. */
function primerMelody(sequence: NoteSequence): Melody | undefined {
  const quantized = quantizeNoteSequence(sequence, STEPS_PER_QUARTER);
  if (!quantized.ok) {
    throw new MstError('bad-primer', `The music to continue cannot be counted in steps: ${quantized.detail}.`, {
      hint: 'Choose music of one tempo and one metre, or work without --compat magenta, which follows them.',
    });
  }
  const { melodies, dropped } = extractMelodies(quantized.sequence, PRIMER_EXTRACTION);
  if (dropped.some(({ reason }) => reason === 'non-integer-steps-per-bar')) {
    throw new MstError('bad-primer', 'A bar of the music to continue is no whole number of 16th notes.', {
      hint: 'Choose music in another metre.',
    });
  }
  if (melodies.length > 1) {
    throw new MstError('bad-primer', `The music to continue has ${melodies.length} instruments with a melody; Magenta takes one.`, {
      hint: 'Leave one track in the file, or work without --compat magenta, which finds the melody.',
    });
  }
  return melodies[0]?.melody;
}
