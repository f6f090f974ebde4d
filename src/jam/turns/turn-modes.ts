// The ways of taking turns, as a table. A mode is a row here: the engine knows the columns, never the names.

import { MstError } from '../../core/errors.js';

export type TurnModeName = 'bars' | 'seconds' | 'phrase' | 'pedal' | 'trade' | 'continue' | 'solo';

/** How long one exchange is: your turn, then the model's, in the unit of the mode. */
export interface Exchange {
  readonly you: number;
  /** 0 = as long as your turn was. */
  readonly model: number;
}

export interface TurnMode {
  readonly name: TurnModeName;
  readonly description: string;
  readonly unit: 'bars' | 'seconds';
  /** What the music begins with: a count-in on the grid, your first note (which then is the beat), or the model. */
  readonly start: 'count-in' | 'first-note' | 'model';
  /** What ends your turn: its length, a beat of rest, a signal (pedal, key or the hand-over control). */
  readonly callEnds: 'length' | 'rest' | 'signal';
  /** What ends the model's turn: its length, or nothing: it plays on until you play, or the mode or the session ends. */
  readonly answerEnds: 'length' | 'never';
  /** Whether the model's turn begins and ends by the clock whatever you do, so that no bar ever shifts. */
  readonly strict: boolean;
  /** What playing over the model does unless the settings say otherwise. */
  readonly playOver: PlayOver;
  /** Whether the model begins by itself when nothing was ever played, from a C. */
  readonly beginsAlone: boolean;
  /** The exchanges, one after the other and round again. */
  readonly exchanges: readonly Exchange[];
}

/** Playing over the model interrupts it, or goes along with it. */
export type PlayOver = 'interrupt' | 'along';

const GRID = { unit: 'bars', start: 'count-in', callEnds: 'length', answerEnds: 'length', strict: true } as const;
const FREE = { unit: 'bars', start: 'first-note', answerEnds: 'length', strict: false } as const;

export const TURN_MODES: Readonly<Record<TurnModeName, TurnMode>> = {
  bars: {
    ...GRID,
    name: 'bars',
    description: 'so many bars you, so many bars the model',
    playOver: 'interrupt',
    beginsAlone: false,
    exchanges: [{ you: 2, model: 2 }],
  },
  seconds: {
    ...GRID,
    name: 'seconds',
    description: 'so many seconds you, from your first note on, so many the model',
    unit: 'seconds',
    start: 'first-note',
    playOver: 'interrupt',
    beginsAlone: false,
    exchanges: [{ you: 5, model: 5 }],
  },
  phrase: {
    ...FREE,
    name: 'phrase',
    description: 'you stop for a beat, the model answers on the next one',
    callEnds: 'rest',
    playOver: 'interrupt',
    beginsAlone: false,
    exchanges: [{ you: 0, model: 0 }],
  },
  pedal: {
    ...FREE,
    name: 'pedal',
    description: 'the sustain pedal, or a key, hands over',
    callEnds: 'signal',
    playOver: 'interrupt',
    beginsAlone: true,
    exchanges: [{ you: 0, model: 0 }],
  },
  trade: {
    ...GRID,
    name: 'trade',
    description: 'trading fours, twos and ones',
    playOver: 'interrupt',
    beginsAlone: false,
    exchanges: [
      { you: 4, model: 4 },
      { you: 2, model: 2 },
      { you: 1, model: 1 },
    ],
  },
  continue: {
    ...FREE,
    name: 'continue',
    description: 'the model goes on where you stop, until you touch a key',
    callEnds: 'rest',
    answerEnds: 'never',
    playOver: 'interrupt',
    beginsAlone: false,
    exchanges: [{ you: 0, model: 0 }],
  },
  solo: {
    ...FREE,
    name: 'solo',
    description: 'the model plays by itself; play along, it does not stop',
    start: 'model',
    callEnds: 'signal',
    answerEnds: 'never',
    playOver: 'along',
    beginsAlone: true,
    exchanges: [{ you: 0, model: 0 }],
  },
};

/** Their names, in the order in which they are listed. */
export const TURN_MODE_NAMES = Object.keys(TURN_MODES) as readonly TurnModeName[];

/** The mode called `name`. @throws MstError `usage` when there is none, listing them */
export function turnMode(name: string): TurnMode {
  if (Object.hasOwn(TURN_MODES, name)) return TURN_MODES[name as TurnModeName];
  throw new MstError('usage', `There is no way of taking turns called ${JSON.stringify(name)}.`, {
    hint: `Choose one of ${TURN_MODE_NAMES.join(', ')}.`,
  });
}
