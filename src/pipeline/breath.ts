// Pauses in long synchronous work, so that a Ctrl-C is heard and the screen is drawn.

import { setImmediate } from 'node:timers/promises';

export class Breath {
  #count = 0;

  /** To be awaited once an item: every 64th time the event loop gets its turn. */
  async take(): Promise<void> {
    if (++this.#count % 64 === 0) await setImmediate();
  }
}
