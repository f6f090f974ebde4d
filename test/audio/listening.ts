// Ears for tests: pitch, clicks and energy between harmonics, measured by code of their own (autocorrelation; a plain Fourier sum).

import { readFileSync } from 'node:fs';
import { ownSoundFont, readSoundFont, type SoundFont } from '../../src/audio/soundfont.js';
import { BLOCK, Synthesizer } from '../../src/audio/synthesizer.js';

export const RATE = 44_100;

let bytes: Uint8Array<ArrayBuffer> | undefined;
/** The sound bank as it was built; voices.test.ts sees to it that the voices of today make the same. */
export function soundBankBytes(): Uint8Array<ArrayBuffer> {
  bytes ??= new Uint8Array(readFileSync(ownSoundFont()));
  return bytes;
}

let font: Promise<SoundFont> | undefined;
export function ownFont(): Promise<SoundFont> {
  font ??= readSoundFont(soundBankBytes(), 'own.sf2');
  return font;
}

/** A note held `held` seconds, `length` in all, without effects, in mono. */
export function playNote(
  soundFont: SoundFont,
  {
    program,
    key,
    velocity = 100,
    held,
    length,
    channel = 0,
  }: { program: number; key: number; velocity?: number; held: number; length: number; channel?: number },
): Float64Array {
  const synthesizer = new Synthesizer(soundFont, { rate: RATE, effects: false });
  const frames = Math.ceil((length * RATE) / BLOCK) * BLOCK;
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  synthesizer.send([0xc0 | channel, program]);
  synthesizer.send([0x90 | channel, key, velocity]);
  for (let at = 0; at < frames; at += BLOCK) {
    if (at < held * RATE && at + BLOCK >= held * RATE) synthesizer.send([0x80 | channel, key, 0]);
    synthesizer.render(left, right, at);
  }
  return Float64Array.from(left, (value, i) => value + (right[i] as number));
}

export function hertzOf(key: number): number {
  return 440 * 2 ** ((key - 69) / 12);
}

/** Cents that `signal` is above `hertz`, on average over its windows, by the autocorrelation at about `periods` periods. */
export function centsAbove(signal: Float64Array, hertz: number): number {
  const period = RATE / hertz;
  const lag = Math.max(1, Math.round(0.012 * hertz)) * period;
  const window = Math.ceil(Math.max(0.04 * RATE, 3 * period));
  const loudest = rms(signal, 0, Math.min(signal.length, window * 4));
  const found: number[] = [];
  for (let at = 0; at + window + lag * 1.04 + 2 < signal.length; at += window) {
    if (rms(signal, at, window) < loudest * 1e-3) continue;
    const similar = (shift: number): number => {
      let [product, a, b] = [0, 0, 0];
      for (let i = at; i < at + window; i++) {
        const [x, y] = [signal[i] as number, signal[i + shift] as number];
        product += x * y;
        a += x * x;
        b += y * y;
      }
      return product / Math.sqrt(a * b + 1e-30);
    };
    // Within a third of a period of where it should be, and not beyond a third of a semitone and a half.
    const reach = Math.max(2, Math.min(period / 3, lag * 0.03));
    let best = Math.round(lag);
    let most = Number.NEGATIVE_INFINITY;
    for (let shift = Math.floor(lag - reach); shift <= Math.ceil(lag + reach); shift++) {
      const value = similar(shift);
      if (value > most) [best, most] = [shift, value];
    }
    const [before, after] = [similar(best - 1), similar(best + 1)];
    const peak = best + (before - after) / (2 * (before - 2 * most + after));
    found.push(1200 * Math.log2(lag / peak));
  }
  return found.reduce((sum, cents) => sum + cents, 0) / found.length;
}

function rms(signal: Float64Array, at: number, length: number): number {
  let power = 0;
  for (let i = at; i < at + length; i++) power += (signal[i] as number) ** 2;
  return Math.sqrt(power / length);
}

/** How much the sharpest bend (third difference) of any period stands out over those of the periods around it. */
export function sharpness(signal: Float64Array, hertz: number): number {
  const period = Math.ceil(RATE / Math.max(hertz, 20)) + 1;
  const sharpest: number[] = [];
  for (let at = 3; at + period <= signal.length; at += period) {
    let most = 0;
    for (let i = at; i < at + period; i++) {
      const [d, c, b, a] = [signal[i - 3] as number, signal[i - 2] as number, signal[i - 1] as number, signal[i] as number];
      most = Math.max(most, Math.abs(a - 3 * b + 3 * c - d));
    }
    sharpest.push(most);
  }
  return Math.max(
    ...sharpest.map((value, k) => {
      const around = sharpest.slice(Math.max(0, k - 4), k + 5).sort((x, y) => x - y);
      // What lies below 16 bits is no click.
      return value / Math.max(1e-5, around[around.length >> 1] as number);
    }),
  );
}

/** Twice through a filter of second order that keeps what lies below `hertz`. */
export function below(signal: Float64Array, hertz: number): Float64Array {
  const k = Math.tan((Math.PI * hertz) / RATE);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const once = (input: Float64Array): Float64Array => {
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    return input.map((x) => {
      const y = norm * (k * k * (x + 2 * x1 + x2) - 2 * (k * k - 1) * y1 - (1 - Math.SQRT2 * k + k * k) * y2);
      [x2, x1, y2, y1] = [x1, x, y1, y];
      return y;
    });
  };
  return once(once(signal));
}

/** Decibels of all that lies farther than 3 % of the pitch (or 25 Hz) from a harmonic, relative to the whole. */
export function betweenHarmonics(signal: Float64Array, hertz: number): number {
  const size = 8192;
  const { re, im } = fourier(signal.subarray(0, size));
  let [whole, between] = [0, 0];
  for (let bin = 4; bin < size / 2; bin++) {
    const power = (re[bin] as number) ** 2 + (im[bin] as number) ** 2;
    const frequency = (bin * RATE) / size;
    const distance = Math.abs(frequency - Math.max(1, Math.round(frequency / hertz)) * hertz);
    whole += power;
    if (distance > Math.max(0.03 * hertz, 25)) between += power;
  }
  return 10 * Math.log10(between / whole);
}

/** A Fourier transform under a Blackman-Harris window, halving recursively. */
function fourier(signal: Float64Array): { re: Float64Array; im: Float64Array } {
  const windowed = signal.map((value, i) => {
    const x = (2 * Math.PI * i) / signal.length;
    return value * (0.35875 - 0.48829 * Math.cos(x) + 0.14128 * Math.cos(2 * x) - 0.01168 * Math.cos(3 * x));
  });
  const transform = (start: number, step: number, length: number): { re: Float64Array; im: Float64Array } => {
    if (length === 1) return { re: Float64Array.of(windowed[start] as number), im: Float64Array.of(0) };
    const half = length / 2;
    const even = transform(start, step * 2, half);
    const odd = transform(start + step, step * 2, half);
    const [re, im] = [new Float64Array(length), new Float64Array(length)];
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [x, y] = [odd.re[k] as number, odd.im[k] as number];
      const [tRe, tIm] = [x * c - y * s, x * s + y * c];
      re[k] = (even.re[k] as number) + tRe;
      im[k] = (even.im[k] as number) + tIm;
      re[k + half] = (even.re[k] as number) - tRe;
      im[k + half] = (even.im[k] as number) - tIm;
    }
    return { re, im };
  };
  return transform(0, 1, signal.length);
}
