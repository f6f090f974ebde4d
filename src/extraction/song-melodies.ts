// The melodies of a song: cut where tempo or metre change, quantize each part, extract. What step 3 trains on.

import { STEPS_PER_QUARTER } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { type QuantizeProblem, quantizeNoteSequence } from '../music/quantize.js';
import { splitOnTimeChanges } from '../music/time-changes.js';
import { type DropReason, type ExtractedMelody, extractMelodies, TRAINING_EXTRACTION } from './extract-melodies.js';

/** A melody, and where the part of the song that it was found in begins. */
export interface SongMelody extends ExtractedMelody {
  /** Index of the part. */
  readonly part: number;
  /** Seconds from the start of the song. */
  readonly partStart: number;
}

/** Something in a song that did not become a melody; the instrument is absent when a whole part was left out. */
export interface SongDrop {
  readonly part: number;
  readonly instrument?: number;
  readonly reason: DropReason | QuantizeProblem;
}

export interface SongMelodies {
  readonly melodies: readonly SongMelody[];
  readonly dropped: readonly SongDrop[];
  /** True when chords were read as their highest notes, because the song had no melody otherwise. */
  readonly reducedChords: boolean;
}

/**
 * The melodies of a song by part, instrument and time. Magenta gives up on a track at its first chord (spec C.5); with `compat` so does
 * this, otherwise a song that would yield nothing is read again by the highest note of each chord.
 * Throws MstError `bad-sequence` for a sequence that is quantized already or has times that are no numbers.
 */
export function songMelodies(sequence: NoteSequence, { compat }: { compat: boolean }): SongMelodies {
  const exact = melodiesOfParts(sequence, false);
  if (compat || exact.melodies.length > 0 || !exact.dropped.some(({ reason }) => reason === 'polyphonic')) return exact;
  const reduced = melodiesOfParts(sequence, true);
  return reduced.melodies.length > 0 ? reduced : exact;
}

function melodiesOfParts(sequence: NoteSequence, ignorePolyphonicNotes: boolean): SongMelodies {
  const melodies: SongMelody[] = [];
  const dropped: SongDrop[] = [];
  splitOnTimeChanges(sequence).forEach((piece, part) => {
    const quantized = quantizeNoteSequence(piece, STEPS_PER_QUARTER);
    if (!quantized.ok) {
      dropped.push({ part, reason: quantized.problem });
      return;
    }
    const found = extractMelodies(quantized.sequence, { ...TRAINING_EXTRACTION, ignorePolyphonicNotes });
    const partStart = piece.subsequenceInfo?.startTimeOffset ?? 0;
    for (const melody of found.melodies) melodies.push({ ...melody, part, partStart });
    for (const { instrument, reason } of found.dropped) dropped.push({ part, instrument, reason });
  });
  return { melodies, dropped, reducedChords: ignorePolyphonicNotes };
}
