// Names of artists, runs and models: what a name may be, which ones belong to the package, and the words for a bad one.

import { MstError } from '../core/errors.js';

/** What the package ships, by folder. These names are read-only everywhere. */
export const shippedNames = { datasets: ['folk'], checkpoints: ['folk'] } as const satisfies Record<string, readonly string[]>;

/** The folder of a home that a name lives in. */
export type Shelf = keyof typeof shippedNames;

const what: Readonly<Record<Shelf, string>> = { datasets: 'an artist', checkpoints: 'a run or model' };
const longest = 64;
const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(\.|$)/iu;

/**
 * Checks a name and returns it in Unicode's composed form: letters and digits of any script, `.`, `_` and `-`, beginning with a
 * letter or digit, at most 64 characters.
 * @throws MstError `usage` saying what is wrong, with a corrected name where there is one
 */
export function requireName(name: string, shelf: Shelf): string {
  const composed = name.normalize('NFC');
  const fault = faultOf(composed);
  if (fault === undefined) return composed;
  const better = suggestName(composed);
  throw new MstError('usage', `${JSON.stringify(name)} cannot be the name of ${what[shelf]}: ${fault}.`, {
    hint: better === undefined ? 'A name has letters, digits, ".", "_" and "-", such as coldplay or ella-1958.' : `Try ${better}`,
  });
}

/**
 * Checks a name under which something is to be written.
 * @throws MstError `usage` for a bad name, `exists` for one the package ships
 */
export function requireWritableName(name: string, shelf: Shelf): string {
  const checked = requireName(name, shelf);
  if (isShipped(checked, shelf)) {
    throw new MstError('exists', `"${checked}" is what mst itself ships in ${shelf}/${checked}; nothing is ever written there.`, {
      hint: `Choose another name, such as ${checked}-2.`,
    });
  }
  return checked;
}

/** Whether a name belongs to the package; letter case does not matter, since it does not on every disk. */
export function isShipped(name: string, shelf: Shelf): boolean {
  return (shippedNames[shelf] as readonly string[]).includes(name.toLowerCase());
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/\s/u.test(name)) return 'it has a space in it';
  if (/[/\\]/u.test(name)) return 'it has a slash in it';
  if (!/^[\p{L}\p{N}]/u.test(name)) return 'it must begin with a letter or a digit';
  const odd = name.match(/[^\p{L}\p{M}\p{N}._-]/u);
  if (odd !== null) return `it has ${JSON.stringify(odd[0])} in it`;
  if (name.endsWith('.')) return 'it ends with a dot';
  if ([...name].length > longest || new TextEncoder().encode(name).length > 2 * longest) return `it is longer than ${longest} characters`;
  if (isDeviceName(name)) return 'Windows keeps it for itself';
  return undefined;
}

/** Whether Windows takes a file of this name, whatever its ending, for a device. */
export function isDeviceName(name: string): boolean {
  return devices.test(name);
}

/** The nearest name that passes, if anything is left of it. */
export function suggestName(name: string): string | undefined {
  const better = name
    .trim()
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/-*\.-+|-+\.-*/gu, '.')
    .replace(/^[^\p{L}\p{N}]+|[-.]+$/gu, '');
  const short = [...better]
    .slice(0, 32)
    .join('')
    .replace(/[-.]+$/u, '');
  return faultOf(short) === undefined ? short : undefined;
}

/** "There are: a, b, c." in a bounded number of words. */
export function known(names: readonly string[]): string {
  if (names.length === 0) return 'There are none yet.';
  const shown = names.slice(0, 12).join(', ');
  return `There ${names.length === 1 ? 'is' : 'are'}: ${shown}${names.length > 12 ? ` and ${names.length - 12} more` : ''}.`;
}
