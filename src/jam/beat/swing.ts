// Swing: where the second eighth of a beat is played. 0.5 is straight, 2/3 a triplet. Beats stay where they are, so that bars do.

/** An onset here in its beat (0..1) is a late second eighth. */
const SWUNG = { from: 0.56, to: 0.72 };
/** An onset here is a straight sixteenth or eighth, which swing would not have. */
const STRAIGHT = [
  { from: 0.2, to: 0.3 },
  { from: 0.46, to: 0.54 },
];
/** Swung eighths must agree so well (mean distance from their mean, in beats). */
const AGREEMENT = 0.05;
const FEWEST = 2;
export const NO_SWING = 0.5;

/** The swing of a call from the positions of its onsets in quarter notes: NO_SWING unless two onsets or more, and most, say otherwise. */
export function swingOf(onsets: readonly number[]): number {
  const phases = onsets.map((onset) => onset - Math.floor(onset));
  const swung = phases.filter((phase) => phase >= SWUNG.from && phase <= SWUNG.to);
  const straight = phases.filter((phase) => STRAIGHT.some(({ from, to }) => phase >= from && phase <= to));
  if (swung.length < FEWEST || straight.length * 2 >= swung.length) return NO_SWING;
  const mean = swung.reduce((sum, phase) => sum + phase, 0) / swung.length;
  const spread = swung.reduce((sum, phase) => sum + Math.abs(phase - mean), 0) / swung.length;
  return spread <= AGREEMENT ? mean : NO_SWING;
}

/** Where a position on the straight grid is played. Quarter notes. */
export function swung(quarter: number, swing: number): number {
  const beat = Math.floor(quarter);
  const phase = quarter - beat;
  return beat + (phase < 0.5 ? phase * 2 * swing : swing + (phase - 0.5) * 2 * (1 - swing));
}

/** The inverse of `swung`. */
export function straightened(quarter: number, swing: number): number {
  const beat = Math.floor(quarter);
  const phase = quarter - beat;
  return beat + (phase < swing ? phase / (2 * swing) : 0.5 + (phase - swing) / (2 * (1 - swing)));
}
