// What comes next as a distribution over events rather than classes: several classes of an encoder can stand for one event (a plain one
// and a repetition), and models of different encoders have only their events in common.

import { NO_EVENT } from '../music/melody.js';

/** Number of events: NO_EVENT, NOTE_OFF and 128 pitches; the index of an event is `event - NO_EVENT`. */
export const EVENT_COUNT = 130;
/** Index of the lowest pitch. */
export const FIRST_NOTE = -NO_EVENT;

/**
 * Adds a model's natural log probabilities of classes to those of events.
 * @param out EVENT_COUNT values, -Infinity for what has no probability yet
 * @param events the event of each class: `Listener.eventsOfClasses`
 * @param logWeight the model's share
 */
export function addClasses(out: Float64Array, classes: Float64Array, events: Int16Array, logWeight: number): void {
  for (let label = 0; label < classes.length; label++) {
    const at = (events[label] as number) - NO_EVENT;
    out[at] = logAdd(out[at] as number, logWeight + (classes[label] as number));
  }
}

/** log(exp(a) + exp(b)). */
function logAdd(a: number, b: number): number {
  const max = Math.max(a, b);
  return max === -Infinity ? max : max + Math.log(Math.exp(a - max) + Math.exp(b - max));
}
