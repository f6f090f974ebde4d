// Several models listening to one melody together: their distributions over events are added up by weight. One model alone is a mix of
// one. Events are compared, not classes, so that models of different encoders mix; ranges and keys must agree.

import { MstError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { NO_EVENT } from '../music/melody.js';
import { Listener } from './listener.js';
import type { MelodyModel } from './model.js';
import { argmax, drawCategorical } from './sampling.js';

/** Number of events: NO_EVENT, NOTE_OFF and 128 pitches; the index of an event is `event - NO_EVENT`. */
export const EVENT_COUNT = 130;
const FIRST_NOTE = -NO_EVENT;

export interface MixedModel {
  readonly model: MelodyModel;
  /** Above 0, relative to the others. */
  readonly weight: number;
}

interface Part {
  readonly listener: Listener;
  readonly logWeight: number;
}

export class MixedListener {
  readonly #models: readonly MixedModel[];
  readonly #parts: readonly Part[];
  readonly #logProbabilities = new Float64Array(EVENT_COUNT);
  readonly #events: Int16Array[];

  /** @throws MstError `usage` for no models, an impossible weight, or models whose pitches or keys differ */
  constructor(models: readonly MixedModel[]) {
    checkMix(models);
    this.#models = models;
    const total = models.reduce((sum, { weight }) => sum + weight, 0);
    this.#parts = models.map(({ model, weight }) => ({ listener: new Listener(model), logWeight: Math.log(weight / total) }));
    this.#events = models.map(({ model }) => new Int16Array(model.encoder.numClasses));
  }

  /** Events heard so far. */
  get length(): number {
    return this.#parts[0]?.listener.length ?? 0;
  }

  /** Networks that take a step for every event. */
  get size(): number {
    return this.#parts.length;
  }

  /** Hears one event. @throws MstError `bad-sequence` when it is outside the models' range */
  feed(event: number): void {
    for (const { listener } of this.#parts) listener.feed(event);
  }

  /**
   * Natural log probabilities of what comes next, at `event - NO_EVENT` for every event, after at least one feed: each model's at this
   * temperature (at 0: at 1), added up by weight. Belongs to the listener.
   */
  logProbabilities(temperature: number): Float64Array {
    const out = this.#logProbabilities.fill(-Infinity);
    this.#parts.forEach(({ listener, logWeight }, k) => {
      const classes = listener.logProbabilities(temperature);
      const events = listener.eventsOfClasses(this.#events[k]);
      for (let label = 0; label < classes.length; label++) {
        const at = (events[label] as number) - NO_EVENT;
        out[at] = logAdd(out[at] as number, logWeight + (classes[label] as number));
      }
    });
    return out;
  }

  /**
   * Chooses the next event, without feeding it: a draw, or at temperature 0 the likeliest.
   * @param onlyNotes true: among the events that begin a note
   */
  choose(temperature: number, random: Random, onlyNotes = false): number {
    let weights = this.logProbabilities(temperature).subarray(onlyNotes ? FIRST_NOTE : 0);
    // So cold that no note has a probability left: as at temperature 0.
    const impossible = weights[argmax(weights)] === -Infinity;
    if (impossible) weights = this.logProbabilities(0).subarray(onlyNotes ? FIRST_NOTE : 0);
    const best = argmax(weights);
    if (temperature === 0 || impossible) return best + (onlyNotes ? 0 : NO_EVENT);
    const max = weights[best] as number;
    for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] as number) - max;
    return drawCategorical(weights, random) + (onlyNotes ? 0 : NO_EVENT);
  }

  /** An independent copy. */
  clone(): MixedListener {
    const copy = new MixedListener(this.#models);
    copy.copyFrom(this);
    return copy;
  }

  /** Becomes what `other`, a listener of the same models, is now. */
  copyFrom(other: MixedListener): void {
    this.#parts.forEach(({ listener }, k) => {
      listener.copyFrom((other.#parts[k] as Part).listener);
    });
  }
}

/** @throws MstError `usage` unless these models can play together */
export function checkMix(models: readonly MixedModel[]): void {
  const [first] = models;
  if (first === undefined) throw new MstError('usage', 'A mix has no models.', { hint: 'Name at least one model.' });
  const { minPitch, maxPitch, transposeToKey } = first.model.encoder.settings;
  for (const { model, weight } of models) {
    if (!(Number.isFinite(weight) && weight > 0)) {
      throw new MstError('usage', `A model cannot have the weight ${weight} in a mix.`, { hint: 'Give each a number above 0.' });
    }
    const other = model.encoder.settings;
    if (other.minPitch === minPitch && other.maxPitch === maxPitch && other.transposeToKey === transposeToKey) continue;
    throw new MstError('usage', 'Models can only be mixed when they have the same pitches and transpose to the same key.', {
      hint: 'basic_rnn, lookback_rnn and attention_rnn agree; mono_rnn mixes only with its like.',
    });
  }
}

/** log(exp(a) + exp(b)). */
function logAdd(a: number, b: number): number {
  const max = Math.max(a, b);
  return max === -Infinity ? max : max + Math.log(Math.exp(a - max) + Math.exp(b - max));
}
