// What a screen shows of a session at a moment.

import type { Mix } from './answers/job.js';
import type { LearnedControllers, LearnTarget, Metronome } from './settings.js';
import type { Exchange, PlayOver, TurnModeName } from './turns/turn-modes.js';

/** Before the music, the count-in, waiting for you to play, your turn, the model's turn, over. */
export type Phase = 'ready' | 'count-in' | 'waiting' | 'you' | 'model' | 'ended';

/** A note of the piano roll. Seconds of session time. */
export interface RollNote {
  readonly voice: 'you' | 'model';
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  /** null = it still sounds, and nobody knows how long. */
  readonly end: number | null;
}

/** How the last answer came. Seconds. */
export interface AnswerTiming {
  readonly turn: number;
  /** When its first note really went out, relative to the turn's beginning; null while unknown. */
  readonly offset: number | null;
  /** From the asking to the first part of the answer; null for a looped one. */
  readonly generation: number | null;
  /** Notes that came too late and were left out. */
  readonly lateNotes: number;
}

export interface Status {
  readonly phase: Phase;
  /** Index of the turn, counting yours and the model's, from 0; -1 before the first. */
  readonly turn: number;
  readonly mode: TurnModeName;
  readonly exchanges: readonly Exchange[];
  /** How much of the turn is left; null where nobody knows. */
  readonly left: { readonly seconds: number; readonly beats: number; readonly fraction: number } | null;
  /** Position in quarter notes since the music began; below 0 or null: it has not. */
  readonly quarter: number | null;
  /** From 1. */
  readonly bar: number;
  /** 1..beatsPerBar, and how far into it, 0..1. */
  readonly beat: number;
  readonly beatFraction: number;
  readonly beatsPerBar: number;
  /** Whether the music stands still, since the machine whose clock is followed does. */
  readonly held: boolean;
  readonly qpm: number;
  /** Who answers next, or is answering. */
  readonly models: Mix;
  readonly temperature: number;
  readonly metronome: Metronome;
  readonly playOver: PlayOver;
  readonly loop: boolean;
  readonly mutate: boolean;
  readonly finishing: boolean;
  readonly learning: LearnTarget | null;
  readonly learned: LearnedControllers;
  /** Takes of the last answer that are there, and the one that is kept. */
  readonly takes: { readonly turn: number; readonly ready: readonly number[]; readonly kept: number } | null;
  /** Pitches that sound now. */
  readonly sounding: { readonly you: readonly number[]; readonly model: readonly number[] };
  /** Notes of the last seconds, and those of the model to come. */
  readonly roll: readonly RollNote[];
  readonly lastAnswer: AnswerTiming | null;
  /** Model's turns so far, and those of them without a note. */
  readonly answers: { readonly turns: number; readonly missed: number };
}
