// Cymbals: crowds of sines scattered over a wide range, and a hiss. High ones open up later than low ones and die sooner. What rings long
// is looped: from the loop on all dies alike, by the envelope.

import type { Random } from '../../../core/random.js';
import { addBreath, mixInto } from '../noise.js';
import { type Frame, type Partial, renderPartials } from '../partials.js';
import { levelled, type Tone } from '../tone.js';
import { oneShot } from './drums.js';

interface Metal {
  /** Seconds before the loop, and in it; without a loop the sound ends there. */
  readonly attack: number;
  readonly loop?: number;
  readonly rate: number;
  /** Hertz between which the modes are scattered, evenly over their logarithm. */
  readonly low: number;
  readonly high: number;
  readonly modes: number;
  /** Times a second that low and high modes fall to 1/e, faster than the envelope falls. */
  readonly dyingLow: number;
  readonly dyingHigh: number;
  /** Seconds the highest need to open up. */
  readonly opening: number;
  readonly hiss: number;
  readonly level: number;
}

const SHORTEST_LOOP = 0.05;
const SHARE = 0.46;

function plate(key: number, metal: Metal, random: Random): Tone {
  const { attack, loop = SHORTEST_LOOP, rate, low, high, modes, dyingLow, dyingHigh, opening, hiss, level } = metal;
  const samples = Math.round(loop * rate);
  const frame: Frame = {
    rate,
    key,
    attack: Math.round(attack * rate),
    loop: samples,
    periods: 1,
    grid: rate / samples,
    limit: rate * SHARE,
  };
  const partials = Array.from({ length: modes }, (_, k): Partial => {
    const share = (k + random.uniform()) / modes;
    const dying = dyingLow + (dyingHigh - dyingLow) * share ** 1.5;
    const gain = (0.4 + random.uniform()) * (0.55 + 0.9 * share);
    const rising = 0.0007 + opening * share;
    return {
      cycles: Math.round((low * (high / low) ** share) / frame.grid),
      phase: 2 * Math.PI * random.uniform(),
      level: (t) => gain * Math.exp(-dying * t) * (1 - Math.exp(-t / rising)),
    };
  });
  const tone = renderPartials(frame, partials);
  const hissing = hiss * Math.sqrt(modes);
  addBreath(tone, frame, {
    hertz: Math.sqrt(Math.max(4000, low) * rate * 0.4),
    q: 0.7,
    level: (t) => hissing * Math.exp(-dyingHigh * 0.8 * t) * (1 - Math.exp(-t / 0.0008)),
    random,
  });
  return metal.loop === undefined ? oneShot(key, tone.samples.slice(0, frame.attack), { rate, level }) : levelled(tone, level);
}

export function closedHat(key: number, random: Random): Tone {
  return plate(
    key,
    { attack: 0.14, rate: 40_000, low: 3200, high: 15_500, modes: 60, dyingLow: 50, dyingHigh: 34, opening: 0.0006, hiss: 1.1, level: -3 },
    random,
  );
}

export function openHat(key: number, random: Random): Tone {
  return plate(
    key,
    {
      attack: 0.14,
      loop: 0.32,
      rate: 32_000,
      low: 2900,
      high: 13_000,
      modes: 90,
      dyingLow: 3,
      dyingHigh: 1.5,
      opening: 0.002,
      hiss: 0.8,
      level: -4,
    },
    random,
  );
}

export function crash(key: number, random: Random): Tone {
  return plate(
    key,
    {
      attack: 0.55,
      loop: 0.6,
      rate: 26_000,
      low: 340,
      high: 11_500,
      modes: 170,
      dyingLow: 0.5,
      dyingHigh: 2,
      opening: 0.02,
      hiss: 0.7,
      level: -1,
    },
    random,
  );
}

export function ride(key: number, random: Random): Tone {
  const tone = plate(
    key,
    {
      attack: 0.35,
      loop: 0.45,
      rate: 26_000,
      low: 420,
      high: 10_500,
      modes: 90,
      dyingLow: 1.5,
      dyingHigh: 2.5,
      opening: 0.008,
      hiss: 0.2,
      level: -5,
    },
    random,
  );
  // The ping of the stick, gone before the loop begins.
  const [length, end] = [Math.round(0.35 * tone.rate), 0.35];
  const ping = Float64Array.from({ length }, (_, i) => {
    const t = i / tone.rate;
    const sines = Math.sin(2 * Math.PI * 3170 * t) + 0.7 * Math.sin(2 * Math.PI * 4630 * t) + 0.5 * Math.sin(2 * Math.PI * 5490 * t);
    return sines * Math.exp(-t * 14) * Math.min(1, t / 0.0006) * (1 - t / end);
  });
  mixInto(tone.samples, ping, 0.16);
  return levelled(tone, -4);
}
