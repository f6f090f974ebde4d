// Step 2 in parts: a dataset's files shared out, and what the outputs of each part are called.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { sweepAbandoned } from '../../registry/files.js';

/** One of several parts of a dataset that are worked on by themselves: the first is 1 of so many. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

/** Shards of a dataset at most, as their names have room for. */
const MOST_SHARDS = 99_999;
const OUTPUT = /^(?:notesequences|convert-report|convert)-\d{5}-of-(\d{5})\.(?:tfrecord|jsonl|json)$/;

/** The shard that a text such as "2/4" names. @throws MstError `usage` */
export function parseShard(text: string): Shard {
  const [, number = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of && of <= MOST_SHARDS) return { number, of };
  throw new MstError('usage', `--shard takes a part and the number of parts, such as 2/4, not ${JSON.stringify(text)}.`, {
    hint: 'The four parts of a collection are 1/4, 2/4, 3/4 and 4/4.',
  });
}

/** The items of a shard: as many consecutive ones as of any other, or one more. */
export function itemsOfShard<T>(items: readonly T[], { number, of }: Shard): readonly T[] {
  const border = (k: number): number => Math.floor((k * items.length) / of);
  return items.slice(border(number - 1), border(number));
}

/** What the outputs of step 2 are called: NoteSequences, report, and the stamp without its ending. */
export function convertNames(shard?: Shard): { readonly sequences: string; readonly report: string; readonly stamp: string } {
  const five = (n: number): string => String(n).padStart(5, '0');
  const part = shard === undefined ? '' : `-${five(shard.number)}-of-${five(shard.of)}`;
  return { sequences: `notesequences${part}.tfrecord`, report: `convert-report${part}.jsonl`, stamp: `convert${part}` };
}

/** The names in a folder, which may be missing. */
export function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** How many parts there are where this is the name of an output of one of them; undefined for other names. */
export function partsOf(name: string): number | undefined {
  const of = OUTPUT.exec(name)?.[1];
  return of === undefined ? undefined : Number(of);
}

/** Whether step 2 was done in parts. */
export function isInParts(directory: string): boolean {
  return namesIn(directory).some((name) => partsOf(name) !== undefined);
}

/** Removes the outputs of step 2 that do not go together with those of `shard`, or with the whole if that is undefined. */
export function removeOtherOutputs(directory: string, shard: Shard | undefined): void {
  const { sequences, report, stamp } = convertNames();
  const whole = [sequences, report, `${stamp}.json`];
  for (const name of namesIn(directory)) {
    const of = partsOf(name);
    const other = of === undefined ? shard !== undefined && whole.includes(name) : of !== shard?.of;
    if (other) rmSync(join(directory, name), { force: true });
  }
}

/** Removes what a killed step 2 left half-written, but not what another machine may be writing of another shard. */
export function sweepOutputs(directory: string, shard: Shard | undefined): void {
  const own = Object.values(convertNames(shard));
  sweepAbandoned(directory, (name) => shard === undefined || own.some((output) => name.startsWith(`.${output}.`)));
}
