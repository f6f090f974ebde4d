// The course of a training run, and where it began to learn by heart: training loss falls on while the loss on held-out songs rises.

/** Losses in nats at a training step; which of the two are there depends on what was measured after it. */
export interface CurvePoint {
  readonly step: number;
  /** Of one training batch. */
  readonly training?: number;
  readonly heldOut?: number;
}

export interface Overfitting {
  /** The step of the lowest held-out loss, and that loss. */
  readonly bestStep: number;
  readonly bestHeldOut: number;
  /** The last step measured. */
  readonly lastStep: number;
  readonly lastHeldOut: number;
  /** Mean training loss up to the best step and up to the last. */
  readonly trainingThen: number;
  readonly trainingNow: number;
}

/** A rise smaller than this part of the loss is noise. */
const RISE = 0.05;
/** Batches whose losses are averaged. */
const BATCHES = 10;

/**
 * Finds overfitting in a run's losses, ordered by step; null where there is none.
 * @param after what was measured up to this step does not count: the accompaniment was learned first, and no such checkpoint is the best
 */
export function findOverfitting(curve: readonly CurvePoint[], after = 0): Overfitting | null {
  const measured = curve.flatMap(({ step, heldOut }) => (heldOut === undefined || step <= after ? [] : [{ step, heldOut }]));
  const last = measured.at(-1);
  if (last === undefined) return null;
  const best = measured.reduce((lowest, point) => (point.heldOut < lowest.heldOut ? point : lowest));
  const [trainingThen, trainingNow] = [trainingLossUpTo(curve, best.step), trainingLossUpTo(curve, last.step)];
  if (!(last.heldOut > best.heldOut * (1 + RISE) && trainingNow < trainingThen)) return null;
  return { bestStep: best.step, bestHeldOut: best.heldOut, lastStep: last.step, lastHeldOut: last.heldOut, trainingThen, trainingNow };
}

function trainingLossUpTo(curve: readonly CurvePoint[], step: number): number {
  const losses = curve.flatMap((point) => (point.training === undefined || point.step > step ? [] : [point.training])).slice(-BATCHES);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
