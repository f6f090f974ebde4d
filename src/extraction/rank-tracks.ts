// Which track of a song is the melody, and which others are melodies too: every track's features weighed by track-weights.ts.
import type { Bars } from './bars.js';
import type { Track } from './song-tracks.js';
import { songFigures, trackFeatures } from './track-features.js';
import { MELODIC_BIAS, TRACK_WEIGHTS } from './track-weights.js';
import { type Line, upperLine } from './upper-line.js';

/** A track that might be a melody. */
export interface Candidate {
  readonly track: Track;
  readonly line: Line;
  readonly features: Float64Array;
  /** Probability of being the melody of its song, among the tracks of the song; they sum to 1. */
  readonly probability: number;
  /** Probability of being a melody, for itself. */
  readonly melodic: number;
}

/** The tracks that are no drums, the likeliest melody first. */
export function rankTracks(tracks: readonly Track[], bars: Bars): Candidate[] {
  const pitched = tracks.filter(({ isDrum }) => !isDrum).map((track) => ({ track, line: upperLine(track) }));
  const figures = songFigures(
    pitched.map(({ line }) => line),
    bars,
  );
  const scored = pitched.map(({ track, line }) => {
    const features = trackFeatures(track, line, figures);
    return { track, line, features, score: weigh(features, 'rank') };
  });
  const highest = scored.reduce((high, { score }) => Math.max(high, score), -Infinity);
  const sum = scored.reduce((total, { score }) => total + Math.exp(score - highest), 0);
  return scored
    .sort((a, b) => b.score - a.score || a.track.instrument - b.track.instrument)
    .map(({ track, line, features, score }) => ({
      track,
      line,
      features,
      probability: Math.exp(score - highest) / sum,
      melodic: 1 / (1 + Math.exp(-weigh(features, 'melodic') - MELODIC_BIAS)),
    }));
}

function weigh(features: Float64Array, kind: 'rank' | 'melodic'): number {
  return TRACK_WEIGHTS.reduce((score, weights, k) => score + (features[k] as number) * weights[kind], 0);
}
