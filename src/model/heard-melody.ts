// The melody of a piece of music as a model hears it to go on from there: its likeliest track, on the grid of 16ths that the piece's own
// tempos make, from a bar line on. How Magenta hears a piece is magenta-continuation.ts's matter.

import { MstError } from '../core/errors.js';
import { findBars } from '../extraction/bars.js';
import { pieceEvents } from '../extraction/piece-events.js';
import { rankTracks } from '../extraction/rank-tracks.js';
import { songTracks } from '../extraction/song-tracks.js';
import { MAX_MELODY_STEPS, type Melody, melodyFromEvents, STEPS_PER_QUARTER } from '../music/melody.js';
import { DEFAULT_QPM, type NoteSequence } from '../music/note-sequence.js';

const COMMON_BAR = 16;
/** Seconds by which a tempo may begin after a time and still hold there: what is left of rounding. */
const SIMULTANEOUS = 1e-6;

/** Steps are 16ths from the beginning of the piece. */
export interface HeardMelody {
  /** Its upper voice from the bar line at or before its first note to the end of its last; of no events where there is none. */
  readonly melody: Melody;
  /** The instrument of the NoteSequence that plays it; undefined where there is no melody. */
  readonly instrument: number | undefined;
  /** Where the last note of that instrument begins, and where the last one ends. */
  readonly lastStart: number;
  readonly end: number;
  /** The first bar line at or after a step. @throws MstError `bad-primer` where bars are no whole number of 16ths */
  barLineFrom(step: number): number;
  /** The number of the bar that a step lies in, the first being 1. */
  barAt(step: number): number;
  /** Seconds from the beginning of the piece; the last tempo goes on for ever. */
  secondsAt(step: number): number;
  /** The tempo at a step, in quarter notes per minute. */
  qpmAt(step: number): number;
}

/**
 * Hears a piece (in seconds, not quantized) whatever its tempos and metres; 4/4 and 120 where it does not say.
 * @throws MstError `bad-primer` for a melody longer than mst works with, or bars that are no whole number of 16ths
 */
export function hearMelody(sequence: NoteSequence): HeardMelody {
  const { tracks, beats, offset } = songTracks(sequence);
  const bars = notatedBars(sequence, (seconds) => Math.round(beats.quarterAt(seconds) * STEPS_PER_QUARTER));
  const [best] = rankTracks(tracks, findBars(sequence.timeSignatures, beats, offset, tracks));
  const secondsAt = (step: number): number => beats.secondsAt(step / STEPS_PER_QUARTER);
  const around = {
    barLineFrom: (step: number): number => barLineFrom(bars, step),
    barAt: (step: number): number => barNumber(bars, step),
    secondsAt,
    qpmAt: (step: number): number => qpmAt(sequence, secondsAt(step)),
  };
  if (best === undefined) return { melody: melodyFromEvents([]), instrument: undefined, lastStart: 0, end: 0, ...around };
  const { track, line } = best;
  const first = line.starts[0] as number;
  const { start, steps: stepsPerBar } = metreAt(bars, first);
  const startStep = first - ((first - start) % stepsPerBar);
  const steps = (line.ends.at(-1) as number) - startStep;
  if (steps > MAX_MELODY_STEPS) {
    throw new MstError('bad-primer', `The melody to continue lasts ${steps} 16ths, more than mst works with.`, {
      hint: 'Give a part of it.',
    });
  }
  const events = pieceEvents(line, { first: 0, last: line.starts.length, startStep, steps });
  return {
    melody: { events, startStep, stepsPerBar, stepsPerQuarter: STEPS_PER_QUARTER },
    instrument: track.instrument,
    lastStart: track.starts.at(-1) as number,
    end: track.ends.reduce((last, end) => Math.max(last, end), 0),
    ...around,
  };
}

/** The tempo that holds at a time. */
function qpmAt({ tempos }: NoteSequence, seconds: number): number {
  const before = tempos.filter(({ time, qpm }) => time <= seconds + SIMULTANEOUS && qpm > 0 && Number.isFinite(qpm));
  return before.reduce((last, tempo) => (tempo.time >= last.time ? tempo : last), { time: -Infinity, qpm: DEFAULT_QPM }).qpm;
}

/** A stretch of one metre: where it begins, and how long its bars are, in steps. */
interface Metre {
  readonly start: number;
  readonly steps: number;
  readonly name: string;
}

/** The metres as they are notated, the first from the beginning on: musicians count by these, whatever the accents say. */
function notatedBars({ timeSignatures }: NoteSequence, stepAt: (seconds: number) => number): Metre[] {
  const metres: Metre[] = [{ start: 0, steps: COMMON_BAR, name: '4/4' }];
  for (const { time, numerator, denominator } of timeSignatures.toSorted((a, b) => a.time - b.time)) {
    const metre = { start: Math.max(0, stepAt(time)), steps: (COMMON_BAR * numerator) / denominator, name: `${numerator}/${denominator}` };
    if (metre.start === (metres.at(-1) as Metre).start) metres.pop();
    metres.push(metre);
  }
  return metres;
}

function metreAt(metres: readonly Metre[], step: number): Metre {
  const metre = metres.findLast(({ start }) => start <= step) ?? (metres[0] as Metre);
  if (Number.isSafeInteger(metre.steps) && metre.steps > 0) return metre;
  throw new MstError('bad-primer', `A bar of ${metre.name} is no whole number of 16th notes.`, { hint: 'Choose music in another metre.' });
}

function barLineFrom(metres: readonly Metre[], step: number): number {
  const { start, steps } = metreAt(metres, step);
  const line = start + Math.ceil((step - start) / steps) * steps;
  const next = metres.find((metre) => metre.start > step);
  return Math.min(line, next?.start ?? line);
}

function barNumber(metres: readonly Metre[], step: number): number {
  const counted = metres.filter(({ start, steps }) => start <= step && steps > 0);
  return counted.reduce((number, { start, steps }, k) => {
    const next = counted[k + 1];
    return number + (next === undefined ? Math.floor((step - start) / steps) : Math.ceil((next.start - start) / steps));
  }, 1);
}
