// A soundfont from the bytes of its file, checked before it is believed. It knows no files, so that a page can read one, too.

import { BasicSoundBank, SoundBankLoader, SpessaLog } from 'spessasynth_core';
import { MstError } from '../core/errors.js';

const CHUNK_HEADER = 8;

/** A soundfont that can be played. */
export interface SoundFont {
  /** What it is called by those who made it, or its file's name. */
  readonly name: string;
  readonly path: string;
  readonly bank: BasicSoundBank;
}

/**
 * Reads a soundfont (.sf2, .sf3 or .dls); `path` is what errors call it.
 * @throws MstError `bad-soundfont` when it is none, or is damaged
 */
export async function readSoundFont(bytes: Uint8Array<ArrayBuffer>, path: string): Promise<SoundFont> {
  SpessaLog.setLogLevel(false, false, false);
  checkRiff(bytes, path);
  await BasicSoundBank.isSF3DecoderReady;
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
  let bank: BasicSoundBank;
  try {
    bank = SoundBankLoader.fromArrayBuffer(whole);
  } catch (cause) {
    throw refusedSoundFont(path, `is damaged (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  if (bank.presets.length === 0 || bank.samples.length === 0) throw refusedSoundFont(path, 'has no instrument in it');
  const name = bank.soundBankInfo.name.trim();
  return { name: name === '' ? path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) : name, path, bank };
}

/** Sees that the file is a RIFF of the right kind, and that its outer chunks lie within it and each other. */
function checkRiff(bytes: Uint8Array, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = (at: number): string => (at + 4 <= bytes.length ? String.fromCharCode(...bytes.subarray(at, at + 4)) : '');
  if (letters(0) !== 'RIFF' || !['sfbk', 'DLS '].includes(letters(8))) throw refusedSoundFont(path, 'is not a soundfont');
  const end = CHUNK_HEADER + view.getUint32(4, true);
  if (end > bytes.length) throw refusedSoundFont(path, `is cut short: ${bytes.length} of its ${end} bytes are there`);
  for (let at = 12; at < end; ) {
    const size = at + CHUNK_HEADER <= end ? view.getUint32(at + 4, true) : Number.POSITIVE_INFINITY;
    if (size > end - at - CHUNK_HEADER) throw refusedSoundFont(path, `is damaged (at byte ${at})`);
    at += CHUNK_HEADER + size + (size % 2);
  }
}

/** What is wrong with a soundfont, as an error. */
export function refusedSoundFont(path: string, problem: string, cause?: unknown): MstError {
  return new MstError('bad-soundfont', `${path} ${problem}.`, {
    hint: 'Give an .sf2 or .sf3 file with --soundfont, or leave it out for the sounds of mst.',
    ...(cause !== undefined && { cause }),
  });
}
