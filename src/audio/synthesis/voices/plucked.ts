// Plucked strings: steel and nylon guitar, harpsichord, electric bass.

import type { Random } from '../../../core/random.js';
import { pluckString } from '../string.js';
import { across, hertzOf, levelled, type Region } from '../tone.js';

interface Build {
  readonly roots: readonly number[];
  readonly attack: number;
  readonly rate?: number;
  /** Brightness in hertz, and how many times the pitch is added to it. */
  readonly brightness: number;
  readonly rising: number;
  readonly position: number;
  readonly damping: number;
}

function strings({ roots, attack, rate = 32_000, brightness, rising, position, damping }: Build, random: Random): Region[] {
  return across(roots, (key, highest) =>
    levelled(
      pluckString(key, {
        attack: Math.min(attack, 0.2 + 60 / hertzOf(key)),
        rate,
        brightness: brightness + rising * hertzOf(key),
        position,
        damping,
        highest,
        random,
      }),
    ),
  );
}

const GUITAR = [38, 46, 54, 62, 71, 82, 97];

export function steelGuitar(random: Random): Region[] {
  return strings({ roots: GUITAR, attack: 0.46, rate: 28_000, brightness: 4200, rising: 2, position: 0.13, damping: 0.045 }, random);
}

export function nylonGuitar(random: Random): Region[] {
  return strings({ roots: GUITAR, attack: 0.34, rate: 22_000, brightness: 1300, rising: 2, position: 0.27, damping: 0.1 }, random);
}

export function harpsichord(random: Random): Region[] {
  return strings({ roots: [38, 50, 62, 74, 91], attack: 0.24, brightness: 8500, rising: 1, position: 0.09, damping: 0.012 }, random);
}

export function fingerBass(random: Random): Region[] {
  return strings(
    { roots: [29, 38, 47, 60, 79], attack: 0.4, rate: 16_000, brightness: 620, rising: 1.5, position: 0.21, damping: 0.05 },
    random,
  );
}

export function slapBass(random: Random): Region[] {
  return strings({ roots: [29, 39, 50, 68], attack: 0.4, rate: 20_000, brightness: 3200, rising: 1, position: 0.1, damping: 0.03 }, random);
}
