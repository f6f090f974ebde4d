// Wind instruments: flute, clarinet, oboe, saxophone and brass. Upper harmonics speak later than lower ones.

import type { Random } from '../../../core/random.js';
import { addBreath } from '../noise.js';
import { frameOf, type Partial, renderPartials, rise } from '../partials.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';
import { bump } from './ensemble.js';

interface Wind {
  readonly roots: readonly number[];
  /** Seconds until the fundamental, and later harmonics, are there. */
  readonly attack: number;
  readonly loop: number;
  readonly amplitude: (harmonic: number, hertz: number) => number;
  /** Breath within the tone, and the burst of it at the beginning. */
  readonly breath: number;
  readonly chiff: number;
  /** How much every harmonic first overshoots. */
  readonly bite?: number;
}

const MIDDLE_ROOTS = [38, 50, 59, 68, 77, 88, 102];

export function flute(random: Random): Region[] {
  return blown(
    {
      roots: [52, 63, 72, 81, 91, 103],
      attack: 0.12,
      loop: 0.22,
      amplitude: (n, hertz) => ([1, 0.42, 0.2, 0.07, 0.035, 0.015][n - 1] ?? 0.01 / n) / (1 + (hertz / 6000) ** 2),
      breath: 0.035,
      chiff: 0.25,
    },
    random,
  );
}

export function clarinet(random: Random): Region[] {
  return blown(
    {
      roots: MIDDLE_ROOTS,
      attack: 0.07,
      loop: 0.12,
      amplitude: (n, hertz) => (n % 2 === 1 ? 1 / n ** 0.9 : 0.05 + Math.min(0.15, n / 60)) / (1 + (hertz / 2600) ** 2.5),
      breath: 0.012,
      chiff: 0.06,
    },
    random,
  );
}

export function oboe(random: Random): Region[] {
  return blown(
    {
      roots: MIDDLE_ROOTS,
      attack: 0.06,
      loop: 0.12,
      amplitude: (n, hertz) =>
        (n ** -0.6 * (0.25 + 1.1 * bump(hertz, 1050, 0.45) + 0.7 * bump(hertz, 2900, 0.35))) / (1 + (hertz / 5500) ** 4),
      breath: 0.012,
      chiff: 0.05,
    },
    random,
  );
}

export function saxophone(random: Random): Region[] {
  return blown(
    {
      roots: MIDDLE_ROOTS,
      attack: 0.075,
      loop: 0.12,
      amplitude: (n, hertz) =>
        (n ** -0.75 * (0.5 + 0.9 * bump(hertz, 620, 0.6) + 0.55 * bump(hertz, 1700, 0.5))) / (1 + (hertz / 4200) ** 3),
      breath: 0.02,
      chiff: 0.12,
      bite: 0.15,
    },
    random,
  );
}

export function brass(random: Random): Region[] {
  return blown(
    {
      roots: [33, 43, 52, 61, 70, 79, 91, 104],
      attack: 0.13,
      loop: 0.12,
      amplitude: (n, hertz) => (n ** -0.45 * (0.6 + 0.8 * bump(hertz, 1200, 0.8))) / (1 + (hertz / 2900) ** 3.2),
      breath: 0.01,
      chiff: 0.08,
      bite: 0.28,
    },
    random,
  );
}

const SOFTEST = 2e-4;

function blown({ roots, attack, loop, amplitude, breath, chiff, bite = 0 }: Wind, random: Random): Region[] {
  return across(roots, (key, highest) => {
    const hertz = hertzOf(key);
    const frame = frameOf(key, { attack, loop: Math.max(loop, 6 / hertz), rate: key < 50 ? 20_000 : 26_000, highest });
    const partials: Partial[] = [];
    for (let n = 1; n * hertz < frame.limit; n++) {
      const level = amplitude(n, n * hertz);
      if (level < SOFTEST) continue;
      // Later the higher, and a little over the mark before it settles.
      const seconds = Math.min(attack * 0.7, 0.018 + attack * 0.055 * (n - 1));
      const over = (t: number): number => 1 + bite * Math.sin(Math.PI * Math.min(1, t / attack)) ** 2;
      partials.push({ cycles: n * frame.periods, phase: 2 * Math.PI * random.uniform(), level: (t) => level * rise(t, seconds) * over(t) });
    }
    const tone = renderPartials(frame, partials);
    const level = (t: number): number => rise(t, 0.012) * (breath + (chiff - breath) * (1 - rise(t, attack * 0.8)));
    addBreath(tone, frame, { hertz: 1500 + hertz, q: 0.7, level, random });
    return levelled(tone);
  });
}
