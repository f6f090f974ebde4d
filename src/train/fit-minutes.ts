// How many steps fit into a given time: measured once, before a run begins, so that its plan can be fixed and no later decision
// depends on the clock.

import { firstPosition } from './batches.js';
import { CourseBatches, coursesOf, tokensOfSteps } from './courses.js';
import type { Dataset } from './dataset.js';
import type { Engine } from './engines.js';
import { EVALUATION_COST } from './forecast.js';
import { initialWeights } from './initialize.js';
import { zeroSlots } from './optimizer.js';
import type { PackedBatch } from './packed-batch.js';
import { EVALUATIONS, networkShape, type TrainingPlan } from './plan.js';

/** Steps that are measured, after one that warms the engine up. */
const MEASURED = 4;
const MOST_EVALUATION = 0.3;

/**
 * The steps a run of `plan` (whatever its own number of steps) makes in `minutes`, at least 1.
 * @param now a clock in milliseconds
 */
export function stepsForMinutes(
  minutes: number,
  plan: TrainingPlan,
  {
    engine,
    training,
    accompaniment,
    heldOut,
    now,
  }: { engine: Engine; training: Dataset; accompaniment?: Dataset | undefined; heldOut: Dataset | null; now: () => number },
): number {
  const deadline = now() + minutes * 60_000;
  const shape = networkShape(plan);
  const variables = initialWeights(shape, plan.seed);
  const courses = coursesOf(plan, training, accompaniment);
  const source = new CourseBatches(courses, plan, { step: 0, position: firstPosition(plan.seed) });
  const batches = Array.from({ length: MEASURED + 1 }, () => source.next());
  // Room for these alone: the run, which has its own, begins before this is given back.
  const most = (sizeOf: (batch: PackedBatch) => number): number => Math.max(...batches.map(sizeOf));
  const room = {
    rows: most(({ rows }) => rows),
    tokens: most(({ tokens }) => tokens),
    entries: most(({ inputs }) => inputs.columns.length),
  };
  const stepper = engine.createStepper(shape, plan, { variables, slots: zeroSlots(variables) }, room);
  let tokens = 0;
  let spent = 0;
  try {
    for (const [i, batch] of batches.entries()) {
      if (i >= 2 && now() >= deadline) break;
      const before = now();
      stepper.step(batch, 1);
      if (i === 0) continue;
      spent += now() - before;
      tokens += batch.tokens;
    }
  } finally {
    stepper.dispose();
  }
  const perToken = spent / tokens;
  const left = deadline - now();
  const measuring = Math.min(MOST_EVALUATION * left, EVALUATIONS * EVALUATION_COST * perToken * (heldOut?.tokens ?? 0));
  const perStep = (perToken * tokensOfSteps(courses, 0)) / plan.steps;
  return Math.max(1, Math.floor((left - measuring) / perStep));
}
