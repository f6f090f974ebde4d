// What a session is made of before it begins: settings, models, where playing comes from and where sound goes.

import type { Mix } from '../jam/answers/job.js';
import type { LearnTarget, Settings } from '../jam/settings.js';
import type { TimedMessage } from './file-messages.js';
import type { ModelPlace } from './models/opened-models.js';

/** Where playing comes from. */
export type InputPlan =
  | { readonly kind: 'keyboard' }
  /** @see MidiPorts.openInput */
  | { readonly kind: 'port'; readonly wanted: string }
  /** Every MIDI input that is connected, if there is any. */
  | { readonly kind: 'all' }
  | { readonly kind: 'virtual' }
  | { readonly kind: 'file'; readonly path: string; readonly messages: readonly TimedMessage[] };

/** Where sound goes. */
export type OutputPlan =
  | { readonly kind: 'port'; readonly wanted: string }
  /** The first MIDI output that is connected, if there is any. */
  | { readonly kind: 'first' }
  | { readonly kind: 'virtual' }
  | { readonly kind: 'raw'; readonly path: string };

/** The machine's own loudspeaker. */
export interface SpeakerPlan {
  /** Whether it sounds in any case, or only where no MIDI output is connected. */
  readonly when: 'always' | 'alone';
  /** Path of a soundfont. */
  readonly soundFont: string;
  /** 1 = as loud as it usually is. */
  readonly volume: number;
  /** Seconds that it sounds late by, as the user says; undefined = what it says itself. */
  readonly latency: number | undefined;
}

export interface SessionPlan {
  readonly settings: Settings;
  /** Models to open. */
  readonly models: readonly ModelPlace[];
  /** Who can answer, in the order in which a key goes through them. */
  readonly partners: readonly Mix[];
  readonly inputs: readonly InputPlan[];
  readonly outputs: readonly OutputPlan[];
  /** Where the metronome goes instead. */
  readonly clickOutput: OutputPlan | undefined;
  /** undefined = it is not to sound. */
  readonly speaker: SpeakerPlan | undefined;
  /** What the first controller that moves shall steer. */
  readonly learn: LearnTarget | null;
  /** When notes of the computer keyboard end where the terminal does not tell of keys let go. */
  readonly noteEnds: 'hold' | 'legato';
  /** Whether a file that plays waits while the model does. */
  readonly fileWaits: boolean;
}

/** What stands in the header of the recording beside the settings. */
export interface Origin {
  /** ISO 8601. */
  readonly created: string;
  /** Of mst. */
  readonly version: string;
}

/** What came of a session. */
export interface SessionResult {
  /** The recording. */
  readonly file: string;
  /** Seconds it went. */
  readonly seconds: number;
  /** Turns of the model, and those of them without a note. */
  readonly answers: number;
  readonly missed: number;
  /** Lines of the recording that could not be written. */
  readonly lost: number;
}
