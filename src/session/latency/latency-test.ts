// How late an output sounds, found by ear: clicks are sent, somebody taps along, and the usual gap between the two is the answer. What
// fingers do early or late is in it as well, as it is in playing.

import { ACCENT, BEAT, CLICK_SECONDS } from '../../jam/beat/metronome.js';
import { noteOff, noteOn } from '../../jam/midi-message.js';
import type { Voice } from '../../jam/settings.js';
import type { SessionTime } from '../clock/session-time.js';

const CLICKS = 16;
/** Clicks to find the beat by; what is tapped with them does not count. */
const LEAD = 4;
const BEATS_PER_BAR = 4;
const BEAT_SECONDS = 0.75;
const FIRST_SECONDS = 1;
/** Fewest taps that say something. */
const FEWEST = 6;
/** A tap belongs to the click it follows within so much of a beat, or comes a little before. */
const EARLIEST = -0.2;

export interface LatencyTest {
  readonly time: SessionTime;
  /** Plays the clicks. */
  readonly clock: { schedule(time: number, voice: Voice, bytes: readonly number[]): void };
  /** The metronome's. */
  readonly channel: number;
  readonly signal: AbortSignal;
}

/** Seconds by which taps come after clicks: the middle one of the gaps. Undefined where too few taps came. */
export function latencyOf(clicks: readonly number[], taps: readonly number[]): number | undefined {
  const gaps = taps.flatMap((tap) => {
    const click = clicks.slice(LEAD).findLast((time) => tap - time >= EARLIEST);
    return click === undefined || tap - click > BEAT_SECONDS + EARLIEST ? [] : [tap - click];
  });
  if (gaps.length < FEWEST) return undefined;
  const sorted = gaps.sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/**
 * Plays the clicks and waits until they are over.
 * @param taps filled by whoever hears the taps, in session seconds
 * @throws the reason of the signal
 */
export async function testLatency({ time, clock, channel, signal }: LatencyTest, taps: readonly number[]): Promise<number | undefined> {
  const start = time.now() + FIRST_SECONDS;
  const clicks = Array.from({ length: CLICKS }, (_, k) => start + k * BEAT_SECONDS);
  clicks.forEach((click, k) => {
    const { pitch, velocity } = k % BEATS_PER_BAR === 0 ? ACCENT : BEAT;
    clock.schedule(click, 'click', noteOn(channel, pitch, velocity));
    clock.schedule(click + CLICK_SECONDS, 'click', noteOff(channel, pitch));
  });
  const end = (clicks.at(-1) as number) + BEAT_SECONDS;
  while (time.now() < end) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return latencyOf(clicks, taps);
}
