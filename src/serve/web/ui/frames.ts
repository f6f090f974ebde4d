// One loop for everything that moves: with each frame the session is asked once, and all who draw are told the same moment.

import type { Status } from '../../../jam/status.js';
import type { PageSession, PageView } from '../page-session.js';

export interface Moment {
  readonly status: Status | null;
  readonly view: PageView;
  /** Seconds of session time as it is heard. */
  readonly now: number;
  /** Seconds of session time of what is played back, or null. */
  readonly playback: number | null;
  /** Seconds by the page's own clock. */
  readonly clock: number;
  /** Whether motion is unwelcome: pictures then step from beat to beat. */
  readonly still: boolean;
}

export class Frames {
  readonly #draws = new Set<(moment: Moment) => void>();
  readonly #session: PageSession;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #frame = 0;

  constructor(session: PageSession) {
    this.#session = session;
  }

  /** Has `draw` called with every frame. Returns what ends that. */
  add(draw: (moment: Moment) => void): () => void {
    this.#draws.add(draw);
    if (this.#frame === 0) this.#frame = requestAnimationFrame((time) => this.#step(time));
    return () => {
      this.#draws.delete(draw);
    };
  }

  #step(time: number): void {
    this.#frame = this.#draws.size === 0 ? 0 : requestAnimationFrame((next) => this.#step(next));
    const session = this.#session;
    const moment: Moment = {
      status: session.status(),
      view: session.view,
      now: session.now(),
      playback: session.playbackTime(),
      clock: time / 1000,
      still: this.#still.matches,
    };
    for (const draw of [...this.#draws]) draw(moment);
  }
}
