// Opening soundfonts. A stranger's file is checked before it is believed.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { MstError } from '../core/errors.js';
import { readSoundFont, refusedSoundFont, type SoundFont } from './soundfont-bytes.js';
import { findSoundFont, ownSoundFont, SYSTEM_FOLDERS } from './soundfont-places.js';

export { findSoundFont, ownSoundFont, readSoundFont, type SoundFont, SYSTEM_FOLDERS };

const LARGEST_BYTES = 1024 * 2 ** 20;

/**
 * Opens a soundfont (.sf2, .sf3 or .dls).
 * @throws MstError `not-found` when it cannot be read, `bad-soundfont` when it is none, is damaged or is larger than 1 GB
 */
export async function openSoundFont(path: string): Promise<SoundFont> {
  return readSoundFont(readBounded(path), path);
}

/** Reads a regular file of bounded size. */
function readBounded(path: string): Uint8Array<ArrayBuffer> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const own = path === ownSoundFont();
    throw new MstError('not-found', `The soundfont ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: own ? 'The sounds of mst are built by: npm run build' : 'Check the path given to --soundfont or MST_SOUNDFONT.',
      cause,
    });
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw refusedSoundFont(path, 'is not a regular file');
    if (stat.size > LARGEST_BYTES) throw refusedSoundFont(path, 'is larger than 1 GB');
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    for (let n = 1; n > 0 && length < bytes.length; length += n) n = readSync(descriptor, bytes, length, bytes.length - length, null);
    return length === bytes.length ? bytes : bytes.slice(0, length);
  } finally {
    closeSync(descriptor);
  }
}
