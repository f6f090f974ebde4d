// What a model is asked for, to continue a melody or a piece of music.

import type { Melody } from '../music/melody.js';

/** What `generateMelody` needs to continue a piece. The result is `{ ...melody, events }`, at `qpm`. */
export interface Continuation {
  /** The events to feed; its startStep is where they, and the result, begin in the piece. */
  readonly melody: Melody;
  /** Length of the result in steps, the fed events included. */
  readonly totalSteps: number;
  /** Quarter notes per minute. */
  readonly qpm: number;
}
