// n-gram models of melodies, the baselines every network has to beat: the next event by the last ones, smoothed by interpolation with
// shorter contexts (Kneser and Ney 1995; Witten and Bell 1991; see Chen and Goodman 1999), in the end with the uniform distribution.

import { MstError } from '../core/errors.js';
import type { EncodingSettings } from '../encoding/configuration.js';
import { oneHotClass, oneHotSize } from '../encoding/onehot.js';
import type { Melody } from '../music/melody.js';
import { ContextTree } from './context-tree.js';
import { type Metrics, MetricsAccumulator } from './metrics.js';

export interface NgramSettings {
  /** Events of an n-gram, the predicted one included: 1 looks at none before it. */
  readonly order: number;
  readonly smoothing: 'kneser-ney' | 'witten-bell';
  /** Whether the step within the bar is part of every context. */
  readonly metricPosition?: boolean;
}

/** What an n-gram model needs of a melody; its events lie in the range of `encoding` (see `squash`). */
export interface NgramMelody extends Pick<Melody, 'stepsPerBar'> {
  readonly events: ArrayLike<number>;
}

const MAX_ORDER = 32;
/** The Kneser-Ney discount of an order too regular to estimate one. */
const DEFAULT_DISCOUNT = 0.5;

export class NgramModel {
  readonly #settings: NgramSettings;
  readonly #encoding: EncodingSettings;
  readonly #tree = new ContextTree();
  /** Kneser-Ney: what is taken from every count of a context, by the context's length; undefined until it is asked for. */
  #discounts: readonly number[] | undefined;

  /**
   * Learns from melodies. Their first events are context only, as for a network.
   * @throws MstError `usage` for an impossible order, or one too high for so many melodies
   */
  constructor(melodies: Iterable<NgramMelody>, settings: NgramSettings, encoding: Pick<EncodingSettings, 'minPitch' | 'maxPitch'>) {
    if (!Number.isInteger(settings.order) || settings.order < 1 || settings.order > MAX_ORDER) {
      throw new MstError('usage', `An n-gram model cannot have the order ${settings.order}.`, {
        hint: `Give a whole number from 1 to ${MAX_ORDER}.`,
      });
    }
    this.#settings = settings;
    this.#encoding = { ...encoding, encoder: 'onehot', transposeToKey: null };
    for (const melody of melodies) this.learn(melody);
  }

  /** Number of classes: those of the one-hot encoder. */
  get numClasses(): number {
    return oneHotSize(this.#encoding);
  }

  /** Writes the probabilities of the one-hot classes of event `step` of a melody, given those before it. */
  predict(melody: NgramMelody, step: number, out: Float64Array): Float64Array {
    this.#discounts ??= this.#estimateDiscounts();
    out.fill(1 / this.numClasses);
    let node = this.#tree.root(this.#rootOf(melody, step));
    for (let length = 0; node >= 0; length++) {
      this.#interpolate(node, out);
      if (length + 1 === this.#settings.order || length === step) break;
      node = this.#tree.child(node, this.classAt(melody, step - 1 - length));
    }
    return out;
  }

  /** Learns from one more melody. @throws MstError `usage` when the order is too high for so many melodies */
  learn(melody: NgramMelody): void {
    this.#discounts = undefined;
    for (let step = 1; step < melody.events.length; step++) {
      const symbol = this.classAt(melody, step);
      let node = this.#tree.addRoot(this.#rootOf(melody, step));
      for (let length = 0; ; length++) {
        this.#tree.count(node, symbol);
        if (length + 1 === this.#settings.order || length === step) break;
        node = this.#tree.addChild(node, this.classAt(melody, step - 1 - length));
      }
    }
  }

  /** Replaces the shorter context's probabilities by those of `node`, which holds on to them for what it has seen too little of. */
  #interpolate(node: number, out: Float64Array): void {
    const kneserNey = this.#settings.smoothing === 'kneser-ney';
    const discount = kneserNey ? (this.#discounts?.[this.#tree.depthOf(node)] as number) : 0;
    let total = 0;
    let types = 0;
    this.#eachCount(node, (_, count) => {
      total += count;
      types++;
    });
    if (total === 0) return;
    const kept = kneserNey ? discount * types : types;
    const sum = kneserNey ? total : total + types;
    for (let k = 0; k < out.length; k++) out[k] = ((out[k] as number) * kept) / sum;
    this.#eachCount(node, (symbol, count) => {
      out[symbol] = (out[symbol] as number) + (count - discount) / sum;
    });
  }

  /**
   * Visits the symbols that followed the context `node` and what counts for each, above 0. Kneser-Ney asks of all but the longest
   * contexts in how many ways a symbol came after them, not how often.
   */
  #eachCount(node: number, visit: (symbol: number, count: number) => void): void {
    const ways = this.#settings.smoothing === 'kneser-ney' && this.#tree.depthOf(node) + 1 < this.#settings.order;
    this.#tree.eachFollower(node, (symbol, times, continuations) => {
      const count = ways ? continuations : times;
      if (count > 0) visit(symbol, count);
    });
  }

  #estimateDiscounts(): number[] {
    const once = new Array<number>(this.#settings.order).fill(0);
    const twice = new Array<number>(this.#settings.order).fill(0);
    for (let node = 0; node < this.#tree.size; node++) {
      const depth = this.#tree.depthOf(node);
      this.#eachCount(node, (_, count) => {
        if (count === 1) once[depth] = (once[depth] as number) + 1;
        if (count === 2) twice[depth] = (twice[depth] as number) + 1;
      });
    }
    return once.map((n1, depth) => (n1 === 0 || twice[depth] === 0 ? DEFAULT_DISCOUNT : n1 / (n1 + 2 * (twice[depth] as number))));
  }

  #rootOf({ stepsPerBar }: NgramMelody, step: number): number {
    return this.#settings.metricPosition ? step % stepsPerBar : 0;
  }

  /** The one-hot class of the event at `step`. @throws MstError `bad-sequence` when it is outside the range */
  classAt({ events }: NgramMelody, step: number): number {
    const event = events[step] as number;
    const { minPitch, maxPitch } = this.#encoding;
    if (event < 0 || (event >= minPitch && event < maxPitch)) return oneHotClass(event, this.#encoding);
    throw new MstError('bad-sequence', `The event ${event} at step ${step} is outside the pitches ${minPitch} to ${maxPitch - 1}.`, {
      hint: 'Fold the melody into the range first.',
    });
  }
}

/** The metrics of an n-gram model on melodies: every event but the first of each. `natsPerEvent` equals `loss`. */
export function evaluateNgram(model: NgramModel, melodies: Iterable<NgramMelody>): Metrics {
  const test = new NgramTest(model);
  for (const melody of melodies) test.add(melody);
  return test.result();
}

/** The same, one melody at a time. */
export class NgramTest {
  readonly #model: NgramModel;
  readonly #metrics: MetricsAccumulator;
  readonly #scores: Float64Array;
  readonly #eventsOfClasses: Int16Array;

  constructor(model: NgramModel) {
    this.#model = model;
    this.#metrics = new MetricsAccumulator({ numClasses: model.numClasses, defaultEventLabel: 0 });
    this.#scores = new Float64Array(model.numClasses);
    this.#eventsOfClasses = Int16Array.from({ length: model.numClasses }, (_, label) => label);
  }

  add(melody: NgramMelody): void {
    for (let step = 1; step < melody.events.length; step++) {
      const scores = this.#model.predict(melody, step, this.#scores);
      for (let k = 0; k < scores.length; k++) scores[k] = Math.log(scores[k] as number);
      this.#metrics.add(scores, this.#model.classAt(melody, step), { eventsOfClasses: this.#eventsOfClasses });
    }
  }

  result(): Metrics {
    return this.#metrics.result();
  }
}
