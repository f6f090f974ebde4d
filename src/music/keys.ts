// The key of a melody, and moving melodies into a model's key and range (spec C.6). Major keys only, as in Magenta. All functions
// take a melody's events (pitches, NOTE_OFF, NO_EVENT) and leave them as they are.
import { modulo } from './modulo.js';
import { SCALES } from './scales.js';

const OCTAVE = 12;

/** The major keys (0 = C .. 11 = B) whose scale has a pitch class, for each of the twelve: seven keys each, ascending. */
export const NOTE_KEYS: readonly (readonly number[])[] = Array.from({ length: OCTAVE }, (_, pitchClass) =>
  SCALES.major.map((degree) => modulo(pitchClass - degree, OCTAVE)).sort((a, b) => a - b),
);

/** Where a model wants its melodies; the encoding settings of a configuration are one. */
export interface PitchRange {
  /** Lowest MIDI pitch, inclusive. */
  readonly minPitch: number;
  /** Highest MIDI pitch, exclusive. */
  readonly maxPitch: number;
  /** Major key to transpose to (0 = C), or null to leave the key alone. */
  readonly transposeToKey: number | null;
}

/** For each major key from C to B, how many of the notes beginning in these events belong to its scale. */
export function keyHistogram(events: readonly number[]): number[] {
  const counts = new Array<number>(OCTAVE).fill(0);
  for (const event of events) {
    if (event >= 0) counts[event % OCTAVE] = (counts[event % OCTAVE] as number) + 1;
  }
  const histogram = new Array<number>(OCTAVE).fill(0);
  NOTE_KEYS.forEach((keys, pitchClass) => {
    for (const key of keys) histogram[key] = (histogram[key] as number) + (counts[pitchClass] as number);
  });
  return histogram;
}

/** The major key (0 = C .. 11 = B) that most notes belong to; the lowest of several, and C for no notes. */
export function melodyKey(events: readonly number[]): number {
  const histogram = keyHistogram(events);
  return histogram.indexOf(Math.max(...histogram));
}

/** To the nearest integer, halves to the even one, as Python rounds: 0.5 -> 0, 1.5 -> 2, -0.5 -> 0. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return (rest < 0.5 ? below : below + 1) + 0;
  return (below % 2 === 0 ? below : below + 1) + 0; // + 0: never -0
}

/**
 * The events `amount` semitones higher. A pitch that leaves minPitch..maxPitch-1 is put back by octaves: into the lowest octave of the
 * range from below, into the highest from above.
 */
export function transpose(events: readonly number[], amount: number, minPitch = 0, maxPitch = 128): number[] {
  return events.map((event) => {
    if (event < 0) return event;
    const pitch = event + amount;
    if (pitch < minPitch) return minPitch + modulo(pitch - minPitch, OCTAVE);
    if (pitch >= maxPitch) return maxPitch - OCTAVE + modulo(pitch - maxPitch, OCTAVE);
    return pitch;
  });
}

/**
 * The events moved to a range's key and near its middle by `amount` semitones, and by octaves where single notes still leave the range.
 * Transposing the result by -amount brings back the events, except for those notes.
 */
export function squash(events: readonly number[], range: PitchRange): { events: number[]; amount: number } {
  const amount = squashAmount(events, range);
  return { events: transpose(events, amount, range.minPitch, range.maxPitch), amount };
}

/** Semitones from a melody to the key and middle of a range; 0 if the key is to be left alone, and for a melody without notes. */
function squashAmount(events: readonly number[], { minPitch, maxPitch, transposeToKey }: PitchRange): number {
  if (transposeToKey === null) return 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const event of events) {
    if (event < 0) continue;
    if (event < lowest) lowest = event;
    if (event > highest) highest = event;
  }
  if (lowest === Infinity) return 0;
  const keyDifference = transposeToKey - melodyKey(events);
  const center = (lowest + highest) / 2;
  const target = (minPitch + maxPitch - 1) / 2;
  return keyDifference + OCTAVE * roundHalfEven((target - (center + keyDifference)) / OCTAVE);
}
