// Which port a name means. Pure.

import { MstError } from '../../core/errors.js';

/**
 * The port that a user means: its number in the list from 1, its name, or a part of its name, whatever its capitals.
 * @param what "input" or "output", for messages
 * @returns its name as the system has it
 * @throws MstError `not-found` when no port is meant or several could be, listing them
 */
export function findPort(names: readonly string[], wanted: string, what: 'input' | 'output'): string {
  const exact = names.find((name) => name === wanted);
  if (exact !== undefined) return exact;
  if (/^\d+$/.test(wanted)) {
    const numbered = names[Number(wanted) - 1];
    if (numbered !== undefined) return numbered;
  }
  const [only, ...others] = matching(names, wanted);
  if (only !== undefined && others.length === 0) return only;
  const problem =
    only === undefined ? `There is no MIDI ${what} called "${wanted}".` : `"${wanted}" could be any of several MIDI ${what}s.`;
  throw new MstError('not-found', problem, {
    hint: only === undefined ? listPorts(names, what) : listPorts([only, ...others], what, names),
  });
}

/** Names that fit: those equal but for capitals and the number ALSA adds, or else those that contain the words. */
function matching(names: readonly string[], wanted: string): string[] {
  const plain = (name: string): string => stableName(name).toLowerCase();
  const equal = names.filter((name) => plain(name) === plain(wanted));
  return equal.length > 0 ? equal : names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
}

/** A name without the client and port numbers that ALSA adds ("… 20:0"), which change when a device is plugged in again. */
const stableName = (name: string): string => name.replace(/ \d+:\d+$/, '');

/** A sentence that lists ports by their numbers. @param all the list that the numbers count in */
export function listPorts(names: readonly string[], what: 'input' | 'output', all: readonly string[] = names): string {
  if (names.length === 0) return `No MIDI ${what} is connected.`;
  return `MIDI ${what}s: ${names.map((name) => `${all.indexOf(name) + 1} "${name}"`).join(', ')}.`;
}

/**
 * Where a lost port is now: under its very name, or, where it has come back with other numbers, under the name that is otherwise the same,
 * unless that is taken by another.
 */
export function portAgain(names: readonly string[], lost: string, taken: readonly string[]): string | undefined {
  if (names.includes(lost)) return lost;
  return names.find((name) => stableName(name) === stableName(lost) && !taken.includes(name));
}
