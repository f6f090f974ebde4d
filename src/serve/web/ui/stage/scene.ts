// What the stage shows at a moment: notes that were played and notes to come, whose turn it is, where the beats fall. Pure: one shape for
// the jam, for a recording that is played back, and for the page before a jam.

import type { RollNote, Status } from '../../../../jam/status.js';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import type { Side } from '../../page-session.js';
import type { PianoRange } from '../piano/geometry.js';
import { exampleMelody } from './example-melody.js';

export interface Scene {
  /** Seconds; all other times count by the same clock. */
  readonly now: number;
  readonly notes: readonly RollNote[];
  readonly sounding: Readonly<Record<Side, readonly number[]>>;
  /** Whose turn it is. */
  readonly side: Side | null;
  /** When the turn ends, and whose begins then. */
  readonly boundary: { readonly time: number; readonly next: Side } | null;
  /** A beat's time, the length of one, and its place in the bar, from 0. */
  readonly beat: { readonly time: number; readonly seconds: number; readonly place: number; readonly perBar: number } | null;
  /** 1 = in full; less for the example that shows what the page is for. */
  readonly strength: number;
}

const EXAMPLE_STRENGTH = 0.75;
/** Seconds of playback that are kept in sight. */
const SEEN = 8;

const sounds = ({ start, end }: RollNote, now: number): boolean => start <= now && (end === null || end > now);

/** A jam. @param still whether the picture steps from beat to beat */
export function jamScene(status: Status, time: number, still: boolean): Scene {
  const { phase, left, quarter, qpm, sounding, roll, beatFraction, beatsPerBar } = status;
  const seconds = 60 / qpm;
  const beatTime = time - beatFraction * seconds;
  const now = still && quarter !== null ? beatTime : time;
  const side = phase === 'model' ? 'model' : phase === 'you' || phase === 'waiting' ? 'you' : null;
  const next = phase === 'you' ? 'model' : phase === 'model' || phase === 'count-in' ? 'you' : null;
  return {
    now,
    notes: roll,
    sounding,
    side,
    boundary: left === null || next === null ? null : { time: time + left.seconds, next },
    beat: quarter === null || quarter < 0 ? null : { time: beatTime, seconds, place: status.beat - 1, perBar: beatsPerBar },
    strength: 1,
  };
}

/** A recording while it is played back. */
export function playbackScene(turns: readonly TimelineTurn[], time: number, still: boolean): Scene {
  const now = still ? Math.floor(time * 2) / 2 : time;
  const notes: RollNote[] = [];
  for (const turn of turns) {
    if (turn.muted || turn.end < now - SEEN || turn.start > now + SEEN) continue;
    for (const { whose, ...note } of turn.notes) if (whose === 'model' || note.start <= now) notes.push({ voice: whose, ...note });
  }
  const current = turns.find(({ start, end }) => start <= time && time < end);
  const after = turns.find(({ start }) => current !== undefined && start >= current.end);
  const soundingOf = (side: Side): number[] => notes.filter((note) => note.voice === side && sounds(note, time)).map(({ pitch }) => pitch);
  return {
    now,
    notes: notes.map((note) => (note.voice === 'you' && sounds(note, now) ? { ...note, end: null } : note)),
    sounding: { you: soundingOf('you'), model: soundingOf('model') },
    side: current?.whose ?? null,
    boundary: current === undefined || after === undefined ? null : { time: current.end, next: after.whose },
    beat: null,
    strength: 1,
  };
}

/** Before and after a jam: what hands play, or an example of a call and its answer. @param clock seconds by the page's clock */
export function idleScene(played: readonly RollNote[], held: readonly number[], clock: number, still: boolean, range: PianoRange): Scene {
  const example = played.length === 0;
  const { notes, now } = example ? exampleMelody(clock, still, range) : { notes: played, now: clock };
  return {
    now,
    notes,
    sounding: { you: held, model: [] },
    side: null,
    boundary: null,
    beat: null,
    strength: example ? EXAMPLE_STRENGTH : 1,
  };
}
