// A line of the report of step 3 and the songs of its file, as the page tells of them.

import { programs } from '../../audio/synthesis/programs.js';
import type { ExplainedFile, ExplainedLoss, ExplainedMelody } from '../../view/explain-data.js';
import { keyInWords } from '../../view/explain-words.js';
import { type LineKey, MOST_LINES, type ShownSong } from './explained-music.js';
import { overrideLine } from './override-line.js';
import { chiefReason, type Dropped, damageOf, type ExamplesLine, fieldsOf } from './report.js';
import type { KeptMelody } from './songs.js';

export type SongsOfFile = readonly Pick<ShownSong, 'lines' | 'music'>[];

/** Melodies and songs of one file that the page lists. */
const MOST_MELODIES = 500;

/**
 * A file for the page.
 * @param room characters that its notes may take; they stay away where that is not enough
 * @returns undefined where the songs are not those that the line is about
 */
export function explainedFile(
  { file, set, melodies, dropped, agreement }: ExamplesLine,
  songs: SongsOfFile,
  { compat, room }: { compat: boolean; room: number },
): ExplainedFile | undefined {
  const kept = melodies.slice(0, MOST_MELODIES);
  const places = placesOf(kept, songs);
  if (places === undefined) return undefined;
  // Of a file without melodies its tracks are shown, if it is clear whose they are.
  const shown = places.at(-1)?.song ?? (songs.length === 1 ? 0 : -1);
  const packed = songs.slice(0, shown + 1).map(({ music }) => Buffer.from(music).toString('base64'));
  const fits = packed.reduce((sum, { length }) => sum + length, 0) <= room;
  const why = melodies.length === 0 ? chiefReason(dropped) : undefined;
  return {
    file,
    ...(set !== undefined && { set }),
    melodies: kept.map((melody, i) => explainedMelody(melody, compat, places[i], fits)),
    losses: dropped.map((loss) => explainedLoss(file, loss, compat)),
    ...(why !== undefined && { why }),
    ...(agreement !== undefined && { agreement }),
    lines: compat || songs.length === 0 ? [] : linesFor(file, dropped),
    songs: fits ? packed : [],
    ...(songs.length > 1 && { tunes: songs.length }),
    ...(melodies.length > kept.length && { more: melodies.length - kept.length }),
  };
}

interface Place {
  readonly song: number;
  readonly line: number;
  readonly key: LineKey;
}

/** Where each melody is among the lines found; those are in the same order, and some of them were left out. */
function placesOf(melodies: readonly KeptMelody[], songs: SongsOfFile): Place[] | undefined {
  const lines = songs.flatMap(({ lines }, song) => lines.map((key, line) => ({ song, line, key })));
  const places: Place[] = [];
  let next = 0;
  for (const { tune = 1, instrument, part, startStep, steps } of melodies) {
    const same = ({ song, key }: Place): boolean =>
      song === tune - 1 && key.instrument === instrument && key.part === part && key.startStep === startStep && key.steps === steps;
    while (next < lines.length && !same(lines[next] as Place)) next++;
    const place = lines[next++];
    if (place === undefined) return undefined;
    places.push(place);
  }
  return places;
}

function explainedMelody(melody: KeptMelody, compat: boolean, place: Place | undefined, fits: boolean): ExplainedMelody {
  const { tune, instrument, name, channel, program, part, startStep, steps, bars, metre, heard, why, score } = melody;
  const stepsPerBar = bars > 0 ? steps / bars : steps;
  const first = Math.floor(startStep / stepsPerBar + 1e-9) + 1;
  const key = melody.key ?? place?.key.key;
  const notes = melody.notes ?? place?.key.notes;
  const [sound] = programs[program ?? -1] ?? [];
  return {
    ...(place !== undefined && place.line < MOST_LINES && fits && { at: [place.song, place.line] as const }),
    ...(tune !== undefined && { tune }),
    ...(instrument !== undefined && { track: instrument }),
    ...(name !== undefined && { name }),
    ...(channel !== undefined && { channel }),
    ...(sound !== undefined && { sound }),
    ...(compat && { part: part + 1 }),
    bars: [first, first + Math.max(1, Math.ceil(bars - 1e-9)) - 1],
    ...(key !== undefined && { key: keyInWords(key) }),
    ...(metre !== undefined && { metre }),
    ...(heard && { heard }),
    ...(notes !== undefined && { notes }),
    ...(why !== undefined && { why }),
    ...(score !== undefined && { score }),
  };
}

function explainedLoss(file: string, loss: Dropped, compat: boolean): ExplainedLoss {
  const { tune, instrument, name, notes, pieces, doubles, of, option, channel, score } = fieldsOf(loss);
  const damage = damageOf(loss.reason);
  const as = of ?? doubles;
  return {
    ...(tune !== undefined && { tune }),
    ...(instrument !== undefined && { track: instrument }),
    ...(name !== undefined && { name }),
    ...(channel !== undefined && { channel }),
    why: damage === undefined ? loss.reason : `cannot be read: ${damage}`,
    ...(as !== undefined && { as }),
    ...(notes !== undefined && { notes }),
    ...(pieces !== undefined && pieces > 1 && { pieces }),
    ...(score !== undefined && { score: Math.round(score * 1000) / 1000 }),
    ...(!compat && option !== undefined && instrument !== undefined && { line: overrideLine(file, `track=${instrument}`) }),
  };
}

function linesFor(file: string, dropped: readonly Dropped[]): [string, string][] {
  const set = dropped.some(({ reason }) => ['skipped', 'not-chosen', 'no-such-track', 'no-channels'].includes(reason));
  return [
    ...(set ? [[overrideLine(file, 'auto'), 'let mst look for the melody itself'] as [string, string]] : []),
    [overrideLine(file, 'skyline'), 'take the highest notes of all tracks together'],
    [overrideLine(file, 'all-tracks'), 'take every track'],
    [overrideLine(file, 'skip'), 'leave this file out'],
  ];
}
