// Playing a score from beginning to end, faster than it sounds: pieces of raw stereo, until the last reverberation has died away. Pure.

import type { Score } from './score.js';
import { PORTS } from './score.js';
import type { SoundFont } from './soundfont-bytes.js';
import { BLOCK, Synthesizer } from './synthesizer.js';

export const RATE = 44_100;
/** Frames of a piece. */
export const PIECE = 128 * BLOCK;

/** Some frames of sound; the arrays are used again for the next piece. */
export interface Piece {
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Frames that count. */
  readonly frames: number;
}

/** The sound has died away when it stays this much softer than the loudest was, in decibels, for so many seconds. */
const DIED_AWAY_DB = -80;
const QUIET_SECONDS = 0.3;
/** The longest that is waited for that. */
const LONGEST_TAIL_SECONDS = 20;

/**
 * Plays a score.
 * @throws MstError `bad-soundfont`
 */
export function* perform(score: Score, font: SoundFont, { effects = true }: { effects?: boolean } = {}): Generator<Piece, void, undefined> {
  const synthesizer = new Synthesizer(font, { rate: RATE, effects, ports: portsOf(score) });
  const [left, right] = [new Float32Array(PIECE), new Float32Array(PIECE)];
  const quietPieces = Math.ceil((QUIET_SECONDS * RATE) / PIECE);
  const lastPiece = Math.ceil(((score.end + LONGEST_TAIL_SECONDS) * RATE) / PIECE);
  let next = 0;
  let loudest = 0;
  let quiet = 0;
  for (let piece = 0; piece < lastPiece && quiet < quietPieces; piece++) {
    for (let at = 0; at < PIECE; at += BLOCK) {
      // What is due within a block takes effect at the nearer of its ends.
      const until = (piece * PIECE + at + BLOCK / 2) / RATE;
      const before = next;
      for (; next < score.times.length && (score.times[next] as number) < until; next++) {
        const { bytes, port } = score.message(next);
        synthesizer.send(bytes, port);
      }
      if (next === score.times.length && before < next) synthesizer.release();
      synthesizer.render(left, right, at);
    }
    const peak = Math.max(peakOf(left), peakOf(right));
    loudest = Math.max(loudest, peak);
    const playing = next < score.times.length;
    quiet = playing || peak > loudest * 10 ** (DIED_AWAY_DB / 20) ? 0 : quiet + 1;
    yield { left, right, frames: PIECE };
  }
}

/** The largest absolute value of the first `frames`. */
export function peakOf(samples: Float32Array, frames = samples.length): number {
  let peak = 0;
  for (let i = 0; i < frames; i++) {
    const value = Math.abs(samples[i] as number);
    if (value > peak) peak = value;
  }
  return peak;
}

function portsOf(score: Score): number {
  let ports = 1;
  for (let i = 0; i < score.times.length && ports < PORTS; i++) ports = Math.max(ports, score.message(i).port + 1);
  return ports;
}
