// C = init + A * B, where B lies in panels of 8 columns: [columns / 8][k][8]. All strides are in bytes; the columns are a multiple of 8.
// The tiles are leaf functions that must stay functions: V8 optimises a small function after a few calls, a large one only after it has
// returned, and 4 x 8 is the largest tile that stays in 16 registers.

import { multiplyAdd } from './arithmetic';

/** Rows of B taken at a time: 8 columns of them fill half a first-level cache. */
const depthBlock: i32 = 512;
/** Rows of A taken at a time: with 512 columns they stay in a second-level cache. */
const rowBlock: i32 = 128;

export function tile4x8(a: usize, lda: usize, b: usize, k: i32, c: usize, ldc: usize, init: usize, ldi: usize): void {
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  let c10 = v128.load(init + ldi);
  let c11 = v128.load(init + ldi, 16);
  let c20 = v128.load(init + 2 * ldi);
  let c21 = v128.load(init + 2 * ldi, 16);
  let c30 = v128.load(init + 3 * ldi);
  let c31 = v128.load(init + 3 * ldi, 16);
  let a1 = a + lda;
  let a2 = a1 + lda;
  let a3 = a2 + lda;
  const end = a + (<usize>k << 2);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat(a1);
    const x2 = v128.load32_splat(a2);
    const x3 = v128.load32_splat(a3);
    c00 = multiplyAdd(b0, x0, c00);
    c01 = multiplyAdd(b1, x0, c01);
    c10 = multiplyAdd(b0, x1, c10);
    c11 = multiplyAdd(b1, x1, c11);
    c20 = multiplyAdd(b0, x2, c20);
    c21 = multiplyAdd(b1, x2, c21);
    c30 = multiplyAdd(b0, x3, c30);
    c31 = multiplyAdd(b1, x3, c31);
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + ldc, c10);
  v128.store(c + ldc, c11, 16);
  v128.store(c + 2 * ldc, c20);
  v128.store(c + 2 * ldc, c21, 16);
  v128.store(c + 3 * ldc, c30);
  v128.store(c + 3 * ldc, c31, 16);
}

export function tile3x8(a: usize, lda: usize, b: usize, k: i32, c: usize, ldc: usize, init: usize, ldi: usize): void {
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  let c10 = v128.load(init + ldi);
  let c11 = v128.load(init + ldi, 16);
  let c20 = v128.load(init + 2 * ldi);
  let c21 = v128.load(init + 2 * ldi, 16);
  let a1 = a + lda;
  let a2 = a1 + lda;
  const end = a + (<usize>k << 2);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat(a1);
    const x2 = v128.load32_splat(a2);
    c00 = multiplyAdd(b0, x0, c00);
    c01 = multiplyAdd(b1, x0, c01);
    c10 = multiplyAdd(b0, x1, c10);
    c11 = multiplyAdd(b1, x1, c11);
    c20 = multiplyAdd(b0, x2, c20);
    c21 = multiplyAdd(b1, x2, c21);
    a += 4;
    a1 += 4;
    a2 += 4;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + ldc, c10);
  v128.store(c + ldc, c11, 16);
  v128.store(c + 2 * ldc, c20);
  v128.store(c + 2 * ldc, c21, 16);
}

/** Two rows and two panels (`next` bytes apart). */
export function tile2x16(a: usize, lda: usize, b: usize, next: usize, k: i32, c: usize, ldc: usize, init: usize, ldi: usize): void {
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  let c02 = v128.load(init, 32);
  let c03 = v128.load(init, 48);
  let c10 = v128.load(init + ldi);
  let c11 = v128.load(init + ldi, 16);
  let c12 = v128.load(init + ldi, 32);
  let c13 = v128.load(init + ldi, 48);
  let a1 = a + lda;
  let d = b + next;
  const end = a + (<usize>k << 2);
  while (a < end) {
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat(a1);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(d);
    const b3 = v128.load(d, 16);
    c00 = multiplyAdd(b0, x0, c00);
    c10 = multiplyAdd(b0, x1, c10);
    c01 = multiplyAdd(b1, x0, c01);
    c11 = multiplyAdd(b1, x1, c11);
    c02 = multiplyAdd(b2, x0, c02);
    c12 = multiplyAdd(b2, x1, c12);
    c03 = multiplyAdd(b3, x0, c03);
    c13 = multiplyAdd(b3, x1, c13);
    a += 4;
    a1 += 4;
    b += 32;
    d += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c + ldc, c10);
  v128.store(c + ldc, c11, 16);
  v128.store(c + ldc, c12, 32);
  v128.store(c + ldc, c13, 48);
}

/** One row and four panels (`next` bytes apart). */
export function tile1x32(a: usize, b: usize, next: usize, k: i32, c: usize, init: usize): void {
  let c0 = v128.load(init);
  let c1 = v128.load(init, 16);
  let c2 = v128.load(init, 32);
  let c3 = v128.load(init, 48);
  let c4 = v128.load(init, 64);
  let c5 = v128.load(init, 80);
  let c6 = v128.load(init, 96);
  let c7 = v128.load(init, 112);
  let d = b + next;
  let e = d + next;
  let f = e + next;
  const end = a + (<usize>k << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    c0 = multiplyAdd(v128.load(b), x, c0);
    c1 = multiplyAdd(v128.load(b, 16), x, c1);
    c2 = multiplyAdd(v128.load(d), x, c2);
    c3 = multiplyAdd(v128.load(d, 16), x, c3);
    c4 = multiplyAdd(v128.load(e), x, c4);
    c5 = multiplyAdd(v128.load(e, 16), x, c5);
    c6 = multiplyAdd(v128.load(f), x, c6);
    c7 = multiplyAdd(v128.load(f, 16), x, c7);
    a += 4;
    b += 32;
    d += 32;
    e += 32;
    f += 32;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

export function tile1x8(a: usize, b: usize, k: i32, c: usize, init: usize): void {
  let c0 = v128.load(init);
  let c1 = v128.load(init, 16);
  const end = a + (<usize>k << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    c0 = multiplyAdd(v128.load(b), x, c0);
    c1 = multiplyAdd(v128.load(b, 16), x, c1);
    a += 4;
    b += 32;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
}

/** The last one to three rows of a block. */
export function productTail(
  m: i32, panels: i32, k: i32, a: usize, lda: usize, b: usize, next: usize,
  c: usize, ldc: usize, init: usize, ldi: usize,
): void {
  let p: i32 = 0;
  if (m == 3) {
    for (; p < panels; p++) tile3x8(a, lda, b + <usize>p * next, k, c + (<usize>p << 5), ldc, init + (<usize>p << 5), ldi);
    return;
  }
  if (m == 2) {
    for (; p + 2 <= panels; p += 2) {
      tile2x16(a, lda, b + <usize>p * next, next, k, c + (<usize>p << 5), ldc, init + (<usize>p << 5), ldi);
    }
    if (p < panels) {
      tile1x8(a, b + <usize>p * next, k, c + (<usize>p << 5), init + (<usize>p << 5));
      tile1x8(a + lda, b + <usize>p * next, k, c + ldc + (<usize>p << 5), init + ldi + (<usize>p << 5));
    }
    return;
  }
  for (; p + 4 <= panels; p += 4) tile1x32(a, b + <usize>p * next, next, k, c + (<usize>p << 5), init + (<usize>p << 5));
  for (; p < panels; p++) tile1x8(a, b + <usize>p * next, k, c + (<usize>p << 5), init + (<usize>p << 5));
}

/**
 * C [m, n] = init + A [m, k] * B [k, n]. `init` may be C itself (to add), a row of n values with stride 0 (a bias), or zeros with stride 0.
 */
export function product(
  m: i32, n: i32, k: i32, a: usize, lda: usize, b: usize,
  c: usize, ldc: usize, init: usize, ldi: usize,
): void {
  const panels = n >> 3;
  const next = <usize>k << 5;
  for (let k0: i32 = 0; k0 < k; k0 += depthBlock) {
    const depth = min(depthBlock, k - k0);
    const bk = b + (<usize>k0 << 5);
    for (let m0: i32 = 0; m0 < m; m0 += rowBlock) {
      const rows = min(rowBlock, m - m0);
      const whole = rows & ~3;
      const am = a + <usize>m0 * lda + (<usize>k0 << 2);
      const cm = c + <usize>m0 * ldc;
      const im = init + <usize>m0 * ldi;
      if (whole > 0) {
        for (let p: i32 = 0; p < panels; p++) {
          const bp = bk + <usize>p * next;
          const offset = <usize>p << 5;
          for (let i: i32 = 0; i < whole; i += 4) {
            tile4x8(am + <usize>i * lda, lda, bp, depth, cm + <usize>i * ldc + offset, ldc, im + <usize>i * ldi + offset, ldi);
          }
        }
      }
      if (whole < rows) {
        const w = <usize>whole;
        productTail(rows - whole, panels, depth, am + w * lda, lda, bk, next, cm + w * ldc, ldc, im + w * ldi, ldi);
      }
    }
    init = c;
    ldi = ldc;
  }
}
