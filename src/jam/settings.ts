// What a session is played with. Settings are plain data: they stand in the header of the session log, and a replay begins with them.

import type { Mix } from './answers/job.js';
import type { Exchange, PlayOver, TurnModeName } from './turns/turn-modes.js';

/** What a controller of an instrument can be made to steer. */
export const LEARN_TARGETS = ['temperature', 'tempo', 'hand-over', 'panic', 'mutate', 'loop'] as const;

export type LearnTarget = (typeof LEARN_TARGETS)[number];

/** Numbers of controllers, 0..127, by what they steer. */
export type LearnedControllers = Readonly<Partial<Record<LearnTarget, number>>>;

/** Who sounds: you (what is passed through), the model, the metronome, and the MIDI clock for other machines. */
export type Voice = 'you' | 'model' | 'click' | 'clock';

/** When the metronome is heard. */
export type Metronome = 'on' | 'count-in' | 'off';

/** Where a voice plays: channel 0..15, program 0..127 or null for whatever the instrument is set to. */
export interface VoiceSettings {
  readonly channel: number;
  readonly program: number | null;
}

export interface Settings {
  readonly mode: TurnModeName;
  /** Lengths of the turns, in the unit of the mode; null = those of the mode. */
  readonly exchanges: readonly Exchange[] | null;
  /** Quarter notes per minute, 20..400. */
  readonly qpm: number;
  /** Quarter notes of a bar, 1..16. */
  readonly beatsPerBar: number;
  /** Bars counted in by modes that begin so. */
  readonly countInBars: number;
  readonly metronome: Metronome;
  /** Whether what you play is passed on to the output. */
  readonly thru: boolean;
  /** null = as the mode has it. */
  readonly playOver: PlayOver | null;
  /** 0..4; 1 = as the model is. */
  readonly temperature: number;
  /** Who answers: turn after turn, one mix after the other and round again. Empty = nobody, the model's turns are rests. */
  readonly models: readonly Mix[];
  readonly seed: number;
  /** Answers made for each turn, 1..8; the first one plays. */
  readonly takes: number;
  /** `you`: where what you play is passed on to; null keeps its channels. */
  readonly voices: { readonly you: VoiceSettings | null; readonly model: VoiceSettings; readonly click: VoiceSettings };
  /** A pitch that hands over instead of sounding, or null. */
  readonly handOverKey: number | null;
  /** Controllers that steer the session. */
  readonly learned: LearnedControllers;
  /** Whether the tempo follows the MIDI clock that comes in. */
  readonly clockIn: boolean;
  /** Whether a MIDI clock is sent. */
  readonly clockOut: boolean;
  /** Seconds, 0..1, from the sending of a message until it can be heard: answers are settled so much earlier. Absent: 0. */
  readonly latency?: number;
}

export const DEFAULT_SETTINGS: Settings = {
  mode: 'bars',
  exchanges: null,
  qpm: 120,
  beatsPerBar: 4,
  countInBars: 1,
  metronome: 'on',
  thru: false,
  playOver: null,
  temperature: 1,
  models: [],
  seed: 1,
  takes: 3,
  voices: { you: null, model: { channel: 0, program: null }, click: { channel: 9, program: null } },
  handOverKey: null,
  learned: {},
  clockIn: false,
  clockOut: false,
};
