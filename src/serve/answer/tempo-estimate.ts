// The tempo of a few notes that were played without a click, from when they begin.

/** What is taken where too little was played. */
export const USUAL_QPM = 120;
/** Calls with more notes than this have a tempo of their own (spec part L). */
const FEW_NOTES = 4;
const SLOWEST = 40;
const FASTEST = 480;
/** A tempo above this one is halved (spec part L). */
const HALVED_ABOVE = 240;
/** Each tempo that is tried is so many times the one before; then, near the best one, in finer steps. */
const RATIO = 1.0025;
const FINE_RATIO = 1.0001;
const FINE_STEPS = 150;
/** Notes this close together, in seconds, are one chord. */
const CHORD = 0.03;
/** How many onsets on an interval may reach, and how many onsets are looked at: the last ones, as they are what is answered. */
const REACH = 4;
const ENOUGH = 256;
/** How many octaves from the usual tempo are still likely. */
const SPREAD = 0.7;
const MICROSECONDS = 6e7;
/** Into how many parts a beat is divided: not at all, eighths, sixteenths. */
const DIVISIONS = [1, 2, 4];
const SIXTEENTHS = [4];

/**
 * Quarter notes a minute, from 40 to 240, that note beginnings agree with best: intervals between them are whole numbers of beats, halves
 * or quarters of them, and tempos near 120 are likelier than others. A call of four notes or fewer has 120.
 * @param starts when notes begin, in seconds, in any order
 * @returns a tempo that a MIDI file holds exactly
 */
export function estimateTempo(starts: readonly number[]): number {
  if (starts.length <= FEW_NOTES) return USUAL_QPM;
  const intervals = intervalsBetween(onsetsOf(starts));
  const rough = best(
    tempos(SLOWEST, RATIO, Math.ceil(Math.log(FASTEST / SLOWEST) / Math.log(RATIO))),
    (qpm) => agreement(intervals, 60 / qpm, DIVISIONS) * likelihood(qpm),
  );
  const fine = best(tempos(rough / FINE_RATIO ** FINE_STEPS, FINE_RATIO, 2 * FINE_STEPS), (qpm) =>
    agreement(intervals, 60 / qpm, SIXTEENTHS),
  );
  return MICROSECONDS / Math.round(MICROSECONDS / (fine > HALVED_ABOVE ? fine / 2 : fine));
}

function tempos(first: number, ratio: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, k) => first * ratio ** k);
}

/** The tempo with the highest score; the usual one where none is above 0. */
function best(qpms: readonly number[], score: (qpm: number) => number): number {
  let highest = 0;
  let found = USUAL_QPM;
  for (const qpm of qpms) {
    const value = score(qpm);
    if (value > highest) {
      highest = value;
      found = qpm;
    }
  }
  return found;
}

/** Seconds, -step/2..step/2, by which notes begin behind the nearest line of a grid of steps from 0, on the whole. */
export function phaseOf(starts: readonly number[], step: number): number {
  let x = 0;
  let y = 0;
  for (const start of starts) {
    x += Math.cos((2 * Math.PI * start) / step);
    y += Math.sin((2 * Math.PI * start) / step);
  }
  return (Math.atan2(y, x) * step) / (2 * Math.PI);
}

function onsetsOf(starts: readonly number[]): number[] {
  const onsets: number[] = [];
  for (const start of starts.toSorted((a, b) => a - b)) if (start - (onsets.at(-1) ?? -Infinity) > CHORD) onsets.push(start);
  return onsets.slice(-ENOUGH);
}

interface Interval {
  readonly seconds: number;
  readonly weight: number;
}

/** From every onset to the next ones; nearer ones weigh more. */
function intervalsBetween(onsets: readonly number[]): Interval[] {
  return onsets.flatMap((onset, k) =>
    onsets.slice(k + 1, k + 1 + REACH).map((next, far) => ({ seconds: next - onset, weight: 1 / (far + 1) })),
  );
}

/** -1..1: whether intervals are whole numbers of these parts of a beat. */
function agreement(intervals: readonly Interval[], beat: number, parts: readonly number[]): number {
  let sum = 0;
  let total = 0;
  for (const { seconds, weight } of intervals) {
    for (const part of parts) sum += weight * Math.cos((2 * Math.PI * part * seconds) / beat);
    total += parts.length * weight;
  }
  return total === 0 ? 0 : sum / total;
}

function likelihood(qpm: number): number {
  return Math.exp(-0.5 * (Math.log2(qpm / USUAL_QPM) / SPREAD) ** 2);
}
