// What a session and its sound thread say to each other.

import type { SoundVoice } from '../../audio/live/instrument.js';
import type { Played, TimedMessage } from '../../audio/live/timed-player.js';

/** What the thread is started with. */
export interface SoundThreadData {
  /** @see SessionTime */
  readonly epoch: bigint;
  /** Path of a soundfont. */
  readonly soundFont: string;
  /** 1 = as loud as it usually is. */
  readonly volume: number;
  /** What the user says that sound is late by, in seconds; undefined = what the player says. */
  readonly latency: number | undefined;
  /** General MIDI programs that voices begin with, 0..127. */
  readonly programs: Readonly<Partial<Record<SoundVoice, number>>>;
}

export type SoundOrder =
  | { readonly type: 'play'; readonly message: TimedMessage }
  | { readonly type: 'cancel'; readonly voice: SoundVoice; readonly from: number }
  | { readonly type: 'silence' }
  /** Fade out and end. */
  | { readonly type: 'end' };

export type SoundReport =
  /** A player plays; also when another takes over, or the same is more or less late than it was. Seconds. */
  | { readonly type: 'playing'; readonly name: string; readonly through: string; readonly latency: number }
  /** There is no sound, or none any more. */
  | { readonly type: 'silent'; readonly problem: string; readonly hint: string; readonly code?: string }
  /** The process that plays, so that it can be ended whatever happens; undefined = there is none. */
  | { readonly type: 'process'; readonly pid: number | undefined }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'played'; readonly played: readonly Played[] }
  | { readonly type: 'ended' };
