// What the engine tells its shell to do. Times are seconds of session time.

import type { Job } from './answers/job.js';
import type { LogEntry } from './log/log-entry.js';
import type { Voice } from './settings.js';

export type Action =
  /** Send one MIDI message at a time that has not passed. `first` is the turn whose first note it is: report it to `Engine.sent`. */
  | { readonly type: 'send'; readonly time: number; readonly voice: Voice; readonly bytes: readonly number[]; readonly first?: number }
  /** Take back everything of a voice that is due at `from` or later and not sent yet. */
  | { readonly type: 'cancel'; readonly voice: Voice; readonly from: number }
  /** Give this to the model side; its answers come back through `Engine.answer`. */
  | { readonly type: 'ask'; readonly job: Job }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** The session is over; nothing follows. */
  | { readonly type: 'ended' };

/** Takes the actions of the engine, in order, as they arise. */
export type ActionSink = (action: Action) => void;
