// Distances between distributions given as counts.

/** Counts as shares that add up to 1; all 0 when nothing was counted. */
export function shares(counts: ArrayLike<number>): number[] {
  const values = Array.from(counts);
  const total = values.reduce((sum, n) => sum + n, 0);
  return values.map((n) => (total === 0 ? 0 : n / total));
}

/**
 * The Jensen-Shannon distance of two distributions (Endres and Schindelin 2003): the square root of their divergence in bits, 0 for equal
 * ones, 1 for those without anything in common; NaN when one of them counted nothing.
 * @param a, b counts of the same bins, in any totals
 */
export function jensenShannonDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const p = shares(a);
  const q = shares(b);
  if (!p.some((x) => x > 0) || !q.some((x) => x > 0)) return Number.NaN;
  const term = (x: number, mean: number): number => (x === 0 ? 0 : x * Math.log2(x / mean));
  let divergence = 0;
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [p[k] as number, q[k] as number];
    const mean = (x + y) / 2;
    divergence += (term(x, mean) + term(y, mean)) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/** The value below or at which `part` (0..1) of the values lie, by nearest rank; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
