// Which model the page begins with, and what to say when that is not the one that was asked for.

import type { Listing } from '../listing.js';

/** Who asked for a model: an option, an environment variable, or a choice made for good. */
export interface Asked {
  readonly name: string;
  readonly by: '--model' | 'MAGENTA_MODEL' | 'mst models default';
}

/** A model as far as the choice goes. */
export interface Candidate {
  readonly name: string;
  readonly shipped: boolean;
  readonly written: string | undefined;
  /** Why it cannot be played. */
  readonly problem: string | undefined;
}

/** The one asked for, else the one of yours that was written last, else one that comes with mst. */
export function choose(candidates: readonly Candidate[], asked: Asked | undefined): Pick<Listing, 'chosen' | 'problem'> {
  const name = asked?.name.replace(/:latest$/, '');
  const found = candidates.find((candidate) => candidate.name === name);
  if (found !== undefined && found.problem === undefined) return { chosen: found.name };
  const playable = candidates.filter(({ problem }) => problem === undefined);
  const age = ({ written = '' }: Candidate): string => written;
  const best = playable.toSorted((a, b) => Number(a.shipped) - Number(b.shipped) || (age(a) > age(b) ? -1 : 1))[0];
  return {
    ...(best !== undefined && { chosen: best.name }),
    ...(asked !== undefined && { problem: problemOf(asked, found?.problem, best?.name, playable) }),
  };
}

function problemOf(
  { name, by }: Asked,
  broken: string | undefined,
  instead: string | undefined,
  playable: readonly Candidate[],
): NonNullable<Listing['problem']> {
  const what = by === 'mst models default' ? 'which was chosen with mst models default' : `which ${by} names`;
  const message =
    broken === undefined ? `There is no model "${name}", ${what}.` : `The model "${name}", ${what}, cannot be played: ${broken}`;
  if (instead === undefined) return { message, hint: 'Train one: mst train --artist NAME PATH…' };
  const names = playable.slice(0, 12).map((candidate) => candidate.name);
  return { message, hint: `${instead} is there instead. There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.` };
}
