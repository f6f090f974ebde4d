// Weight gradients: G += A^T * D over the tokens of a chunk. A and D are repacked so that the inner loop reads both without a stride:
// A as [columns / 4][tokens][4], D as [columns / 8][tokens][8]; G lies in panels like the weights: [columns of D / 8][columns of A][8].

import { multiplyAdd } from './arithmetic';

/** Columns of A taken at a time: with 256 tokens they stay in a second-level cache. */
const rowBlock: i32 = 256;

/** Copies `rows` rows of `columns` values (a multiple of 4) to tokens `at`.. of a packed A that holds `tokens` tokens. */
export function packRows(source: usize, stride: usize, rows: i32, columns: i32, target: usize, tokens: i32, at: i32): void {
  let out = target + (<usize>at << 4);
  for (let column: i32 = 0; column < columns; column += 4) {
    let from = source + (<usize>column << 2);
    let to = out;
    for (let row: i32 = 0; row < rows; row++) {
      v128.store(to, v128.load(from));
      from += stride;
      to += 16;
    }
    out += <usize>tokens << 4;
  }
}

/** Zeros in tokens `at`.. `at` + `rows` of a packed A. */
export function packZeros(rows: i32, columns: i32, target: usize, tokens: i32, at: i32): void {
  let out = target + (<usize>at << 4);
  for (let column: i32 = 0; column < columns; column += 4) {
    memory.fill(out, 0, <usize>rows << 4);
    out += <usize>tokens << 4;
  }
}

/** Packs a whole D (`columns` a multiple of 8) and adds its column sums to `sums`: the gradient of the bias. */
export function packPanels(source: usize, stride: usize, tokens: i32, columns: i32, target: usize, sums: usize): void {
  for (let column: i32 = 0; column < columns; column += 8) {
    let from = source + (<usize>column << 2);
    let sum0 = v128.load(sums);
    let sum1 = v128.load(sums, 16);
    for (let row: i32 = 0; row < tokens; row++) {
      const x0 = v128.load(from);
      const x1 = v128.load(from, 16);
      sum0 = f32x4.add(sum0, x0);
      sum1 = f32x4.add(sum1, x1);
      v128.store(target, x0);
      v128.store(target, x1, 16);
      from += stride;
      target += 32;
    }
    v128.store(sums, sum0);
    v128.store(sums, sum1, 16);
    sums += 32;
  }
}

export function gradientTile4x8(a: usize, b: usize, tokens: i32, c: usize): void {
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c, 32);
  let c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64);
  let c21 = v128.load(c, 80);
  let c30 = v128.load(c, 96);
  let c31 = v128.load(c, 112);
  const end = a + (<usize>tokens << 4);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat(a, 4);
    const x2 = v128.load32_splat(a, 8);
    const x3 = v128.load32_splat(a, 12);
    c00 = multiplyAdd(b0, x0, c00);
    c01 = multiplyAdd(b1, x0, c01);
    c10 = multiplyAdd(b0, x1, c10);
    c11 = multiplyAdd(b1, x1, c11);
    c20 = multiplyAdd(b0, x2, c20);
    c21 = multiplyAdd(b1, x2, c21);
    c30 = multiplyAdd(b0, x3, c30);
    c31 = multiplyAdd(b1, x3, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}

/** G [m, n] += A^T * D for packed A (m columns) and D (n columns). */
export function gradientProduct(m: i32, n: i32, tokens: i32, a: usize, d: usize, g: usize): void {
  const panels = n >> 3;
  for (let m0: i32 = 0; m0 < m; m0 += rowBlock) {
    const m1 = min(m0 + rowBlock, m);
    for (let p: i32 = 0; p < panels; p++) {
      const dp = d + ((<usize>p * <usize>tokens) << 5);
      const gp = g + ((<usize>p * <usize>m) << 5);
      for (let i = m0; i < m1; i += 4) gradientTile4x8(a + ((<usize>i * <usize>tokens) << 2), dp, tokens, gp + (<usize>i << 5));
    }
  }
}
