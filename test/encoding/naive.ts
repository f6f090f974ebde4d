// The encoders of spec part D once more, written straight from its sentences: each row walks the melody from its start.
// Slow and plain on purpose; the tests compare the real encoders with it.

const isMajor = (pitch: number, root: number): boolean => [0, 2, 4, 5, 7, 9, 11].includes((((pitch - root) % 12) + 12) % 12);
const counter = (n: number, bits: number): number[] => Array.from({ length: bits }, (_, b) => ((n >> b) & 1 ? 1 : -1));
const likelyKeys = (pitches: number[]): number[] => {
  const counts = Array.from({ length: 12 }, (_, root) => pitches.filter((p) => isMajor(p, root)).length);
  return counts.map((n) => (n === Math.max(...counts) ? 1 : 0));
};
const repeats = (events: readonly number[], i: number, d: number): number => (i >= d && events[i] === events[i - d] ? 1 : 0);

export function oneHotRow(event: number, min: number, max: number): number[] {
  const row = new Array<number>(max - min + 2).fill(0);
  row[event === -2 ? 0 : event === -1 ? 1 : event - min + 2] = 1;
  return row;
}

export function lookbackRow(events: readonly number[], i: number): number[] {
  const hot = (at: number): number[] => oneHotRow(at < 0 ? -2 : (events[at] as number), 48, 84);
  return [...hot(i), ...hot(i - 15), ...hot(i - 31), ...counter(i + 1, 5), repeats(events, i, 16), repeats(events, i, 32)];
}

export function keyRow(events: readonly number[], i: number): number[] {
  let note: number | null = null;
  let attack = 0;
  let ascending = 0;
  let last3: number[] = [];
  for (const e of events.slice(0, i + 1)) {
    if (e === -2) attack = 0;
    else if (e === -1) note = null;
    else {
      attack = 1;
      note = e;
      const last = last3[last3.length - 1];
      if (last !== undefined && e > last) ascending = 1;
      if (last !== undefined && e < last) ascending = -1;
      last3 = last3.filter((p) => p !== e);
      last3.push(e);
      if (last3.length > 3) last3.shift();
    }
  }
  const sounding = Array.from({ length: 36 }, (_, k) => (note === k + 48 ? 1 : 0));
  const n = i + 1;
  return [
    ...sounding,
    note === null ? 0 : 1,
    note === null ? 1 : 0,
    attack,
    ascending,
    repeats(events, i, 16),
    repeats(events, i, 32),
    ...counter(n, 7),
    n % 16 === 0 ? 1 : 0,
    ...likelyKeys(events.slice(0, i + 1).filter((e) => e >= 0)),
    ...likelyKeys(last3),
  ];
}

/** A label of the lookback and key encoders; `plain` is the label of an event that repeats nothing. */
export function repeatLabel(events: readonly number[], i: number, plain: (event: number) => number): number {
  const event = events[i] as number;
  if (i < 32 && event === -2) return 39;
  if (i >= 32 && events[i - 32] === event) return 39;
  if (i >= 16 && events[i - 16] === event) return 38;
  return plain(event);
}
