// Whether this machine can sound, tried out: a player is opened, and beeps if it is to.

import { noteOff, noteOn } from '../../jam/midi-message.js';
import { SessionTime } from '../clock/session-time.js';
import { Speaker, type SpeakerState } from './speaker.js';

/** Two notes going up, and when each begins, in seconds. */
const BEEP = [
  { pitch: 79, at: 0.1 },
  { pitch: 84, at: 0.28 },
] as const;
const NOTE_SECONDS = 0.15;
const VELOCITY = 90;
/** General MIDI's vibraphone, from 0. */
const PROGRAM = 11;
/** How long the last note rings, in seconds. */
const RINGS = 0.8;

/** @param soundFont path of a soundfont. Never rejects: what is wrong stands in the answer */
export async function checkSound(soundFont: string, { beep }: { readonly beep: boolean }): Promise<SpeakerState> {
  const time = new SessionTime();
  const data = { soundFont, volume: 1, latency: undefined, programs: { model: PROGRAM } };
  const speaker = new Speaker(time, data, { changed() {}, notice() {} });
  try {
    const state = await speaker.opened;
    if (!state.on || !beep) return state;
    const start = time.now() + state.latency;
    for (const { pitch, at } of BEEP) {
      speaker.schedule(start + at, 'model', noteOn(0, pitch, VELOCITY));
      speaker.schedule(start + at + NOTE_SECONDS, 'model', noteOff(0, pitch));
    }
    const seconds = Math.max(...BEEP.map(({ at }) => at)) + RINGS + state.latency;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return speaker.state ?? state;
  } finally {
    await speaker.end();
  }
}
