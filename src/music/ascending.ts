// Looking up a place among ascending ones: tempos, changes of loudness, bars.

/** Index of the last item whose number is at most x, of items whose numbers ascend; -1 if all are above. Takes the logarithm of their count. */
export function lastAtMost<T>(items: readonly T[], x: number, numberOf: (item: T) => number): number {
  let low = 0;
  for (let high = items.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (numberOf(items[middle] as T) <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
