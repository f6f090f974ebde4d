// Inputs with few values that are not zero: a product with them is a sum of rows, and its gradient is added to those rows.
// Tables have `width` columns, a multiple of 8.

import { multiplyAdd } from './arithmetic';

/** out = init + the sum over entries first..last-1 of value * table[column]. */
export function gatherRow(
  first: i32, last: i32, columns: usize, values: usize, table: usize, stride: usize, init: usize, out: usize, width: i32,
): void {
  let offset: usize = 0;
  const whole = <usize>(width & ~15) << 2;
  for (; offset < whole; offset += 64) {
    let s0 = v128.load(init + offset);
    let s1 = v128.load(init + offset, 16);
    let s2 = v128.load(init + offset, 32);
    let s3 = v128.load(init + offset, 48);
    for (let entry = first; entry < last; entry++) {
      const x = v128.load32_splat(values + (<usize>entry << 2));
      const row = table + <usize>load<i32>(columns + (<usize>entry << 2)) * stride + offset;
      s0 = multiplyAdd(v128.load(row), x, s0);
      s1 = multiplyAdd(v128.load(row, 16), x, s1);
      s2 = multiplyAdd(v128.load(row, 32), x, s2);
      s3 = multiplyAdd(v128.load(row, 48), x, s3);
    }
    v128.store(out + offset, s0);
    v128.store(out + offset, s1, 16);
    v128.store(out + offset, s2, 32);
    v128.store(out + offset, s3, 48);
  }
  if (width & 8) {
    let s0 = v128.load(init + offset);
    let s1 = v128.load(init + offset, 16);
    for (let entry = first; entry < last; entry++) {
      const x = v128.load32_splat(values + (<usize>entry << 2));
      const row = table + <usize>load<i32>(columns + (<usize>entry << 2)) * stride + offset;
      s0 = multiplyAdd(v128.load(row), x, s0);
      s1 = multiplyAdd(v128.load(row, 16), x, s1);
    }
    v128.store(out + offset, s0);
    v128.store(out + offset, s1, 16);
  }
}

/** target += value * source. */
export function addScaledRow(source: usize, value: f32, target: usize, width: i32): void {
  const x = f32x4.splat(value);
  const end = source + (<usize>width << 2);
  while (source < end) {
    v128.store(target, multiplyAdd(v128.load(source), x, v128.load(target)));
    v128.store(target, multiplyAdd(v128.load(source, 16), x, v128.load(target, 16)), 16);
    source += 32;
    target += 32;
  }
}

/** table[column] += value * source for entries first..last-1. */
export function scatterRow(
  first: i32, last: i32, columns: usize, values: usize, source: usize, table: usize, stride: usize, width: i32,
): void {
  for (let entry = first; entry < last; entry++) {
    addScaledRow(
      source, load<f32>(values + (<usize>entry << 2)),
      table + <usize>load<i32>(columns + (<usize>entry << 2)) * stride, width,
    );
  }
}
