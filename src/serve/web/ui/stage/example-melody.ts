// What the stage shows while nobody plays: a call that rises from the piano and an answer that comes down to it, again and again. Pure.

import type { RollNote } from '../../../../jam/status.js';
import type { PianoRange } from '../piano/geometry.js';

/** Pitch, beginning and length in beats; the answer follows the call. */
const CALL = [
  [60, 0, 0.9],
  [64, 1, 0.45],
  [67, 1.5, 0.45],
  [72, 2, 1.4],
  [71, 3.5, 0.45],
  [67, 4, 0.9],
  [69, 5, 0.9],
  [65, 6, 1.8],
] as const;
const ANSWER = [
  [74, 8, 0.9],
  [77, 9, 0.45],
  [76, 9.5, 0.45],
  [72, 10, 1.4],
  [81, 11.5, 0.45],
  [79, 12, 0.9],
  [76, 13, 0.45],
  [74, 13.5, 0.45],
  [72, 14, 1.8],
] as const;
const BEAT = 0.62;
/** The next call begins in the last bar of the answer, so that there is always something to see. */
const LENGTH = 14 * BEAT;
/** Where in it the page begins: there is something to see at once. */
const BEGIN = 8.6 * BEAT;
/** Where the picture stands still, for those who do not want it to move: the end of the call is still in sight, the answer is coming. */
const STILL = 8.4 * BEAT;
const VELOCITY = 80;
/** Semitones of a piano on which call and answer have places of their own, and of one with room to spare. */
const WIDE = 40;
const WIDER = 56;

/** Semitones by which call and answer are moved: where there is room, they pass left and right of the page's words. */
function shifts({ low, high }: PianoRange): Readonly<Record<RollNote['voice'], number>> {
  if (high - low < WIDE) return { you: low - 60, model: low - 65 };
  return { you: low - 60 + (high - low > WIDER ? 5 : 0), model: high - 86 };
}

/** The example at a moment of the page's clock (seconds), on a piano. */
export function exampleMelody(clock: number, still: boolean, range: PianoRange): { notes: RollNote[]; now: number } {
  const now = still ? STILL : (clock + BEGIN) % LENGTH;
  const moved = shifts(range);
  const note = (voice: RollNote['voice'], [pitch, start, length]: readonly [number, number, number], shift: number): RollNote => ({
    voice,
    pitch: pitch + moved[voice],
    velocity: VELOCITY,
    start: start * BEAT + shift,
    end: (start + length) * BEAT + shift,
  });
  const notes: RollNote[] = [];
  // The round before is still on its way out while this one begins, and the next one's answer is not in sight yet.
  for (const shift of [-LENGTH, 0]) {
    for (const each of CALL) if (each[1] * BEAT + shift <= now) notes.push(note('you', each, shift));
    for (const each of ANSWER) notes.push(note('model', each, shift));
  }
  return { notes: notes.map((each) => (each.voice === 'you' && (each.end ?? 0) > now ? { ...each, end: null } : each)), now };
}
