// What the keys of the computer keyboard do that are none of the piano's, as a table; the help on the screen is made from it.

import type { Mix } from '../../jam/answers/job.js';
import { FASTEST_QPM, SLOWEST_QPM } from '../../jam/beat/tempo.js';
import { HOTTEST } from '../../jam/check-settings.js';
import type { Control } from '../../jam/control.js';
import type { Metronome } from '../../jam/settings.js';
import type { Status } from '../../jam/status.js';
import { TURN_MODE_NAMES } from '../../jam/turns/turn-modes.js';
import type { KeyEvent } from './key-reader.js';

/** What a key asks for: something of the engine, or of the shell. */
export type Wish = Control | { readonly type: 'octave'; readonly by: 1 | -1 };

/** What a key needs to know. */
export interface KeyFacts {
  readonly status: Status;
  /** Who can answer, in the order in which a key goes through them. */
  readonly models: readonly Mix[];
}

interface SessionKey {
  readonly key: string;
  /** Its name in the help, and what it does; '' = told together with the one before. */
  readonly shown: string;
  readonly does: string;
  /** Whether it does so again and again while it is held. */
  readonly repeats?: true;
  readonly wish: (facts: KeyFacts) => Wish | undefined;
}

const COLDEST = 0.1;
const METRONOMES: readonly Metronome[] = ['on', 'count-in', 'off'];

const after = <T>(list: readonly T[], current: T): T | undefined => list[(list.indexOf(current) + 1) % list.length];
const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

const warmer =
  (by: number) =>
  ({ status }: KeyFacts): Wish => {
    // Steps of a tenth do not add up exactly.
    const temperature = Math.round((status.temperature + by) * 100) / 100;
    return { type: 'temperature', temperature: within(temperature, COLDEST, HOTTEST) };
  };
const faster =
  (by: number) =>
  ({ status }: KeyFacts): Wish => ({ type: 'tempo', qpm: within(Math.round(status.qpm) + by, SLOWEST_QPM, FASTEST_QPM) });
const longer =
  (by: number) =>
  ({ status }: KeyFacts): Wish => ({
    type: 'exchanges',
    exchanges: status.exchanges.map(({ you, model }) => ({
      you: you === 0 ? 0 : Math.max(1, you + by),
      model: model === 0 ? 0 : Math.max(1, model + by),
    })),
  });
const take =
  (index: number) =>
  ({ status }: KeyFacts): Wish | undefined =>
    status.takes?.ready.includes(index) ? { type: 'keep-take', take: index } : undefined;
const same = (mix: Mix): string => JSON.stringify(mix);

const KEYS: readonly SessionKey[] = [
  { key: 'escape', shown: 'escape', does: 'end', wish: () => ({ type: 'stop' }) },
  { key: 'backspace', shown: 'backspace', does: 'panic', wish: () => ({ type: 'panic' }) },
  { key: 'space', shown: 'space', does: 'hand over', wish: () => ({ type: 'hand-over' }) },
  { key: 'enter', shown: 'enter', does: 'tap the tempo', wish: () => ({ type: 'tap' }) },
  { key: 'page-up', shown: 'page up/down', does: 'tempo', repeats: true, wish: faster(5) },
  { key: 'page-down', shown: '', does: '', repeats: true, wish: faster(-5) },
  {
    key: 'tab',
    shown: 'tab',
    does: 'turns',
    wish: ({ status }) => ({ type: 'mode', mode: after(TURN_MODE_NAMES, status.mode) ?? status.mode }),
  },
  { key: 'home', shown: 'home/end', does: 'their length', repeats: true, wish: longer(1) },
  { key: 'end', shown: '', does: '', repeats: true, wish: longer(-1) },
  { key: 'up', shown: 'up/down', does: 'temperature', repeats: true, wish: warmer(0.1) },
  { key: 'down', shown: '', does: '', repeats: true, wish: warmer(-0.1) },
  { key: 'left', shown: 'left/right', does: 'octave', wish: () => ({ type: 'octave', by: -1 }) },
  { key: 'right', shown: '', does: '', wish: () => ({ type: 'octave', by: 1 }) },
  { key: 'f1', shown: 'F1-F3', does: 'takes', wish: take(0) },
  { key: 'f2', shown: '', does: '', wish: take(1) },
  { key: 'f3', shown: '', does: '', wish: take(2) },
  {
    key: '1',
    shown: '1',
    does: 'next model',
    wish: ({ status, models }) => {
      const next = after(models.map(same), same(status.models));
      const mix = models.find((candidate) => same(candidate) === next);
      return mix && { type: 'models', models: [mix] };
    },
  },
  { key: '4', shown: '4', does: 'mutate', wish: () => ({ type: 'mutate' }) },
  { key: '8', shown: '8', does: 'loop', wish: ({ status }) => ({ type: 'loop', on: !status.loop }) },
  {
    key: '`',
    shown: '`',
    does: 'metronome',
    wish: ({ status }) => ({ type: 'metronome', metronome: after(METRONOMES, status.metronome) ?? 'on' }),
  },
];

/** What a key asks for; undefined for a key that asks for nothing. Ctrl-C ends the session, as Escape does. */
export function wishOf({ key, place, action, ctrl }: KeyEvent, facts: KeyFacts): Wish | undefined {
  if (action === 'release') return undefined;
  if (ctrl) return key === 'c' && action === 'press' ? { type: 'stop' } : undefined;
  const row = KEYS.find((each) => each.key === key || each.key === place);
  return action === 'repeat' && !row?.repeats ? undefined : row?.wish(facts);
}

/** The help, in lines of at most `columns` places; the piano first. */
export function keyHelp(columns: number): string[] {
  const lines = [' z to / and q to ] piano'];
  for (const { shown, does } of KEYS) {
    if (shown === '') continue;
    const words = `${shown} ${does}`;
    const last = lines.at(-1) ?? '';
    if (last.length + 2 + words.length <= columns) lines[lines.length - 1] = `${last}  ${words}`;
    else lines.push(` ${words}`);
  }
  return lines;
}
