// A model hearing songs it has not seen: how well it foretells them, in Magenta's metrics over labels and, the same for every encoding,
// over events.

import { oneHotClass, oneHotSize } from '../../encoding/onehot.js';
import { eventLogProbabilities, type Foretelling, foretelling } from '../../evaluate/event-scores.js';
import { type Metrics, MetricsAccumulator } from '../../evaluate/metrics.js';
import { Listener } from '../../model/listener.js';
import type { MelodyModel } from '../../model/model.js';

export class Hearing {
  readonly #model: MelodyModel;
  readonly #labels: MetricsAccumulator;
  readonly #events: MetricsAccumulator;
  readonly #eventsOfClasses: Int16Array;
  readonly #scores: Float64Array;

  constructor(model: MelodyModel) {
    this.#model = model;
    const numClasses = oneHotSize(model.encoder.settings);
    this.#labels = new MetricsAccumulator(model.encoder);
    this.#events = new MetricsAccumulator({ numClasses, defaultEventLabel: 0 });
    this.#eventsOfClasses = new Int16Array(model.encoder.numClasses);
    this.#scores = new Float64Array(numClasses);
  }

  /** Hears one song. @param labels of all its events but the first */
  hear(events: readonly number[], labels: ArrayLike<number>): void {
    const { settings } = this.#model.encoder;
    const listener = new Listener(this.#model);
    events.forEach((event, step) => {
      const label = labels[step - 1];
      if (label !== undefined) {
        const eventsOfClasses = listener.eventsOfClasses(this.#eventsOfClasses);
        this.#labels.add(listener.logits, label, { eventsOfClasses });
        this.#events.add(eventLogProbabilities(listener.logits, eventsOfClasses, settings, this.#scores), oneHotClass(event, settings));
      }
      listener.feed(event);
    });
  }

  /** Events foretold so far. */
  get events(): number {
    return this.#labels.steps;
  }

  get metrics(): Metrics {
    return this.#labels.result();
  }

  get foretelling(): Foretelling {
    return foretelling(this.#events.result());
  }
}
