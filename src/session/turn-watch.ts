// Reads along in the log of a session that is being played: where its first beat is, whose turn it is, and a line for each turn.

import type { LogEntry } from '../jam/log-entry.js';
import type { Settings } from '../jam/settings.js';
import { TURN_MODES } from '../jam/turn-modes.js';
import { TurnLines } from './screen/turn-lines.js';

export class TurnWatch {
  readonly #lines = new TurnLines();
  /** Session time of the first beat, in seconds. */
  firstBeat: number | undefined;
  /** Told when a turn begins, at a time in seconds. */
  onTurn: (whose: 'you' | 'model', time: number) => void = () => {};

  /** Hears an entry, and gives the line of the turn that it ends, if it ends one. */
  hear(entry: LogEntry): string | undefined {
    if (entry.type === 'tempo') this.firstBeat ??= entry.t / 1e6;
    if (entry.type === 'turn') this.onTurn(entry.whose, entry.t / 1e6);
    return this.#lines.entry(entry);
  }
}

/** When a file that plays as the human begins, in session seconds: on the first beat after the count-in. */
export function fileStart({ mode, countInBars, beatsPerBar, qpm }: Settings, firstBeat: number): number {
  const counted = TURN_MODES[mode].start === 'first-note' ? 0 : countInBars * beatsPerBar;
  return firstBeat + (counted * 60) / qpm;
}
