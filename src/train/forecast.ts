// How long a run will take, told once when its first steps, slow while the engine warms up, are behind it. It says and decides nothing
// about what is computed.

import { type Course, coursesOf, tokensOfSteps } from './courses.js';
import type { Dataset } from './dataset.js';
import type { TrainingPlan } from './plan.js';

/** What measuring a token costs beside learning from it: there is no way back. */
export const EVALUATION_COST = 1 / 3;
/** Steps that are not measured. */
const WARM_STEPS = 5;
/** Nothing is told before so many steps and milliseconds. */
const STEPS = 20;
const MILLISECONDS = 3000;

/** What a step says, as the trainer reports it. */
interface Step {
  readonly step: number;
  /** Learned from by then. */
  readonly tokens: number;
  /** Set when the held-out examples were measured after the step. */
  readonly evaluation?: unknown;
}

export class Forecast {
  readonly #plan: TrainingPlan;
  readonly #courses: readonly Course[];
  readonly #heldOutTokens: number;
  readonly #began: number;
  #first: number | undefined;
  #last: { readonly tokens: number; readonly now: number; readonly evaluated: boolean } | undefined;
  #tokens = 0;
  #milliseconds = 0;
  #told = false;

  /** @param now when training began, in milliseconds */
  constructor(
    plan: TrainingPlan,
    { training, accompaniment, heldOut, now }: { training: Dataset; accompaniment?: Dataset | undefined; heldOut: Dataset; now: number },
  ) {
    this.#plan = plan;
    this.#courses = coursesOf(plan, training, accompaniment);
    this.#heldOutTokens = heldOut.tokens;
    this.#began = now;
  }

  /** Given every step as it is done: from the beginning to the end of the run in seconds, once, as soon as it can be said. */
  after({ step, tokens, evaluation }: Step, now: number): number | undefined {
    this.#first ??= step;
    const last = this.#last;
    const evaluated = evaluation !== undefined;
    this.#last = { tokens, now, evaluated };
    // A step after an evaluation has a checkpoint written before it.
    if (last !== undefined && step - this.#first >= WARM_STEPS && !evaluated && !last.evaluated) {
      this.#tokens += tokens - last.tokens;
      this.#milliseconds += now - last.now;
    }
    const early = step - this.#first < STEPS - 1 || now - this.#began < MILLISECONDS;
    if (this.#told || early || this.#tokens === 0) return undefined;
    this.#told = true;
    const { steps, evaluateEvery } = this.#plan;
    const evaluations = Math.ceil(steps / evaluateEvery) - Math.floor(step / evaluateEvery);
    const left = tokensOfSteps(this.#courses, step) + evaluations * EVALUATION_COST * this.#heldOutTokens;
    return (now - this.#began + (left * this.#milliseconds) / this.#tokens) / 1000;
  }
}
