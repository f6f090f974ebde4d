// What the engine asks of the model side, and what comes back. A job is complete: the same job always gives the same answer, whatever
// was asked before, so that a recorded job repeats it. Plain data, ready to be posted to a worker.

/** Models playing together, by name: their distributions over events are mixed by weight. One model alone is a mix of one. */
export type Mix = readonly MixPart[];

export interface MixPart {
  readonly model: string;
  /** Above 0; weights count relative to each other. */
  readonly weight: number;
}

export interface Job {
  /** Counts up; a job replaces all unfinished ones with a lower id. */
  readonly id: number;
  /** Index of the model's turn it is for. */
  readonly turn: number;
  readonly mix: Mix;
  /** The melody to continue, one event a step (a 16th) as in music/melody.ts, in the player's own key and octave; at least one event. */
  readonly primer: readonly number[];
  /** Steps wanted; 0 = nothing but to listen to the primer, so that the answer costs less later. */
  readonly steps: number;
  /** Steps of this turn that lie in the primer already, when an answer goes on and on; 0 = the answer begins here, with a note. */
  readonly done: number;
  /** Which takes, 0 being the one that plays. */
  readonly takes: readonly number[];
  readonly temperature: number;
  /** Seed of the session; every turn and take derives its own. */
  readonly seed: number;
}

/** A part of an answer: its events `from`..`from + events.length - 1`, in the player's key. Parts of a take come in order, without gaps. */
export interface Answer {
  readonly job: number;
  readonly take: number;
  readonly from: number;
  readonly events: readonly number[];
  /** Whether this is the last part of the take. */
  readonly done: boolean;
}
