// Measuring a network on held-out examples while it trains: one exact pass, every example once, nothing dropped.

import type { Encoder } from '../encoding/encoder.js';
import { type Metrics, MetricsAccumulator } from '../evaluate/metrics.js';
import { batchesOnce } from './batches.js';
import type { Dataset } from './dataset.js';
import type { Stepper } from './stepper.js';

/** The metrics of what a stepper has learned on a data set of at least one example of `encoder`. @throws MstError `diverged` when they are not numbers */
export function evaluateHeldOut(stepper: Stepper, dataset: Dataset, encoder: Encoder, batchSize: number): Metrics {
  const metrics = new MetricsAccumulator(encoder);
  const eventsOfClasses = new Int16Array(encoder.numClasses);
  for (const { batch, examples } of batchesOnce(dataset.examples, batchSize)) {
    const logits = stepper.logits(batch);
    examples.forEach((example, row) => {
      const history = encoder.start();
      const events = encoder.eventsOf(example);
      const { labels } = example;
      for (let t = 0; t < example.steps; t++) {
        history.push(events[t] as number);
        encoder.eventsOfClasses(history, eventsOfClasses);
        const offset = ((batch.stepStart[t] as number) + row) * encoder.numClasses;
        metrics.add(logits, labels[t] as number, { offset, eventsOfClasses });
      }
    });
  }
  return metrics.result();
}
