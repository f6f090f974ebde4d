// Step 5, evaluate: one exact pass of a checkpoint over the melodies set aside, dropout off, in Magenta's metrics and in nats per
// event, which can be compared between configurations. The plain network of src/model does it, so no engine is needed.

import type { Example } from '../encoding/example.js';
import { type Metrics, MetricsAccumulator } from '../evaluate/metrics.js';
import { Listener } from '../model/listener.js';
import type { MelodyModel } from '../model/model.js';
import type { StepContext } from './step.js';

/** What evaluation.json says of one checkpoint. */
export interface Evaluation {
  /** Training steps the checkpoint has seen. */
  readonly step: number;
  readonly melodies: number;
  /** Labels predicted. */
  readonly events: number;
  readonly metrics: Metrics;
}

/** Measures a model on examples of its encoder. */
export async function evaluateModel(
  model: MelodyModel,
  examples: readonly Example[],
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): Promise<Omit<Evaluation, 'step'>> {
  const { encoder } = model;
  const metrics = new MetricsAccumulator(encoder);
  const eventsOfClasses = new Int16Array(encoder.numClasses);
  const total = examples.reduce((sum, { steps }) => sum + steps, 0);
  progress.start(total, 'events');
  for (const example of examples) {
    const listener = new Listener(model);
    encoder.eventsOf(example).forEach((event, step) => {
      const label = example.labels[step - 1];
      if (label !== undefined) metrics.add(listener.logits, label, { eventsOfClasses: listener.eventsOfClasses(eventsOfClasses) });
      listener.feed(event);
    });
    progress.update(metrics.steps);
    signal.throwIfAborted();
    await new Promise(setImmediate);
  }
  return { melodies: examples.length, events: metrics.steps, metrics: metrics.result() };
}
