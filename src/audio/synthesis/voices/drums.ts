// Drums: skins as sines that fall in pitch, snares and claps as bursts of noise. Cymbals have a file of their own.

import type { Random } from '../../../core/random.js';
import { filtered, mixInto, noise, shaped } from '../noise.js';
import { hertzOf, levelled, type Tone } from '../tone.js';

const RATE = 32_000;
/** Share of a sound that fades. */
const FADING = 0.35;

/** A sound that ends by itself, played at its own pitch on `key`. Its last third fades to nothing. */
export function oneShot(key: number, samples: Float64Array, { rate = RATE, level = 0 } = {}): Tone {
  const fade = samples.length * FADING;
  const closed = samples.map((value, i) => value * (1 - (1 - Math.min(1, (samples.length - 1 - i) / fade)) ** 2));
  return levelled({ key, rate, samples: closed, loop: undefined }, level);
}

function silence(seconds: number, rate = RATE): Float64Array {
  return new Float64Array(Math.round(seconds * rate));
}

/** A skin: a sine from `from` to `to` hertz, falling by `falling` a second (1/e), dying by `dying` a second. */
function skin(
  target: Float64Array,
  { from, to, falling, dying, gain = 1 }: { from: number; to: number; falling: number; dying: number; gain?: number },
): void {
  let phase = 0;
  for (let i = 0; i < target.length; i++) {
    const t = i / RATE;
    phase += (2 * Math.PI * (to + (from - to) * Math.exp(-falling * t))) / RATE;
    target[i] = (target[i] as number) + gain * Math.sin(phase) * Math.exp(-dying * t) * Math.min(1, t / 0.0006);
  }
}

function burst(seconds: number, random: Random, level: (t: number) => number, rate = RATE): Float64Array {
  return shaped(noise(Math.round(seconds * rate), random), rate, level);
}

export function kick(key: number, random: Random): Tone {
  const samples = silence(0.34);
  skin(samples, { from: 190, to: 47, falling: 26, dying: 9 });
  skin(samples, { from: 700, to: 120, falling: 160, dying: 60, gain: 0.5 });
  mixInto(
    samples,
    filtered(
      burst(0.012, random, (t) => Math.exp(-t / 0.002)),
      { kind: 'lowpass', hertz: 5000, rate: RATE },
    ),
    0.35,
  );
  return oneShot(key, samples, { level: 6 });
}

export function snare(key: number, random: Random): Tone {
  const samples = silence(0.32);
  skin(samples, { from: 260, to: 186, falling: 45, dying: 17, gain: 0.75 });
  skin(samples, { from: 400, to: 331, falling: 45, dying: 22, gain: 0.4 });
  const wires = filtered(
    burst(0.32, random, (t) => Math.min(1, t / 0.0008) * (0.55 * Math.exp(-t * 45) + 0.45 * Math.exp(-t * 13))),
    {
      kind: 'highpass',
      hertz: 1400,
      rate: RATE,
    },
  );
  mixInto(samples, filtered(wires, { kind: 'lowpass', hertz: 9500, rate: RATE }), 0.95);
  return oneShot(key, samples, { level: 4 });
}

export function sideStick(key: number, random: Random): Tone {
  const samples = silence(0.1);
  skin(samples, { from: 1750, to: 1680, falling: 90, dying: 70, gain: 0.8 });
  skin(samples, { from: 480, to: 460, falling: 90, dying: 55, gain: 0.6 });
  mixInto(
    samples,
    filtered(
      burst(0.02, random, (t) => Math.exp(-t / 0.002)),
      { kind: 'highpass', hertz: 2500, rate: RATE },
    ),
    0.6,
  );
  return oneShot(key, samples, { level: -3 });
}

export function clap(key: number, random: Random): Tone {
  const hands = burst(0.28, random, (t) => {
    const hits = [0, 0.0105, 0.0225].reduce((sum, at) => sum + (t >= at ? Math.exp(-(t - at) / 0.0032) : 0), 0);
    const room = t < 0.03 ? 0 : Math.exp(-(t - 0.03) / 0.048) * Math.min(1, (t - 0.03) / 0.002);
    return Math.min(1, t / 0.0005) * hits + 0.8 * room;
  });
  const band = filtered(filtered(hands, { kind: 'bandpass', hertz: 1150, q: 1.3, rate: RATE }), {
    kind: 'highpass',
    hertz: 500,
    rate: RATE,
  });
  mixInto(band, filtered(hands, { kind: 'bandpass', hertz: 3200, q: 0.9, rate: RATE }), 0.4);
  return oneShot(key, band, { level: 1 });
}

export function tom(key: number, random: Random): Tone {
  const samples = silence(0.55);
  skin(samples, { from: 165, to: 112, falling: 14, dying: 7.5 });
  skin(samples, { from: 262, to: 178, falling: 16, dying: 15, gain: 0.32 });
  mixInto(
    samples,
    filtered(
      burst(0.05, random, (t) => Math.exp(-t / 0.01)),
      { kind: 'bandpass', hertz: 900, q: 0.7, rate: RATE },
    ),
    0.4,
  );
  return oneShot(key, samples, { level: 3 });
}

/** A tuned hand drum: conga, bongo, tabla. */
export function handDrum(key: number, random: Random): Tone {
  const samples = silence(0.3);
  skin(samples, { from: 255, to: 220, falling: 50, dying: 13 });
  skin(samples, { from: 520, to: 482, falling: 50, dying: 30, gain: 0.3 });
  mixInto(
    samples,
    filtered(
      burst(0.02, random, (t) => Math.exp(-t / 0.003)),
      { kind: 'bandpass', hertz: 2600, q: 0.8, rate: RATE },
    ),
    0.5,
  );
  return oneShot(key, samples, { level: 1 });
}

/** The dome of a ride cymbal, an agogo, a cowbell, a triangle: a few clear modes. */
export function ringing(
  key: number,
  {
    seconds,
    modes,
    dying,
    level,
  }: { seconds: number; modes: readonly (readonly [hertz: number, gain: number])[]; dying: number; level: number },
): Tone {
  const samples = silence(seconds);
  for (const [k, [hertz, gain]] of modes.entries()) {
    for (let i = 0; i < samples.length; i++) {
      const t = i / RATE;
      samples[i] =
        (samples[i] as number) + gain * Math.sin(2 * Math.PI * hertz * t) * Math.exp(-dying * (1 + 0.35 * k) * t) * Math.min(1, t / 0.0005);
    }
  }
  return oneShot(key, samples, { level });
}

/** Jingles, beads and scrapes: noise in a band, in one or more grains. */
export function rattle(
  key: number,
  { seconds, hertz, q, grains, dying, level }: { seconds: number; hertz: number; q: number; grains: number; dying: number; level: number },
  random: Random,
): Tone {
  const every = (seconds * 0.8) / grains;
  const shaken = burst(seconds, random, (t) => {
    const inGrain = t % every;
    return Math.floor(t / every) >= grains
      ? 0
      : Math.min(1, inGrain / 0.003) *
          Math.exp(-inGrain * dying) *
          (grains === 1 ? 1 : 0.4 + 0.6 * Math.sin((Math.PI * t) / (seconds * 0.8)));
  });
  return oneShot(key, filtered(shaken, { kind: 'bandpass', hertz, q, rate: RATE }), { level });
}

/** A wooden knock, and the metronome's click. */
export function knock(key: number, { hertz, dying, level }: { hertz: number; dying: number; level: number }): Tone {
  return ringing(key, {
    seconds: 0.12,
    modes: [
      [hertz, 1],
      [hertz * 2.57, 0.35],
    ],
    dying,
    level,
  });
}

export function whistle(key: number, random: Random): Tone {
  const samples = Float64Array.from({ length: Math.round(0.24 * RATE) }, (_, i) => {
    const t = i / RATE;
    return (
      Math.sin(2 * Math.PI * hertzOf(95) * t + 1.1 * Math.sin(2 * Math.PI * 32 * t)) *
      Math.min(1, t / 0.012) *
      Math.min(1, (0.24 - t) / 0.03)
    );
  });
  mixInto(samples, filtered(noise(samples.length, random), { kind: 'bandpass', hertz: 2200, q: 2, rate: RATE }), 0.12);
  return oneShot(key, samples, { level: -4 });
}
