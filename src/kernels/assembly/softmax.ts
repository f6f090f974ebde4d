// Softmax cross-entropy on one row of logits (spec F.5). Padded classes carry a bias of -1e30 and so get no probability.

import { exp4, sum4 } from './arithmetic';

/** Index of the largest of `classes` values, the first of equals. */
export function argmax(row: usize, classes: i32): i32 {
  let best: i32 = 0;
  let most = load<f32>(row);
  for (let k: i32 = 1; k < classes; k++) {
    const x = load<f32>(row + (<usize>k << 2));
    if (x > most) {
      most = x;
      best = k;
    }
  }
  return best;
}

/**
 * Turns logits into gradients in place: (softmax - onehot(label)) * scale; `width` = classes rounded up to 8.
 * @param logProbabilities 0, or where to write the log-probabilities of the `classes` classes
 * @returns the cross-entropy -log softmax[label], in nats
 */
export function softmaxRow(row: usize, width: i32, classes: i32, label: i32, scale: f32, logProbabilities: usize): f64 {
  const end = row + (<usize>width << 2);
  let most4 = v128.load(row);
  for (let at = row + 16; at < end; at += 16) most4 = f32x4.max(most4, v128.load(at));
  const most = max(
    max(f32x4.extract_lane(most4, 0), f32x4.extract_lane(most4, 1)),
    max(f32x4.extract_lane(most4, 2), f32x4.extract_lane(most4, 3)),
  );
  const chosen = load<f32>(row + (<usize>label << 2));
  if (logProbabilities) memory.copy(logProbabilities, row, <usize>classes << 2);
  let total = f32x4.splat(0);
  for (let at = row; at < end; at += 16) {
    const e = exp4(f32x4.sub(v128.load(at), f32x4.splat(most)));
    v128.store(at, e);
    total = f32x4.add(total, e);
  }
  const sum = sum4(total);
  const logSum = NativeMath.log(<f64>sum) + <f64>most;
  if (logProbabilities) {
    for (let k: i32 = 0; k < classes; k++) {
      const at = logProbabilities + (<usize>k << 2);
      store<f32>(at, <f32>(<f64>load<f32>(at) - logSum));
    }
  }
  const factor = f32x4.splat(scale / sum);
  for (let at = row; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
  const at = row + (<usize>label << 2);
  store<f32>(at, load<f32>(at) - scale);
  return logSum - <f64>chosen;
}
