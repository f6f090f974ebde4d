// The model side of a jam: hears the call while it is played, and thinks up answers. It works in slices, so that whoever drives it (a
// worker, a page, a test) can look for news in between, and keeps snapshots, so that only the steps that changed are heard again. What it
// answers depends on the job alone, never on what it was asked before.

import { MstError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { MixedListener } from '../../model/mix.js';
import type { MelodyModel } from '../../model/model.js';
import { checkTemperature } from '../../model/sampling.js';
import { squash, transpose } from '../../music/keys.js';
import { melodyFromEvents } from '../../music/melody.js';
import type { Answer, Job, Mix } from './job.js';

/** Steps of a part of an answer; the first part is a single step, so that the first note can be on its way at once. */
const PART_STEPS = 4;
/** A snapshot is kept every so many steps, the last so many of them. */
const SNAPSHOT_STEPS = 4;
const SNAPSHOTS = 12;
/** Mixes whose listeners are kept. */
const EARS = 4;

/** A mix that has heard something. */
interface Ear {
  readonly key: string;
  readonly listener: MixedListener;
  /** What speaks: continues from where `listener` is. */
  readonly voice: MixedListener;
  /** Has heard nothing. */
  readonly blank: MixedListener;
  /** What `listener` has heard, in the models' range. */
  readonly heard: number[];
  /** Ascending by length. */
  readonly snapshots: MixedListener[];
}

/** A job being worked on. */
interface Work {
  readonly job: Job;
  readonly ear: Ear;
  /** The primer in the models' key and range, `amount` semitones up. */
  readonly events: readonly number[];
  readonly amount: number;
  /** Index into job.takes of the take being made. */
  take: number;
  random: Random;
  /** Events of this take so far, in the models' range; undefined before its first step. */
  line: number[] | undefined;
  /** Events of it that were handed over. */
  given: number;
}

export class Planner {
  readonly #models: ReadonlyMap<string, MelodyModel>;
  readonly #ears: Ear[] = [];
  #answering: Work | undefined;
  #listening: Work | undefined;

  /** @param models the models by the names that jobs use */
  constructor(models: ReadonlyMap<string, MelodyModel>) {
    this.#models = models;
  }

  /** Whether there is nothing to do. */
  get idle(): boolean {
    return this.#answering === undefined && this.#listening === undefined;
  }

  /**
   * Takes a job. One that wants an answer replaces all that is unfinished; one that only listens waits until an answer is finished, and
   * replaces another of its kind.
   * @throws MstError `not-found` for an unknown model, `usage` for models that do not mix, `bad-primer`, `bad-sequence`
   */
  give(job: Job): void {
    if (job.primer.length === 0) throw new MstError('bad-primer', 'A job has no primer.', { hint: 'Give at least one event.' });
    checkTemperature(job.temperature);
    const ear = this.#earOf(job.mix);
    const [part] = job.mix;
    const model = this.#models.get(part?.model ?? '') as MelodyModel;
    const { events, amount } = squash(melodyFromEvents(job.primer).events, model.encoder.settings);
    const work: Work = { job, ear, events, amount, take: 0, random: randomOf(job, 0), line: undefined, given: 0 };
    this.#listening = undefined;
    if (job.steps > 0) this.#answering = work;
    else this.#listening = work;
  }

  /**
   * Works for at most `steps` steps of the networks, at least one.
   * @returns a part of an answer as soon as there is one; call again until `idle`
   */
  work(steps: number): Answer | undefined {
    for (let left = Math.max(1, steps); left > 0; ) {
      const work = this.#answering ?? this.#listening;
      if (work === undefined) return undefined;
      const { ear, events } = work;
      if (work.line === undefined && !hears(ear, events)) {
        rewind(ear, events);
        if (ear.heard.length < events.length) {
          hear(ear, events[ear.heard.length] as number);
          left -= ear.listener.size;
          continue;
        }
      }
      if (work === this.#listening) {
        this.#listening = undefined;
        continue;
      }
      const part = this.#extend(work);
      left -= ear.listener.size;
      if (part !== undefined) return part;
    }
    return undefined;
  }

  #extend(work: Work): Answer | undefined {
    const { job, ear } = work;
    if (work.line === undefined) {
      work.line = [];
      ear.voice.copyFrom(ear.listener);
    } else {
      ear.voice.feed(work.line.at(-1) as number);
    }
    const { line } = work;
    // The answer begins on the beat: its first event is drawn among the notes.
    line.push(ear.voice.choose(job.temperature, work.random, line.length === 0 && job.done === 0));
    const done = line.length === job.steps;
    if (!done && line.length !== 1 && (line.length - 1) % PART_STEPS !== 0) return undefined;
    const part = {
      job: job.id,
      take: job.takes[work.take] as number,
      from: work.given,
      events: transpose(line.slice(work.given), -work.amount),
      done,
    };
    work.given = line.length;
    if (done) this.#nextTake(work);
    return part;
  }

  #nextTake(work: Work): void {
    work.take++;
    work.line = undefined;
    work.given = 0;
    if (work.take < work.job.takes.length) work.random = randomOf(work.job, work.take);
    else if (this.#answering === work) this.#answering = undefined;
  }

  #earOf(mix: Mix): Ear {
    const key = JSON.stringify(mix.map(({ model, weight }) => [model, weight]));
    const at = this.#ears.findIndex((ear) => ear.key === key);
    const known = this.#ears[at];
    if (known !== undefined) {
      this.#ears.unshift(...this.#ears.splice(at, 1));
      return known;
    }
    const models = mix.map(({ model: name, weight }) => {
      const model = this.#models.get(name);
      if (model !== undefined) return { model, weight };
      throw new MstError('not-found', `There is no model called ${JSON.stringify(name)} in this session.`, {
        hint: `Choose among ${[...this.#models.keys()].join(', ') || 'none'}.`,
      });
    });
    const [listener, voice, blank] = [new MixedListener(models), new MixedListener(models), new MixedListener(models)];
    const ear: Ear = { key, listener, voice, blank, heard: [], snapshots: [] };
    this.#ears.unshift(ear);
    this.#ears.length = Math.min(this.#ears.length, EARS);
    return ear;
  }
}

/** The whole answer to a job, at once: what a replay compares with. @throws MstError as `Planner.give` */
export function answerTo(models: ReadonlyMap<string, MelodyModel>, job: Job): Map<number, readonly number[]> {
  const planner = new Planner(models);
  planner.give(job);
  const takes = new Map<number, number[]>();
  while (!planner.idle) {
    const part = planner.work(64);
    if (part !== undefined) takes.set(part.take, [...(takes.get(part.take) ?? []), ...part.events]);
  }
  return takes;
}

function randomOf({ seed, turn, takes, done }: Job, take: number): Random {
  return new Random(seed).derive(`turn ${turn} take ${takes[take] ?? 0} from ${done}`);
}

function hears({ heard }: Ear, events: readonly number[]): boolean {
  return heard.length === events.length && heard.every((event, step) => event === events[step]);
}

/** Goes back to where the ear heard the beginning of `events` and nothing else, as little as snapshots allow. */
function rewind(ear: Ear, events: readonly number[]): void {
  const { heard, snapshots } = ear;
  let common = 0;
  while (common < heard.length && common < events.length && heard[common] === events[common]) common++;
  if (common === heard.length) return;
  while ((snapshots.at(-1)?.length ?? 0) > common) snapshots.pop();
  const snapshot = snapshots.at(-1) ?? ear.blank;
  heard.length = snapshot.length;
  ear.listener.copyFrom(snapshot);
}

function hear(ear: Ear, event: number): void {
  const { heard, listener, snapshots } = ear;
  listener.feed(event);
  heard.push(event);
  if (heard.length % SNAPSHOT_STEPS !== 0) return;
  snapshots.push(listener.clone());
  // The first one stays: a change of key changes everything, a change of mind only the end.
  if (snapshots.length > SNAPSHOTS) snapshots.splice(1, 1);
}
