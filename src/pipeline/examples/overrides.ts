// overrides.txt in a dataset's folder: for single files, which track is the melody, or that they are to be left out. A line is a file (or
// a pattern with * and **) and what to do with it:
//     "Some Song.mid"   track="Lead Vocal"
//     live/*.mid        skip
// The last line about a file counts.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { MstError } from '../../core/errors.js';
import type { TrackChoice } from '../../extraction/find-melodies.js';

export const OVERRIDES = 'overrides.txt';

export interface Overrides {
  readonly byFile: ReadonlyMap<string, TrackChoice | 'skip'>;
  /** Lines that are about no file of the dataset, as they stand there. */
  readonly unused: readonly string[];
}

const WORDS: Readonly<Record<string, TrackChoice | 'skip'>> = {
  skip: 'skip',
  auto: { kind: 'auto' },
  skyline: { kind: 'skyline' },
  'all-tracks': { kind: 'all' },
};

/**
 * The overrides of a dataset.
 * @param directory the dataset, datasets/<artist>
 * @param files its files, as in its reports
 * @throws MstError `usage` naming the line that cannot be understood
 */
export function readOverrides(directory: string, files: readonly string[]): Overrides {
  const path = join(directory, OVERRIDES);
  const byFile = new Map<string, TrackChoice | 'skip'>();
  const unused: string[] = [];
  if (!existsSync(path)) return { byFile, unused };
  // Some editors begin a file with a mark, and some keyboards and disks take letters with accents apart.
  const composed = new Map(files.map((file) => [file.normalize('NFC'), file]));
  new TextDecoder()
    .decode(readFileSync(path))
    .normalize('NFC')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const words = wordsOf(line);
      const [pattern, what, ...more] = words;
      if (pattern === undefined) return;
      const choice = what === undefined || more.length > 0 ? undefined : choiceOf(what);
      if (choice === undefined) {
        const hint =
          'A line is a file and one of: track=NUMBER, track="NAME", channel=1..16, skyline, all-tracks, auto, skip. Names with spaces stand in quotes.';
        throw new MstError('usage', `Line ${index + 1} of ${path} cannot be understood: ${line.trim()}`, { hint });
      }
      const literal = composed.get(pattern);
      const matches = picomatch(pattern, { dot: true });
      const about = literal === undefined ? [...composed].flatMap(([name, file]) => (matches(name) ? [file] : [])) : [literal];
      if (about.length === 0) unused.push(line.trim());
      for (const file of about) byFile.set(file, choice);
    });
  return { byFile, unused };
}

/** The words of a line, quotes removed; what follows a # that begins a word is a remark. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replaceAll('"', ''));
  }
  return words;
}

function choiceOf(word: string): TrackChoice | 'skip' | undefined {
  const [, key, value = ''] = /^(track|channel)=(.+)$/i.exec(word) ?? [];
  if (key === undefined) return WORDS[word.toLowerCase()];
  if (key.toLowerCase() === 'track') return { kind: 'track', track: value };
  const channel = Number(value);
  return Number.isInteger(channel) && channel >= 1 && channel <= 16 ? { kind: 'channel', channel } : undefined;
}
