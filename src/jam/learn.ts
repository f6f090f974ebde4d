// Controllers of an instrument that steer the session: which controller (CC) does what, and what its values mean (spec J.1).

import type { Control } from './control.js';
import { LEARN_TARGETS, type LearnedControllers, type LearnTarget } from './settings.js';

/** A value of a controller, 0..127, as a control; null = this value does nothing. */
const MEANINGS: Readonly<Record<LearnTarget, (value: number) => Control | null>> = {
  temperature: (value) => ({ type: 'temperature', temperature: 0.1 + (value / 127) * 1.9 }),
  tempo: (value) => ({ type: 'tempo', qpm: 60 + value }),
  'hand-over': (value) => (value >= 64 ? { type: 'hand-over' } : null),
  panic: (value) => (value >= 64 ? { type: 'panic' } : null),
  mutate: (value) => (value >= 64 ? { type: 'mutate' } : null),
  loop: (value) => ({ type: 'loop', on: value >= 64 }),
};

/** What a controller does: undefined = nothing was learned for it, null = nothing at this value. */
export function learnedControl(learned: LearnedControllers, controller: number, value: number): Control | null | undefined {
  const target = LEARN_TARGETS.find((name) => learned[name] === controller);
  return target === undefined ? undefined : MEANINGS[target](value);
}

/** The controllers after `controller` was made to steer `target`; it steers nothing else any more. */
export function learnController(learned: LearnedControllers, target: LearnTarget, controller: number): LearnedControllers {
  const kept = Object.entries(learned).filter(([name, other]) => name !== target && other !== controller);
  return { ...Object.fromEntries(kept), [target]: controller };
}
