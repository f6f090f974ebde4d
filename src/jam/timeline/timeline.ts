// A recording as a row of turns that can be changed afterwards: what a timeline shows, and the changes there are. Types alone.

/** A note of a turn. Seconds of the recording as it stands after all changes. */
export interface TimelineNote {
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  readonly end: number;
  /** You may play along in the model's turn. */
  readonly whose: 'you' | 'model';
}

/** A turn of a recording as it stands after all changes. */
export interface TimelineTurn {
  /** As in the log: index of the turn, yours and the model's counted together. */
  readonly turn: number;
  readonly whose: 'you' | 'model';
  /** Seconds of the recording: session time, less what was taken out before. A turn ends where the next begins. */
  readonly start: number;
  readonly end: number;
  /** In the order in which they begin; of a muted turn too. */
  readonly notes: readonly TimelineNote[];
  /** Who answered, such as `folk` or `ff4 + coldplay`; only for the model's turns. */
  readonly model?: string;
  /** Takes of the answer that are there, ascending, and the one in use; empty for your turns. */
  readonly takes: readonly number[];
  readonly take: number;
  readonly muted: boolean;
}

/** A change to a recording; changes are kept in a list, so that any can be undone. */
export type Edit =
  | { readonly type: 'mute'; readonly turn: number; readonly muted: boolean }
  /** Takes the turn out; what follows moves forward. */
  | { readonly type: 'delete'; readonly turn: number }
  | { readonly type: 'take'; readonly turn: number; readonly take: number };
