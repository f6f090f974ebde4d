// Several models listening to one melody together: their distributions over events are added up by weight. One model alone is a mix of
// one. Events are compared, not classes, so that models of different encoders mix; ranges and keys must agree.

import { MstError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { NO_EVENT } from '../music/melody.js';
import { addClasses, EVENT_COUNT } from './event-distribution.js';
import { type Narrowing, narrow, narrowingOf } from './filters.js';
import { type Choice, Listener } from './listener.js';
import type { MelodyModel } from './model.js';
import { argmax, drawCategorical } from './sampling.js';

const ONLY_NOTES = narrowingOf({}, { onlyNotes: true });

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
      addClasses(out, listener.logProbabilities(temperature), listener.eventsOfClasses(this.#events[k]), logWeight);
    });
    return out;
  }

  /**
   * Chooses the next event, without feeding it: a draw, or at temperature 0 the likeliest.
   * @param onlyNotes true: among the events that begin a note
   */
  choose(temperature: number, random: Random, onlyNotes = false): number {
    return this.chooseAmong(onlyNotes ? ONLY_NOTES : undefined, temperature, random).event;
  }

  /**
   * Chooses the next event among those that a narrowing leaves, without feeding it.
   * @returns it with its log probability among all events at this temperature
   * @throws MstError `bad-model` when the models give none of them a chance
   */
  chooseAmong(narrowing: Narrowing | undefined, temperature: number, random: Random): Choice {
    let logs = this.#narrowed(narrowing, temperature);
    let best = argmax(logs);
    let sure = temperature === 0;
    if (logs[best] === -Infinity) {
      // So cold that nothing of it has a probability left: as at temperature 0.
      sure = true;
      logs = this.#narrowed(narrowing, 0);
      best = argmax(logs);
    }
    const max = logs[best] as number;
    if (max === -Infinity) {
      throw new MstError('bad-model', 'The model gives no chance to any note that may come.', {
        hint: 'Train again from an earlier checkpoint.',
      });
    }
    if (sure) return { event: best + NO_EVENT, logProbability: max };
    for (let k = 0; k < logs.length; k++) logs[k] = (logs[k] as number) - max;
    const drawn = drawCategorical(logs, random);
    return { event: drawn + NO_EVENT, logProbability: (logs[drawn] as number) + max };
  }

  #narrowed(narrowing: Narrowing | undefined, temperature: number): Float64Array {
    const logs = this.logProbabilities(temperature);
    if (narrowing !== undefined) narrow(logs, narrowing);
    return logs;
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
function checkMix(models: readonly MixedModel[]): void {
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
