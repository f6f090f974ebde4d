// The lookback encoder of lookback_rnn (spec D.2): the events now, one and two bars ago, a counter, and labels that say `repeat`.

import { NO_EVENT } from '../music/melody.js';
import type { EncodingSettings } from './configuration.js';
import { addCounter, assembleEncoder, eventAt, noFeatures } from './cursor.js';
import { type Encoder, type History, LONGEST_LOOKBACK, LOOKBACKS } from './encoder.js';
import { addEntry, type SparseRow } from './example.js';
import { oneHotClass, oneHotEvent, oneHotSize } from './onehot.js';

const COUNTER_BITS = 5;

/**
 * Index into LOOKBACKS when `event` repeats what stood that far back, else -1. The longest distance goes first, and while
 * the melody is shorter than it, silence there counts as NO_EVENT.
 */
export function repetition(event: number, history: History): number {
  const position = history.length;
  if (position < LONGEST_LOOKBACK && event === NO_EVENT) return LOOKBACKS.length - 1;
  for (let k = LOOKBACKS.length - 1; k >= 0; k--) {
    const distance = LOOKBACKS[k] as number;
    if (position >= distance && history.at(position - distance) === event) return k;
  }
  return -1;
}

/** The event that stood LOOKBACKS[k] steps before the one that follows `history`. */
export function repeated(k: number, history: History): number {
  return eventAt(history, history.length - (LOOKBACKS[k] as number));
}

/** Appends, from `column` on, an entry for every lookback at which the last event of `history` repeats. */
export function addRepetitions(row: SparseRow, column: number, history: History): void {
  const last = history.length - 1;
  for (let k = 0; k < LOOKBACKS.length; k++) {
    const step = last - (LOOKBACKS[k] as number);
    if (step >= 0 && history.at(step) === history.at(last)) addEntry(row, column + k, 1);
  }
}

export function createLookbackEncoder(settings: EncodingSettings): Encoder {
  const classes = oneHotSize(settings);
  const counter = classes * (1 + LOOKBACKS.length);
  return assembleEncoder({
    settings,
    inputSize: counter + COUNTER_BITS + LOOKBACKS.length,
    numClasses: classes + LOOKBACKS.length,
    defaultEventLabel: 0,
    maxEntries: 1 + LOOKBACKS.length + COUNTER_BITS + LOOKBACKS.length,
    createFeatures: () => noFeatures,
    writeRow(row, history) {
      addEntry(row, oneHotClass(history.at(history.length - 1), settings), 1);
      for (let k = 0; k < LOOKBACKS.length; k++) addEntry(row, classes * (k + 1) + oneHotClass(repeated(k, history), settings), 1);
      addCounter(row, counter, COUNTER_BITS, history.length);
      addRepetitions(row, counter + COUNTER_BITS, history);
    },
    labelOf(event, history) {
      const k = repetition(event, history);
      return k < 0 ? oneHotClass(event, settings) : classes + k;
    },
    decode: (label, history) => (label < classes ? oneHotEvent(label, settings) : repeated(label - classes, history)),
    firstEvent: (row) => oneHotEvent(row.columns[0] as number, settings),
  });
}
