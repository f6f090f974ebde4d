// What a run learns from, one course after the other: melodies and accompaniment together, then the melodies alone, so that what the
// network writes in the end are melodies. A run without accompaniment has one course.

import type { Example } from '../encoding/example.js';
import { type BatchPosition, BatchSource, firstPosition } from './batches.js';
import type { Dataset } from './dataset.js';
import type { PackedBatch } from './packed-batch.js';
import type { TrainingPlan } from './plan.js';

export interface Course {
  readonly examples: readonly Example[];
  /** Its last step in the run. */
  readonly until: number;
  /** Of a batch of it, on average. */
  readonly tokensPerStep: number;
}

type CoursePlan = Pick<TrainingPlan, 'steps' | 'firstCourse' | 'hparams' | 'seed'>;

/** The courses of a plan, in order; with the accompaniment of a plan that has a first course for it. */
export function coursesOf(plan: CoursePlan, training: Dataset, accompaniment: Dataset | undefined): Course[] {
  const course = (sets: readonly Dataset[], until: number): Course => {
    const examples = sets.length === 1 ? training.examples : sets.flatMap((set) => set.examples);
    const tokens = sets.reduce((sum, set) => sum + set.tokens, 0);
    return { examples, until, tokensPerStep: tokens / Math.ceil(examples.length / plan.hparams.batchSize) };
  };
  const alone = course([training], plan.steps);
  if (plan.firstCourse === undefined || accompaniment === undefined) return [alone];
  return [course([training, accompaniment], plan.firstCourse), alone];
}

/** The tokens of all steps of `courses` that come after `step`, about. */
export function tokensOfSteps(courses: readonly Course[], step: number): number {
  let done = step;
  let tokens = 0;
  for (const { until, tokensPerStep } of courses) {
    tokens += Math.max(0, until - done) * tokensPerStep;
    done = Math.max(done, until);
  }
  return tokens;
}

/** The batches of a run, step by step. Their order follows from the plan and the examples alone; each course begins an order of its own. */
export class CourseBatches {
  readonly #courses: readonly Course[];
  readonly #plan: CoursePlan;
  #step: number;
  #source: BatchSource;

  /** From the step after `step` on, where the batches stood at `position`. */
  constructor(courses: readonly Course[], plan: CoursePlan, { step, position }: { step: number; position: BatchPosition }) {
    this.#courses = courses;
    this.#plan = plan;
    this.#step = step;
    this.#source = this.#sourceAt(position);
  }

  /** Where the next batch stands in its course. */
  get position(): BatchPosition {
    return this.#source.position;
  }

  next(): PackedBatch {
    const batch = this.#source.next();
    this.#step += 1;
    if (this.#courses.slice(0, -1).some(({ until }) => until === this.#step)) this.#source = this.#sourceAt(firstPosition(this.#plan.seed));
    return batch;
  }

  #sourceAt(position: BatchPosition): BatchSource {
    const course = this.#courses.find(({ until }) => until > this.#step) ?? (this.#courses.at(-1) as Course);
    return new BatchSource(course.examples, this.#plan.hparams.batchSize, position);
  }
}
