// Organs: drawbars of a tonewheel organ, and the pipes of a church organ. Steady tones, so that a loop is all there is.

import type { Random } from '../../../core/random.js';
import { frameOf, type Partial, renderPartials } from '../partials.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';

const ROOTS = [32, 43, 54, 64, 74, 84, 96];

/** With fewer cycles in a loop, one more would be more than nine cents. */
const FEWEST_CYCLES = 190;

/** Pairs of a multiple of the pitch and an amplitude. */
type Stops = readonly (readonly [multiple: number, amplitude: number])[];

const DRAWBARS: Stops = [
  [0.5, 0.5],
  [1, 1],
  [1.5, 0.45],
  [2, 0.55],
  [3, 0.3],
  [4, 0.28],
  [5, 0.1],
  [6, 0.12],
  [8, 0.14],
];

/** A principal chorus: 8', 4', 2 2/3', 2', each with some harmonics of its own. */
const PIPES: Stops = [1, 2, 3, 4].flatMap((rank, i) =>
  [1, 0.42, 0.2, 0.12, 0.06].map((amplitude, n) => [rank * (n + 1), amplitude * ([1, 0.6, 0.25, 0.3][i] ?? 0)] as const),
);

export function tonewheelOrgan(random: Random): Region[] {
  return stops(DRAWBARS, { random, spread: 0 });
}

export function churchOrgan(random: Random): Region[] {
  return stops(PIPES, { random, spread: 1 });
}

/** @param spread cycles a loop by which the upper ranks are out of tune, so that they live */
function stops(amplitudes: Stops, { random, spread }: { random: Random; spread: number }): Region[] {
  return across(ROOTS, (key, highest) => {
    const frame = frameOf(key, {
      attack: 0.004,
      loop: spread > 0 ? 0.25 : Math.max(0.08, 4 / hertzOf(key)),
      rate: key < 60 ? 22_000 : key < 80 ? 30_000 : 44_100,
      highest,
      multiple: 2,
    });
    const partials = amplitudes.map(([multiple, amplitude], i): Partial => {
      const cycles = Math.round(multiple * frame.periods);
      const off = multiple > 1 && cycles > FEWEST_CYCLES ? ((i % 3) - 1) * spread : 0;
      return { cycles: cycles + off, phase: 2 * Math.PI * random.uniform(), level: () => amplitude };
    });
    return levelled(renderPartials(frame, partials));
  });
}
