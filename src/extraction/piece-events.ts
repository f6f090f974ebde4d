// A piece of a line as melody events, one for each step (spec C.1): what models read.
import { NO_EVENT, NOTE_OFF } from '../music/melody.js';
import type { Piece } from './phrases.js';
import type { Line } from './upper-line.js';

/** The events of a piece: notes at their starts, a NOTE_OFF where one ends in silence, none behind the last note. */
export function pieceEvents({ starts, ends, pitches }: Line, { first, last, startStep, steps }: Piece): number[] {
  const events = new Array<number>(steps).fill(NO_EVENT);
  for (let i = first; i < last; i++) {
    events[(starts[i] as number) - startStep] = pitches[i] as number;
    const end = (ends[i] as number) - startStep;
    if (end < steps && ends[i] !== starts[i + 1]) events[end] = NOTE_OFF;
  }
  return events;
}
