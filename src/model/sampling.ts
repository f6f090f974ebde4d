// From logits to a choice: probabilities at a temperature, and a draw from them.

import { MstError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/** Checks a temperature. @throws MstError `usage` unless it is a number from 0 on */
export function checkTemperature(temperature: number): void {
  if (Number.isFinite(temperature) && temperature >= 0) return;
  throw new MstError('usage', `The temperature cannot be ${temperature}.`, {
    hint: 'Give 1 for the model as it is, less for safer choices (0 = always the likeliest), more for bolder ones.',
  });
}

/**
 * Natural logarithms of the probabilities softmax(logits / temperature), written to `out`. At temperature 0 they are those of
 * temperature 1: a limit of certainty would leave nothing to compare melodies by.
 * @throws MstError `bad-model` when a logit is not finite
 */
export function logSoftmax(logits: ArrayLike<number>, temperature: number, out: Float64Array): Float64Array {
  const divisor = temperature === 0 ? 1 : temperature;
  const max = logits[argmax(logits)] as number;
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    // The difference first: at a tiny temperature each alone would overflow.
    const value = ((logits[k] as number) - max) / divisor;
    out[k] = value;
    sum += Math.exp(value);
  }
  if (!Number.isFinite(sum)) {
    throw new MstError('bad-model', 'The model answered with something that is not a number.', {
      hint: 'Train again from an earlier checkpoint.',
    });
  }
  const logSum = Math.log(sum);
  for (let k = 0; k < logits.length; k++) out[k] = (out[k] as number) - logSum;
  return out;
}

/** Index of the largest value; the lowest of several. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if ((values[k] as number) > (values[best] as number)) best = k;
  return best;
}

/** Draws an index with the probabilities exp(logProbabilities[k]). */
export function drawCategorical(logProbabilities: ArrayLike<number>, random: Random): number {
  let total = 0;
  for (let k = 0; k < logProbabilities.length; k++) total += Math.exp(logProbabilities[k] as number);
  let left = random.uniform() * total;
  let last = 0;
  for (let k = 0; k < logProbabilities.length; k++) {
    const probability = Math.exp(logProbabilities[k] as number);
    if (probability === 0) continue;
    last = k;
    left -= probability;
    if (left < 0) return k;
  }
  return last;
}

/** Chooses a class: a draw, or at temperature 0 the likeliest. */
export function chooseClass(logProbabilities: ArrayLike<number>, temperature: number, random: Random): number {
  return temperature === 0 ? argmax(logProbabilities) : drawCategorical(logProbabilities, random);
}
