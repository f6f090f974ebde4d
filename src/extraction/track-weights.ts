// How much each feature of a track says for its being the melody. Made by scripts/learn-melody-track.mjs, which says from what; not by hand.
import type { FeatureName } from './track-features.js';

interface FeatureWeight {
  readonly feature: FeatureName;
  /** Among the tracks of a song. */
  readonly rank: number;
  /** For being a melody at all. */
  readonly melodic: number;
}

/** In the order of the features. */
export const TRACK_WEIGHTS: readonly FeatureWeight[] = [
  { feature: 'named melody', rank: 2.327, melodic: 0.687 },
  { feature: 'named accompaniment', rank: -0.566, melodic: -0.594 },
  { feature: 'register', rank: 0.87, melodic: 2.362 },
  { feature: 'below register', rank: 1.203, melodic: 0.813 },
  { feature: 'above song', rank: 0.559, melodic: 2.073 },
  { feature: 'highest', rank: -0.047, melodic: 1.213 },
  { feature: 'monophony', rank: 2.173, melodic: 2.228 },
  { feature: 'coverage', rank: 1.063, melodic: -1.386 },
  { feature: 'share of notes', rank: 1.545, melodic: -0.538 },
  { feature: 'density', rank: 1.279, melodic: 0.38 },
  { feature: 'note length', rank: -0.546, melodic: 0.405 },
  { feature: 'rests', rank: -1.197, melodic: -1.009 },
  { feature: 'phrases', rank: -0.53, melodic: -0.384 },
  { feature: 'pitch entropy', rank: -0.414, melodic: 0.272 },
  { feature: 'range', rank: -0.107, melodic: 0.349 },
  { feature: 'steps', rank: 0.978, melodic: 1.497 },
  { feature: 'leaps', rank: -0.746, melodic: -0.657 },
  { feature: 'repeated notes', rank: 0.64, melodic: -0.562 },
  { feature: 'rhythm entropy', rank: -0.07, melodic: 0.236 },
  { feature: 'bars repeated', rank: 0.654, melodic: 0.644 },
  { feature: 'loudness', rank: 2.084, melodic: 1.454 },
  { feature: 'loudness varies', rank: -1.5, melodic: 0.158 },
  { feature: 'lead program', rank: 0.969, melodic: -0.699 },
  { feature: 'bass program', rank: -1.401, melodic: -0.227 },
  { feature: 'effect program', rank: 0, melodic: 0 },
];

/** Added to the sum of the melodic weights. */
export const MELODIC_BIAS = -0.361;
