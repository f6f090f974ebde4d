// Finding the melodies of a quantized song: one voice at a time, cut at rests, kept if long and varied enough (spec C.3-C.5).
import { MstError } from '../core/errors.js';
import { MAX_MELODY_STEPS, type Melody, NO_EVENT, NOTE_OFF } from '../music/melody.js';
import { modulo } from '../music/modulo.js';
import type { Note, NoteSequence } from '../music/note-sequence.js';
import { stepsPerBar } from '../music/quantize.js';

export interface ExtractionSettings {
  /** Where to begin, in steps; bars are counted from here. */
  readonly searchStartStep: number;
  /** Shortest melody, in bars. */
  readonly minBars: number;
  /** Longer melodies are cut to this many steps; null leaves them whole. */
  readonly maxStepsTruncate: number | null;
  /** Longer melodies are dropped; null keeps them. */
  readonly maxStepsDiscard: number | null;
  /** A rest of this many bars ends a melody. */
  readonly gapBars: number;
  /** Fewest different pitch classes. */
  readonly minUniquePitches: number;
  /** Of notes beginning together take the highest; otherwise they end the search in their instrument. */
  readonly ignorePolyphonicNotes: boolean;
}

/** What Magenta trains melody models with (spec C.5). */
export const TRAINING_EXTRACTION: ExtractionSettings = {
  searchStartStep: 0,
  minBars: 7,
  maxStepsTruncate: 512,
  maxStepsDiscard: null,
  gapBars: 1,
  minUniquePitches: 5,
  ignorePolyphonicNotes: false,
};

/** How a primer is read: whatever is there, highest notes, rests and all (spec G.2). */
export const PRIMER_EXTRACTION: ExtractionSettings = {
  searchStartStep: 0,
  minBars: 0,
  maxStepsTruncate: null,
  maxStepsDiscard: null,
  gapBars: Infinity,
  minUniquePitches: 1,
  ignorePolyphonicNotes: true,
};

export interface ExtractedMelody {
  readonly melody: Melody;
  /** The instrument it was found in. */
  readonly instrument: number;
  /** Steps before it was cut to maxStepsTruncate; the length of the melody if it was not. */
  readonly fullSteps: number;
}

export type DropReason =
  /** Two notes begin together: the rest of the instrument is left. */
  | 'polyphonic'
  | 'too-short'
  | 'too-long'
  | 'too-few-pitches'
  /** Nothing but drums or silent notes in the instrument: not counted by Magenta. */
  | 'no-melodic-notes'
  /** The whole sequence: its bars are no whole number of steps. */
  | 'non-integer-steps-per-bar';

/** Something that did not become a melody. */
export interface DroppedMelody {
  readonly instrument: number;
  readonly reason: DropReason;
  /** The bar line at which it begins; for a polyphonic one, the step where two notes begin. */
  readonly startStep: number;
  /** Its length, as far as it was read. */
  readonly steps: number;
  /** Different pitch classes, where they were counted. */
  readonly uniquePitches?: number;
}

/** What Magenta counts, under its names in camel case. */
export interface ExtractionStats {
  polyphonicTracksDiscarded: number;
  melodiesDiscardedTooShort: number;
  melodiesDiscardedTooLong: number;
  melodiesDiscardedTooFewPitches: number;
  melodiesTruncated: number;
  nonIntegerStepsPerBar: number;
  /** Melodies kept, by length in bars: each counted at the highest of the lengths listed in spec C.4 that it reaches. */
  readonly melodyLengthsInBars: Map<number, number>;
}

export interface Extraction {
  readonly melodies: ExtractedMelody[];
  readonly dropped: DroppedMelody[];
  readonly stats: ExtractionStats;
}

/** The melodic notes of one melody: they begin at strictly ascending steps, and each ends at the next one's start at the latest. */
interface Line {
  readonly pitches: number[];
  readonly starts: number[];
  readonly ends: number[];
}

/**
 * The melodies of a quantized sequence, by instrument and then by time, with an account of everything that was left out.
 * Melodies start at the bar line before their first note. Throws MstError `bad-sequence` if the sequence is not quantized, has a note
 * that ends before it begins, or a melody of more than MAX_MELODY_STEPS.
 */
export function extractMelodies(sequence: NoteSequence, settings: ExtractionSettings = TRAINING_EXTRACTION): Extraction {
  const extraction: Extraction = { melodies: [], dropped: [], stats: noStats() };
  const barSteps = stepsPerBar(sequence);
  const instruments = notesByInstrument(sequence, settings.searchStartStep);
  if (!Number.isInteger(barSteps) && sequence.notes.length > 0) {
    extraction.stats.nonIntegerStepsPerBar++;
    const { instrument } = sequence.notes[0] ?? { instrument: 0 };
    extraction.dropped.push({ instrument, reason: 'non-integer-steps-per-bar', startStep: 0, steps: sequence.totalQuantizedSteps });
    return extraction;
  }
  const stepsPerQuarter = sequence.quantizationInfo?.stepsPerQuarter as number;
  for (const instrument of [...instruments.keys()].sort((a, b) => a - b)) {
    extractFrom(instruments.get(instrument) ?? [], instrument, { settings, barSteps, stepsPerQuarter }, extraction);
  }
  return extraction;
}

interface Grid {
  readonly settings: ExtractionSettings;
  readonly barSteps: number;
  readonly stepsPerQuarter: number;
}

/** All melodies of one instrument's notes, which are sorted by start and then from high to low. */
function extractFrom(notes: readonly Note[], instrument: number, grid: Grid, { melodies, dropped, stats }: Extraction): void {
  const { settings, barSteps, stepsPerQuarter } = grid;
  const { searchStartStep, maxStepsTruncate, maxStepsDiscard } = settings;
  const bucketEdges = histogramEdges(settings.minBars);
  let position = searchStartStep;
  let next = 0;
  for (;;) {
    while (next < notes.length && startOf(notes[next] as Note) < position) next++;
    if (next === notes.length) return;
    const firstStart = startOf(notes[next] as Note);
    const startStep = firstStart - modulo(firstStart - position, barSteps);
    const line: Line = { pitches: [], starts: [], ends: [] };
    const clash = followLine(notes, next, line, settings, barSteps);
    const end = line.ends.at(-1);
    if (end === undefined) {
      if (position === searchStartStep) dropped.push({ instrument, reason: 'no-melodic-notes', startStep, steps: 0 });
      return;
    }
    if (clash !== undefined) {
      stats.polyphonicTracksDiscarded++;
      dropped.push({ instrument, reason: 'polyphonic', startStep: clash, steps: clash - startStep });
      return;
    }
    const fullSteps = end - startStep;
    position = end + modulo(searchStartStep - end, barSteps);
    if (fullSteps < barSteps * settings.minBars) {
      stats.melodiesDiscardedTooShort++;
      dropped.push({ instrument, reason: 'too-short', startStep, steps: fullSteps });
      continue;
    }
    if (maxStepsDiscard !== null && fullSteps > maxStepsDiscard) {
      stats.melodiesDiscardedTooLong++;
      dropped.push({ instrument, reason: 'too-long', startStep, steps: fullSteps });
      continue;
    }
    const steps = maxStepsTruncate === null ? fullSteps : Math.min(fullSteps, maxStepsTruncate);
    if (steps < fullSteps) stats.melodiesTruncated++;
    const uniquePitches = countPitchClasses(line, startStep + steps);
    if (uniquePitches < settings.minUniquePitches) {
      stats.melodiesDiscardedTooFewPitches++;
      dropped.push({ instrument, reason: 'too-few-pitches', startStep, steps, uniquePitches });
      continue;
    }
    const bars = Math.floor(steps / barSteps);
    const edge = bucketEdges.findLast((lower) => lower <= bars) ?? -Infinity;
    stats.melodyLengthsInBars.set(edge, (stats.melodyLengthsInBars.get(edge) ?? 0) + 1);
    const melody = { events: lineEvents(line, startStep, steps), startStep, stepsPerBar: barSteps, stepsPerQuarter };
    melodies.push({ melody, instrument, fullSteps });
  }
}

/**
 * Gathers one melody's notes from notes[first] on, up to a rest of gapBars. Returns the step where two notes begin together if that
 * matters, and undefined otherwise.
 */
function followLine(notes: readonly Note[], first: number, line: Line, settings: ExtractionSettings, barSteps: number) {
  const { pitches, starts, ends } = line;
  for (let i = first; i < notes.length; i++) {
    const note = notes[i] as Note;
    if (note.isDrum || note.velocity === 0) continue;
    const { pitch } = note;
    const start = startOf(note);
    const end = note.quantizedEndStep as number;
    if (end <= start) throw new MstError('bad-sequence', `a note of pitch ${pitch} ends at step ${end}, and begins at step ${start}`);
    const lastStart = starts.at(-1);
    if (lastStart !== undefined) {
      if (start === lastStart) {
        if (settings.ignorePolyphonicNotes) continue;
        return start;
      }
      if (start - (ends.at(-1) as number) >= settings.gapBars * barSteps) return undefined;
    }
    pitches.push(pitch);
    starts.push(start);
    ends.push(end);
  }
  return undefined;
}

function countPitchClasses({ pitches, starts }: Line, before: number): number {
  let classes = 0;
  for (let i = 0; i < pitches.length && (starts[i] as number) < before; i++) classes |= 1 << ((pitches[i] as number) % 12);
  let count = 0;
  for (let k = 0; k < 12; k++) count += (classes >> k) & 1;
  return count;
}

function lineEvents({ pitches, starts, ends }: Line, startStep: number, steps: number): number[] {
  if (steps > MAX_MELODY_STEPS) {
    throw new MstError('bad-sequence', `a melody of ${steps} steps is longer than the ${MAX_MELODY_STEPS} that mst works with`);
  }
  const events = new Array<number>(steps).fill(NO_EVENT);
  for (let i = 0; i < pitches.length; i++) {
    const start = (starts[i] as number) - startStep;
    if (start >= steps) break;
    const end = (ends[i] as number) - startStep;
    const next = (starts[i + 1] ?? Infinity) - startStep;
    if (end < steps && end < next) events[end] = NOTE_OFF;
    events[start] = pitches[i] as number;
  }
  return events;
}

/** The notes of each instrument from a step on, sorted by start and then from high to low. */
function notesByInstrument(sequence: NoteSequence, searchStartStep: number): Map<number, Note[]> {
  const instruments = new Map<number, Note[]>();
  let notes: Note[] = [];
  let instrument: number | undefined;
  for (const note of sequence.notes) {
    if (note.quantizedStartStep === undefined || note.quantizedEndStep === undefined) {
      throw new MstError('bad-sequence', `the note of pitch ${note.pitch} at ${note.startTime} seconds is not quantized`);
    }
    if (note.instrument !== instrument) {
      instrument = note.instrument;
      notes = instruments.get(instrument) ?? [];
      instruments.set(instrument, notes);
    }
    if (note.quantizedStartStep >= searchStartStep) notes.push(note);
  }
  for (const list of instruments.values()) list.sort((a, b) => startOf(a) - startOf(b) || b.pitch - a.pitch);
  return instruments;
}

function startOf(note: Note): number {
  return note.quantizedStartStep as number;
}

/** The lengths in bars that the histogram of spec C.4 tells apart. */
function histogramEdges(minBars: number): number[] {
  const edges = [0, 1, 10, 20, 30, 40, 50, 100, 200, 500, Math.floor(minBars / 2), minBars - 1, minBars, minBars + 1];
  return edges.sort((a, b) => a - b);
}

function noStats(): ExtractionStats {
  return {
    polyphonicTracksDiscarded: 0,
    melodiesDiscardedTooShort: 0,
    melodiesDiscardedTooLong: 0,
    melodiesDiscardedTooFewPitches: 0,
    melodiesTruncated: 0,
    nonIntegerStepsPerBar: 0,
    melodyLengthsInBars: new Map(),
  };
}
