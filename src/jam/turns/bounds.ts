// When turns end, and how long they are, as things stand: positions are quarter notes of the session, times are seconds.

import { STEPS_PER_QUARTER } from '../../music/melody.js';
import type { Tempo } from '../beat/tempo.js';
import type { Stage } from '../stage.js';
import type { Exchange } from './turn-modes.js';

/** When something ends: at a position of the music, or at a time. */
export type Bound = { readonly quarter: number } | { readonly time: number };

/** Seconds of notice that an answer needs at least, beside the latency of what plays it. */
const SHORTEST_NOTICE = 0.01;
/** An answer as long as the call is a whole number of bars, this many at most. */
const LONGEST_ANSWER_BARS = 8;
/** An endless answer is asked for in pieces; this is the first one, and the least that is played of it at the end of a session. */
export const FIRST_BARS_OF_ENDLESS = 2;
/** What is left of rounding, in quarter notes. */
const ROUNDING = 1e-6;

/** Seconds of notice that an answer needs at least, thinking apart. */
export function shortestNotice({ settings }: Stage): number {
  return SHORTEST_NOTICE + (settings.latency ?? 0);
}

export function timeOf(tempo: Tempo, bound: Bound): number {
  return 'time' in bound ? bound.time : tempo.timeAt(bound.quarter);
}

export function quarterOf(tempo: Tempo, bound: Bound): number {
  return 'time' in bound ? tempo.quarterAt(bound.time) : bound.quarter;
}

/** When a turn of the model that begins at a position ends. */
export function modelBound(stage: Stage, { you, model }: Exchange, quarter: number): Bound {
  const { mode, settings, tempo } = stage;
  if (mode.unit === 'seconds') return { time: tempo.timeAt(quarter) + (model === 0 ? you : model) };
  const bars = model > 0 ? model : mode.strict ? you : callBars(stage);
  return { quarter: quarter + bars * settings.beatsPerBar };
}

/** When an endless turn of the model that began at a position ends, now that nothing more will be played: as other answers do, or at this bar's end. */
export function lastBound(stage: Stage, quarter: number): Bound {
  const { beatsPerBar } = stage.settings;
  const past = Math.ceil((stage.quarter - quarter) / beatsPerBar);
  return { quarter: quarter + Math.max(FIRST_BARS_OF_ENDLESS, callBars(stage), past) * beatsPerBar };
}

/** The length of the call in whole bars; a step more does not count. */
function callBars({ call, settings }: Stage): number {
  const steps = (Math.max(call.lastEnd, call.start) - call.start) * STEPS_PER_QUARTER;
  const bars = Math.ceil((steps - 1) / (settings.beatsPerBar * STEPS_PER_QUARTER));
  return Math.min(LONGEST_ANSWER_BARS, Math.max(1, bars));
}

/** The next beat that leaves the model time to think. */
export function nextBeat(stage: Stage): number {
  const { tempo, now, partner } = stage;
  return nextLine(tempo.quarterAt(now + shortestNotice(stage) + 2 * partner.usualTime), 1);
}

/** The first bar line that is not before a position. */
export function nextBarLine({ settings }: Stage, quarter: number): number {
  return nextLine(quarter, settings.beatsPerBar);
}

/** The first multiple of `spacing` that is not before a position; never -0, which no log can hold. */
function nextLine(quarter: number, spacing: number): number {
  return Math.ceil(quarter / spacing - ROUNDING) * spacing + 0;
}

/** The melody that was played up to a position, or null when that is nothing. */
export function melodyUpTo({ call, quarter: now }: Stage, quarter: number): number[] | null {
  const steps = Math.max(1, Math.round((quarter - call.start) * STEPS_PER_QUARTER));
  return call.empty ? null : call.melody(steps, now);
}
