// Seeded noise and the filters that shape it (R. Bristow-Johnson's audio cookbook formulas). Pure.

import type { Random } from '../../core/random.js';
import type { Frame } from './partials.js';
import type { Tone } from './tone.js';

/** Noise, evenly spread over -1..1. */
export function noise(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => 2 * random.uniform() - 1);
}

export type FilterKind = 'lowpass' | 'highpass' | 'bandpass';

/** The signal through a second-order filter. A bandpass has a gain of 1 at its middle. */
export function filtered(
  signal: Float64Array,
  { kind, hertz, q = Math.SQRT1_2, rate }: { kind: FilterKind; hertz: number; q?: number; rate: number },
): Float64Array {
  const w = (2 * Math.PI * Math.min(hertz, rate * 0.49)) / rate;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / (2 * q);
  const [b0, b1, b2] =
    kind === 'bandpass'
      ? [alpha, 0, -alpha]
      : kind === 'lowpass'
        ? [(1 - cos) / 2, 1 - cos, (1 - cos) / 2]
        : [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2];
  const a0 = 1 + alpha;
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return signal.map((x) => {
    const y = (b0 * x + b1 * x1 + b2 * x2 + 2 * cos * y1 - (1 - alpha) * y2) / a0;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** Adds `signal` times `gain` to `target`, from its beginning. */
export function mixInto(target: Float64Array, signal: Float64Array, gain: number): void {
  const length = Math.min(target.length, signal.length);
  for (let i = 0; i < length; i++) target[i] = (target[i] as number) + gain * (signal[i] as number);
}

/** A copy whose level follows `level(seconds)`. */
export function shaped(signal: Float64Array, rate: number, level: (seconds: number) => number): Float64Array {
  return signal.map((value, i) => value * level(i / rate));
}

/** Rounds of a loop after which a filter has settled. */
const SETTLING = 3;

/** Adds breath to a looped tone: filtered noise that closes at the loop, with the level `level(seconds)`, standing still from the loop on. */
export function addBreath(
  tone: Tone,
  { rate, attack, loop }: Frame,
  { hertz, q, level, random }: { hertz: number; q: number; level: (seconds: number) => number; random: Random },
): void {
  const once = noise(loop, random);
  const rounds = Float64Array.from({ length: loop * SETTLING }, (_, i) => once[i % loop] as number);
  const band = filtered(rounds, { kind: 'bandpass', hertz, q, rate }).subarray(loop * (SETTLING - 1));
  const { samples } = tone;
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (samples[i] as number) + (band[i % loop] as number) * level(Math.min(i, attack) / rate);
  }
}
