// The kinds of files mst reads music from, by ending: what step 1 looks for and step 2 reads.

import { extname } from 'node:path';

/** How music is written down in a file. */
export type MusicFormat = 'midi' | 'abc' | 'musicxml' | 'mxl';

const kinds: Readonly<Record<string, { readonly format: MusicFormat; readonly words: string }>> = {
  '.mid': { format: 'midi', words: 'MIDI file' },
  '.midi': { format: 'midi', words: 'MIDI file' },
  '.kar': { format: 'midi', words: 'MIDI file with lyrics' },
  '.rmi': { format: 'midi', words: 'MIDI file in a RIFF container' },
  '.abc': { format: 'abc', words: 'ABC tune book' },
  '.musicxml': { format: 'musicxml', words: 'MusicXML score' },
  '.xml': { format: 'musicxml', words: 'MusicXML score' },
  '.mxl': { format: 'mxl', words: 'compressed MusicXML score' },
};

/** What files of each ending are called. */
export const musicKinds: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(kinds).map(([ending, { words }]) => [ending, words]),
);

/** The format of files of this name, undefined for those mst does not read. */
export function musicFormat(name: string): MusicFormat | undefined {
  return kinds[extname(name).toLowerCase()]?.format;
}

/** Whether mst reads music from files of this name. */
export function isMusic(name: string): boolean {
  return musicFormat(name) !== undefined;
}
