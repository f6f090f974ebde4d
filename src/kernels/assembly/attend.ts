// Attention over the last outputs (spec F.2) for one row and step, forward and backward.
// A slot is a row of the memory; `offsets` lists the byte offsets of the filled ones from the bases of `kept`, `projected` and their
// gradients. Slots never filled are zero rows: all alike, they share one score.

import { exp4, multiplyAdd, sum4, tanh4 } from './arithmetic';
import { addScaledRow } from './sparse';

/** sum over u of v[u] * tanh(projected[u] + y[u]). */
export function score(projected: usize, y: usize, v: usize, units: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  const end = y + (<usize>units << 2);
  while (y < end) {
    s0 = multiplyAdd(v128.load(v), tanh4(f32x4.add(v128.load(projected), v128.load(y))), s0);
    s1 = multiplyAdd(v128.load(v, 16), tanh4(f32x4.add(v128.load(projected, 16), v128.load(y, 16))), s1);
    projected += 32;
    y += 32;
    v += 32;
  }
  return sum4(f32x4.add(s0, s1));
}

/**
 * Softmax weights over `slots` slots of which `filled` are listed, and the weighted sum of the kept rows.
 * @param weights out: filled weights, then the weight of one unfilled slot (0 if there is none); room for slots + 1, rounded up to 4
 * @param zeros a row of zeros
 */
export function attendForward(
  kept: usize, projected: usize, offsets: usize, filled: i32, slots: i32,
  y: usize, v: usize, zeros: usize, weights: usize, out: usize, units: i32,
): void {
  let most: f32 = -Infinity;
  for (let slot: i32 = 0; slot < filled; slot++) {
    const s = score(projected + load<u32>(offsets + (<usize>slot << 2)), y, v, units);
    store<f32>(weights + (<usize>slot << 2), s);
    most = max(most, s);
  }
  let used = filled;
  if (filled < slots) {
    const s = score(zeros, y, v, units);
    store<f32>(weights + (<usize>filled << 2), s);
    most = max(most, s);
    used++;
  }
  for (let at: i32 = used; at & 3; at++) store<f32>(weights + (<usize>at << 2), -Infinity);
  let total = f32x4.splat(0);
  for (let at: i32 = 0; at < used; at += 4) {
    const e = exp4(f32x4.sub(v128.load(weights + (<usize>at << 2)), f32x4.splat(most)));
    v128.store(weights + (<usize>at << 2), e);
    total = f32x4.add(total, e);
  }
  // The padding was raised to e^-87, which is nothing beside the largest weight of 1.
  let sum = sum4(total);
  if (filled < slots) sum += load<f32>(weights + (<usize>filled << 2)) * <f32>(slots - filled - 1);
  const scale = f32x4.splat(1 / sum);
  for (let at: i32 = 0; at < used; at += 4) {
    v128.store(weights + (<usize>at << 2), f32x4.mul(v128.load(weights + (<usize>at << 2)), scale));
  }
  if (filled == slots) store<f32>(weights + (<usize>filled << 2), 0);
  weightedSum(kept, offsets, filled, weights, out, units);
}

/** out = sum over slots of weight * kept row. */
export function weightedSum(kept: usize, offsets: usize, filled: i32, weights: usize, out: usize, units: i32): void {
  for (let u: i32 = 0; u < units; u += 8) {
    const base = kept + (<usize>u << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    for (let slot: i32 = 0; slot < filled; slot++) {
      const w = v128.load32_splat(weights + (<usize>slot << 2));
      const row = base + load<u32>(offsets + (<usize>slot << 2));
      s0 = multiplyAdd(v128.load(row), w, s0);
      s1 = multiplyAdd(v128.load(row, 16), w, s1);
    }
    v128.store(out + (<usize>u << 2), s0);
    v128.store(out + (<usize>u << 2), s1, 16);
  }
}

/** a . b */
export function dot(a: usize, b: usize, units: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  const end = a + (<usize>units << 2);
  while (a < end) {
    s0 = multiplyAdd(v128.load(a), v128.load(b), s0);
    s1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), s1);
    a += 32;
    b += 32;
  }
  return sum4(f32x4.add(s0, s1));
}

/** The way back through one slot's score: adds to dProjected (unless it is 0), dy and dv. */
export function scoreBackward(
  projected: usize, y: usize, v: usize, ds: f32, dProjected: usize, dy: usize, dv: usize, units: i32,
): void {
  const d = f32x4.splat(ds);
  const one = f32x4.splat(1);
  const end = y + (<usize>units << 2);
  while (y < end) {
    const t = tanh4(f32x4.add(v128.load(projected), v128.load(y)));
    const g = f32x4.mul(f32x4.mul(d, v128.load(v)), f32x4.sub(one, f32x4.mul(t, t)));
    v128.store(dv, multiplyAdd(d, t, v128.load(dv)));
    v128.store(dy, f32x4.add(g, v128.load(dy)));
    if (dProjected) {
      v128.store(dProjected, f32x4.add(g, v128.load(dProjected)));
      dProjected += 16;
    }
    projected += 16;
    y += 16;
    v += 16;
    dy += 16;
    dv += 16;
  }
}

/**
 * The way back through attendForward.
 * @param dOut gradient of its result; @param dScores scratch for slots + 1 values; @param dy out
 * Adds to the rows of dKept and dProjected and to dv.
 */
export function attendBackward(
  kept: usize, projected: usize, dKept: usize, dProjected: usize, offsets: usize, filled: i32, slots: i32,
  y: usize, v: usize, zeros: usize, weights: usize, dOut: usize, dScores: usize, dy: usize, dv: usize, units: i32,
): void {
  let mean: f32 = 0;
  for (let slot: i32 = 0; slot < filled; slot++) {
    const offset = <usize>load<u32>(offsets + (<usize>slot << 2));
    const w = load<f32>(weights + (<usize>slot << 2));
    const d = dot(kept + offset, dOut, units);
    store<f32>(dScores + (<usize>slot << 2), d);
    mean += w * d;
    addScaledRow(dOut, w, dKept + offset, units);
  }
  memory.fill(dy, 0, <usize>units << 2);
  for (let slot: i32 = 0; slot < filled; slot++) {
    const offset = <usize>load<u32>(offsets + (<usize>slot << 2));
    const ds = load<f32>(weights + (<usize>slot << 2)) * (load<f32>(dScores + (<usize>slot << 2)) - mean);
    scoreBackward(projected + offset, y, v, ds, dProjected + offset, dy, dv, units);
  }
  if (filled < slots) {
    const ds = -mean * load<f32>(weights + (<usize>filled << 2)) * <f32>(slots - filled);
    scoreBackward(zeros, y, v, ds, 0, dy, dv, units);
  }
}
