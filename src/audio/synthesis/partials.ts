// Additive synthesis with loops that cannot click: every partial makes a whole number of cycles in the loop, and its level stands still
// from the loop on. Pure.

import type { Random } from '../../core/random.js';
import { hertzOf, type Tone } from './tone.js';

/** A sine of a tone. */
export interface Partial {
  /** Whole cycles in one loop. */
  readonly cycles: number;
  /** Radians at the beginning. */
  readonly phase: number;
  /** Amplitude at a time in seconds; it is asked up to the beginning of the loop only. */
  readonly level: (seconds: number) => number;
}

/** How long a tone is, and the grid its partials lie on. */
export interface Frame {
  readonly rate: number;
  readonly key: number;
  /** Samples before the loop, and in it. */
  readonly attack: number;
  readonly loop: number;
  /** Periods of the tone in one loop: a partial of `periods * n` cycles is its nth harmonic. */
  readonly periods: number;
  /** Hertz of one cycle a loop. */
  readonly grid: number;
  /** Hertz above which nothing may sound, so that nothing folds back at the highest key the tone is played at. */
  readonly limit: number;
}

export interface FrameChoices {
  /** Seconds before the loop and, about, in it. */
  readonly attack: number;
  readonly loop: number;
  readonly rate?: number;
  /** The highest key the tone is played at. */
  readonly highest: number;
  /** What the number of periods must be a multiple of: 2 makes room for a partial an octave below. */
  readonly multiple?: number;
}

const RATE = 32_000;
/** Share of the rate that may sound: what interpolation still reproduces well. */
const BANDWIDTH = 0.42;
const HIGHEST_HERTZ = 19_500;
/** Samples between two values of a level, which runs straight between them. */
const STEP = 16;

/** Finds the loop of about the wished length whose whole periods come closest to the pitch of `key`. */
export function frameOf(key: number, { attack, loop, rate = RATE, highest, multiple = 1 }: FrameChoices): Frame {
  const hertz = hertzOf(key);
  let best = { samples: 0, periods: multiple, error: Number.POSITIVE_INFINITY };
  const wished = Math.max(1, Math.round((loop * hertz) / multiple)) * multiple;
  for (let periods = Math.max(multiple, Math.floor(wished * 0.8)); periods <= wished * 1.2 + multiple; periods++) {
    if (periods % multiple !== 0) continue;
    const samples = Math.round((periods * rate) / hertz);
    const error = Math.abs(Math.log2((periods * rate) / samples / hertz));
    if (error < best.error) best = { samples, periods, error };
  }
  const limit = Math.min(rate * BANDWIDTH, HIGHEST_HERTZ / 2 ** ((highest - key) / 12));
  return {
    rate,
    key,
    attack: Math.round(attack * rate),
    loop: best.samples,
    periods: best.periods,
    grid: rate / best.samples,
    limit,
  };
}

/** The sum of the partials that lie below the limit. */
export function renderPartials(frame: Frame, partials: Iterable<Partial>): Tone {
  const { rate, attack, loop, grid, limit, key } = frame;
  const samples = new Float64Array(attack + loop);
  for (const { cycles, phase, level } of partials) {
    if (cycles <= 0 || cycles * grid > limit) continue;
    addSine(samples, (2 * Math.PI * cycles) / loop, phase, (sample) => level(Math.min(sample, attack) / rate));
  }
  return { rate, key, samples, loop: { start: attack, end: attack + loop } };
}

function addSine(samples: Float64Array, step: number, phase: number, level: (sample: number) => number): void {
  const [turnRe, turnIm] = [Math.cos(step), Math.sin(step)];
  let from = level(0);
  for (let start = 0; start < samples.length; start += STEP) {
    const to = level(start + STEP);
    const slope = (to - from) / STEP;
    let re = Math.cos(phase + step * start);
    let im = Math.sin(phase + step * start);
    const end = Math.min(samples.length, start + STEP);
    for (let i = start; i < end; i++) {
      samples[i] = (samples[i] as number) + im * (from + slope * (i - start));
      const next = re * turnRe - im * turnIm;
      im = re * turnIm + im * turnRe;
      re = next;
    }
    from = to;
  }
}

/** A level that rises to 1 within `seconds`, smoothly at both ends. */
export function rise(time: number, seconds: number): number {
  if (time >= seconds) return 1;
  const x = time / seconds;
  return x * x * (3 - 2 * x);
}

/** Harmonics 1, 2, 3… of a tone up to its limit, with steady amplitudes and phases by chance; those of amplitude 0 are left out. */
export function* harmonics(frame: Frame, random: Random, amplitude: (harmonic: number, hertz: number) => number): Generator<Partial> {
  for (let n = 1; n * frame.periods * frame.grid <= frame.limit; n++) {
    const level = amplitude(n, n * frame.periods * frame.grid);
    const phase = 2 * Math.PI * random.uniform();
    if (level !== 0) yield { cycles: n * frame.periods, phase, level: () => level };
  }
}
