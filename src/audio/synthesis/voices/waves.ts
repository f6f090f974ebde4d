// The waves of synthesizers and game consoles: square, pulse, triangle, saw; and an overdriven guitar, which holds like them. Band-limited:
// a sum of as many harmonics as fit. A loop is all there is.

import type { Random } from '../../../core/random.js';
import { frameOf, harmonics, type Partial, renderPartials, rise } from '../partials.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';

/** The higher, the closer: above, an octave of one tone would lose audible harmonics. */
const ROOTS = [29, 40, 50, 60, 68, 76, 84, 92, 100, 108, 118];

/** Twice the usual rate, since much lies high, where interpolation is worst. */
const RATE = 88_200;
/** Hertz of the highest harmonics. */
const BRIGHTEST = 15_500;
/** How far the outer oscillators are out of tune. */
const DETUNED_CENTS = 8;

function wave(coefficient: (harmonic: number) => number, { level = 0 } = {}): Region[] {
  return across(ROOTS, (key, highest) => {
    const frame = frameOf(key, { attack: 0.0025, loop: Math.max(0.006, 2 / hertzOf(key)), rate: RATE, highest });
    const partials: Partial[] = [];
    for (let n = 1; n * frame.periods * frame.grid <= frame.limit; n++) {
      const amplitude = coefficient(n);
      if (amplitude === 0) continue;
      // Harmonics fade out towards the limit, so that the edges do not ring and interpolation adds nothing that is heard.
      const share = Math.min(1, (n * frame.periods * frame.grid) / Math.min(frame.limit, BRIGHTEST));
      const fade = Math.cos((Math.PI / 2) * share ** 2);
      partials.push({ cycles: n * frame.periods, phase: 0, level: (t) => amplitude * fade * rise(t, 0.002) });
    }
    return levelled(renderPartials(frame, partials), level);
  });
}

export function square(): Region[] {
  return wave((n) => (n % 2 === 1 ? 1 / n : 0));
}

/** A pulse that is high a quarter of the time. */
export function pulse(): Region[] {
  return wave((n) => Math.sin((Math.PI * n) / 4) / n);
}

export function triangle(): Region[] {
  return wave((n) => (n % 2 === 1 ? (n % 4 === 1 ? 1 : -1) / (n * n) : 0), { level: 1 });
}

export function saw(): Region[] {
  return wave((n) => 1 / n);
}

/** The saws of three oscillators slightly apart, for leads and pads. */
export function warmSaw(random: Random): Region[] {
  return across([35, 48, 60, 72, 84, 98], (key, highest) => {
    const frame = frameOf(key, { attack: 0.01, loop: 0.36, rate: key < 60 ? 18_000 : 24_000, highest });
    const partials = [-1, 0, 1].flatMap((side) =>
      [...harmonics(frame, random, (n, hertz) => 1 / n / (1 + (hertz / 5000) ** 2))].map((partial): Partial => {
        const off = side * Math.round((partial.cycles * DETUNED_CENTS * Math.LN2) / 1200);
        const level = partial.level(0) * (side === 0 ? 1 : 0.55);
        return { ...partial, cycles: partial.cycles + off, level: (t) => level * rise(t, 0.008) };
      }),
    );
    return levelled(renderPartials(frame, partials));
  });
}

/** A guitar driven into its amplifier: many harmonics up to where the loudspeaker ends. */
export function drivenGuitar(random: Random): Region[] {
  return across([35, 46, 56, 66, 78, 95], (key, highest) => {
    const frame = frameOf(key, { attack: 0.12, loop: 0.14, rate: 20_000, highest });
    const lively = [...harmonics(frame, random, (n, hertz) => ((n % 2 === 1 ? 1 : 0.7) * n ** -0.55) / (1 + (hertz / 3300) ** 4))];
    const partials = lively.map((partial): Partial => {
      const level = partial.level(0);
      const pick = random.uniform();
      return { ...partial, level: (t) => level * rise(t, 0.004) * (1 + pick * Math.exp(-t / 0.03) - pick * Math.exp(-0.12 / 0.03)) };
    });
    return levelled(renderPartials(frame, partials));
  });
}
