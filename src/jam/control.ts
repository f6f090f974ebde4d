// Everything a player or the program can tell the engine while it plays, beside playing. Plain data; it is logged as it is.

import type { Mix } from './answers/job.js';
import type { LearnTarget, Metronome } from './settings.js';
import type { Exchange, PlayOver, TurnModeName } from './turns/turn-modes.js';

export type Control =
  /** Another way of taking turns; what the model plays stops, and your turn begins (by the clock: at the next bar). */
  | { readonly type: 'mode'; readonly mode: TurnModeName }
  /** Other lengths, from the next turn on; null = those of the mode. */
  | { readonly type: 'exchanges'; readonly exchanges: readonly Exchange[] | null }
  | { readonly type: 'temperature'; readonly temperature: number }
  /** Another tempo from now on; the beat goes on from where it is. */
  | { readonly type: 'tempo'; readonly qpm: number }
  /** One tap of a tapped tempo; it counts from the third in a row. */
  | { readonly type: 'tap' }
  /** Your turn ends and the model answers on the next beat; in the model's turn: it stops and listens. By the clock (bars, seconds, trade) nothing. */
  | { readonly type: 'hand-over' }
  /** Every note on every channel in use ends now, and the model rests for this turn. */
  | { readonly type: 'panic' }
  /** The next answer is made from the last answer instead of your call; where the model is not waiting for the clock, on the next beat. */
  | { readonly type: 'mutate' }
  /** The model plays its last answer again and again, or makes new ones again. */
  | { readonly type: 'loop'; readonly on: boolean }
  /** Another take of the last answer becomes the one that is kept: looped, mutated and exported. */
  | { readonly type: 'keep-take'; readonly take: number }
  /** Who answers, from the next answer on. */
  | { readonly type: 'models'; readonly models: readonly Mix[] }
  | { readonly type: 'metronome'; readonly metronome: Metronome }
  | { readonly type: 'thru'; readonly on: boolean }
  /** What plays is now known to sound so many seconds after it is sent: answers are settled so much earlier. */
  | { readonly type: 'latency'; readonly seconds: number }
  | { readonly type: 'play-over'; readonly playOver: PlayOver | null }
  /** The next controller that moves is the one for `target`; null = none any more is waited for. */
  | { readonly type: 'learn'; readonly target: LearnTarget | null }
  /** An input is gone: what it held ends. */
  | { readonly type: 'source-lost'; readonly source: number }
  /** Nothing more will be played: the session ends after the answer to what was. */
  | { readonly type: 'finish' }
  /** The session ends now. */
  | { readonly type: 'stop' };
