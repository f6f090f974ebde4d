// Exact musical time: a fraction of a whole note in lowest terms. Triplets and dotted notes add up without rounding.

/** n/d in lowest terms, d >= 1. */
export interface Fraction {
  readonly n: number;
  readonly d: number;
}

// Beyond this a sum could leave the safe integers; music as people write it stays far below.
const largestDenominator = 2 ** 24;

/** The fraction n/d of two integers. Throws RangeError when d is 0 or the value has no exact form within safe integers. */
export function fraction(n: number, d = 1): Fraction {
  let a = Math.abs(n);
  let b = Math.abs(d);
  while (b > 0) [a, b] = [b, a % b];
  const sign = d < 0 ? -1 : 1;
  const reduced = { n: (sign * n) / a, d: (sign * d) / a };
  if (!Number.isSafeInteger(reduced.n) || !Number.isSafeInteger(n) || !(reduced.d >= 1 && reduced.d <= largestDenominator)) {
    throw new RangeError(`${n}/${d} is too fine a fraction`);
  }
  return reduced;
}

export const zero: Fraction = { n: 0, d: 1 };

export function add(a: Fraction, b: Fraction): Fraction {
  return a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}

/** Negative, 0 or positive as a is shorter than, equal to or longer than b. */
export function compare(a: Fraction, b: Fraction): number {
  return a.n * b.d - b.n * a.d;
}

export function toNumber(a: Fraction): number {
  return a.n / a.d;
}
