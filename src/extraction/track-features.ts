// What can be said of a track that tells a melody from what goes with one: numbers near -1..1, each 0 for the middling track. They are
// weighed in rank-tracks.ts; the weights were learned with these very definitions (scripts/learn-melody-track.mjs).
import type { Bars } from './bars.js';
import type { Track } from './song-tracks.js';
import type { Line } from './upper-line.js';

/** Names of the features, in the order of their numbers. `named…` say nothing (0) where a track has no telling name. */
export const FEATURE_NAMES = [
  'named melody',
  'named accompaniment',
  'register',
  'below register',
  'above song',
  'highest',
  'monophony',
  'coverage',
  'share of notes',
  'density',
  'note length',
  'rests',
  'phrases',
  'pitch entropy',
  'range',
  'steps',
  'leaps',
  'repeated notes',
  'rhythm entropy',
  'bars repeated',
  'loudness',
  'loudness varies',
  'lead program',
  'bass program',
  'effect program',
] as const;

export type FeatureName = (typeof FEATURE_NAMES)[number];

const MELODY_WORDS =
  /melod|vocal|voice|vox|\blead|lead[_ -]?|solo\b|sing(er|ing)|soprano|canto|gesang|theme|\btune\b|flute|violin\b|oboe|clarinet|\bsax|whistle|recorder|right hand|\brh\b/i;
const ACCOMPANIMENT_WORDS =
  /bass|drum|perc|kick|snare|hi-?hat|cymbal|clap|tom\b|accomp|\bacc\b|chord|pad\b|rhythm|comp\b|arp|strings|backing|harmony|middle|left hand|\blh\b|b\.?c\.|click|conductor/i;

const OCTAVE = 12;

/** Features of one track, given the whole song for comparison. */
export function trackFeatures(track: Track, line: Line, song: SongFigures): Float64Array {
  const { starts, ends, pitches, velocities, monophony } = line;
  const count = pitches.length;
  const intervals = intervalFigures(pitches);
  const time = timeFigures(starts, ends);
  const bars = barFigures(line, song.bars);
  const mean = average(pitches);
  const loud = average(velocities);
  const name = track.name;
  const accompanies = ACCOMPANIMENT_WORDS.test(name);
  const { program } = track;
  return Float64Array.of(
    MELODY_WORDS.test(name) && !accompanies ? 1 : 0,
    accompanies ? 1 : 0,
    clamp((mean - 66) / OCTAVE),
    clamp(Math.min(0, mean - 55) / OCTAVE),
    clamp((mean - song.meanPitch) / OCTAVE),
    mean >= song.highestMean ? 1 : 0,
    2 * monophony - 1,
    2 * clamp(bars.filled / song.filledBars) - 1,
    clamp(Math.log2((1 + count) / (1 + song.notesPerTrack)) / 3),
    clamp(Math.log2(count / Math.max(1, bars.filled) / 6) / 2),
    clamp(Math.log2(time.meanLength / 3) / 2),
    2 * time.restShare - 1,
    clamp(time.phraseEnds / Math.max(1, bars.filled) - 0.5),
    clamp((entropy(pitches, 128) - 2.8) / 1.5),
    clamp((spread(pitches) - OCTAVE) / OCTAVE),
    2 * intervals.steps - 1,
    2 * intervals.leaps - 1,
    2 * intervals.repeated - 1,
    clamp((entropy(time.gaps, 17) - 1.6) / 1.5),
    2 * bars.repeated - 1,
    clamp((loud - song.meanVelocity) / 24),
    clamp(deviation(velocities, loud) / 16 - 0.5),
    isLead(program) ? 1 : 0,
    program >= 32 && program <= 39 ? 1 : 0,
    program === 47 || (program >= 88 && program <= 103) || program >= 112 ? 1 : 0,
  );
}

/** What a track is compared with: averages over the tracks of its song that are no drums. */
export interface SongFigures {
  readonly bars: Bars;
  readonly meanPitch: number;
  readonly highestMean: number;
  readonly meanVelocity: number;
  readonly notesPerTrack: number;
  /** Most bars that any track has notes in. */
  readonly filledBars: number;
}

/** Figures of a song from the lines of its tracks. */
export function songFigures(lines: readonly Line[], bars: Bars): SongFigures {
  const means = lines.map(({ pitches }) => average(pitches));
  const notes = lines.reduce((sum, { pitches }) => sum + pitches.length, 0);
  const sum = (of: (line: Line) => readonly number[]): number => lines.reduce((total, line) => total + sumOf(of(line)), 0);
  return {
    bars,
    meanPitch: means.length === 0 ? 60 : average(means),
    highestMean: means.reduce((high, mean) => Math.max(high, mean), -Infinity),
    meanVelocity: notes === 0 ? 64 : sum(({ velocities }) => velocities) / notes,
    notesPerTrack: lines.length === 0 ? 0 : notes / lines.length,
    filledBars: lines.reduce((most, line) => Math.max(most, barFigures(line, bars).filled), 1),
  };
}

/** Flutes, reeds and other winds, brass, strings and voices alone, lead synthesizers, folk winds and strings. */
function isLead(program: number): boolean {
  return (program >= 56 && program <= 87 && program !== 62 && program !== 63) || [22, 40, 41, 52, 53, 54, 109, 110, 111].includes(program);
}

function intervalFigures(pitches: readonly number[]): { steps: number; leaps: number; repeated: number } {
  let steps = 0;
  let leaps = 0;
  let repeated = 0;
  for (let i = 1; i < pitches.length; i++) {
    const size = Math.abs((pitches[i] as number) - (pitches[i - 1] as number));
    if (size === 0) repeated++;
    else if (size <= 2) steps++;
    else if (size >= 7) leaps++;
  }
  const count = Math.max(1, pitches.length - 1);
  return { steps: steps / count, leaps: leaps / count, repeated: repeated / count };
}

/** Steps from each note to the next (16 and more as 16), the mean length of a note, and how the line rests. */
function timeFigures(starts: readonly number[], ends: readonly number[]) {
  const gaps: number[] = [];
  let sounding = 0;
  let resting = 0;
  let phraseEnds = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    sounding += (ends[i] as number) - start;
    const next = starts[i + 1];
    if (next === undefined) break;
    gaps.push(Math.min(next - start, 16));
    const rest = next - (ends[i] as number);
    resting += Math.min(rest, 16);
    if (next - start >= 6 && (rest >= 2 || next - start >= 8)) phraseEnds++;
  }
  return { gaps, meanLength: sounding / Math.max(1, starts.length), restShare: resting / Math.max(1, sounding + resting), phraseEnds };
}

/** In how many bars notes begin, and the share of these that are just like an earlier one. */
function barFigures({ starts, pitches }: Line, bars: Bars): { filled: number; repeated: number } {
  const seen = new Set<number>();
  let filled = 0;
  let repeated = 0;
  let bar: number | undefined;
  let hash = 0;
  const close = (): void => {
    if (seen.has(hash)) repeated++;
    seen.add(hash);
  };
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    const index = bars.barIndex(start);
    if (index !== bar) {
      if (bar !== undefined) close();
      bar = index;
      filled++;
      hash = 0;
    }
    hash = (Math.imul(hash, 0x01000193) ^ ((start - bars.barLine(start)) * 131 + (pitches[i] as number))) | 0;
  }
  if (bar !== undefined) close();
  return { filled, repeated: filled === 0 ? 0 : repeated / filled };
}

/** Bits. */
function entropy(values: readonly number[], kinds: number): number {
  const counts = new Float64Array(kinds);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / values.length) * Math.log2(count / values.length);
  return bits;
}

/** From the 5th to the 95th of a hundred. */
function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return at(0.95) - at(0.05);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0);
}

function average(values: readonly number[]): number {
  return sumOf(values) / Math.max(1, values.length);
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, values.length));
}

function clamp(x: number): number {
  return Math.max(-1, Math.min(1, x));
}
