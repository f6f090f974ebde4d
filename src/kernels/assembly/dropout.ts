// Dropout masks from a hash of (seed and step, layer, row, time, unit): the same mask whichever thread computes it, forward and backward.
// src/kernels/dropout.ts is its twin; both must change together.

/** A bijection of 32-bit integers whose output bits all depend on all input bits. */
// @ts-ignore: decorator
@inline
function mix(value: u32): u32 {
  let x = value;
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/** The key of one row of one layer at one step. */
export function maskKey(batch: u32, layer: u32, row: u32, time: u32): u32 {
  return mix(mix(mix(batch ^ layer) ^ row) ^ time);
}

/** target = source * mask / keep, for `units` values (a multiple of 4); `threshold` = keep * 2^32, rounded up. Source and target may be the same. */
export function dropRow(source: usize, target: usize, units: i32, key: u32, threshold: u32, scale: f32): void {
  let unit = i32x4.add(i32x4.splat(key), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(0x9e3779b9)));
  const end = source + (<usize>units << 2);
  while (source < end) {
    let x = v128.xor(unit, i32x4.shr_u(unit, 16));
    x = i32x4.mul(x, i32x4.splat(0x7feb352d));
    x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    const kept = i32x4.lt_u(x, i32x4.splat(threshold));
    v128.store(target, v128.and(kept, f32x4.mul(v128.load(source), f32x4.splat(scale))));
    unit = i32x4.add(unit, i32x4.splat(0x9e3779b9 * 4));
    source += 16;
    target += 16;
  }
}
