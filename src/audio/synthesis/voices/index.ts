// Every voice by its name, with the way it plays unless a program says otherwise. Each draws from a random stream of its own, so that one
// can change without the others.

import type { Random } from '../../../core/random.js';
import type { Shape } from '../shape.js';
import type { Region } from '../tone.js';
import { electricPiano, glassPiano } from './electric-piano.js';
import { bowedStrings, choir } from './ensemble.js';
import { churchOrgan, tonewheelOrgan } from './organ.js';
import { piano } from './piano.js';
import { fingerBass, harpsichord, nylonGuitar, slapBass, steelGuitar } from './plucked.js';
import { bell, glockenspiel, marimba, vibraphone } from './struck.js';
import { drivenGuitar, pulse, saw, square, triangle, warmSaw } from './waves.js';
import { brass, clarinet, flute, oboe, saxophone } from './winds.js';

export interface Voice {
  readonly make: (random: Random) => Region[];
  readonly shape: Shape;
}

const held = { attack: 0.003, release: 0.06 } as const;

export const voices = {
  piano: {
    make: piano,
    shape: { cutoff: 3500, sweep: { cents: 2800, seconds: 5 }, decay: 13, decayTracking: 45, release: 0.45, touch: 2400, reverb: 0.12 },
  },
  electricPiano: { make: electricPiano, shape: { decay: 11, decayTracking: 30, release: 0.4, touch: 1500, chorus: 0.12, reverb: 0.12 } },
  glassPiano: { make: glassPiano, shape: { decay: 9, decayTracking: 35, release: 0.6, chorus: 0.2, reverb: 0.18 } },
  steelGuitar: {
    make: steelGuitar,
    shape: { cutoff: 2800, sweep: { cents: 3200, seconds: 2.5 }, decay: 8, decayTracking: 35, release: 0.35, touch: 2400, reverb: 0.12 },
  },
  nylonGuitar: {
    make: nylonGuitar,
    shape: { cutoff: 2500, sweep: { cents: 3000, seconds: 2 }, decay: 7, decayTracking: 35, release: 0.35, touch: 1800, reverb: 0.14 },
  },
  harpsichord: {
    make: harpsichord,
    shape: { cutoff: 3200, sweep: { cents: 3000, seconds: 3 }, decay: 7, decayTracking: 30, release: 0.25, reverb: 0.14 },
  },
  fingerBass: {
    make: fingerBass,
    shape: { cutoff: 1200, sweep: { cents: 3000, seconds: 2.5 }, decay: 9, decayTracking: 20, release: 0.25, touch: 1800, reverb: 0.03 },
  },
  slapBass: {
    make: slapBass,
    shape: { cutoff: 1600, sweep: { cents: 3200, seconds: 2 }, decay: 8, decayTracking: 20, release: 0.2, touch: 1200, reverb: 0.03 },
  },
  tonewheelOrgan: { make: tonewheelOrgan, shape: { ...held, vibrato: { hertz: 6.2, cents: 6, delay: 0 }, chorus: 0.15, reverb: 0.12 } },
  churchOrgan: { make: churchOrgan, shape: { attack: 0.03, release: 0.25, reverb: 0.35 } },
  bowedStrings: { make: bowedStrings, shape: { attack: 0.05, release: 0.45, touch: 1500, reverb: 0.25 } },
  choir: { make: choir, shape: { attack: 0.06, release: 0.5, vibrato: { hertz: 5, cents: 7, delay: 0.4 }, reverb: 0.3 } },
  flute: { make: flute, shape: { attack: 0.01, release: 0.14, vibrato: { hertz: 5.1, cents: 9, delay: 0.35 }, reverb: 0.2 } },
  clarinet: { make: clarinet, shape: { attack: 0.01, release: 0.12, touch: 1200, reverb: 0.18 } },
  oboe: { make: oboe, shape: { attack: 0.01, release: 0.12, touch: 900, vibrato: { hertz: 5.3, cents: 8, delay: 0.4 }, reverb: 0.18 } },
  saxophone: {
    make: saxophone,
    shape: { attack: 0.01, release: 0.12, touch: 1500, vibrato: { hertz: 5, cents: 8, delay: 0.4 }, reverb: 0.16 },
  },
  brass: { make: brass, shape: { attack: 0.01, release: 0.14, touch: 3000, reverb: 0.2 } },
  square: { make: square, shape: { ...held, release: 0.08, reverb: 0.06 } },
  pulse: { make: pulse, shape: { ...held, release: 0.08, reverb: 0.06 } },
  triangle: { make: triangle, shape: { ...held, release: 0.08, reverb: 0.04 } },
  saw: { make: saw, shape: { ...held, reverb: 0.08 } },
  warmSaw: { make: warmSaw, shape: { attack: 0.02, release: 0.4, chorus: 0.2, reverb: 0.2 } },
  drivenGuitar: { make: drivenGuitar, shape: { decay: 40, sustain: 12, release: 0.2, reverb: 0.12 } },
  marimba: { make: marimba, shape: { decay: 1.6, decayTracking: 45, release: 0.8, touch: 1800, reverb: 0.15 } },
  vibraphone: {
    make: vibraphone,
    shape: { decay: 9, decayTracking: 30, release: 0.8, tremolo: { hertz: 4.5, decibels: 1.5 }, reverb: 0.2 },
  },
  glockenspiel: { make: glockenspiel, shape: { decay: 6, decayTracking: 25, release: 2, reverb: 0.2 } },
  bell: { make: bell, shape: { decay: 12, decayTracking: 20, release: 3, reverb: 0.25 } },
} as const satisfies Readonly<Record<string, Voice>>;

export type VoiceName = keyof typeof voices;
