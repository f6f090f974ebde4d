// What the encoders share: the window of recent events, and an Encoder assembled from the parts in which encoders differ.

import { MstError } from '../core/errors.js';
import { NO_EVENT } from '../music/melody.js';
import type { EncodingSettings } from './configuration.js';
import type { Encoder, EncoderCursor, History } from './encoder.js';
import { addEntry, createRow, type Example, rowOf, type SparseRow } from './example.js';

/** What an encoder remembers of a melody beside its recent events. */
export interface Features<Self> {
  push(event: number): void;
  copyFrom(other: Self): void;
}

/** In what encoders differ. `F` is what they remember; one without a memory of its own leaves it empty. */
export interface EncoderParts<F extends Features<F>> {
  readonly settings: EncodingSettings;
  readonly inputSize: number;
  readonly numClasses: number;
  readonly defaultEventLabel: number;
  /** The most entries a row can have. */
  readonly maxEntries: number;
  createFeatures(): F;
  /** Appends the entries for the last event of `history` to an empty row. */
  writeRow(row: SparseRow, history: History, features: F): void;
  labelOf(event: number, history: History): number;
  decode(label: number, history: History): number;
  /** The first event of a melody, from its first row. */
  firstEvent(row: SparseRow): number;
}

/** The memory of an encoder that has none. */
export const noFeatures: Features<unknown> = { push() {}, copyFrom() {} };

/** `history.at(step)`, or NO_EVENT before the beginning. */
export function eventAt(history: History, step: number): number {
  return step < 0 ? NO_EVENT : history.at(step);
}

/** The binary digits of the number of events so far, least significant first, as the +1 and -1 of an input. */
export function addCounter(row: SparseRow, column: number, bits: number, count: number): void {
  for (let bit = 0; bit < bits; bit++) addEntry(row, column + bit, Math.floor(count / 2 ** bit) % 2 === 1 ? 1 : -1);
}

// A power of two above LONGEST_LOOKBACK, so that a step's place in the ring is `step & MASK`.
const WINDOW = 64;
const MASK = WINDOW - 1;

class Cursor<F extends Features<F>> implements EncoderCursor {
  readonly #parts: EncoderParts<F>;
  readonly #recent = new Int16Array(WINDOW);
  readonly #features: F;
  readonly #row: SparseRow;
  #length = 0;

  constructor(parts: EncoderParts<F>) {
    this.#parts = parts;
    this.#features = parts.createFeatures();
    this.#row = createRow(parts.maxEntries);
  }

  get length(): number {
    return this.#length;
  }

  at(step: number): number {
    if (step < 0 || step >= this.#length || step < this.#length - WINDOW) {
      throw new RangeError(`step ${step} of ${this.#length} is not among the recent events`);
    }
    return this.#recent[step & MASK] as number;
  }

  push(event: number): void {
    const { minPitch, maxPitch } = this.#parts.settings;
    if (!Number.isInteger(event) || event < NO_EVENT || (event >= 0 && event < minPitch) || event >= maxPitch) {
      throw new MstError(
        'bad-sequence',
        `The event ${event} at step ${this.#length} is outside the model's pitches ${minPitch} to ${maxPitch - 1}.`,
        {
          hint: 'Fold the melody into the range of the model first.',
        },
      );
    }
    this.#recent[this.#length & MASK] = event;
    this.#length++;
    this.#features.push(event);
  }

  input(): SparseRow {
    if (this.#length === 0) {
      throw new MstError('bad-sequence', 'A melody without events has no input.', {
        hint: 'Begin with at least one event, such as 60 (C4).',
      });
    }
    this.#row.length = 0;
    this.#parts.writeRow(this.#row, this, this.#features);
    return this.#row;
  }

  clone(): EncoderCursor {
    const copy = new Cursor(this.#parts);
    copy.copyFrom(this);
    return copy;
  }

  copyFrom(other: EncoderCursor): void {
    if (!(other instanceof Cursor) || other.#parts !== this.#parts) throw new TypeError('a cursor copies only from one of its own encoder');
    this.#recent.set(other.#recent);
    this.#features.copyFrom(other.#features);
    this.#length = other.#length;
  }
}

/** The encoder with these parts. */
export function assembleEncoder<F extends Features<F>>(parts: EncoderParts<F>): Encoder {
  const { settings, inputSize, numClasses, defaultEventLabel } = parts;
  return {
    settings,
    inputSize,
    numClasses,
    defaultEventLabel,
    start: () => new Cursor(parts),
    encode: (events) => encode(parts, events),
    labelOf: (event, history) => parts.labelOf(event, history),
    decode: (label, history) => parts.decode(label, history),
    eventsOfClasses(history, out = new Int16Array(numClasses)) {
      for (let label = 0; label < numClasses; label++) out[label] = parts.decode(label, history);
      return out;
    },
    eventsOf(example) {
      if (example.steps === 0) return [];
      const events = [parts.firstEvent(rowOf(example.inputs, 0))];
      const history: History = {
        get length() {
          return events.length;
        },
        at: (step) => events[step] as number,
      };
      for (const label of example.labels) events.push(parts.decode(label, history));
      return events;
    },
  };
}

function encode<F extends Features<F>>(parts: EncoderParts<F>, events: readonly number[]): Example {
  const steps = Math.max(0, events.length - 1);
  const cursor = new Cursor(parts);
  const labels = new Int32Array(steps);
  const rowStart = new Int32Array(steps + 1);
  const columns = new Uint16Array(steps * parts.maxEntries);
  const signs = new Int8Array(steps * parts.maxEntries);
  let end = 0;
  events.forEach((event, i) => {
    if (i > 0) labels[i - 1] = parts.labelOf(event, cursor);
    cursor.push(event);
    if (i === steps) return;
    const row = cursor.input();
    for (let k = 0; k < row.length; k++, end++) {
      columns[end] = row.columns[k] as number;
      signs[end] = row.signs[k] as number;
    }
    rowStart[i + 1] = end;
  });
  return { steps, inputSize: parts.inputSize, inputs: { rowStart, columns: columns.slice(0, end), signs: signs.slice(0, end) }, labels };
}
