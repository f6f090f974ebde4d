// The learning rate of each step, as data: it depends on the step and the run's total alone, so a resumed run finds the same.

export type Schedule =
  | { readonly kind: 'constant'; readonly learningRate: number }
  /** Rises in a straight line for `warmupSteps`, then falls as half a cosine to `finalFraction` of the peak at the last step. */
  | { readonly kind: 'cosine'; readonly learningRate: number; readonly warmupSteps: number; readonly finalFraction: number };

/** The learning rate of `step`, 1 to `total`. */
export function learningRateAt(schedule: Schedule, step: number, total: number): number {
  if (schedule.kind === 'constant') return schedule.learningRate;
  const { learningRate, warmupSteps, finalFraction } = schedule;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  const done = (step - warmupSteps) / Math.max(1, total - warmupSteps);
  return learningRate * (finalFraction + (1 - finalFraction) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done))));
}
