// The one-hot encoder of basic_rnn and mono_rnn (spec D.1): an event is a class, and a class is both input and label.

import { NO_EVENT, NOTE_OFF } from '../music/melody.js';
import type { EncodingSettings } from './configuration.js';
import { assembleEncoder, noFeatures } from './cursor.js';
import type { Encoder } from './encoder.js';
import { addEntry } from './example.js';

/** Number of one-hot classes: NO_EVENT, NOTE_OFF and every pitch. */
export function oneHotSize({ minPitch, maxPitch }: EncodingSettings): number {
  return maxPitch - minPitch + 2;
}

/** The class of an event: NO_EVENT 0, NOTE_OFF 1, then the pitches upwards. */
export function oneHotClass(event: number, { minPitch }: EncodingSettings): number {
  return event < 0 ? event - NO_EVENT : event - minPitch + 2;
}

/** The event of a class: the inverse of `oneHotClass`. */
export function oneHotEvent(label: number, { minPitch }: EncodingSettings): number {
  return label === 0 ? NO_EVENT : label === 1 ? NOTE_OFF : label - 2 + minPitch;
}

export function createOneHotEncoder(settings: EncodingSettings): Encoder {
  return assembleEncoder({
    settings,
    inputSize: oneHotSize(settings),
    numClasses: oneHotSize(settings),
    defaultEventLabel: 0,
    maxEntries: 1,
    createFeatures: () => noFeatures,
    writeRow: (row, history) => addEntry(row, oneHotClass(history.at(history.length - 1), settings), 1),
    labelOf: (event) => oneHotClass(event, settings),
    decode: (label) => oneHotEvent(label, settings),
    firstEvent: (row) => oneHotEvent(row.columns[0] as number, settings),
  });
}
