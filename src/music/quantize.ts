// From seconds to steps: a NoteSequence of one tempo and one metre gets the steps of its notes (spec B.2).
import { MstError } from '../core/errors.js';
import { copyNote, DEFAULT_QPM, type NoteSequence, type Tempo, type TimeSignature } from './note-sequence.js';

/** Why a sequence cannot be quantized. */
export type QuantizeProblem = 'multiple-time-signatures' | 'multiple-tempos' | 'bad-time-signature' | 'negative-time';

export type QuantizeResult =
  | { readonly ok: true; readonly sequence: NoteSequence }
  | { readonly ok: false; readonly problem: QuantizeProblem /** What was found, in words. */; readonly detail: string };

/**
 * The step that a time falls on: `cutoff` is the fraction of a step from which on a time belongs to the next one. Truncates towards zero
 * like Python's int(), so with 0.5 half a step goes up, and all above -1.5 steps is not negative.
 */
export function quantizeToStep(seconds: number, stepsPerSecond: number, cutoff = 0.5): number {
  return Math.trunc(seconds * stepsPerSecond + (1 - cutoff)) + 0; // + 0: never -0
}

/** Steps per second at a tempo in quarter notes per minute. */
export function stepsPerSecondAt(stepsPerQuarter: number, qpm: number): number {
  return (stepsPerQuarter * qpm) / 60;
}

/** Steps of a bar of a quantized sequence; a fraction in metres finer than the steps. */
export function stepsPerBar(sequence: NoteSequence): number {
  const [metre] = sequence.timeSignatures;
  const stepsPerQuarter = sequence.quantizationInfo?.stepsPerQuarter;
  if (metre === undefined || stepsPerQuarter === undefined) {
    throw new MstError('bad-sequence', 'the sequence is not quantized to steps of a quarter note');
  }
  return stepsPerQuarter * ((4 / metre.denominator) * metre.numerator);
}

/**
 * A copy of the sequence with quantized notes, controls and texts, one tempo and one metre, both at time 0 (120 qpm and 4/4 unless given).
 * The result says why if there is more than one tempo (compared exactly) or metre, if the metre is impossible, or if something happens
 * before time 0. Throws MstError `bad-sequence` for times that are not finite.
 */
export function quantizeNoteSequence(sequence: NoteSequence, stepsPerQuarter: number): QuantizeResult {
  const metre = onlyTimeSignature(sequence.timeSignatures);
  if (metre === undefined) {
    const found = sequence.timeSignatures.map(({ numerator, denominator }) => `${numerator}/${denominator}`);
    return { ok: false, problem: 'multiple-time-signatures', detail: `time signatures ${list(found)}` };
  }
  if (!isPowerOfTwo(metre.denominator) || metre.numerator <= 0) {
    return { ok: false, problem: 'bad-time-signature', detail: `time signature ${metre.numerator}/${metre.denominator}` };
  }
  const tempo = onlyTempo(sequence.tempos);
  if (tempo === undefined) {
    return { ok: false, problem: 'multiple-tempos', detail: `tempos ${list(sequence.tempos.map(({ qpm }) => qpm.toFixed(1)))} qpm` };
  }
  const stepsPerSecond = stepsPerSecondAt(stepsPerQuarter, tempo.qpm);
  const step = (seconds: number): number => {
    const result = quantizeToStep(seconds, stepsPerSecond);
    if (Number.isSafeInteger(result)) return result;
    throw new MstError('bad-sequence', `a time of ${seconds} seconds at ${tempo.qpm} qpm cannot be counted in steps`);
  };
  let totalQuantizedSteps = step(sequence.totalTime);
  let earliest = 0;
  const notes = sequence.notes.map((note) => {
    const start = step(note.startTime);
    let end = step(note.endTime);
    if (end === start) end++;
    if (end > totalQuantizedSteps) totalQuantizedSteps = end;
    earliest = Math.min(earliest, start, end);
    const copy = copyNote(note);
    copy.quantizedStartStep = start;
    copy.quantizedEndStep = end;
    return copy;
  });
  const quantizeEvent = <E extends { time: number }>(event: E): E & { quantizedStep: number } => {
    const quantizedStep = step(event.time);
    earliest = Math.min(earliest, quantizedStep);
    return { ...event, quantizedStep };
  };
  const controlChanges = sequence.controlChanges.map(quantizeEvent);
  const textAnnotations = sequence.textAnnotations.map(quantizeEvent);
  if (earliest < 0) return { ok: false, problem: 'negative-time', detail: `something happens ${-earliest} steps before the beginning` };
  return {
    ok: true,
    sequence: {
      ...sequence,
      timeSignatures: [metre],
      tempos: [tempo],
      notes,
      controlChanges,
      textAnnotations,
      totalQuantizedSteps,
      quantizationInfo: { stepsPerQuarter },
    },
  };
}

/**
 * The metre at time 0 if no other follows. Magenta compares all but the earliest with the first of the list, sorted or not; that is kept.
 */
function onlyTimeSignature(timeSignatures: readonly TimeSignature[]): TimeSignature | undefined {
  const [first] = timeSignatures;
  if (first === undefined) return { time: 0, numerator: 4, denominator: 4 };
  const [earliest = first, ...later] = timeSignatures.toSorted((a, b) => a.time - b.time);
  if (earliest.time !== 0 && !(earliest.numerator === 4 && earliest.denominator === 4)) return undefined;
  if (later.some(({ numerator, denominator }) => numerator !== first.numerator || denominator !== first.denominator)) return undefined;
  return { ...first, time: 0 };
}

/** The same for tempos, against 120 qpm. */
function onlyTempo(tempos: readonly Tempo[]): Tempo | undefined {
  const [first] = tempos;
  if (first === undefined) return { time: 0, qpm: DEFAULT_QPM };
  const [earliest = first, ...later] = tempos.toSorted((a, b) => a.time - b.time);
  if (earliest.time !== 0 && earliest.qpm !== DEFAULT_QPM) return undefined;
  if (later.some(({ qpm }) => qpm !== first.qpm)) return undefined;
  return { ...first, time: 0 };
}

function isPowerOfTwo(x: number): boolean {
  return x > 0 && (x & (x - 1)) === 0;
}

function list(found: readonly string[]): string {
  return found.length > 4 ? `${found.slice(0, 3).join(', ')} and ${found.length - 3} more` : found.join(', ');
}
