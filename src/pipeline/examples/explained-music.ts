// The music of a song for the page that explains the examples: the lines of its melodies and its other notes, in few bytes.

import { deflateRawSync } from 'node:zlib';
import { BeatMap } from '../../extraction/beats.js';
import { findMelodies, type TrackChoice } from '../../extraction/find-melodies.js';
import { magentaMelodies } from '../../extraction/magenta-melodies.js';
import { melodyKey } from '../../music/keys.js';
import { NOTE_OFF, STEPS_PER_QUARTER } from '../../music/melody.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { decodeNoteSequence } from '../../records/note-sequence.js';
import { packSong, type RollNote, type SongLine, type SongTrack, UNITS_PER_QUARTER } from '../../view/packed-song.js';
import { KEYS } from './songs.js';

const UNITS_PER_STEP = UNITS_PER_QUARTER / STEPS_PER_QUARTER;
/** More of a song is not shown: lines, notes beside them, and moments of its tempo map. */
export const MOST_LINES = 500;
const MOST_NOTES = 20_000;
const MOST_MOMENTS = 500;

/** NoteSequence records to show, and how melodies were looked for in them. */
export interface ExplainTask {
  readonly kind: 'explain';
  readonly records: readonly Uint8Array[];
  readonly compat: boolean;
  readonly choice: TrackChoice;
  readonly overrides: ReadonlyMap<string, TrackChoice | 'skip'>;
}

/** What a line of a song is known by in the report, and what the report may lack. */
export interface LineKey {
  readonly instrument?: number;
  readonly part: number;
  readonly startStep: number;
  readonly steps: number;
  readonly key: string;
  readonly notes: number;
}

export interface ShownSong {
  readonly file: string;
  /** All of them; the music has the first MOST_LINES. */
  readonly lines: readonly LineKey[];
  /** A packed song, deflated. */
  readonly music: Uint8Array;
}

/** Finds the melodies of songs again, as the examples were made. @throws MstError `bad-record` for a record that is no NoteSequence */
export function explainSongs({ records, compat, choice, overrides }: ExplainTask): ShownSong[] {
  return records.map((record) => {
    const sequence = decodeNoteSequence(record, 'A NoteSequence of the collection');
    const file = sequence.filename;
    const beats = new BeatMap(sequence.tempos);
    const chosen = overrides.get(file) ?? choice;
    const found = compat ? magentaLines(sequence, beats) : foundLines(sequence, chosen, beats);
    const shown = found.slice(0, MOST_LINES);
    const tracks = otherNotes(sequence, beats);
    const end = Math.max(
      UNITS_PER_QUARTER,
      ...shown.map(({ line }) => line.start + line.length),
      ...tracks.map(({ notes }) => notes.at(-1)?.start ?? 0),
    );
    const music = packSong({ moments: momentsOf(beats, end, sequence), lines: shown.map(({ line }) => line), tracks });
    return { file, lines: found.map(({ key }) => key), music: deflateRawSync(music, { level: 7 }) };
  });
}

interface ShownLine {
  readonly key: LineKey;
  readonly line: SongLine;
}

function foundLines(sequence: NoteSequence, choice: TrackChoice | 'skip', beats: BeatMap): ShownLine[] {
  if (choice === 'skip') return [];
  return findMelodies(sequence, choice).melodies.map(({ melody, instrument, firstBar, startSeconds }) => {
    const at = beats.quarterAt(startSeconds) * UNITS_PER_QUARTER;
    return shownLine({ ...melody, startStep: firstBar * melody.stepsPerBar }, instrument, 0, at);
  });
}

function magentaLines(sequence: NoteSequence, beats: BeatMap): ShownLine[] {
  return magentaMelodies(sequence).melodies.map(({ melody, instrument, part, partStart }) => {
    const at = beats.quarterAt(partStart) * UNITS_PER_QUARTER + melody.startStep * UNITS_PER_STEP;
    return shownLine(melody, instrument, part, at);
  });
}

function shownLine(
  { events, startStep, stepsPerBar }: { readonly events: readonly number[]; readonly startStep: number; readonly stepsPerBar: number },
  instrument: number | undefined,
  part: number,
  at: number,
): ShownLine {
  const notes = notesOf(events);
  return {
    key: {
      ...(instrument === undefined ? {} : { instrument }),
      part,
      startStep,
      steps: events.length,
      key: KEYS[melodyKey(events)] as string,
      notes: notes.length,
    },
    line: { start: Math.round(at), length: events.length * UNITS_PER_STEP, bar: stepsPerBar * UNITS_PER_STEP, notes },
  };
}

/** The notes of melody events: each sounds until the next event. */
function notesOf(events: readonly number[]): RollNote[] {
  const notes: RollNote[] = [];
  let pitch = NOTE_OFF;
  let start = 0;
  const close = (end: number): void => {
    if (pitch >= 0) notes.push({ start: start * UNITS_PER_STEP, length: (end - start) * UNITS_PER_STEP, pitch });
  };
  events.forEach((event, step) => {
    if (event < NOTE_OFF) return;
    close(step);
    [pitch, start] = [event, step];
  });
  close(events.length);
  return notes;
}

/** Every track but drums, up to a number of notes in all. */
function otherNotes(sequence: NoteSequence, beats: BeatMap): SongTrack[] {
  const tracks = new Map<number, RollNote[]>();
  let count = 0;
  for (const { startTime, endTime, pitch, velocity, instrument, isDrum } of sequence.notes) {
    const sane = startTime >= 0 && endTime >= startTime && pitch >= 0 && pitch <= 127 && velocity > 0 && instrument >= 0;
    if (isDrum || !sane || count === MOST_NOTES) continue;
    const start = Math.round(beats.quarterAt(startTime) * UNITS_PER_QUARTER);
    const length = Math.max(1, Math.round(beats.quarterAt(endTime) * UNITS_PER_QUARTER) - start);
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length)) continue;
    const notes = tracks.get(instrument);
    if (notes === undefined) tracks.set(instrument, [{ start, length, pitch }]);
    else notes.push({ start, length, pitch });
    count++;
  }
  return [...tracks]
    .sort(([a], [b]) => a - b)
    .map(([instrument, notes]) => ({ instrument, notes: notes.sort((a, b) => a.start - b.start || b.pitch - a.pitch) }));
}

/** Where places of a song lie in its time: at its changes of tempo, or at even distances where it changes more often. */
function momentsOf(beats: BeatMap, end: number, { tempos }: NoteSequence): [number, number][] {
  const changes = new Set([0, end]);
  for (const { time } of tempos) {
    const place = Math.round(beats.quarterAt(time) * UNITS_PER_QUARTER);
    if (place > 0 && place < end) changes.add(place);
    if (changes.size > MOST_MOMENTS) break;
  }
  const places =
    changes.size <= MOST_MOMENTS
      ? [...changes].sort((a, b) => a - b)
      : Array.from({ length: MOST_MOMENTS }, (_, i) => Math.round((end * i) / (MOST_MOMENTS - 1)));
  return places.map((place) => [place, Math.round(beats.secondsAt(place / UNITS_PER_QUARTER) * 1000)]);
}
