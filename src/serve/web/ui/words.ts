// Words about music and sizes that more than one part of the page says. Pure.

import { type Exchange, TURN_MODES, type TurnModeName } from '../../../jam/turns/turn-modes.js';
import type { PageSettings } from '../page-session.js';

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** 65 as "1:05". */
export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function bytes(count: number): string {
  return count < 1e6 ? `${Math.max(1, Math.round(count / 1e3))} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/** Who answers: one name, or several. */
export function modelNames(names: readonly string[]): string {
  if (names.length === 0) return 'nobody';
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export interface ModeWords {
  readonly title: string;
  readonly description: string;
}

/** The ways of taking turns, in words for a musician. */
export const MODE_WORDS: Readonly<Record<TurnModeName, ModeWords>> = {
  bars: { title: 'Bars', description: 'You play so many bars, the answer lasts so many. Always on the beat.' },
  seconds: { title: 'Seconds', description: 'You play so many seconds from your first note on, then it is the answer’s time.' },
  phrase: { title: 'Phrases', description: 'Play as long as you like. Stop for a beat, and the answer comes on the next one.' },
  pedal: { title: 'Hand over', description: 'Play as long as you like. The sustain pedal, Enter or the button hands over.' },
  trade: { title: 'Trading', description: 'Four bars each, then two, then one, and round again.' },
  continue: { title: 'Carry on', description: 'Stop, and the model goes on where you left off, until you touch a key.' },
  solo: { title: 'Solo', description: 'The model plays by itself. Play along: it does not stop for you.' },
};

/** The lengths in force. */
export const exchangesOf = ({ mode, exchanges }: Pick<PageSettings, 'mode' | 'exchanges'>): readonly Exchange[] =>
  exchanges ?? TURN_MODES[mode].exchanges;

/** How turns are taken, in a few words: "2 bars each". */
export function turnsInWords(settings: Pick<PageSettings, 'mode' | 'exchanges'>): string {
  const { mode } = settings;
  const { callEnds, unit } = TURN_MODES[mode];
  const exchanges = exchangesOf(settings);
  const [first] = exchanges;
  if (callEnds !== 'length' || first === undefined) return MODE_WORDS[mode].title;
  const length = (count: number): string => (unit === 'bars' ? plural(count, 'bar') : plural(count, 'second'));
  if (exchanges.length > 1) return `Trading ${exchanges.map(({ you }) => you).join(', ')} bars`;
  if (first.model === first.you || first.model === 0) return `${length(first.you)} each`;
  return `${length(first.you)} you, ${length(first.model)} the answer`;
}

/** What a player does first, in one line. */
export function invitation(mode: TurnModeName, hasModel: boolean): string {
  if (!hasModel) return 'Play, and listen to yourself. An answer needs a model.';
  const { start, callEnds } = TURN_MODES[mode];
  if (start === 'model') return 'Listen, and play along.';
  if (callEnds === 'rest') return 'Play a little, then stop. The answer comes by itself.';
  if (callEnds === 'signal') return 'Play a little, then hand over.';
  return 'Play a few notes, and listen to the answer.';
}
