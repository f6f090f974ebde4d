// Pitches as rolls and their keyboards show them.

/** Lowest and highest pitch, both included. */
export interface PitchRange {
  readonly low: number;
  readonly high: number;
}

const NAMES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const MIDDLE_C = 60;
const HIGHEST = 127;
/** At least two octaves are shown, around middle C when there is no note; and as many semitones beyond the outermost notes. */
const FEWEST_PITCHES = 24;
const BEYOND = 2;

/** Whether its key is a black one. */
export const isBlack = (pitch: number): boolean => NAMES[pitch % 12]?.length === 2;

/** C4 for pitch 60. */
export function pitchName(pitch: number): string {
  return `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/** The pitches a roll of these notes shows. */
export function pitchRange(pitches: readonly number[]): PitchRange {
  const middle = pitches.length === 0 ? MIDDLE_C : undefined;
  const low = pitches.reduce((lowest, pitch) => Math.min(lowest, pitch), middle ?? HIGHEST) - BEYOND;
  const high = pitches.reduce((highest, pitch) => Math.max(highest, pitch), middle ?? 0) + BEYOND;
  return widened({ low, high }, FEWEST_PITCHES);
}

/** The range with as many pitches at least, the missing ones added below and above alike, within 0..127. */
export function widened({ low, high }: PitchRange, fewest: number): PitchRange {
  const missing = Math.max(0, fewest - (high - low + 1));
  return { low: Math.max(0, low - Math.floor(missing / 2)), high: Math.min(HIGHEST, high + Math.ceil(missing / 2)) };
}
