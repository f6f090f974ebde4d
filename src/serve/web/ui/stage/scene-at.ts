// Which scene belongs to a moment of the page.

import type { Moment } from '../frames.js';
import type { Hands } from '../hands.js';
import type { PianoRange } from '../piano/geometry.js';
import { idleScene, jamScene, playbackScene, type Scene } from './scene.js';

/** Pixels beside the piano, where notes beyond it are shown. */
export const GUTTER = 12;

export function sceneAt({ status, view, now, playback, clock, still }: Moment, hands: Hands, range: PianoRange): Scene {
  if (playback !== null) return playbackScene(view.timeline, playback, still);
  if (view.jamming && status !== null) return jamScene(status, now, still);
  return idleScene(hands.notes, hands.pitches, clock, still, range);
}
