// A song's notes in few bytes, for pages that carry thousands of them: written by the program, read in the page. Times are counted in
// 48ths of a quarter note from the beginning of the song; a list of moments says where those lie in its seconds.

import { MstError } from '../core/errors.js';

export const UNITS_PER_QUARTER = 48;

/** Times in 48ths of a quarter note, whole numbers; pitch 0..127. */
export interface RollNote {
  readonly start: number;
  readonly length: number;
  readonly pitch: number;
}

/** A line of a song, from a bar line on. Its notes are counted from there. */
export interface SongLine {
  /** Below 0 where the song begins within a bar. */
  readonly start: number;
  readonly length: number;
  /** Length of a bar. */
  readonly bar: number;
  readonly notes: readonly RollNote[];
}

export interface SongTrack {
  readonly instrument: number;
  readonly notes: readonly RollNote[];
}

export interface SongMusic {
  /** Places and their milliseconds, both ascending; straight lines between them, and as at the ends beyond. At least two. */
  readonly moments: readonly (readonly [place: number, milliseconds: number])[];
  readonly lines: readonly SongLine[];
  readonly tracks: readonly SongTrack[];
}

/** A song as bytes. Notes are put in order of their starts. */
export function packSong({ moments, lines, tracks }: SongMusic): Uint8Array {
  const bytes: number[] = [];
  const number = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  const notes = (list: readonly RollNote[]): void => {
    number(list.length);
    let last = 0;
    for (const { start, length, pitch } of [...list].sort((a, b) => a.start - b.start || b.pitch - a.pitch)) {
      number(start - last);
      number(length);
      number(pitch);
      last = start;
    }
  };
  number(moments.length);
  moments.forEach(([place, milliseconds], i) => {
    const [before, then] = moments[i - 1] ?? [0, 0];
    number(place - before);
    number(milliseconds - then);
  });
  number(lines.length);
  for (const line of lines) {
    number(line.start < 0 ? -2 * line.start - 1 : 2 * line.start);
    number(line.length);
    number(line.bar);
    notes(line.notes);
  }
  number(tracks.length);
  for (const track of tracks) {
    number(track.instrument);
    notes(track.notes);
  }
  return Uint8Array.from(bytes);
}

/** The song in these bytes. @throws MstError `bad-record` where they end too early */
export function unpackSong(bytes: Uint8Array): SongMusic {
  let at = 0;
  const number = (): number => {
    for (let value = 0, weight = 1; ; weight *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new MstError('bad-record', 'The notes of a song are cut off.');
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  };
  const list = <T>(item: () => T): T[] => Array.from({ length: Math.min(number(), bytes.length) }, item);
  const notes = (): RollNote[] => {
    let start = 0;
    return list(() => {
      start += number();
      return { start, length: number(), pitch: number() };
    });
  };
  let place = 0;
  let milliseconds = 0;
  const moments = list((): readonly [number, number] => {
    place += number();
    milliseconds += number();
    return [place, milliseconds];
  });
  const lines = list((): SongLine => {
    const start = number();
    return { start: start % 2 === 1 ? -(start + 1) / 2 : start / 2, length: number(), bar: number(), notes: notes() };
  });
  const tracks = list((): SongTrack => ({ instrument: number(), notes: notes() }));
  return { moments, lines, tracks };
}

/** The clock of a song: seconds at a place, and the place at so many seconds. */
export function songClock(moments: SongMusic['moments']): {
  readonly secondsAt: (place: number) => number;
  readonly placeAt: (seconds: number) => number;
} {
  const along = (x: number, from: 0 | 1): number => {
    let k = 1;
    while (k < moments.length - 1 && (moments[k]?.[from] ?? 0) <= x) k++;
    const [a, b] = [moments[k - 1] ?? [0, 0], moments[k] ?? [UNITS_PER_QUARTER, 500]];
    const to = from === 0 ? 1 : 0;
    return a[to] + ((x - a[from]) * (b[to] - a[to])) / Math.max(1e-9, b[from] - a[from]);
  };
  return { secondsAt: (place) => along(place, 0) / 1000, placeAt: (seconds) => along(seconds * 1000, 1) };
}
