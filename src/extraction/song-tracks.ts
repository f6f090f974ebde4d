// A song as tracks of notes on the grid of 16ths that its own tempos make. All else about finding melodies works on these.
import { MstError } from '../core/errors.js';
import { STEPS_PER_QUARTER } from '../music/melody.js';
import type { Note, NoteSequence } from '../music/note-sequence.js';
import { BeatMap } from './beats.js';

/** Later notes are left out; no song is that long (three weeks at 120 quarters a minute). On the grid they are below 2^24: see `sorted`. */
const MAX_STEP = 2 ** 24 - 2;
/** Most notes of a track. */
const MAX_NOTES = 2 ** 22;
const PITCHES = 128;
/** What is left of rounding in seconds, in steps: half a step goes up, as in Magenta, and so does what should have been half a step. */
const ROUNDING = 1e-6;
/** A song is played beside its own grid when its notes agree so well (0..1) on being off by at least so much of a step. */
const OFFSET_AGREEMENT = 0.5;
const LEAST_OFFSET = 0.08;

/** The notes of one instrument, by start and then from high to low. Times are steps (16ths) from the beginning of the song. */
export interface Track {
  /** Its number in the NoteSequence: instrument 0, 1, .... */
  readonly instrument: number;
  readonly name: string;
  /** Track of the file, and channel 1..16, where the NoteSequence says so (the notes' part and voice). */
  readonly fileTrack?: number;
  readonly channel?: number;
  /** General MIDI program 0..127. */
  readonly program: number;
  readonly isDrum: boolean;
  readonly length: number;
  readonly starts: Float64Array;
  /** Above the start by a step at least. */
  readonly ends: Float64Array;
  /** Before they were put on the grid, in steps. */
  readonly exactStarts: Float64Array;
  readonly exactEnds: Float64Array;
  readonly pitches: Uint8Array;
  readonly velocities: Uint8Array;
}

export interface SongTracks {
  readonly tracks: readonly Track[];
  readonly beats: BeatMap;
  /** Steps that all notes were moved by to lie on the grid, -0.5..0.5; 0 for nearly all songs. */
  readonly offset: number;
  /** How well the notes lie on the grid, 0 (anywhere) to 1 (exactly). */
  readonly agreement: number;
}

/** Reads a NoteSequence that is not quantized; notes without a sensible time or pitch, and those of velocity 0, are passed over. */
export function songTracks(sequence: NoteSequence): SongTracks {
  const beats = new BeatMap(sequence.tempos);
  const byInstrument = new Map<number, Note[]>();
  for (const note of sequence.notes) {
    const { startTime, endTime, pitch, velocity, instrument } = note;
    const sane = startTime >= 0 && endTime >= startTime && endTime < Infinity && pitch >= 0 && pitch <= 127 && velocity > 0;
    if (!sane || beats.quarterAt(startTime) * STEPS_PER_QUARTER > MAX_STEP) continue;
    const notes = byInstrument.get(instrument);
    if (notes === undefined) byInstrument.set(instrument, [note]);
    else notes.push(note);
  }
  const names = new Map(sequence.instrumentInfos.map(({ instrument, name }) => [instrument, name]));
  const raw = [...byInstrument].sort(([a], [b]) => a - b).map(([instrument, notes]) => timed(instrument, notes, names, beats));
  const { offset, agreement } = gridOffset(raw);
  return { tracks: raw.map((track) => onGrid(track, offset)), beats, offset, agreement };
}

type Timed = Omit<Track, 'starts' | 'ends'>;

function timed(instrument: number, notes: readonly Note[], names: ReadonlyMap<number, string>, beats: BeatMap): Timed {
  const [first] = notes as readonly [Note];
  const exactStarts = new Float64Array(notes.length);
  const exactEnds = new Float64Array(notes.length);
  const pitches = new Uint8Array(notes.length);
  const velocities = new Uint8Array(notes.length);
  for (let i = 0; i < notes.length; i++) {
    const { startTime, endTime, pitch, velocity } = notes[i] as Note;
    pitches[i] = pitch;
    velocities[i] = Math.min(velocity, 127);
    exactStarts[i] = beats.quarterAt(startTime) * STEPS_PER_QUARTER;
    exactEnds[i] = Math.min(beats.quarterAt(endTime) * STEPS_PER_QUARTER, MAX_STEP);
  }
  return {
    instrument,
    name: names.get(instrument) ?? '',
    // A NoteSequence as bytes leaves zeros out: a note with a voice and no part is of part 0.
    ...(first.part === undefined && first.voice === undefined ? {} : { fileTrack: first.part ?? 0 }),
    ...(first.voice === undefined ? {} : { channel: first.voice }),
    program: first.program,
    isDrum: first.isDrum,
    length: notes.length,
    exactStarts,
    exactEnds,
    pitches,
    velocities,
  };
}

/** The mean place of the notes between two steps, as on a circle. */
function gridOffset(tracks: readonly Timed[]): { offset: number; agreement: number } {
  let x = 0;
  let y = 0;
  let count = 0;
  for (const { exactStarts, isDrum } of tracks) {
    if (isDrum) continue;
    for (let i = 0; i < exactStarts.length; i++) {
      const angle = 2 * Math.PI * ((exactStarts[i] as number) % 1);
      x += Math.cos(angle);
      y += Math.sin(angle);
    }
    count += exactStarts.length;
  }
  if (count === 0) return { offset: 0, agreement: 1 };
  const agreement = Math.hypot(x, y) / count;
  const offset = Math.atan2(y, x) / (2 * Math.PI);
  return { offset: agreement >= OFFSET_AGREEMENT && Math.abs(offset) >= LEAST_OFFSET ? offset : 0, agreement };
}

function onGrid(track: Timed, offset: number): Track {
  const { length } = track;
  const starts = new Float64Array(length);
  const ends = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const start = toStep((track.exactStarts[i] as number) - offset);
    starts[i] = start;
    ends[i] = Math.max(toStep((track.exactEnds[i] as number) - offset), start + 1);
  }
  return sorted({ ...track, starts, ends });
}

/** All tracks as one, under the number and name of the first. */
export function mergeTracks(tracks: readonly Track[]): Track {
  const [first] = tracks as readonly [Track];
  const length = tracks.reduce((sum, track) => sum + track.length, 0);
  const doubles = (of: (track: Track) => Float64Array) => joined(tracks.map(of), new Float64Array(length));
  const bytes = (of: (track: Track) => Uint8Array) => joined(tracks.map(of), new Uint8Array(length));
  return sorted({
    ...first,
    length,
    starts: doubles(({ starts }) => starts),
    ends: doubles(({ ends }) => ends),
    exactStarts: doubles(({ exactStarts }) => exactStarts),
    exactEnds: doubles(({ exactEnds }) => exactEnds),
    pitches: bytes(({ pitches }) => pitches),
    velocities: bytes(({ velocities }) => velocities),
  });
}

function joined<A extends Float64Array | Uint8Array>(pieces: readonly A[], into: A): A {
  let at = 0;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
  return into;
}

/** The notes by start, and from high to low. Start, pitch and index make one exact number each, since numbers sort fastest. */
function sorted(track: Track): Track {
  const { length, starts, ends, exactStarts, exactEnds, pitches, velocities } = track;
  if (length > MAX_NOTES)
    throw new MstError('bad-sequence', `a track of ${length} notes has more than the ${MAX_NOTES} that mst works with`);
  const keys = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    keys[i] = ((starts[i] as number) * PITCHES + (PITCHES - 1 - (pitches[i] as number))) * MAX_NOTES + i;
  }
  keys.sort();
  const into = {
    starts: new Float64Array(length),
    ends: new Float64Array(length),
    exactStarts: new Float64Array(length),
    exactEnds: new Float64Array(length),
    pitches: new Uint8Array(length),
    velocities: new Uint8Array(length),
  };
  for (let k = 0; k < length; k++) {
    const i = (keys[k] as number) % MAX_NOTES;
    into.starts[k] = starts[i] as number;
    into.ends[k] = ends[i] as number;
    into.exactStarts[k] = exactStarts[i] as number;
    into.exactEnds[k] = exactEnds[i] as number;
    into.pitches[k] = pitches[i] as number;
    into.velocities[k] = velocities[i] as number;
  }
  return { ...track, ...into };
}

function toStep(exact: number): number {
  return Math.max(0, Math.floor(exact + 0.5 + ROUNDING));
}
