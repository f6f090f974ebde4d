// What an evaluation says beside the metrics of the model: the parts of evaluation.json that commands print and pages draw.

import type { Comparison } from './comparison.js';
import type { CopyJudgement } from './copying.js';
import type { Foretelling } from './event-scores.js';
import type { CurvePoint, Overfitting } from './learning-curve.js';

/** The model beside n-grams that learned from the same songs, on the same held-out songs. */
export interface Baselines {
  readonly model: Foretelling;
  readonly unigram: Foretelling;
  /** The next event by the five before it: interpolated Kneser-Ney. */
  readonly sixGram: Foretelling;
  /** By how much fewer nats the model needs than the 6-gram, in percent; below 0 when it needs more. */
  readonly advantagePercent: number;
  /** What the n-grams learned from; a sample of the training songs when there are very many. */
  readonly learnedFrom: { readonly melodies: number; readonly events: number; readonly sampled: boolean };
}

/** The melodies the model made to be judged. */
export interface GeneratedSet {
  /** Folder of their MIDI files, in the run's folder. */
  readonly folder: string;
  /** Melodies that begin with the first bar of a held-out song, by which its music is compared; 0 when no song was set aside. */
  readonly unheard: number;
  /** Melodies that begin with the first note of a training song, by which copying is judged. */
  readonly recalled: number;
  /** Bars of each, without a first bar it was given. */
  readonly bars: number;
  readonly temperature: number;
  readonly seed: number;
}

/** Where in a piece or a song: bars from 1, the last one included. */
export interface BarRange {
  readonly from: number;
  readonly to: number;
}

/** The longest passage a generated melody shares with a training song. */
export interface CopiedPassage {
  /** The generated file, and where in it. */
  readonly file: string;
  readonly in: BarRange;
  readonly notes: number;
  /** Length in bars, not always whole. */
  readonly bars: number;
  /** The song. Bars count from the beginning of its part; parts (from 1) begin where tempo or metre change. */
  readonly song: { readonly file: string; readonly part: number; readonly in: BarRange };
  /** How much higher than in the song, in semitones. */
  readonly semitones: number;
}

export interface Copying {
  readonly judgement: CopyJudgement;
  /** One for each generated melody that shares a passage, longest first. */
  readonly passages: readonly CopiedPassage[];
}

export interface Warning {
  readonly code: 'overfits' | 'copies' | 'no-better-than-6-gram';
  /** What is wrong, and what to do about it. */
  readonly message: string;
  readonly advice: string;
}

/** What one evaluation found. */
export interface EvaluationReport {
  /** Name of the run, and training steps of the checkpoint. */
  readonly run: string;
  readonly step: number;
  /** Null when no melody was set aside. */
  readonly baselines: Baselines | null;
  readonly generated: GeneratedSet;
  /** Excerpts compared, of as many bars as the generated melodies. */
  readonly excerpts: { readonly training: number; readonly heldOut: number };
  readonly comparison: Comparison;
  readonly copying: Copying;
  readonly overfitting: Overfitting | null;
  readonly curve: readonly CurvePoint[];
}
