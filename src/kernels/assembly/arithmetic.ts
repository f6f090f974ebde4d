// Four float32 values at a time: multiply-add, exp, sigmoid, tanh. Each is small enough to be inlined into the loops of the kernels.
// NaN goes through every one of them, so a diverged network shows in its loss.

/** a * b + c; rounded once in the relaxed build, twice in the plain one. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  // @ts-ignore: known to the compiler
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** x kept within [-limit, limit]; NaN stays NaN (this order of pmin and pmax matters). */
// @ts-ignore: decorator
@inline
function clamp(x: v128, limit: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-limit)), f32x4.splat(limit));
}

/**
 * e^x with a relative error below 3e-7, for |x| <= 87; beyond, the value at 87.
 * x = n ln 2 + f; adding and taking away 1.5 * 2^23 rounds to n; a minimax polynomial (own fit) gives e^f, the exponent bits take n.
 */
// @ts-ignore: decorator
@inline
export function exp4(value: v128): v128 {
  const x = clamp(value, 87);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  const f = multiplyAdd(n, f32x4.splat(2.12194440e-4), multiplyAdd(n, f32x4.splat(-0.693359375), x));
  let p = multiplyAdd(f, f32x4.splat(0.0083125026), f32x4.splat(0.0418903339));
  p = multiplyAdd(p, f, f32x4.splat(0.1666711538));
  p = multiplyAdd(p, f, f32x4.splat(0.4999923029));
  p = multiplyAdd(p, f32x4.mul(f, f), f32x4.add(f, f32x4.splat(1)));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/**
 * tanh x with a relative error below 4e-7: x P(x^2) / Q(x^2) (own minimax fit on [0, 9.02]). At 9.01 both builds round to exactly 1, so that
 * beyond it the slope 1 - tanh^2 is 0 and not a rounding error that long chains of steps would blow up.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = clamp(value, 9.01);
  const u = f32x4.mul(x, x);
  let p = multiplyAdd(u, f32x4.splat(1.33190753e-8), f32x4.splat(2.058348333e-5));
  p = multiplyAdd(p, u, f32x4.splat(3.494034656e-3));
  p = multiplyAdd(p, u, f32x4.splat(0.1337971801));
  p = multiplyAdd(p, u, f32x4.splat(0.999999979));
  let q = multiplyAdd(u, f32x4.splat(7.762020756e-7), f32x4.splat(3.28309302e-4));
  q = multiplyAdd(q, u, f32x4.splat(0.0258710735));
  q = multiplyAdd(q, u, f32x4.splat(0.4671303325));
  q = multiplyAdd(q, u, f32x4.splat(1));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
