// Continuing a melody (spec G.3-G.6): sampling, and Magenta's stochastic beam search; beyond Magenta, filters on what may be chosen.

import { MstError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { squash, transpose } from '../music/keys.js';
import { MAX_MELODY_STEPS, melodyFromEvents } from '../music/melody.js';
import { checkFilters, type Filters, narrowingOf } from './filters.js';
import { type Choice, Listener } from './listener.js';
import { MixedListener } from './mix.js';
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
  /** What may be chosen; by default everything. Scores remain those of the model unfiltered. */
  readonly filters?: Filters;
  /** Whether the first event chosen begins a note. Default false. */
  readonly startWithNote?: boolean;
  readonly random: Random;
}

/** What hears a beam's melody: a Listener, which chooses among a model's classes, or for filters a MixedListener, which does among events. */
interface Ear<E> {
  feed(event: number): void;
  clone(): E;
}

/** A melody of the search: its ear has heard all but the last of its events so far. All melodies of a search are as long. */
interface Beam<E> {
  /** With room for the whole result. */
  readonly events: Int8Array;
  readonly ear: E;
  score: number;
}

/** How a search goes on from the primer. */
interface Search<E> extends Required<Pick<GenerateOptions, 'totalSteps' | 'beamSize' | 'branchFactor' | 'stepsPerIteration'>> {
  /** Chooses the event after those an ear has heard; `first` is the first one of the continuation. */
  choose(ear: E, first: boolean): Choice;
}

/**
 * Continues a melody.
 * @param primer events (MIDI pitches, NOTE_OFF, NO_EVENT), at least one. The melody is squashed into the model's range and key for
 *   generating and transposed back, so a primer wider than the range comes back with some pitches an octave off
 * @returns the primer and its continuation, `totalSteps` events
 * @throws MstError `bad-primer` without events, `bad-sequence` for what is no event, `usage` for impossible options or filters
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
  const { totalSteps, temperature = 1, beamSize = 1, branchFactor = 1, stepsPerIteration = 1, filters = {}, random } = options;
  checkTemperature(temperature);
  checkFilters(filters);
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
  const search = { totalSteps, beamSize, branchFactor, stepsPerIteration };
  const later = narrowingOf(filters, { amount });
  const firstly = narrowingOf(filters, { amount, onlyNotes: options.startWithNote === true });
  const found =
    firstly === undefined
      ? yield* extend(events, new Listener(model), { ...search, choose: (ear) => ear.choose(temperature, random) })
      : yield* extend(events, new MixedListener([{ model, weight: 1 }]), {
          ...search,
          choose: (ear, first) => ear.chooseAmong(first ? firstly : later, temperature, random),
        });
  return transpose(found, -amount);
}

/** The beam search, in the model's range. */
function* extend<E extends Ear<E>>(events: readonly number[], ear: E, search: Search<E>): Generator<undefined, number[], undefined> {
  const { totalSteps, beamSize, branchFactor, stepsPerIteration, choose } = search;
  for (const event of events.slice(0, -1)) {
    yield;
    ear.feed(event);
  }
  const first: Beam<E> = { events: new Int8Array(totalSteps), ear, score: 0 };
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
        beam.ear.feed(beam.events[length - 1] as number);
        const { event, logProbability } = choose(beam.ear, length === events.length);
        beam.events[length] = event;
        beam.score += logProbability;
      }
    }
  }
  const [winner] = best(beams, 1) as [Beam<E>];
  return [...winner.events];
}

/** The beams, `factor` times over: first each once, then each again. The first time round they are the beams themselves. */
function branch<E extends Ear<E>>(beams: readonly Beam<E>[], factor: number): Beam<E>[] {
  const copies = Array.from({ length: factor - 1 }, () =>
    beams.map(({ events, ear, score }) => ({ events: events.slice(), ear: ear.clone(), score })),
  );
  return [...beams, ...copies.flat()];
}

/** The `count` beams with the highest scores, best first; of equals the earlier. */
function best<E>(beams: readonly Beam<E>[], count: number): Beam<E>[] {
  return beams.toSorted((a, b) => (a.score === b.score ? 0 : b.score - a.score)).slice(0, count);
}

function checkCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new MstError('usage', `${name} cannot be ${value}.`, { hint: `Give a whole number from 1 to ${max}.` });
}
