// The order in which the measures of a score are played: repeats, endings, and the ways that D.C., D.S., To Coda and Fine lead.
import type { Report } from './report.js';
import type { Measure, ScoreMark } from './score.js';

interface Ending {
  /** Measures, both included. */
  from: number;
  to: number;
  numbers: readonly number[];
  group: EndingGroup;
}

/** The endings of one repeat, one after the other. */
interface EndingGroup {
  endings: Ending[];
  /** How often the music before them is played. */
  passes: number;
}

// What playing a score out may come to, in notes and measures: more than the first only up to so many times what is written, and, beyond
// what is written, never more than the last.
const alwaysAllowed = 20_000;
const mostTimes = 32;
const mostPlayed = 1_000_000;

/**
 * Indices of measures in playing order. After a jump, repeats that were played before are played once, with their last ending, unless they
 * ask for more (`after-jump`); each jump is taken once. Marks that lead nowhere are passed over with a warning.
 * @throws MstError `bad-musicxml` when playing it out would make a small file a huge piece.
 */
export function playingOrder(measures: readonly Measure[], report: Report): number[] {
  const endings = endingsOf(measures);
  const jumps = new Jumps(measures, report);
  const budget = new Budget(measures, report);
  const order: number[] = [];
  /** Measures whose repeat has been played to its end. */
  const finished = new Set<number>();
  let start = 0;
  let pass = 1;
  let i = 0;
  while (i < measures.length) {
    const measure = measures[i] as Measure;
    if (measure.repeatsFrom && start !== i) {
      start = i;
      pass = 1;
    }
    const ending = endings[i];
    const last = ending?.group.endings.at(-1);
    const again = last !== undefined && jumps.taken && finished.has(last.to);
    if (ending?.from === i && !plays(ending, again ? ending.group.passes : pass)) {
      i = ending.to + 1;
      // Without another ending the repeat is over.
      if (ending === last) {
        finished.add(ending.to);
        start = i;
        pass = 1;
      }
      continue;
    }
    budget.spend(measure);
    order.push(i);
    const back = measure.repeatsBack;
    if (back && !(jumps.taken && finished.has(i) && !back.afterJump)) {
      const passes = Math.max(ending?.group.passes ?? 1, back.times ?? (ending ? 1 : 2));
      if (pass < passes) {
        pass++;
        i = start;
        continue;
      }
    }
    const ends = back !== undefined || ending?.to === i;
    if (ends) finished.add(i);
    const jump = jumps.after(i);
    if (last && (ends || jump !== undefined)) finished.add(last.to);
    if (ends || jump !== undefined) {
      i = jump ?? (last ? last.to + 1 : i + 1);
      start = i;
      pass = 1;
      continue;
    }
    i++;
  }
  return order;
}

/** Whether an ending is played this time. One without a second is left out the last time; times that none is numbered for get the last. */
function plays(ending: Ending, pass: number): boolean {
  const { endings, passes } = ending.group;
  if (endings.length === 1 && passes > 1) return pass < passes;
  if (ending.numbers.includes(pass)) return true;
  return ending === endings.at(-1) && !endings.some(({ numbers }) => numbers.includes(pass));
}

/** The ending each measure belongs to. Brackets that no repeat and no jump belongs to are not endings: they are played as they stand. */
function endingsOf(measures: readonly Measure[]): (Ending | undefined)[] {
  const groups: EndingGroup[] = [];
  for (let i = 0; i < measures.length; i++) {
    const numbers = measures[i]?.endingFrom;
    if (numbers === undefined) continue;
    const to = lastOfEnding(measures, i);
    let group = groups.at(-1);
    if (group?.endings.at(-1)?.to !== i - 1) {
      group = { endings: [], passes: 1 };
      groups.push(group);
    }
    group?.endings.push({ from: i, to, numbers: numbers.length > 0 ? numbers : [group.endings.length + 1], group });
    i = to;
  }
  const endings: (Ending | undefined)[] = measures.map(() => undefined);
  for (const group of groups) {
    const leadsBack = ({ to }: Ending): boolean =>
      measures[to]?.repeatsBack !== undefined || measures[to]?.marks.some(({ kind }) => kind === 'dacapo' || kind === 'dalsegno') === true;
    if (!group.endings.some(leadsBack)) continue;
    group.passes = group.endings.reduce((most, { numbers }) => Math.max(most, ...numbers), 1);
    const [only] = group.endings;
    if (group.endings.length === 1 && only && measures[only.to]?.repeatsBack) {
      group.passes = Math.max(group.passes + 1, measures[only.to]?.repeatsBack?.times ?? 0);
    }
    for (const ending of group.endings) for (let i = ending.from; i <= ending.to; i++) endings[i] = ending;
  }
  return endings;
}

/** The measure an ending that begins at `from` ends with: where its bracket or a repeat does, at the latest before what begins anew. */
function lastOfEnding(measures: readonly Measure[], from: number): number {
  for (let i = from; i < measures.length; i++) {
    const next = measures[i + 1];
    if (measures[i]?.endingStops || measures[i]?.repeatsBack) return i;
    // A bracket nobody closed is as long as its first measure.
    if (next === undefined) return from;
    if (next.endingFrom !== undefined || next.repeatsFrom) return i;
  }
  return from;
}

/** Where marks lead, and which of them have been followed. */
class Jumps {
  readonly #measures: readonly Measure[];
  readonly #report: Report;
  readonly #followed = new Set<ScoreMark>();
  /** Where each segno and coda stands, by kind and label, and by kind alone: the first segno, the last coda. */
  readonly #targets = new Map<string, number>();
  /** A D.C. or D.S. has been followed. */
  taken = false;

  constructor(measures: readonly Measure[], report: Report) {
    this.#measures = measures;
    this.#report = report;
    measures.forEach(({ marks }, i) => {
      for (const { kind, label } of marks) {
        if (kind !== 'segno' && kind !== 'coda') continue;
        // The coda sign is drawn where one leaves, too; the later one is where one arrives.
        for (const name of [`${kind} ${label}`, kind]) if (kind === 'coda' || !this.#targets.has(name)) this.#targets.set(name, i);
      }
    });
  }

  /** The measure that a mark at the end of measure `i` leads to, undefined where none does; `measures.length` is the end. */
  after(i: number): number | undefined {
    for (const mark of this.#measures[i]?.marks ?? []) {
      if (mark.kind === 'segno' || mark.kind === 'coda' || this.#followed.has(mark)) continue;
      const leaves = mark.kind === 'dacapo' || mark.kind === 'dalsegno';
      if (!leaves && !this.taken) continue;
      const target = this.#target(mark, i);
      if (target === undefined) continue;
      this.#followed.add(mark);
      if (leaves) this.taken = true;
      return target;
    }
    return undefined;
  }

  #target({ kind, label, line }: ScoreMark, i: number): number | undefined {
    if (kind === 'fine') return this.#measures.length;
    if (kind === 'dacapo') return 0;
    const name = kind === 'dalsegno' ? 'segno' : 'coda';
    const target = this.#targets.get(`${name} ${label}`) ?? this.#targets.get(name);
    // One goes back to a segno, and on to a coda.
    if (target !== undefined && (kind === 'dalsegno' ? target <= i : target > i)) return target;
    this.#report.warn(line, kind === 'dalsegno' ? 'a D.S. without its segno is passed over' : 'a To Coda without its coda is passed over');
    return undefined;
  }
}

/** Keeps a small file from becoming a huge piece. */
class Budget {
  readonly #report: Report;
  readonly #most: number;
  #spent = 0;

  constructor(measures: readonly Measure[], report: Report) {
    this.#report = report;
    const written = measures.reduce((sum, measure) => sum + cost(measure), 0);
    this.#most = Math.max(alwaysAllowed, written, Math.min(mostTimes * written, mostPlayed));
  }

  spend(measure: Measure): void {
    this.#spent += cost(measure);
    if (this.#spent <= this.#most) return;
    this.#report.fail(measure.line, `played with its repeats the score comes to more than ${this.#most} notes`, 'Write fewer repeats.');
  }
}

function cost({ notes, changes, chordSymbols }: Measure): number {
  return 1 + notes.length + changes.length + chordSymbols.length;
}
