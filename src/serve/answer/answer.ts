// An answer to a call, whole: what both requests of the server come down to. Times are seconds from the beginning of the call; the answer
// begins one 16th after the call's last note ends.

import { MstError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { BeatMap } from '../../extraction/beats.js';
import { reduceToMelody } from '../../jam/answers/reduction.js';
import { NO_SWING } from '../../jam/beat/swing.js';
import { MixedListener } from '../../model/mix.js';
import type { MelodyModel } from '../../model/model.js';
import { squash, transpose } from '../../music/keys.js';
import { NO_EVENT, STEPS_PER_QUARTER } from '../../music/melody.js';
import type { Tempo } from '../../music/note-sequence.js';
import { LONGEST_SECONDS, MOST_STEPS } from './limits.js';
import { estimateTempo, phaseOf } from './tempo-estimate.js';

export interface Tone {
  readonly pitch: number;
  /** 1..127. */
  readonly velocity: number;
  readonly start: number;
  readonly end: number;
}

/** Where the beats of a call lie: seconds to quarter notes and back. Bars of 4/4 begin at quarter 0. */
export interface Beats {
  quarterAt(seconds: number): number;
  secondsAt(quarter: number): number;
}

/** How long an answer shall be: until so many seconds from the beginning of the call, or so many 16ths. */
export type Length = { readonly until: number } | { readonly steps: number };

export interface Wish {
  /** What is answered; chords and all. */
  readonly tones: readonly Tone[];
  /** When the last note of the call ends, 0 when it has none. */
  readonly lastEnd: number;
  readonly beats: Beats;
  readonly length: Length;
  readonly temperature: number;
  readonly seed: number;
}

const STEPS_PER_BAR = 16;
const USUAL_VELOCITY = 90;
/** What is left of rounding, in steps. */
const ROUNDING = 1e-6;

/** The beats of a call whose tempos are known. */
export function knownBeats(tempos: readonly Tempo[]): Beats {
  return new BeatMap(tempos);
}

/** The beats of a call that was played freely, and their tempo: bars begin with its first note. */
export function heardBeats(tones: readonly Tone[]): Beats & { readonly qpm: number } {
  const starts = tones.map(({ start }) => start);
  const qpm = estimateTempo(starts);
  const step = 60 / qpm / STEPS_PER_QUARTER;
  const phase = phaseOf(starts, step);
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity);
  const origin = Number.isFinite(first) ? Math.round((first - phase) / step) * step + phase : 0;
  return {
    qpm,
    quarterAt: (seconds) => ((seconds - origin) * qpm) / 60,
    secondsAt: (quarter) => origin + (quarter * 60) / qpm,
  };
}

/** How the steps of an answer lie: the melody before it, and how many follow from `quarter` on. */
export interface Plan {
  readonly primer: readonly number[];
  readonly quarter: number;
  readonly steps: number;
}

/** @throws MstError `usage` when there is no room for an answer, or too much is asked for */
export function planAnswer({ tones, lastEnd, beats, length }: Wish): Plan {
  if (lastEnd > LONGEST_SECONDS) {
    throw new MstError('usage', `The call lasts until ${lastEnd.toFixed(1)} s.`, { hint: `It may have ${LONGEST_SECONDS} s at most.` });
  }
  const quarter = beats.quarterAt(lastEnd) + 1 / STEPS_PER_QUARTER;
  const steps = 'steps' in length ? length.steps : Math.floor((beats.quarterAt(length.until) - quarter) * STEPS_PER_QUARTER + ROUNDING);
  if (steps < 1) {
    throw new MstError(
      'usage',
      `There is no room for an answer: the call's last note ends at ${lastEnd.toFixed(3)} s, and an answer begins at ${beats.secondsAt(quarter).toFixed(3)} s.`,
      { hint: 'Ask for more seconds: they count from the beginning of the call.' },
    );
  }
  const primer = primerOf(tones, beats, quarter);
  if (primer.length + steps > MOST_STEPS) {
    throw new MstError('usage', `Call and answer have ${primer.length + steps} 16ths.`, { hint: `They may have ${MOST_STEPS} at most.` });
  }
  return { primer, quarter, steps };
}

/** The melody of a call up to the answer, without the whole bars of rest before its first note. */
function primerOf(tones: readonly Tone[], beats: Beats, answer: number): number[] {
  if (tones.length === 0) return [NO_EVENT];
  const placed = tones.map(({ pitch, velocity, start, end }) => ({
    pitch,
    velocity,
    start: beats.quarterAt(start),
    end: beats.quarterAt(end),
  }));
  const firstStep = Math.round(Math.min(...placed.map(({ start }) => start)) * STEPS_PER_QUARTER);
  const bar = Math.floor(Math.max(0, firstStep) / STEPS_PER_BAR) * STEPS_PER_BAR;
  const shift = bar / STEPS_PER_QUARTER;
  const length = Math.min(MOST_STEPS, Math.max(1, Math.round(answer * STEPS_PER_QUARTER) - bar));
  const moved = placed.map((note) => ({ ...note, start: note.start - shift, end: note.end - shift }));
  return reduceToMelody(moved, length, NO_SWING, answer - shift);
}

/**
 * The notes of an answer. Its first one begins with it.
 * @param stop asked before every step; once it says so, nothing more is done
 * @returns undefined when it was stopped
 * @throws MstError `usage` as `planAnswer`, `bad-model`
 */
export function answerCall(model: MelodyModel, wish: Wish, stop: () => boolean): Tone[] | undefined {
  const plan = planAnswer(wish);
  const events = continueEvents(model, plan, wish, stop);
  if (events === undefined) return undefined;
  const velocity = meanVelocity(wish.tones);
  const until = 'until' in wish.length ? wish.length.until : Infinity;
  const timeOf = (step: number): number => Math.min(until, wish.beats.secondsAt(plan.quarter + step / STEPS_PER_QUARTER));
  const tones: Tone[] = [];
  let sounding: { pitch: number; step: number } | undefined;
  for (let step = 0; step <= events.length; step++) {
    const event = step < events.length ? (events[step] as number) : -1;
    if (event === NO_EVENT) continue;
    if (sounding !== undefined) tones.push({ pitch: sounding.pitch, velocity, start: timeOf(sounding.step), end: timeOf(step) });
    sounding = event >= 0 ? { pitch: event, step } : undefined;
  }
  return tones;
}

function continueEvents(
  model: MelodyModel,
  { primer, steps }: Plan,
  { temperature, seed }: Pick<Wish, 'temperature' | 'seed'>,
  stop: () => boolean,
): number[] | undefined {
  const { events, amount } = squash(primer, model.encoder.settings);
  const listener = new MixedListener([{ model, weight: 1 }]);
  for (const event of events) {
    if (stop()) return undefined;
    listener.feed(event);
  }
  const random = new Random(seed);
  const line: number[] = [];
  for (let step = 0; step < steps; step++) {
    if (stop()) return undefined;
    if (step > 0) listener.feed(line[step - 1] as number);
    line.push(listener.choose(temperature, random, step === 0));
  }
  return transpose(line, -amount);
}

function meanVelocity(tones: readonly Tone[]): number {
  if (tones.length === 0) return USUAL_VELOCITY;
  return Math.min(127, Math.max(1, Math.round(tones.reduce((sum, { velocity }) => sum + velocity, 0) / tones.length)));
}
