// The key encoder of attention_rnn (spec D.3): the sounding note, its attack and direction, repetitions, a counter, and the keys the
// melody and its last three pitches may be in. Magenta walks the whole melody at every step; here the walk is carried along.

import { NOTE_KEYS } from '../music/keys.js';
import { NO_EVENT, NOTE_OFF } from '../music/melody.js';
import type { EncodingSettings } from './configuration.js';
import { addCounter, assembleEncoder, type Features } from './cursor.js';
import { type Encoder, LOOKBACKS } from './encoder.js';
import { addEntry, type SparseRow } from './example.js';
import { addRepetitions, repeated, repetition } from './lookback.js';

const COUNTER_BITS = 7;
const BAR = 16;
const KEYS = 12;
const SILENT = -1;
const RECENT_PITCHES = 3;

/** Adds to `histogram` one for each major key a pitch belongs to. */
function countKeys(histogram: Int32Array, pitch: number): void {
  for (const key of NOTE_KEYS[pitch % KEYS] as readonly number[]) histogram[key] = (histogram[key] as number) + 1;
}

/** Appends, from `column` on, an entry for every key that is a maximum of `histogram`. */
function addLikelyKeys(row: SparseRow, column: number, histogram: Int32Array): void {
  const max = Math.max(...histogram);
  for (let key = 0; key < KEYS; key++) if (histogram[key] === max) addEntry(row, column + key, 1);
}

class KeyFeatures implements Features<KeyFeatures> {
  /** The sounding pitch, or SILENT. */
  note = SILENT;
  /** Whether a note begins here. A NOTE_OFF does not take it back, as in Magenta. */
  attack = false;
  /** +1 ascending, -1 descending, 0 unknown. */
  direction: 0 | 1 | -1 = 0;
  /** How often each major key explains a note so far. */
  readonly keys = new Int32Array(KEYS);
  /** The last different pitches, most recent last. */
  recent: readonly number[] = [];

  push(event: number): void {
    if (event === NO_EVENT) {
      this.attack = false;
    } else if (event === NOTE_OFF) {
      this.note = SILENT;
    } else {
      this.attack = true;
      this.note = event;
      countKeys(this.keys, event);
      const last = this.recent.at(-1);
      if (last !== undefined && last !== event) this.direction = event > last ? 1 : -1;
      this.recent = [...this.recent.filter((pitch) => pitch !== event), event].slice(-RECENT_PITCHES);
    }
  }

  copyFrom(other: KeyFeatures): void {
    this.note = other.note;
    this.attack = other.attack;
    this.direction = other.direction;
    this.keys.set(other.keys);
    this.recent = other.recent;
  }
}

export function createKeyEncoder(settings: EncodingSettings): Encoder {
  const { minPitch, maxPitch } = settings;
  const range = maxPitch - minPitch;
  const [noEvent, noteOff, firstRepetition] = [range, range + 1, range + 2];
  const [sounding, silent, attack, direction, repetitions] = [range, range + 1, range + 2, range + 3, range + 4];
  const counter = repetitions + LOOKBACKS.length;
  const barLine = counter + COUNTER_BITS;
  const melodyKeys = barLine + 1;
  const recentKeys = melodyKeys + KEYS;
  const recentHistogram = new Int32Array(KEYS);
  return assembleEncoder({
    settings,
    inputSize: recentKeys + KEYS,
    numClasses: firstRepetition + LOOKBACKS.length,
    defaultEventLabel: noEvent,
    maxEntries: 2 + 2 + LOOKBACKS.length + COUNTER_BITS + 1 + 2 * KEYS,
    createFeatures: () => new KeyFeatures(),
    writeRow(row, history, features) {
      if (features.note === SILENT) {
        addEntry(row, silent, 1);
      } else {
        addEntry(row, features.note - minPitch, 1);
        addEntry(row, sounding, 1);
      }
      if (features.attack) addEntry(row, attack, 1);
      if (features.direction !== 0) addEntry(row, direction, features.direction);
      addRepetitions(row, repetitions, history);
      addCounter(row, counter, COUNTER_BITS, history.length);
      if (history.length % BAR === 0) addEntry(row, barLine, 1);
      addLikelyKeys(row, melodyKeys, features.keys);
      recentHistogram.fill(0);
      for (const pitch of features.recent) countKeys(recentHistogram, pitch);
      addLikelyKeys(row, recentKeys, recentHistogram);
    },
    labelOf(event, history) {
      const k = repetition(event, history);
      if (k >= 0) return firstRepetition + k;
      return event === NO_EVENT ? noEvent : event === NOTE_OFF ? noteOff : event - minPitch;
    },
    decode(label, history) {
      if (label >= firstRepetition) return repeated(label - firstRepetition, history);
      return label === noEvent ? NO_EVENT : label === noteOff ? NOTE_OFF : label + minPitch;
    },
    firstEvent: (row) => (row.columns[0] === silent ? NO_EVENT : (row.columns[0] as number) + minPitch),
  });
}
