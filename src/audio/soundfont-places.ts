// Where soundfonts are: mst's own, and any other by its path or, where a system keeps them, by its name. Nothing is opened here, so that
// what only needs a path is quick.

import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MstError } from '../core/errors.js';

/** Where Debian, Fedora, Arch and others install soundfonts. */
export const SYSTEM_FOLDERS: readonly string[] = [
  '/usr/share/sounds/sf2',
  '/usr/share/sounds/sf3',
  '/usr/share/soundfonts',
  '/usr/local/share/soundfonts',
];
const ENDINGS = ['.sf2', '.sf3', '.dls'];

/** The path of mst's own sound bank, which `npm run build` makes. */
export function ownSoundFont(): string {
  // As far from here in src/ as in dist/.
  return fileURLToPath(new URL('../../dist/audio/sounds.sf2', import.meta.url));
}

/**
 * The path of a soundfont: of mst's own when none is asked for, else of a file, else of one installed under that name, with or without
 * its ending, in capitals or not.
 * @param current folder that relative paths begin in
 * @throws MstError `not-found`, naming those that are installed
 */
export function findSoundFont(asked: string | undefined, current: string, folders: readonly string[] = SYSTEM_FOLDERS): string {
  if (asked === undefined) return ownSoundFont();
  const path = resolve(current, asked);
  if (existsSync(path)) return path;
  const installed = folders.flatMap((folder) => soundFontsIn(folder));
  const wanted = asked.toLowerCase();
  const found = installed.find((file) => [basename(file), basename(file, extname(file))].some((name) => name.toLowerCase() === wanted));
  if (found !== undefined) return found;
  const names = [...new Set(installed.map((file) => basename(file, extname(file))))];
  const known = names.length > 0 ? `Installed here: ${names.join(', ')}. ` : '';
  const isPath = asked.includes(sep) || ENDINGS.includes(extname(asked).toLowerCase());
  throw new MstError('not-found', `There is no soundfont ${isPath ? path : JSON.stringify(asked)}.`, {
    hint: `${known}Give the path of an .sf2 or .sf3 file, or leave it out for the sounds of mst.`,
  });
}

function soundFontsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => ENDINGS.includes(extname(name).toLowerCase()));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
