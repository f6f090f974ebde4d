// A model listening to a melody: each event fed moves it on, and at any time it can be asked what comes next, copied, or set back.
// Events are the model's own: squashed into its range (spec C.6) before they are fed.

import type { Random } from '../core/random.js';
import type { EncoderCursor } from '../encoding/encoder.js';
import type { MelodyModel } from './model.js';
import type { NetworkState } from './network.js';
import { chooseClass, logSoftmax } from './sampling.js';

/** What was chosen, and its natural log probability at the temperature it was chosen at. */
export interface Choice {
  readonly event: number;
  readonly logProbability: number;
}

export class Listener {
  readonly #model: MelodyModel;
  readonly #cursor: EncoderCursor;
  readonly #state: NetworkState;
  readonly #logits: Float32Array;
  readonly #logProbabilities: Float64Array;

  constructor(model: MelodyModel) {
    this.#model = model;
    this.#cursor = model.encoder.start();
    this.#state = model.network.createState();
    this.#logits = new Float32Array(model.network.numClasses);
    this.#logProbabilities = new Float64Array(model.network.numClasses);
  }

  /** Events heard so far. */
  get length(): number {
    return this.#cursor.length;
  }

  /** The logits of the class of the next event, after at least one feed. Belongs to the listener. */
  get logits(): Float32Array {
    return this.#logits;
  }

  /** Hears one event. @throws MstError `bad-sequence` when it is outside the model's range */
  feed(event: number): void {
    this.#cursor.push(event);
    this.#model.network.step(this.#cursor.input(), this.#state, this.#logits);
  }

  /** Natural log probabilities of the next class at a temperature. Belongs to the listener. */
  logProbabilities(temperature: number): Float64Array {
    return logSoftmax(this.#logits, temperature, this.#logProbabilities);
  }

  /** Chooses the next event, without feeding it. */
  choose(temperature: number, random: Random): Choice {
    const logProbabilities = this.logProbabilities(temperature);
    const label = chooseClass(logProbabilities, temperature, random);
    return { event: this.#model.encoder.decode(label, this.#cursor), logProbability: logProbabilities[label] as number };
  }

  /** Events of all classes, were they to come next: `Encoder.eventsOfClasses`. */
  eventsOfClasses(out?: Int16Array): Int16Array {
    return this.#model.encoder.eventsOfClasses(this.#cursor, out);
  }

  /** An independent copy. */
  clone(): Listener {
    const copy = new Listener(this.#model);
    copy.copyFrom(this);
    return copy;
  }

  /** Becomes what `other`, a listener of the same model, is now. */
  copyFrom(other: Listener): void {
    this.#cursor.copyFrom(other.#cursor);
    this.#model.network.copyState(other.#state, this.#state);
    this.#logits.set(other.#logits);
  }
}
