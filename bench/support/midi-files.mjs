// The MIDI files of a folder.
import { readdirSync } from 'node:fs';

/** Paths of all MIDI files in a folder and its subfolders, from the folder on, in the order of their names. */
export function midiFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.(midi?|kar)$/i.test(file))
    .sort();
}
