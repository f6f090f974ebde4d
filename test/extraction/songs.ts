// Songs for the tests of finding melodies, written in 16ths and put into seconds here, by a sum of its own.
import { createNoteSequence, type Note, type NoteSequence } from '../../src/music/note-sequence.js';

/** Pitch, first step, step behind it. */
export type Written = readonly [pitch: number, start: number, end: number];

interface WrittenTrack {
  readonly notes: readonly Written[];
  readonly name?: string;
  readonly program?: number;
  readonly velocity?: number;
  readonly isDrum?: boolean;
  readonly channel?: number;
}

/** Seconds at a step, by adding up the stretches between tempo changes, given as [step, qpm]. */
function secondsAt(step: number, tempos: readonly (readonly [number, number])[]): number {
  let seconds = 0;
  tempos.forEach(([from, qpm], k) => {
    const until = Math.min(step, tempos[k + 1]?.[0] ?? step);
    if (until > from) seconds += ((until - from) * 15) / qpm;
  });
  return seconds;
}

export function song(
  tracks: readonly WrittenTrack[],
  {
    tempos = [[0, 120]],
    metres = [[0, 4, 4]],
  }: { tempos?: readonly (readonly [number, number])[]; metres?: readonly (readonly [number, number, number])[] } = {},
): NoteSequence {
  const notes = tracks.flatMap(({ notes, program = 0, velocity = 80, isDrum = false, channel }, instrument) =>
    notes.map(([pitch, start, end]): Note => {
      const times = { startTime: secondsAt(start, tempos), endTime: secondsAt(end, tempos) };
      return { pitch, velocity, ...times, instrument, program, isDrum, ...(channel === undefined ? {} : { voice: channel }) };
    }),
  );
  return createNoteSequence({
    notes,
    totalTime: Math.max(0, ...notes.map(({ endTime }) => endTime)),
    tempos: tempos.map(([step, qpm]) => ({ time: secondsAt(step, tempos), qpm })),
    timeSignatures: metres.map(([step, numerator, denominator]) => ({ time: secondsAt(step, tempos), numerator, denominator })),
    instrumentInfos: tracks.flatMap(({ name }, instrument) => (name === undefined ? [] : [{ instrument, name }])),
  });
}

const SCALE = [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79];

/** A made-up tune of quarters and eighths from a step on; the same number gives the same tune. */
export function tune(number: number, bars: number, from = 0, transposed = 0): Written[] {
  let state = number * 7919 + 13;
  const next = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 12) % n;
  };
  const notes: Written[] = [];
  let place = 3 + (number % 4);
  for (let step = 0; step < 16 * bars; ) {
    const length = Math.min(next(3) === 0 ? 2 : 4, 16 * bars - step);
    place = Math.max(0, Math.min(SCALE.length - 1, place + next(5) - 2));
    notes.push([(SCALE[place] as number) + transposed, from + step, from + step + length]);
    step += length;
  }
  return notes;
}

/** A bass of roots, two to a bar. */
export function bass(bars: number): Written[] {
  return Array.from({ length: 2 * bars }, (_, k): Written => [36 + ([0, 7, 5, 7][k % 4] as number), 8 * k, 8 * k + 8]);
}

/** A chord of three on every quarter. */
export function chords(bars: number): Written[] {
  return Array.from({ length: 4 * bars }, (_, k) => [48, 52, 55].map((pitch): Written => [pitch, 4 * k, 4 * k + 3])).flat();
}
