// A recording, or one turn of it, as messages for instruments, in time. Pure.

import { DRUM_CHANNEL, noteOff, noteOn } from '../../../jam/midi-message.js';
import { DEFAULT_SETTINGS } from '../../../jam/settings.js';
import type { EditedSession } from '../../../jam/timeline/edited.js';
import type { PlayedTurn } from '../../../jam/timeline/played.js';
import { gesturesOf } from '../../../jam/timeline/session-to-midi.js';
import type { Side } from '../page-session.js';

/** A message of a recording that is played back. */
export interface PlaybackMessage {
  /** Seconds from the beginning of what is played. */
  readonly time: number;
  readonly voice: Side;
  readonly bytes: readonly number[];
}

const RESET_CONTROLLERS = 121;
/** Seconds; the shortest a note sounds. */
const SHORTEST = 0.01;

/** Of messages at one time: what ends comes before what begins. */
type Ranked = PlaybackMessage & { readonly rank: number };

/**
 * What playing back sends, in order of time. Every note ends, and controllers are as before at the end.
 * @param turn one turn, which is heard even when it is muted, or null for everything that is not
 * @param span where that is, in seconds of the recording
 */
export function playbackMessages(
  session: EditedSession,
  turn: PlayedTurn | null,
  { start, end }: { readonly start: number; readonly end: number },
): PlaybackMessage[] {
  const messages: Ranked[] = [];
  for (const each of turn === null ? session.turns.filter((some) => !session.isMuted(some)) : [turn]) {
    for (const voice of ['you', 'model'] as const) {
      for (const note of session.notes(each, voice)) {
        const channel = channelOf(session, voice, note.channel);
        const from = Math.max(0, note.start - start);
        const to = Math.max(from + SHORTEST, note.end - start);
        messages.push({ time: from, voice, bytes: noteOn(channel, note.pitch, note.velocity), rank: 2 });
        messages.push({ time: to, voice, bytes: noteOff(channel, note.pitch), rank: 0 });
      }
    }
  }
  messages.push(...gestureMessages(session, { start, end }));
  return messages
    .sort((a, b) => a.time - b.time || a.rank - b.rank)
    .map(({ time, voice, bytes }): PlaybackMessage => ({ time, voice, bytes }));
}

/** Controllers and pitch bends: as they were at the beginning, as they changed, and back at the end. */
function gestureMessages(session: EditedSession, { start, end }: { readonly start: number; readonly end: number }): Ranked[] {
  const before = new Map<string, Ranked>();
  const within: Ranked[] = [];
  for (const { time, bytes } of gesturesOf(session)) {
    const [status, first, second] = bytes;
    const channel = channelOf(session, 'you', status & 0xf);
    const message: Ranked = { time: Math.max(0, time - start), voice: 'you', bytes: [(status & 0xf0) | channel, first, second], rank: 1 };
    if (time < start) before.set(`${status} ${status >> 4 === 0xb ? first : ''}`, message);
    else if (time < end) within.push(message);
  }
  const all = [...before.values(), ...within];
  const channels = new Set(all.map(({ bytes: [status = 0] }) => status & 0xf));
  const resets = [...channels].map(
    (channel): Ranked => ({ time: Math.max(0, end - start), voice: 'you', bytes: [0xb0 | channel, RESET_CONTROLLERS, 0], rank: 1 }),
  );
  return [...all, ...resets];
}

/** The channel that a voice sounds on now: drums stay drums. */
function channelOf(session: EditedSession, voice: Side, played: number): number {
  if (voice !== 'you' || played === DRUM_CHANNEL) return played;
  return (session.played.header?.settings ?? DEFAULT_SETTINGS).voices.you?.channel ?? played;
}
