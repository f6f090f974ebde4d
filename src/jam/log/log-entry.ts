// The lines of a session log. Times `t` are whole microseconds of session time; bytes are hexadecimal, two digits a byte. `in`, `control`,
// `answer`, `sent` and `dropped` are what came to the engine, and all a replay needs; the others are what it made of that.

import type { Answer, Job } from '../answers/job.js';
import type { Control } from '../control.js';
import type { Settings, Voice } from '../settings.js';

export const LOG_FORMAT = 'mst-session';
export const LOG_VERSION = 1;

/** Seconds in whole microseconds, as they stand in a log. */
export function micro(seconds: number): number {
  return Math.round(seconds * 1e6);
}

/** A model of a session: its name in jobs and settings, and the hash of its weights. */
export interface LoggedModel {
  readonly name: string;
  readonly hash: string;
}

/** What the shell knows and the engine does not; stands in the header of the log. */
export interface SessionFacts {
  readonly models: readonly LoggedModel[];
  /** Names of inputs by their index. */
  readonly sources?: readonly string[];
  /** ISO 8601 time of time 0. */
  readonly created?: string;
  /** Version of mst. */
  readonly version?: string;
}

export type LogEntry =
  | ({ readonly t: number; readonly type: 'header'; readonly format: typeof LOG_FORMAT; readonly formatVersion: number } & SessionFacts & {
        readonly settings: Settings;
      })
  /** Raw MIDI bytes of a player. */
  | { readonly t: number; readonly type: 'in'; readonly source: number; readonly bytes: string }
  | { readonly t: number; readonly type: 'control'; readonly control: Control }
  /** A part of an answer as it arrived. */
  | { readonly t: number; readonly type: 'answer'; readonly answer: Answer }
  /** When the first note of an answer really went out. */
  | { readonly t: number; readonly type: 'sent'; readonly turn: number; readonly actual: number }
  /** A note that did not sound although it was sent: it was too late when its time had come. `due` and `bytes` are `t` and `bytes` of its `out`. */
  | { readonly t: number; readonly type: 'dropped'; readonly voice: Voice; readonly due: number; readonly bytes: string }
  /** What was sent for the model or the metronome; `t` is when it was due. */
  | { readonly t: number; readonly type: 'out'; readonly voice: Voice; readonly bytes: string }
  /** A tempo from here on: `quarter` is the position in quarter notes at `t`. `qpm` 0 = the music stands still until the next one. */
  | { readonly t: number; readonly type: 'tempo'; readonly quarter: number; readonly qpm: number }
  /** A turn begins. */
  | { readonly t: number; readonly type: 'turn'; readonly turn: number; readonly whose: 'you' | 'model'; readonly quarter: number }
  /** The model begins to play: by which job (null: an answer is looped), and how the answer follows the call. */
  | {
      readonly t: number;
      readonly type: 'reply';
      readonly turn: number;
      readonly job: Job | null;
      /** Microseconds from the asking to the first part of the answer; null where it is looped. */
      readonly generation: number | null;
      readonly swing: number;
      /** Velocities on the beat and off it. */
      readonly velocities: readonly [number, number];
    }
  /** Notes of an answer that came too late and were left out. */
  | { readonly t: number; readonly type: 'late'; readonly turn: number; readonly notes: number }
  /** The model's turn was broken off. */
  | { readonly t: number; readonly type: 'cut'; readonly turn: number }
  /** Another take of a turn is the one to keep: its events, one a step from the turn's beginning. */
  | { readonly t: number; readonly type: 'kept'; readonly turn: number; readonly take: number; readonly events: readonly number[] }
  | { readonly t: number; readonly type: 'end' };
