// Soundfonts: mst's own, or any other by its path or, where a system keeps them, by its name. A stranger's file is checked before it is believed.

import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BasicSoundBank, SoundBankLoader, SpessaLog } from 'spessasynth_core';
import { MstError } from '../core/errors.js';

/** Where Debian, Fedora, Arch and others install soundfonts. */
export const SYSTEM_FOLDERS: readonly string[] = [
  '/usr/share/sounds/sf2',
  '/usr/share/sounds/sf3',
  '/usr/share/soundfonts',
  '/usr/local/share/soundfonts',
];
const ENDINGS = ['.sf2', '.sf3', '.dls'];
const LARGEST_BYTES = 1024 * 2 ** 20;
const CHUNK_HEADER = 8;

/** A soundfont that can be played. */
export interface SoundFont {
  /** What it is called by those who made it, or its file's name. */
  readonly name: string;
  readonly path: string;
  readonly bank: BasicSoundBank;
}

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

/**
 * Opens a soundfont (.sf2, .sf3 or .dls).
 * @throws MstError `not-found` when it cannot be read, `bad-soundfont` when it is none, is damaged or is larger than 1 GB
 */
export async function openSoundFont(path: string): Promise<SoundFont> {
  return readSoundFont(readBounded(path), path);
}

/** The same from the file's bytes; `path` is what errors call it. */
export async function readSoundFont(bytes: Uint8Array<ArrayBuffer>, path: string): Promise<SoundFont> {
  SpessaLog.setLogLevel(false, false, false);
  checkRiff(bytes, path);
  await BasicSoundBank.isSF3DecoderReady;
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
  let bank: BasicSoundBank;
  try {
    bank = SoundBankLoader.fromArrayBuffer(whole);
  } catch (cause) {
    throw refused(path, `is damaged (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  if (bank.presets.length === 0 || bank.samples.length === 0) throw refused(path, 'has no instrument in it');
  const name = bank.soundBankInfo.name.trim();
  return { name: name === '' ? basename(path) : name, path, bank };
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
    if (!stat.isFile()) throw refused(path, 'is not a regular file');
    if (stat.size > LARGEST_BYTES) throw refused(path, 'is larger than 1 GB');
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    for (let n = 1; n > 0 && length < bytes.length; length += n) n = readSync(descriptor, bytes, length, bytes.length - length, null);
    return length === bytes.length ? bytes : bytes.slice(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Sees that the file is a RIFF of the right kind, and that its outer chunks lie within it and each other. */
function checkRiff(bytes: Uint8Array, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = (at: number): string => (at + 4 <= bytes.length ? String.fromCharCode(...bytes.subarray(at, at + 4)) : '');
  if (letters(0) !== 'RIFF' || !['sfbk', 'DLS '].includes(letters(8))) throw refused(path, 'is not a soundfont');
  const end = CHUNK_HEADER + view.getUint32(4, true);
  if (end > bytes.length) throw refused(path, `is cut short: ${bytes.length} of its ${end} bytes are there`);
  for (let at = 12; at < end; ) {
    const size = at + CHUNK_HEADER <= end ? view.getUint32(at + 4, true) : Number.POSITIVE_INFINITY;
    if (size > end - at - CHUNK_HEADER) throw refused(path, `is damaged (at byte ${at})`);
    at += CHUNK_HEADER + size + (size % 2);
  }
}

function refused(path: string, problem: string, cause?: unknown): MstError {
  return new MstError('bad-soundfont', `${path} ${problem}.`, {
    hint: 'Give an .sf2 or .sf3 file with --soundfont, or leave it out for the sounds of mst.',
    ...(cause !== undefined && { cause }),
  });
}
