// A piano: stiff strings struck an eighth of the way along, in two layers, softly and hard. High partials die first, and each at first fast, then slowly.

import type { Random } from '../../../core/random.js';
import { filtered, mixInto, noise, shaped } from '../noise.js';
import { frameOf, type Partial, renderPartials } from '../partials.js';
import { across, hertzOf, levelled, type Region, type Tone } from '../tone.js';

const ROOTS = [28, 39, 48, 57, 66, 76, 87, 101];
const STRIKE = 1 / 7.6;
const SOFTEST = 1e-4;

export function piano(random: Random): Region[] {
  return [
    ...across(ROOTS, (key, highest) => strike(key, { highest, hard: 0, random }), [0, 79]),
    ...across(ROOTS, (key, highest) => strike(key, { highest, hard: 1, random }), [80, 127]),
  ];
}

function strike(key: number, { highest, hard, random }: { highest: number; hard: number; random: Random }): Tone {
  const hertz = hertzOf(key);
  const frame = frameOf(key, {
    attack: Math.min(0.52, (hard ? 0.15 : 0.1) + 42 / hertz),
    loop: Math.min(0.26, 0.06 + 24 / hertz),
    rate: key < 45 ? 16_000 : key < 60 ? 22_000 : 28_000,
    highest,
  });
  // A hard hammer is short, so it wakes higher partials.
  const hammer = (hard ? 1500 : 620) + hertz * (hard ? 2.4 : 1.5);
  const stiffness = 0.00004 * 2 ** (Math.max(0, key - 48) / 15);
  const partials: Partial[] = [];
  for (let n = 1; n * hertz < frame.limit; n++) {
    const cycles = Math.round(frame.periods * n * Math.sqrt(1 + stiffness * n * n));
    const f = cycles * frame.grid;
    const soundboard = 1 - Math.exp(-((f / 75) ** 2));
    const amplitude = ((Math.abs(Math.sin(Math.PI * n * STRIKE)) + 0.08) / n ** 0.7) * Math.exp(-f / hammer) * soundboard;
    if (amplitude < SOFTEST) continue;
    const slow = 0.15 + f / 1700;
    const rising = 0.0008 + 0.2 / f;
    partials.push({
      cycles,
      phase: 2 * Math.PI * random.uniform(),
      level: (t) => amplitude * (1 - Math.exp(-t / rising)) * (0.5 * Math.exp(-(slow + 4) * t) + 0.5 * Math.exp(-slow * t)),
    });
  }
  const tone = renderPartials(frame, partials);
  const knock = filtered(noise(Math.round(0.06 * frame.rate), random), {
    kind: 'bandpass',
    hertz: 180 + hertz * 0.5,
    q: 0.8,
    rate: frame.rate,
  });
  mixInto(
    tone.samples,
    shaped(knock, frame.rate, (t) => Math.min(1, t / 0.002) * Math.exp(-t / 0.012) * (1 - t / 0.06)),
    hard ? 0.25 : 0.1,
  );
  return levelled(tone, hard ? 1 : -1);
}
