/** x mod n with the sign of n, as in Python; `%` has that of x. */
export function modulo(x: number, n: number): number {
  return ((x % n) + n) % n;
}
