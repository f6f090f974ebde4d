// How examples are made: what the user chooses for step 3.

import type { ConfigName } from '../../encoding/configuration.js';
import type { TrackChoice } from '../../extraction/find-melodies.js';

export interface ExamplesSettings {
  readonly config: ConfigName;
  /** Share of songs set aside for judging, 0 to less than 1. */
  readonly evalRatio: number;
  readonly seed: number;
  readonly compat: boolean;
  /** Which tracks to look in, where overrides.txt does not say: by default those that are melodies. Without effect by Magenta's rules. */
  readonly choice?: TrackChoice | undefined;
  /** Leave the accompaniment out, which is otherwise learned from at first where there is little melody. */
  readonly melodiesOnly?: boolean | undefined;
}
