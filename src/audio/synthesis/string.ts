// A plucked string after Karplus and Strong (Computer Music Journal 7(2), 1983): noise runs round a delay line of one period and loses
// its high tones. The loss filter has three symmetric taps, so it delays by exactly one sample and every period is a whole number of
// samples; the rate is chosen so that this is the right pitch. At the loop the losses stop, and the string repeats itself exactly. Pure.

import type { Random } from '../../core/random.js';
import { hertzOf, type Tone } from './tone.js';

export interface Pluck {
  /** Seconds until the string no longer changes. */
  readonly attack: number;
  readonly rate: number;
  /** Hertz above which the pluck has little. */
  readonly brightness: number;
  /** Where on the string it is plucked, as a share of its length. */
  readonly position: number;
  /** Outer tap of the loss filter at 32 kHz, 0..0.25: how fast high tones die. */
  readonly damping: number;
  /** The highest key it is played at. */
  readonly highest: number;
  readonly random: Random;
}

const HIGHEST_HERTZ = 19_500;
/** Rounds before the sound begins, in which the sharpest edges of the noise are lost. */
const WARM_UP = 1;
/** At least as many samples in a loop. */
const SHORTEST_LOOP = 256;

export function pluckString(key: number, { attack, rate: wished, brightness, position, damping, highest, random }: Pluck): Tone {
  const hertz = hertzOf(key);
  const period = Math.max(4, Math.round(wished / hertz));
  const rate = Math.round(period * hertz);
  const start = Math.ceil((attack * rate) / period) * period;
  const loop = Math.ceil(SHORTEST_LOOP / period) * period;
  const limit = Math.min(brightness, rate * 0.4, HIGHEST_HERTZ / 2 ** ((highest - key) / 12));

  let line = excitation(period, { rate, limit, position, random });
  // The same loss a second, whatever the rate and the period.
  const tap = Math.min(0.24, damping * (rate / 32_000) ** 2 * (110 / hertz));
  const round = (losing: boolean): Float64Array => {
    const last = line;
    if (!losing) return last;
    line = last.map((value, i) => {
      const before = last[(i + period - 1) % period] as number;
      const after = last[(i + 1) % period] as number;
      return (1 - 2 * tap) * value + tap * (before + after);
    });
    return line;
  };
  for (let k = 0; k < WARM_UP; k++) round(true);
  const samples = new Float64Array(start + loop);
  for (let at = 0; at < samples.length; at += period) samples.set(round(at < start).subarray(0, samples.length - at), at);
  smoothSeams(samples, period, start);
  return { rate, key, samples, loop: { start, end: start + loop } };
}

/**
 * One period of noise that has every harmonic, so that all strings sound alike: only the phases are random. Above the limit there is
 * little, and nothing of the harmonics that have a node where the string is plucked.
 */
function excitation(
  period: number,
  { rate, limit, position, random }: { rate: number; limit: number; position: number; random: Random },
): Float64Array {
  const line = new Float64Array(period);
  for (let n = 1; n < period / 2; n++) {
    const hertz = (n * rate) / period;
    const level = Math.abs(Math.sin(Math.PI * n * position)) / (1 + (hertz / limit) ** 4);
    const phase = 2 * Math.PI * random.uniform();
    for (let i = 0; i < period; i++) line[i] = (line[i] as number) + level * Math.sin((2 * Math.PI * ((n * i) % period)) / period + phase);
  }
  return line;
}

/** Between two rounds the string changes at once; here it changes bit by bit. */
function smoothSeams(samples: Float64Array, period: number, end: number): void {
  for (let at = 0; at < end; at += period) {
    for (let i = 0; i < period; i++) {
      const next = samples[at + period + i] as number;
      const value = samples[at + i] as number;
      samples[at + i] = value + (next - value) * (i / period);
    }
  }
}
