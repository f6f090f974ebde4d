// How long a measure lasts, where its parts and its metre do not agree. Whole notes throughout.

/** How far a part fills a measure: to the end of its last note, and to the end of all that is written, rests and gaps included. */
export interface Filled {
  readonly heard: number;
  readonly written: number;
}

// Triplets and the like, rounded to divisions, leave a part this much short or long at most.
const rounding = 1 / 128;

/**
 * A measure that some part fills with notes as the metre asks is as long as that. Otherwise the longest part counts, so that upbeats and
 * measures cut by a repeat are short and cadenzas long, but rests never make it longer than its metre: a rest for a whole measure is often
 * written as a whole note.
 * @param full the length the metre asks for, undefined in free metre
 * @param partial whether it may be an upbeat: there, parts that only rest say nothing
 */
export function measureLength(parts: readonly Filled[], full: number | undefined, partial: boolean): number {
  if (full === undefined) return parts.reduce((longest, { written }) => Math.max(longest, written), 0);
  let heard = 0;
  let resting = 0;
  for (const part of parts) {
    const length = Math.max(part.heard, Math.min(part.written, full));
    if (part.heard === 0) resting = Math.max(resting, length);
    else if (Math.abs(length - full) < rounding) return full;
    else heard = Math.max(heard, length);
  }
  if (heard === 0) return resting > 0 && resting < full - rounding ? resting : full;
  if (partial || heard > full) return heard;
  return Math.max(heard, resting);
}
