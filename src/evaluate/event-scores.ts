// A model's answer about labels as an answer about events, so that models of different encodings, and n-grams, are measured alike.

import type { EncodingSettings } from '../encoding/configuration.js';
import { oneHotClass } from '../encoding/onehot.js';
import type { Metrics } from './metrics.js';

/** How well something foretells melodies, event by event; the same measure for every encoding. */
export interface Foretelling {
  /** Mean of -ln P(event). */
  readonly natsPerEvent: number;
  /** exp(natsPerEvent). */
  readonly perplexity: number;
  /** Share of events that were the likeliest. */
  readonly accuracy: number;
  /** The same among the steps where something happens: a note begins or ends. Null where nothing does. */
  readonly eventAccuracy: number | null;
}

/**
 * Writes the natural log probabilities of the one-hot classes (see onehot.ts), each the sum over the classes that stand for its event.
 * @param logits of a model's classes
 * @param eventsOfClasses the event each of them stands for at this step
 * @param out one for each one-hot class of the encoding
 */
export function eventLogProbabilities(
  logits: ArrayLike<number>,
  eventsOfClasses: ArrayLike<number>,
  encoding: EncodingSettings,
  out: Float64Array,
): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) max = Math.max(max, logits[k] as number);
  out.fill(0);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    const weight = Math.exp((logits[k] as number) - max);
    const at = oneHotClass(eventsOfClasses[k] as number, encoding);
    out[at] = (out[at] as number) + weight;
    sum += weight;
  }
  for (let k = 0; k < out.length; k++) out[k] = Math.log((out[k] as number) / sum);
  return out;
}

/** Metrics over one-hot classes in short. */
export function foretelling(metrics: Metrics): Foretelling {
  const eventAccuracy = metrics['metrics/event_accuracy'];
  return {
    natsPerEvent: metrics.loss,
    perplexity: metrics['metrics/perplexity'],
    accuracy: metrics['metrics/accuracy'],
    eventAccuracy: Number.isNaN(eventAccuracy) ? null : eventAccuracy,
  };
}
