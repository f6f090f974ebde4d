// How what is rendered is to sound and what its file says of it: what mst render and mst share have in common.

import type { Bitrate } from '../audio/mp3-file.js';
import type { SoundFont } from '../audio/soundfont.js';
import { MstError } from '../core/errors.js';
import type { Context, Options } from './command.js';

export const soundOptions = {
  soundfont: { type: 'text', describe: 'Sounds to play with: an .sf2 or .sf3 file, or the name of an installed one' },
} as const satisfies Options;

/** The program that sound files name as the one that made them. */
export const SOFTWARE = 'mst (magenta-session-toolkit)';

/** The soundfont that was asked for, by --soundfont, else by MST_SOUNDFONT, else that of mst. */
export async function soundFontFor(
  { current, environment }: Context,
  { soundfont }: { soundfont: string | undefined },
): Promise<SoundFont> {
  const { findSoundFont, openSoundFont } = await import('../audio/soundfont.js');
  return openSoundFont(findSoundFont(soundfont ?? environment.soundFont, current));
}

/** A bitrate that MP3 has. @throws MstError `usage` for others */
export async function bitrateOf(asked: number): Promise<Bitrate> {
  const { BITRATES } = await import('../audio/mp3-file.js');
  const bitrate = BITRATES.find((known) => known === asked);
  if (bitrate !== undefined) return bitrate;
  throw new MstError('usage', `An MP3 cannot have ${asked} kilobits a second.`, { hint: `Choose one of ${BITRATES.join(', ')}.` });
}
