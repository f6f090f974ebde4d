// Continuing a melody (spec G.3-G.6): sampling, and Magenta's stochastic beam search.

import { MstError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { squash, transpose } from '../music/keys.js';
import { MAX_MELODY_STEPS, melodyFromEvents } from '../music/melody.js';
import { Listener } from './listener.js';
import type { MelodyModel } from './model.js';
import { checkTemperature } from './sampling.js';

const MAX_BRANCHES = 1024;

export interface GenerateOptions {
  /** Length of the result in steps, the primer included. */
  readonly totalSteps: number;
  /** 1 = as the model is, less = safer, more = bolder, 0 = always the likeliest. Default 1. */
  readonly temperature?: number;
  /** Melodies kept after each iteration of the search. Default 1. */
  readonly beamSize?: number;
  /** Continuations tried for each of them. Default 1. */
  readonly branchFactor?: number;
  /** Steps of an iteration. Default 1. */
  readonly stepsPerIteration?: number;
  readonly random: Random;
}

/** A melody of the search: its listener has heard all but the last of its events so far. All melodies of a search are as long. */
interface Beam {
  /** With room for the whole result. */
  readonly events: Int8Array;
  readonly listener: Listener;
  score: number;
}

/**
 * Continues a melody.
 * @param primer events (MIDI pitches, NOTE_OFF, NO_EVENT), at least one. The melody is squashed into the model's range and key for
 *   generating and transposed back, so a primer wider than the range comes back with some pitches an octave off
 * @returns the primer and its continuation, `totalSteps` events
 * @throws MstError `bad-primer` without events, `bad-sequence` for what is no event, `usage` for impossible options
 */
export function generateMelody(model: MelodyModel, primer: readonly number[], options: GenerateOptions): number[] {
  const steps = generateStepwise(model, primer, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** `generateMelody` with a pause before every step of the network, for those who have something else to do, or enough of it, in between. */
export function* generateStepwise(
  model: MelodyModel,
  primer: readonly number[],
  options: GenerateOptions,
): Generator<undefined, number[], undefined> {
  const { totalSteps, temperature = 1, beamSize = 1, branchFactor = 1, stepsPerIteration = 1, random } = options;
  checkTemperature(temperature);
  checkCount('totalSteps', totalSteps, MAX_MELODY_STEPS);
  checkCount('beamSize', beamSize, MAX_BRANCHES);
  checkCount('branchFactor', branchFactor, MAX_BRANCHES);
  checkCount('stepsPerIteration', stepsPerIteration, MAX_MELODY_STEPS);
  if (beamSize * branchFactor > MAX_BRANCHES) {
    throw new MstError('usage', `${beamSize} beams with ${branchFactor} branches each are too many.`, {
      hint: `Their product can be ${MAX_BRANCHES} at most.`,
    });
  }
  if (primer.length === 0) {
    throw new MstError('bad-primer', 'There is no melody to continue.', { hint: 'Give at least one event, such as 60 (C4).' });
  }
  if (primer.length >= totalSteps) {
    throw new MstError('usage', `The melody to continue has ${primer.length} steps already, and ${totalSteps} are asked for in all.`, {
      hint: `Ask for more than ${primer.length} steps.`,
    });
  }
  const { events, amount } = squash(melodyFromEvents(primer).events, model.encoder.settings);
  const listener = new Listener(model);
  for (const event of events.slice(0, -1)) {
    yield;
    listener.feed(event);
  }
  const first: Beam = { events: new Int8Array(totalSteps), listener, score: 0 };
  first.events.set(events);
  // Magenta adds the log likelihood of the primer to all scores, which changes no comparison.
  let beams = branch([first], beamSize);
  let length = events.length;
  while (length < totalSteps) {
    if (length > events.length) beams = best(beams, beamSize);
    beams = branch(beams, branchFactor);
    // The first iteration is the short one, if they are not all as long.
    const end = totalSteps - Math.floor((totalSteps - length - 1) / stepsPerIteration) * stepsPerIteration;
    for (; length < end; length++) {
      for (const beam of beams) {
        yield;
        extendBeam(beam, length, { temperature, random });
      }
    }
  }
  const [winner] = best(beams, 1) as [Beam];
  return transpose([...winner.events], -amount);
}

/** The beams, `factor` times over: first each once, then each again. The first time round they are the beams themselves. */
function branch(beams: readonly Beam[], factor: number): Beam[] {
  const copies = Array.from({ length: factor - 1 }, () =>
    beams.map(({ events, listener, score }) => ({ events: events.slice(), listener: listener.clone(), score })),
  );
  return [...beams, ...copies.flat()];
}

/** Adds event number `length` to a beam. */
function extendBeam(beam: Beam, length: number, { temperature, random }: { temperature: number; random: Random }): void {
  beam.listener.feed(beam.events[length - 1] as number);
  const { event, logProbability } = beam.listener.choose(temperature, random);
  beam.events[length] = event;
  beam.score += logProbability;
}

/** The `count` beams with the highest scores, best first; of equals the earlier. */
function best(beams: readonly Beam[], count: number): Beam[] {
  return beams.toSorted((a, b) => (a.score === b.score ? 0 : b.score - a.score)).slice(0, count);
}

function checkCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new MstError('usage', `${name} cannot be ${value}.`, { hint: `Give a whole number from 1 to ${max}.` });
}
