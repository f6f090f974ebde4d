// The melodies of a song by Magenta's rules: cut where tempo or metre change, each part quantized, its melodies extracted (spec B, C).

import { STEPS_PER_QUARTER } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { type QuantizeProblem, quantizeNoteSequence } from '../music/quantize.js';
import { splitOnTimeChanges } from '../music/time-changes.js';
import { type DropReason, type ExtractedMelody, extractMelodies } from './extract-melodies.js';

/** A melody, and where the part of the song that it was found in begins. */
export interface MagentaMelody extends ExtractedMelody {
  /** Index of the part. */
  readonly part: number;
  /** Seconds from the start of the song. */
  readonly partStart: number;
}

/** Something in a song that did not become a melody; the instrument is absent when a whole part was left out. */
export interface MagentaDrop {
  readonly part: number;
  readonly instrument?: number;
  readonly reason: DropReason | QuantizeProblem;
}

export interface MagentaMelodies {
  readonly melodies: readonly MagentaMelody[];
  readonly dropped: readonly MagentaDrop[];
}

/**
 * The melodies of a song by part, instrument and time.
 * Throws MstError `bad-sequence` for a sequence that is quantized already or has times that are no numbers.
 */
export function magentaMelodies(sequence: NoteSequence): MagentaMelodies {
  const melodies: MagentaMelody[] = [];
  const dropped: MagentaDrop[] = [];
  splitOnTimeChanges(sequence).forEach((piece, part) => {
    const quantized = quantizeNoteSequence(piece, STEPS_PER_QUARTER);
    if (!quantized.ok) {
      dropped.push({ part, reason: quantized.problem });
      return;
    }
    const found = extractMelodies(quantized.sequence);
    const partStart = piece.subsequenceInfo?.startTimeOffset ?? 0;
    for (const melody of found.melodies) melodies.push({ ...melody, part, partStart });
    for (const { instrument, reason } of found.dropped) dropped.push({ part, instrument, reason });
  });
  return { melodies, dropped };
}
