// Many at once: bowed strings and a choir. Each player is a little out of tune, by whole cycles of a loop of about a second, so that the
// beating between them closes at the loop.

import type { Random } from '../../../core/random.js';
import { addBreath } from '../noise.js';
import { frameOf, type Partial, renderPartials, rise } from '../partials.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';

const ROOTS = [32, 44, 54, 64, 74, 85, 98];
/** How far the outer players are out of tune, in cents, at most. */
const DETUNED_CENTS = 9;
const PLAYERS = 3;
const SOFTEST = 3e-4;

interface Choir {
  readonly roots: readonly number[];
  readonly attack: number;
  /** Seconds a partial takes to rise, by its hertz. */
  readonly rising: (hertz: number) => number;
  readonly amplitude: (harmonic: number, hertz: number) => number;
  readonly breath: number;
}

export function bowedStrings(random: Random): Region[] {
  return players(
    {
      roots: ROOTS,
      attack: 0.16,
      rising: (hertz) => 0.05 + Math.min(0.1, hertz / 60_000),
      amplitude: (n, hertz) => ((1 / n) * (0.75 + 0.5 * bump(hertz, 480, 0.6) + 0.9 * bump(hertz, 2700, 0.55))) / (1 + (hertz / 5200) ** 3),
      breath: 0.012,
    },
    random,
  );
}

export function choir(random: Random): Region[] {
  return players(
    {
      roots: [40, 51, 60, 69, 80, 96],
      attack: 0.14,
      rising: () => 0.13,
      // The vowel "ah": formants at 750, 1150, 2700 and 3300 hertz.
      amplitude: (n, hertz) =>
        (n ** -0.9 *
          (0.1 +
            1.2 * bump(hertz, 750, 0.32) +
            0.9 * bump(hertz, 1150, 0.25) +
            0.35 * bump(hertz, 2700, 0.18) +
            0.25 * bump(hertz, 3300, 0.15) +
            (n === 1 ? 0.5 : 0))) /
        (1 + (hertz / 4500) ** 4),
      breath: 0.014,
    },
    random,
  );
}

/** 1 at `middle` hertz, falling off over about `octaves` to either side. */
export function bump(hertz: number, middle: number, octaves: number): number {
  return Math.exp(-0.5 * (Math.log2(hertz / middle) / octaves) ** 2);
}

function players({ roots, attack, rising, amplitude, breath }: Choir, random: Random): Region[] {
  return across(roots, (key, highest) => {
    const hertz = hertzOf(key);
    const frame = frameOf(key, { attack, loop: key < 90 ? 0.45 : 0.25, rate: key < 55 ? 18_000 : 24_000, highest });
    const partials: Partial[] = [];
    const cents = (cycles: number, n: number): number => 1200 * Math.log2(1 + cycles / (n * frame.periods));
    for (let n = 1; n * hertz < frame.limit; n++) {
      const level = amplitude(n, n * hertz);
      if (level < SOFTEST) continue;
      const seconds = rising(n * hertz);
      for (let player = 0; player < PLAYERS; player++) {
        const side = player - (PLAYERS - 1) / 2;
        // A cycle a loop for the fundamental, n for the nth harmonic; fewer where that would be too far out of tune.
        let off = Math.max(1, Math.round((n * frame.periods * DETUNED_CENTS * Math.LN2) / 1200));
        while (off > 0 && cents(off, n) > DETUNED_CENTS * 1.6) off--;
        const phase = 2 * Math.PI * random.uniform();
        const share = level * (side === 0 ? 1 : 0.62);
        partials.push({ cycles: n * frame.periods + side * off, phase, level: (t) => share * rise(t, seconds) });
      }
    }
    const tone = renderPartials(frame, partials);
    addBreath(tone, frame, { hertz: 2400, q: 0.6, level: (t) => breath * rise(t, attack), random });
    return levelled(tone);
  });
}
