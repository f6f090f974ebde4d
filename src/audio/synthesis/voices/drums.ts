// Drums: skins as sines that fall in pitch, snares and claps as bursts of noise, cymbals as crowds of sines.

import type { Random } from '../../../core/random.js';
import { filtered, mixInto, noise, shaped } from '../noise.js';
import { hertzOf, levelled, type Tone } from '../tone.js';

const RATE = 32_000;

/** A sound that ends by itself, played at its own pitch on `key`. Its last `fade` seconds fade to nothing. */
function oneShot(key: number, samples: Float64Array, { rate = RATE, level = 0, fade = 0.008 } = {}): Tone {
  const closed = samples.map((value, i) => value * (1 - (1 - Math.min(1, (samples.length - 1 - i) / (fade * rate))) ** 2));
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

interface Metal {
  readonly seconds: number;
  readonly rate?: number;
  readonly low: number;
  readonly high: number;
  readonly modes: number;
  /** Times a second that low and high modes fall to 1/e. */
  readonly dyingLow: number;
  readonly dyingHigh: number;
  /** Seconds a cymbal needs to open up. */
  readonly opening: number;
  readonly hiss: number;
  readonly level: number;
}

/** A sine that rises and dies; `step` is in radians, `dying` and `rising` in parts of e, all a sample. */
function addDyingSine(
  target: Float64Array,
  { step, start, gain, dying, rising }: { step: number; start: number; gain: number; dying: number; rising: number },
): void {
  const [turnRe, turnIm] = [Math.cos(step), Math.sin(step)];
  let [re, im] = [Math.cos(start), Math.sin(start)];
  let level = gain;
  let missing = 1;
  const [fall, approach] = [Math.exp(-dying), Math.exp(-rising)];
  for (let i = 0; i < target.length; i++) {
    target[i] = (target[i] as number) + im * level * (1 - missing);
    level *= fall;
    missing *= approach;
    const next = re * turnRe - im * turnIm;
    im = re * turnIm + im * turnRe;
    re = next;
  }
}

/** A plate: modes scattered evenly over the logarithm of their hertz, high ones later and dying sooner, and a hiss. */
function plate(
  key: number,
  { seconds, rate = RATE, low, high, modes, dyingLow, dyingHigh, opening, hiss, level }: Metal,
  random: Random,
): Tone {
  const samples = silence(seconds, rate);
  for (let k = 0; k < modes; k++) {
    const share = (k + random.uniform()) / modes;
    const hertz = low * (high / low) ** share;
    const dying = dyingLow + (dyingHigh - dyingLow) * share ** 1.5;
    const gain = (0.4 + random.uniform()) * (0.55 + 0.9 * share);
    const start = 2 * Math.PI * random.uniform();
    addDyingSine(samples, {
      step: (2 * Math.PI * hertz) / rate,
      start,
      gain,
      dying: dying / rate,
      rising: 1 / (rate * (0.0007 + opening * share)),
    });
  }
  const spread = Math.sqrt(modes / 2);
  const air = filtered(
    burst(seconds, random, (t) => Math.exp(-dyingHigh * 0.8 * t) * (1 - Math.exp(-t / 0.0008)), rate),
    {
      kind: 'highpass',
      hertz: Math.max(3500, low * 2),
      rate,
    },
  );
  mixInto(samples, filtered(air, { kind: 'lowpass', hertz: rate * 0.38, rate }), hiss * spread);
  return oneShot(key, samples, { rate, level, fade: seconds * 0.45 });
}

export function closedHat(key: number, random: Random): Tone {
  return plate(
    key,
    { seconds: 0.14, rate: 40_000, low: 3200, high: 15_500, modes: 60, dyingLow: 50, dyingHigh: 34, opening: 0.0006, hiss: 1.1, level: -3 },
    random,
  );
}

export function openHat(key: number, random: Random): Tone {
  return plate(
    key,
    { seconds: 0.45, low: 2900, high: 13_000, modes: 80, dyingLow: 7, dyingHigh: 6, opening: 0.002, hiss: 0.9, level: -3 },
    random,
  );
}

export function crash(key: number, random: Random): Tone {
  return plate(
    key,
    {
      seconds: 1.25,
      rate: 24_000,
      low: 340,
      high: 10_000,
      modes: 170,
      dyingLow: 2.6,
      dyingHigh: 4,
      opening: 0.018,
      hiss: 0.8,
      level: -1,
    },
    random,
  );
}

export function ride(key: number, random: Random): Tone {
  const tone = plate(
    key,
    { seconds: 0.8, rate: 26_000, low: 420, high: 10_500, modes: 90, dyingLow: 3, dyingHigh: 4.2, opening: 0.008, hiss: 0.2, level: -5 },
    random,
  );
  const ping = Float64Array.from({ length: Math.round(0.4 * tone.rate) }, (_, i) => {
    const t = i / tone.rate;
    return (
      (Math.sin(2 * Math.PI * 3170 * t) + 0.7 * Math.sin(2 * Math.PI * 4630 * t) + 0.5 * Math.sin(2 * Math.PI * 5490 * t)) *
      Math.exp(-t * 16) *
      Math.min(1, t / 0.0006)
    );
  });
  mixInto(tone.samples, ping, 0.16);
  return levelled(tone, -4);
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
  return oneShot(key, samples, { level, fade: seconds * 0.3 });
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
