// Bars and bells: a few partials that are no harmonics, each dying at its own pace.

import type { Random } from '../../../core/random.js';
import { filtered, mixInto, noise, shaped } from '../noise.js';
import { frameOf, type Partial, renderPartials } from '../partials.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';

interface Bar {
  readonly roots: readonly number[];
  readonly attack: number;
  readonly loop: number;
  /** Multiple of the pitch, amplitude, and how many times a second it falls to 1/e. */
  readonly modes: readonly (readonly [multiple: number, amplitude: number, dying: number])[];
  /** Noise of the mallet: its level and hertz. */
  readonly mallet: number;
  readonly malletHertz: number;
}

/** Wooden bars, tuned so that the second mode is two octaves up. */
export function marimba(random: Random): Region[] {
  return struck(
    {
      roots: [42, 54, 66, 79, 96],
      attack: 0.22,
      loop: 0.05,
      modes: [
        [1, 1, 0],
        [4, 0.4, 14],
        [9.9, 0.16, 32],
        [16, 0.06, 50],
      ],
      mallet: 0.12,
      malletHertz: 900,
    },
    random,
  );
}

/** Metal bars over tubes. */
export function vibraphone(random: Random): Region[] {
  return struck(
    {
      roots: [50, 62, 74, 88],
      attack: 0.26,
      loop: 0.06,
      modes: [
        [1, 1, 0],
        [4, 0.28, 3.2],
        [10, 0.1, 10],
      ],
      mallet: 0.03,
      malletHertz: 1800,
    },
    random,
  );
}

/** Small steel plates and music boxes. */
export function glockenspiel(random: Random): Region[] {
  return struck(
    {
      roots: [58, 70, 82, 97],
      attack: 0.22,
      loop: 0.08,
      modes: [
        [1, 1, 0],
        [2.756, 0.42, 4],
        [5.404, 0.2, 9],
        [8.93, 0.07, 16],
      ],
      mallet: 0.04,
      malletHertz: 5000,
    },
    random,
  );
}

/** Tubular and church bells: a hum an octave below, a minor third, and a strike tone that all agree on. */
export function bell(random: Random): Region[] {
  return struck(
    {
      roots: [47, 60, 73, 90],
      attack: 0.34,
      loop: 0.14,
      modes: [
        [0.5, 0.16, 0],
        [1, 1, 0],
        [1.2, 0.22, 1.6],
        [1.5, 0.14, 2],
        [2, 0.6, 1.2],
        [2.5, 0.2, 3],
        [3, 0.3, 3],
        [4, 0.25, 4],
        [5.33, 0.14, 7],
        [6.7, 0.08, 9],
      ],
      mallet: 0.06,
      malletHertz: 3500,
    },
    random,
  );
}

function struck({ roots, attack, loop, modes, mallet, malletHertz }: Bar, random: Random): Region[] {
  return across(roots, (key, highest) => {
    const hertz = hertzOf(key);
    const frame = frameOf(key, { attack, loop: Math.max(loop, 6 / hertz), rate: 28_000, highest, multiple: 2 });
    const partials = modes.map(([multiple, amplitude, dying]): Partial => {
      const rate = dying * Math.sqrt(hertz / 262);
      const level = (t: number): number => amplitude * (1 - Math.exp(-t / 0.0012)) * Math.exp(-rate * t);
      return { cycles: Math.round(multiple * frame.periods), phase: 2 * Math.PI * random.uniform(), level };
    });
    const tone = renderPartials(frame, partials);
    const tap = filtered(noise(Math.round(0.03 * frame.rate), random), { kind: 'bandpass', hertz: malletHertz, q: 1, rate: frame.rate });
    mixInto(
      tone.samples,
      shaped(tap, frame.rate, (t) => Math.min(1, t / 0.001) * Math.exp(-t / 0.005) * (1 - t / 0.03)),
      mallet * 4,
    );
    return levelled(tone);
  });
}
