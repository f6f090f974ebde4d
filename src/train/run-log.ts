// What a run tells while it trains: metrics.jsonl, the same as TensorBoard events, and a sample of what the network plays at each
// evaluation, as a MIDI file and as a picture among the events.

import { join } from 'node:path';
import type { Metrics } from '../evaluate/metrics.js';
import { SAMPLE_QUARTERS } from '../model/preview.js';
import type { Weights } from '../model/weights.js';
import { noteSequenceToMidi } from '../music/note-sequence-to-midi.js';
import { writeFileAtomic } from '../registry/files.js';
import { layoutPianoRoll } from '../view/piano-roll.js';
import { paint } from '../view/raster.js';
import { EventLog } from './event-log.js';
import { MetricsLog } from './metrics-log.js';
import type { TrainingPlan } from './plan.js';
import { checkpointName, SAMPLES } from './run-folder.js';
import { sampleMelody } from './sample.js';

/** What is told of a training step. */
export interface TrainedStep {
  readonly step: number;
  /** Of this step's batch, in nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Steps of melodies learned from since the run began. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

export interface RunLogOptions {
  readonly runDirectory: string;
  readonly plan: TrainingPlan;
  /** The step to go on after; what was told of later ones is taken back. */
  readonly step: number;
  /** A clock, in milliseconds since 1970. */
  readonly now: () => number;
}

export class RunLog {
  readonly #options: RunLogOptions;
  readonly #metrics: MetricsLog;
  readonly #training: EventLog;
  /** In a folder of its own: so TensorBoard draws the held-out curve into the chart of the training one. */
  #heldOut: EventLog | undefined;

  /** @throws MstError `storage` */
  constructor(options: RunLogOptions) {
    const { runDirectory, step, now } = options;
    this.#options = options;
    this.#metrics = new MetricsLog(join(runDirectory, 'metrics.jsonl'), step);
    this.#training = new EventLog(runDirectory, step, now);
  }

  /** @throws MstError `storage` */
  trained({ step, loss, learningRate, tokens, tokensPerSecond }: TrainedStep): void {
    this.#metrics.append({ step, loss, learning_rate: learningRate, tokens });
    this.#training.scalars(step, {
      loss,
      'metrics/perplexity': Math.exp(loss),
      learning_rate: learningRate,
      tokens,
      tokens_per_second: tokensPerSecond,
    });
  }

  /** @param weights those that were measured @throws MstError `storage` */
  evaluated(step: number, metrics: Metrics, weights: Weights): void {
    const { runDirectory, plan, step: start, now } = this.#options;
    this.#metrics.append({ step, held_out: metrics });
    const melody = sampleMelody(plan, weights);
    writeFileAtomic(join(runDirectory, SAMPLES, `${checkpointName(step)}.mid`), noteSequenceToMidi(melody));
    this.#heldOut ??= new EventLog(join(runDirectory, 'eval'), start, now);
    this.#heldOut.scalars(step, { ...metrics });
    this.#heldOut.image(step, 'sample', paint(layoutPianoRoll(melody, { quarters: SAMPLE_QUARTERS })));
  }

  /** Makes sure that what was told outlives a power cut. @throws MstError `storage` */
  sync(): void {
    this.#metrics.sync();
    this.#training.sync();
    this.#heldOut?.sync();
  }

  close(): void {
    this.#metrics.close();
    this.#training.close();
    this.#heldOut?.close();
  }
}
