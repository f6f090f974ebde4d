// Reads along in the log of a session that is being played: where its first beat is, whether files play on, and a line for each turn.

import type { LogEntry } from '../jam/log/log-entry.js';
import type { Settings } from '../jam/settings.js';
import { TURN_MODES } from '../jam/turns/turn-modes.js';
import { TurnLines } from './screen/turn-lines.js';

export class TurnWatch {
  readonly #lines = new TurnLines();
  readonly #fileWaits: boolean;
  #held = false;
  #modelsTurn = false;
  /** Session time of the first beat, in seconds. */
  firstBeat: number | undefined;
  /** Told when files that play as you are to stop, or to go on, at a time in seconds. */
  onFlow: (flows: boolean, time: number) => void = () => {};

  /** @param fileWaits whether files wait while the model plays; while the music stands still they always do */
  constructor(fileWaits: boolean) {
    this.#fileWaits = fileWaits;
  }

  /** Whether files that play as you play on. */
  get flows(): boolean {
    return !this.#held && !(this.#fileWaits && this.#modelsTurn);
  }

  /** Hears an entry, and gives the line of the turn that it ends, if it ends one. */
  hear(entry: LogEntry): string | undefined {
    const { flows } = this;
    if (entry.type === 'tempo') {
      this.#held = entry.qpm === 0;
      if (!this.#held) this.firstBeat ??= entry.t / 1e6;
    }
    if (entry.type === 'turn') this.#modelsTurn = entry.whose === 'model';
    if (this.flows !== flows) this.onFlow(this.flows, entry.t / 1e6);
    return this.#lines.entry(entry);
  }
}

/** When a file that plays as the human begins, in session seconds: on the first beat after the count-in. */
export function fileStart({ mode, countInBars, beatsPerBar, qpm }: Settings, firstBeat: number): number {
  const counted = TURN_MODES[mode].start === 'first-note' ? 0 : countInBars * beatsPerBar;
  return firstBeat + (counted * 60) / qpm;
}
