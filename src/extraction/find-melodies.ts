// The melodies of a song, and an account of all that was not taken: what mst learns from unless it is told to do as Magenta does.
import { MstError } from '../core/errors.js';
import { melodyKey } from '../music/keys.js';
import { type Melody, STEPS_PER_QUARTER } from '../music/melody.js';
import type { NoteSequence } from '../music/note-sequence.js';
import { type Bars, findBars } from './bars.js';
import { sketchOf } from './fingerprint.js';
import { cutPhrases, type Piece } from './phrases.js';
import { pieceEvents } from './piece-events.js';
import { type Candidate, rankTracks } from './rank-tracks.js';
import { mergeTracks, type SongTracks, songTracks, type Track } from './song-tracks.js';
import { type Line, upperLine } from './upper-line.js';

/** Another track of a song is taken too from this probability of being a melody. */
const MELODIC = 0.5;
/** A track with this share of its notes in a track taken already, in any octave, doubles it. */
const DOUBLES = 0.8;
/** Less is no melody: bars, to the nearest one; notes; and different pitch classes. */
export const LEAST_MELODY = { bars: 2, notes: 5, pitches: 3 } as const;
/** The account of a song names no more than so many things. */
const LONGEST_ACCOUNT = 100;

/** Which tracks to look in; `auto` finds them. */
export type TrackChoice =
  | { readonly kind: 'auto' | 'all' | 'skyline' }
  /** A track by its number in the report, or by its name, letter case ignored. */
  | { readonly kind: 'track'; readonly track: string }
  /** A MIDI channel, 1..16. */
  | { readonly kind: 'channel'; readonly channel: number };

export interface FoundMelody {
  readonly melody: Melody;
  /** The instrument (track) of the NoteSequence; absent when the highest notes of all were taken. */
  readonly instrument?: number;
  readonly name?: string;
  /** Track of the file, and channel 1..16, where the NoteSequence says so. */
  readonly fileTrack?: number;
  readonly channel?: number;
  readonly program?: number;
  /** Where its first bar begins; below 0 where the song begins within a bar. */
  readonly startSeconds: number;
  readonly startQuarter: number;
  readonly endSeconds: number;
  /** Bars it reaches into, and the first of them, counted from 0. */
  readonly bars: number;
  readonly firstBar: number;
  readonly metre: string;
  /** The bars were heard rather than read from the file. */
  readonly metreEstimated: boolean;
  /** The major key that most of its notes belong to, 0 = C .. 11 = B. */
  readonly key: number;
  readonly notes: number;
  readonly why: WhyTaken;
  /** How sure that is, 0..1; 1 for what the user chose. */
  readonly score: number;
  /** What it is recognised by; absent for a melody too simple to be recognised. */
  readonly sketch?: Uint32Array;
}

/** It is the song's likeliest melody, is a melody as well, was the best there was, or was chosen by the user. */
export type WhyTaken = 'melody' | 'melodic' | 'only' | 'chosen';

export type WhyNot =
  | 'drums'
  /** Not like a melody. */
  | 'accompaniment'
  /** Its notes are those of a track that was taken. */
  | 'doubling'
  /** The user chose others. */
  | 'not-chosen'
  | 'too-short'
  | 'too-few-notes'
  | 'too-few-pitches'
  /** The user chose a track or channel that the song does not have, or a channel where no channels are known. */
  | 'no-such-track'
  | 'no-channels';

export interface NotTaken {
  readonly instrument?: number;
  readonly name?: string;
  readonly reason: WhyNot;
  /** Notes that were left out for it, and how many pieces of the track they are, 1 for all of it. */
  readonly notes: number;
  readonly pieces: number;
  /** The instrument that it doubles. */
  readonly doubles?: number;
  readonly score?: number;
  /** The option that would take it. */
  readonly option?: string;
}

/** A piece of a track that is no melody. */
export type Accompaniment = Pick<FoundMelody, 'melody' | 'instrument' | 'sketch'>;

export interface SongMelodies {
  readonly melodies: readonly FoundMelody[];
  /** The upper lines of the other tracks, cut and sifted as melodies are; drums and doublings are not among them. None beside tracks that were chosen. */
  readonly accompaniment: readonly Accompaniment[];
  readonly notTaken: readonly NotTaken[];
  /** How well the notes lie on the grid of 16ths, 0..1: a song played freely has little. */
  readonly agreement: number;
}

/**
 * Finds the melodies of a song in order of their tracks' likelihood and of time. Bounded by the number of notes, whatever their times.
 * @throws MstError `bad-sequence` for a quantized sequence
 */
export function findMelodies(sequence: NoteSequence, choice: TrackChoice = { kind: 'auto' }): SongMelodies {
  if (sequence.quantizationInfo !== undefined) throw new MstError('bad-sequence', 'a quantized sequence has lost its tempos');
  const song = songTracks(sequence);
  const bars = findBars(sequence.timeSignatures, song.beats, song.offset, song.tracks);
  const finder = new Finder(song, bars);
  finder.take(choice);
  const { melodies, accompaniment, notTaken } = finder;
  return { melodies, accompaniment, notTaken: notTaken.slice(0, LONGEST_ACCOUNT), agreement: song.agreement };
}

class Finder {
  readonly melodies: FoundMelody[] = [];
  readonly accompaniment: Accompaniment[] = [];
  readonly notTaken: NotTaken[] = [];
  readonly #song: SongTracks;
  readonly #bars: Bars;
  /** The instrument that first has a pitch class at a step, at 12 * step + pitch class. */
  readonly #owners = new Map<number, number>();

  constructor(song: SongTracks, bars: Bars) {
    this.#song = song;
    this.#bars = bars;
  }

  take(choice: TrackChoice): void {
    const pitched = this.#song.tracks.filter(({ isDrum }) => !isDrum);
    if (choice.kind === 'track' || choice.kind === 'channel') {
      const chosen = chosenTracks(this.#song.tracks, choice);
      for (const track of this.#song.tracks) if (!chosen.includes(track)) this.#leave(track, 'not-chosen', {}, track.length);
      for (const track of chosen) this.#cut(upperLine(track), track, 'chosen', 1);
      if (chosen.length > 0) return;
      const known = choice.kind === 'track' || this.#song.tracks.some(({ channel }) => channel !== undefined);
      this.notTaken.unshift({ reason: known ? 'no-such-track' : 'no-channels', notes: 0, pieces: 0 });
      return;
    }
    for (const track of this.#song.tracks) if (track.isDrum) this.#leave(track, 'drums', { option: optionFor(track) }, track.length);
    if (pitched.length === 0) return;
    if (choice.kind === 'skyline') {
      this.#cut(upperLine(mergeTracks(pitched)), undefined, 'chosen', 1);
      return;
    }
    const ranked = rankTracks(pitched, this.#bars);
    if (choice.kind === 'all') for (const { track, line } of ranked) this.#cut(line, track, 'chosen', 1);
    else this.#takeMelodies(ranked);
  }

  /** The likeliest track, and whatever else is a melody; if that yields nothing, the next one that yields something. */
  #takeMelodies(ranked: readonly Candidate[]): void {
    const accompaniment: Candidate[] = [];
    ranked.forEach((candidate, rank) => {
      const { track, line, probability, melodic } = candidate;
      const doubled = this.#doubledBy(line);
      if (doubled !== undefined)
        this.#leave(track, 'doubling', { doubles: doubled, score: melodic, option: optionFor(track) }, line.pitches.length);
      else if (rank === 0) this.#cut(line, track, 'melody', probability);
      else if (melodic >= MELODIC) this.#cut(line, track, 'melodic', melodic);
      else accompaniment.push(candidate);
    });
    for (const { track, line, melodic } of accompaniment) {
      if (this.melodies.length === 0) this.#cut(line, track, 'only', melodic);
      else {
        this.#leave(track, 'accompaniment', { score: melodic, option: optionFor(track) }, line.pitches.length);
        this.#accompany(line, track);
      }
    }
  }

  #accompany(line: Line, { instrument }: Track): void {
    for (const piece of cutPhrases(line, this.#bars)) {
      if (flawOf(piece, line, this.#bars) !== undefined) continue;
      this.accompaniment.push({ instrument, ...this.#written(piece, line) });
    }
  }

  /** The track taken already that has nearly all of a line's notes. */
  #doubledBy({ starts, pitches }: Line): number | undefined {
    const shared = new Map<number, number>();
    for (let i = 0; i < starts.length; i++) {
      const owner = this.#owners.get(placeOf(starts, pitches, i));
      if (owner !== undefined) shared.set(owner, (shared.get(owner) ?? 0) + 1);
    }
    for (const [owner, count] of shared) if (count >= DOUBLES * starts.length) return owner;
    return undefined;
  }

  /** Cuts a line into melodies and keeps those that are long and varied enough. */
  #cut(line: Line, track: Track | undefined, why: WhyTaken, score: number): void {
    const left = new Map<WhyNot, { notes: number; pieces: number }>();
    let kept = false;
    for (const piece of cutPhrases(line, this.#bars)) {
      const flaw = flawOf(piece, line, this.#bars);
      if (flaw === undefined) {
        this.melodies.push(this.#melody(piece, line, track, why, score));
        kept = true;
        continue;
      }
      const { notes, pieces } = left.get(flaw) ?? { notes: 0, pieces: 0 };
      left.set(flaw, { notes: notes + piece.last - piece.first, pieces: pieces + 1 });
    }
    for (const [reason, { notes, pieces }] of left) this.#leave(track, reason, {}, notes, pieces);
    if (!kept || track === undefined) return;
    for (let i = 0; i < line.starts.length; i++) {
      const place = placeOf(line.starts, line.pitches, i);
      if (!this.#owners.has(place)) this.#owners.set(place, track.instrument);
    }
  }

  #melody(piece: Piece, line: Line, track: Track | undefined, why: WhyTaken, score: number): FoundMelody {
    const { first, last, startStep, steps } = piece;
    const { beats, offset } = this.#song;
    const written = this.#written(piece, line);
    const { metre, estimated } = this.#bars.metre(line.starts[first] as number);
    const secondsAt = (step: number): number => beats.secondsAt((step + offset) / STEPS_PER_QUARTER);
    return {
      ...written,
      ...(track === undefined ? {} : sourceOf(track)),
      ...(track === undefined ? {} : { program: track.program }),
      startSeconds: secondsAt(startStep),
      startQuarter: startStep / STEPS_PER_QUARTER,
      endSeconds: secondsAt(startStep + steps),
      bars: barsOf(piece, this.#bars),
      firstBar: this.#bars.barIndex(startStep),
      metre,
      metreEstimated: estimated,
      key: melodyKey(written.melody.events),
      notes: last - first,
      why,
      score,
    };
  }

  #written(piece: Piece, line: Line): Pick<FoundMelody, 'melody' | 'sketch'> {
    const { first, last, startStep } = piece;
    const sketch = sketchOf(line.starts.slice(first, last), line.pitches.slice(first, last));
    const stepsPerBar = this.#bars.barSteps(line.starts[first] as number);
    return {
      melody: { events: pieceEvents(line, piece), startStep, stepsPerBar, stepsPerQuarter: STEPS_PER_QUARTER },
      ...(sketch === undefined ? {} : { sketch }),
    };
  }

  #leave(track: Track | undefined, reason: WhyNot, more: Partial<NotTaken>, notes: number, pieces = 1): void {
    this.notTaken.push({ ...(track === undefined ? {} : sourceOf(track)), reason, notes, pieces, ...more });
  }
}

function placeOf(starts: readonly number[], pitches: readonly number[], i: number): number {
  return 12 * (starts[i] as number) + ((pitches[i] as number) % 12);
}

function barsOf({ startStep, steps }: Piece, bars: Bars): number {
  return bars.barIndex(startStep + steps - 1) - bars.barIndex(startStep) + 1;
}

/** Why a piece is no melody. */
function flawOf(piece: Piece, { pitches }: Line, bars: Bars): WhyNot | undefined {
  const { first, last } = piece;
  if (last - first < LEAST_MELODY.notes) return 'too-few-notes';
  if (Math.round(piece.steps / bars.barSteps(piece.startStep)) < LEAST_MELODY.bars) return 'too-short';
  const classes = new Set<number>();
  for (let i = first; i < last && classes.size < LEAST_MELODY.pitches; i++) classes.add((pitches[i] as number) % 12);
  return classes.size < LEAST_MELODY.pitches ? 'too-few-pitches' : undefined;
}

function sourceOf({ instrument, name, fileTrack, channel }: Track): Pick<FoundMelody, 'instrument' | 'name' | 'fileTrack' | 'channel'> {
  return {
    instrument,
    ...(name === '' ? {} : { name }),
    ...(fileTrack === undefined ? {} : { fileTrack }),
    ...(channel === undefined ? {} : { channel }),
  };
}

function optionFor({ instrument }: Track): string {
  return `--track ${instrument}`;
}

/** The tracks that the user named. */
function chosenTracks(tracks: readonly Track[], choice: Extract<TrackChoice, { kind: 'track' | 'channel' }>): Track[] {
  const isChosen = (track: Track): boolean => {
    if (choice.kind === 'channel') return track.channel === choice.channel;
    return String(track.instrument) === choice.track || track.name.trim().toLowerCase() === choice.track.trim().toLowerCase();
  };
  return tracks.filter(isChosen);
}
