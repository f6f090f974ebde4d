// One voice out of a track: of notes beginning together the highest, of notes begun under a sounding one none, and of two hands the
// right one. A track with one note at a time comes out as it is.
import type { Track } from './song-tracks.js';

/** A track is read as one voice when at most this share of its onsets has company. */
const MONOPHONIC = 0.05;
/** Notes may overlap by so much of the earlier one, or a step, and still follow one another (legato). */
const LEGATO = 0.25;
/** A note this far (semitones) below the line's own register is another hand's. */
const OTHER_HAND = 10;
/** After so many steps without a note the line begins anew, wherever it goes on. */
const PATIENCE = 32;
/** Under a note held longer than HELD steps, of which half are over, a voice that moves within REACH semitones is the melody. */
const HELD = 16;
const REACH = 7;
/** How much a note moves the line's register. */
const DRIFT = 0.1;
/** No melody note counts longer: what sounds on is a drone, or stuck. */
const LONGEST_NOTE = 64;

/** Notes one after the other: starts strictly ascend, and every note ends at the next one's start at the latest. Times are steps. */
export interface Line {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly pitches: readonly number[];
  readonly velocities: readonly number[];
  /** Share of onsets with a single note that begins in silence or as another ends, 0..1. */
  readonly monophony: number;
}

/** The upper voice of a track. */
export function upperLine(track: Track): Line {
  const tops = topsOf(track);
  const chosen = tops.monophony >= 1 - MONOPHONIC ? tops.notes : followUpperVoice(track, tops.notes);
  const { starts, ends, pitches, velocities } = track;
  const line = { starts: [] as number[], ends: [] as number[], pitches: [] as number[], velocities: [] as number[] };
  for (let k = 0; k < chosen.length; k++) {
    const i = chosen[k] as number;
    const start = starts[i] as number;
    const next = chosen[k + 1];
    line.starts.push(start);
    line.ends.push(Math.min(ends[i] as number, next === undefined ? Infinity : (starts[next] as number), start + LONGEST_NOTE));
    line.pitches.push(pitches[i] as number);
    line.velocities.push(velocities[i] as number);
  }
  return { ...line, monophony: tops.monophony };
}

/** For every step at which something begins, the note that counts; and how often it is alone. */
function topsOf(track: Track): { notes: number[]; monophony: number } {
  const { length, starts, exactStarts, exactEnds } = track;
  const notes: number[] = [];
  let alone = 0;
  let previousEnd = -Infinity;
  let previousLength = 0;
  for (let i = 0; i < length; ) {
    let best = i;
    let company = false;
    let j = i + 1;
    for (; j < length && starts[j] === starts[i]; j++) {
      if (together(track, best, j)) company = true;
      else if (lengthOf(track, j) > lengthOf(track, best)) best = j;
    }
    const start = exactStarts[best] as number;
    if (!company && previousEnd - start <= Math.max(1, LEGATO * previousLength)) alone++;
    notes.push(best);
    previousEnd = exactEnds[best] as number;
    previousLength = lengthOf(track, best);
    i = j;
  }
  return { notes, monophony: notes.length === 0 ? 1 : alone / notes.length };
}

function lengthOf({ exactStarts, exactEnds }: Track, i: number): number {
  return (exactEnds[i] as number) - (exactStarts[i] as number);
}

/** Whether two notes of one step sound together for half of the shorter one; else one is the other's ornament. */
function together(track: Track, a: number, b: number): boolean {
  const { exactStarts, exactEnds } = track;
  const from = Math.max(exactStarts[a] as number, exactStarts[b] as number);
  const to = Math.min(exactEnds[a] as number, exactEnds[b] as number);
  return to - from >= Math.min(lengthOf(track, a), lengthOf(track, b)) / 2;
}

/** Of the highest notes of each onset, those of the upper voice. */
function followUpperVoice({ starts, ends, pitches }: Track, tops: readonly number[]): number[] {
  const chosen: number[] = [];
  let register: number | undefined;
  let last: number | undefined;
  for (const i of tops) {
    const start = starts[i] as number;
    const pitch = pitches[i] as number;
    if (last !== undefined && register !== undefined) {
      const lastEnd = Math.min(ends[last] as number, (starts[last] as number) + LONGEST_NOTE);
      const held = lastEnd - (starts[last] as number);
      const below = (pitches[last] as number) - pitch;
      const under = below > 0 && lastEnd - start > Math.max(1, LEGATO * held);
      if (under) {
        const moves = held > HELD && start - (starts[last] as number) >= held / 2 && below <= REACH;
        if (!moves) continue;
      } else if (register - pitch > OTHER_HAND) {
        if (start - lastEnd < PATIENCE) continue;
        register = pitch;
      }
    }
    register = register === undefined ? pitch : register + DRIFT * (pitch - register);
    chosen.push(i);
    last = i;
  }
  return chosen;
}
