// Sounds whose formula makes more overtones than fit (frequency modulation, distortion): computed at four times the rate and filtered
// down, so that nothing folds back. Pure.

import type { Frame } from './partials.js';
import type { Tone } from './tone.js';

const FACTOR = 4;
/** Half the length of the filter, in samples of the final rate; its window keeps what folds back 90 dB down. */
const REACH = 24;
const KAISER_BETA = 9;
/** Where the filter cuts, as a share of the final rate. */
const CUTOFF = 0.42;

/**
 * Samples of `wave`, a function of its time in samples of the final rate; `time` runs from -24 on and past the end, in quarters.
 */
function sampleDown(length: number, wave: (time: number) => number): Float64Array {
  const half = REACH * FACTOR;
  const fine = new Float64Array(length * FACTOR + 2 * half);
  for (let i = 0; i < fine.length; i++) fine[i] = wave((i - half) / FACTOR);
  const filter = lowpass(half);
  return Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let k = 0; k <= 2 * half; k++) sum += (filter[k] as number) * (fine[i * FACTOR + k] as number);
    return sum;
  });
}

/** A looped tone from a function of its phase (radians of the fundamental) and its time (seconds, standing still from the loop on). */
export function renderWave(frame: Frame, wave: (phase: number, seconds: number) => number): Tone {
  const { rate, key, attack, loop, periods } = frame;
  const turn = (2 * Math.PI * periods) / loop;
  const samples = sampleDown(attack + loop, (time) => wave(turn * time, Math.min(Math.max(time, 0), attack) / rate));
  return { rate, key, samples, loop: { start: attack, end: attack + loop } };
}

function lowpass(half: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, k) => {
    const x = k - half;
    const angle = (2 * Math.PI * CUTOFF * x) / FACTOR;
    const sinc = x === 0 ? 1 : Math.sin(angle) / angle;
    return sinc * bessel(KAISER_BETA * Math.sqrt(1 - (x / half) ** 2));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** The modified Bessel function of order 0. */
function bessel(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
