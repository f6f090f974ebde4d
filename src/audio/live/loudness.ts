// How loud live sound is, in the page and in the terminal: louder than the synthesizer leaves it, and never above full scale.

/** The synthesizer leaves room for sixteen channels; two players need less. */
export const LIVE_GAIN = 3;
/** What is louder than this, of full scale, is bent softly below full scale. */
const STRAIGHT = 0.75;

/** A level up to `STRAIGHT` as it is, from there on ever flatter, and never above full scale (1). */
export function softLimit(level: number): number {
  const size = Math.abs(level);
  return size <= STRAIGHT ? level : Math.sign(level) * (STRAIGHT + (1 - STRAIGHT) * Math.tanh((size - STRAIGHT) / (1 - STRAIGHT)));
}
