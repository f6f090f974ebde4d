// Magenta's metrics of a melody model (spec F.5), exact over every step that is added, and nats per event, which alone compares models
// whose labels differ. Sums are kept in float64.

import { MstError } from '../core/errors.js';
import type { Encoder } from '../encoding/encoder.js';

/** By Magenta's names. A ratio of nothing (no steps, or none of a kind) is NaN. */
export interface Metrics {
  /** Mean cross-entropy of the label, in nats. */
  readonly loss: number;
  /** exp(loss). */
  readonly 'metrics/perplexity': number;
  /** Share of steps whose likeliest class is the label. */
  readonly 'metrics/accuracy': number;
  /** Mean over all classes of the share found among the steps with that label; a class that never occurs counts as 0. */
  readonly 'metrics/per_class_accuracy': number;
  /** Accuracy among the labels other than the encoder's `no event`. */
  readonly 'metrics/event_accuracy': number;
  /** Accuracy among the labels `no event`. */
  readonly 'metrics/no_event_accuracy': number;
  /** Cross-entropy per step of the melody; for these encoders the same as loss. */
  readonly 'metrics/loss_per_step': number;
  readonly 'metrics/perplexity_per_step': number;
  /**
   * Mean of -ln P(event), where an event's probability is the sum over every label that stands for it.
   * NaN unless the events of the classes were given at every step.
   */
  readonly natsPerEvent: number;
}

/** Adds up the metrics of predictions, one step at a time. */
export class MetricsAccumulator {
  readonly #numClasses: number;
  readonly #defaultEventLabel: number;
  readonly #stepsOfClass: Float64Array;
  readonly #correctOfClass: Float64Array;
  #steps = 0;
  #loss = 0;
  #eventLoss = 0;

  constructor({ numClasses, defaultEventLabel }: Pick<Encoder, 'numClasses' | 'defaultEventLabel'>) {
    this.#numClasses = numClasses;
    this.#defaultEventLabel = defaultEventLabel;
    this.#stepsOfClass = new Float64Array(numClasses);
    this.#correctOfClass = new Float64Array(numClasses);
  }

  /** Steps added so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Adds one step.
   * @param scores logits, or natural log probabilities, of the numClasses classes from `offset` on
   * @param label the class that came
   * @param eventsOfClasses the event each class stands for at this step (`Encoder.eventsOfClasses`)
   * @throws MstError `diverged` when a score is not a number
   */
  add(
    scores: ArrayLike<number>,
    label: number,
    { offset = 0, eventsOfClasses }: { offset?: number; eventsOfClasses?: ArrayLike<number> } = {},
  ): void {
    let best = 0;
    for (let k = 1; k < this.#numClasses; k++) if ((scores[offset + k] as number) > (scores[offset + best] as number)) best = k;
    const max = scores[offset + best] as number;
    let sum = 0;
    let sameEvent = 0;
    const event = eventsOfClasses?.[label];
    for (let k = 0; k < this.#numClasses; k++) {
      const weight = Math.exp((scores[offset + k] as number) - max);
      sum += weight;
      if (eventsOfClasses !== undefined && eventsOfClasses[k] === event) sameEvent += weight;
    }
    if (!Number.isFinite(sum)) {
      throw new MstError('diverged', `The model's answer at step ${this.#steps} is not a number.`, {
        hint: 'Train again, with a lower learning rate.',
      });
    }
    this.#steps++;
    this.#loss += Math.log(sum) - ((scores[offset + label] as number) - max);
    this.#eventLoss += eventsOfClasses === undefined ? Number.NaN : Math.log(sum) - Math.log(sameEvent);
    this.#stepsOfClass[label] = (this.#stepsOfClass[label] as number) + 1;
    if (best === label) this.#correctOfClass[label] = (this.#correctOfClass[label] as number) + 1;
  }

  /** The metrics over all steps added so far. */
  result(): Metrics {
    const total = (counts: Float64Array): number => counts.reduce((sum, n) => sum + n, 0);
    const correct = total(this.#correctOfClass);
    const noEvents = this.#stepsOfClass[this.#defaultEventLabel] as number;
    const noEventsCorrect = this.#correctOfClass[this.#defaultEventLabel] as number;
    const loss = this.#loss / this.#steps;
    const perClass = this.#stepsOfClass.reduce((sum, n, label) => sum + (n > 0 ? (this.#correctOfClass[label] as number) / n : 0), 0);
    return {
      loss,
      'metrics/perplexity': Math.exp(loss),
      'metrics/accuracy': correct / this.#steps,
      'metrics/per_class_accuracy': perClass / this.#numClasses,
      'metrics/event_accuracy': (correct - noEventsCorrect) / (this.#steps - noEvents),
      'metrics/no_event_accuracy': noEventsCorrect / noEvents,
      'metrics/loss_per_step': loss,
      'metrics/perplexity_per_step': Math.exp(loss),
      natsPerEvent: this.#eventLoss / this.#steps,
    };
  }
}
