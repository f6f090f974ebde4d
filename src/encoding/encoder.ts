// What an encoder is: how the events of a melody become the input and the label of each step of a model (spec D), and back.
// Each encoder is a file of its own (onehot.ts, lookback.ts, key.ts); `createEncoder` in encoders.ts chooses among them.

import type { EncodingSettings } from './configuration.js';
import type { Example, SparseRow } from './example.js';

/** The events of a melody so far. Encoders look at most LONGEST_LOOKBACK events back. */
export interface History {
  readonly length: number;
  /** The event at `step`, 0 <= step < length. */
  at(step: number): number;
}

/** Distances in steps at which a repeated event is noticed: one and two bars of 4/4, whatever the metre. */
export const LOOKBACKS = [16, 32] as const;
export const LONGEST_LOOKBACK = 32;

/** A melody while it grows: gives the model's input for its last event at a cost that does not depend on its length. */
export interface EncoderCursor extends History {
  /** Appends an event. @throws MstError `bad-sequence` when it is no event or a pitch outside the encoder's range */
  push(event: number): void;
  /**
   * The input for the last event. The row belongs to the cursor and is overwritten by the next call.
   * @throws MstError `bad-sequence` before the first push
   */
  input(): SparseRow;
  /** An independent copy. */
  clone(): EncoderCursor;
  /** Goes back, or over, to where `other` is: a cursor of the same encoder. */
  copyFrom(other: EncoderCursor): void;
}

export interface Encoder {
  readonly settings: EncodingSettings;
  /** Width of one step's input. */
  readonly inputSize: number;
  /** Number of different labels. */
  readonly numClasses: number;
  /** The label counted as `no event` by the metrics (spec F.5). */
  readonly defaultEventLabel: number;
  /** A melody of no events yet. */
  start(): EncoderCursor;
  /**
   * The training example of a melody: the input at each event but the last, and the label of the event after it.
   * Events must lie in the encoder's range already (see `encodeMelody`). @throws MstError `bad-sequence` where one does not
   */
  encode(events: readonly number[]): Example;
  /** The label (class index) of `event` when it follows `history`. */
  labelOf(event: number, history: History): number;
  /** The event that class index `label` stands for when it follows `history`: the inverse of `labelOf`. */
  decode(label: number, history: History): number;
  /**
   * `decode` for every class at once. Several classes can stand for one event (a plain one and a repetition): summing the
   * probabilities of those that share an event makes models of different encoders comparable. Fills `out` when it is given.
   */
  eventsOfClasses(history: History, out?: Int16Array): Int16Array;
  /** The melody an example was made from. A first event that changes nothing reads as NO_EVENT. */
  eventsOf(example: Example): number[];
}
