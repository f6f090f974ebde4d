// What the page and its audio thread say to each other.

import type { SoundVoice } from '../../../audio/live/instrument.js';
import type { Played, TimedMessage } from '../../../audio/live/timed-player.js';

export type SoundOrder =
  /** The bytes of a soundfont; first of all. */
  | { readonly type: 'bank'; readonly bytes: ArrayBuffer }
  /** Where session time 0 is, in seconds of the AudioContext. */
  | { readonly type: 'zero'; readonly zero: number }
  | { readonly type: 'play'; readonly messages: readonly TimedMessage[] }
  | { readonly type: 'cancel'; readonly voice: SoundVoice; readonly from: number }
  | { readonly type: 'silence'; readonly voice?: SoundVoice }
  /** The end: nothing follows. */
  | { readonly type: 'close' };

export type SoundReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'played'; readonly played: readonly Played[] };
