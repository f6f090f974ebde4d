// Why a melody was taken, and why something was not, in words for musicians.

import { LEAST_MELODY } from '../extraction/find-melodies.js';

/** By the codes of examples-report.jsonl. */
export const WHY_TAKEN: Readonly<Record<string, string>> = {
  melody: 'the likeliest melody of the song',
  melodic: 'a melody as well',
  only: 'the best there was',
  chosen: 'you chose it',
};

const WHY_NOT: Readonly<Record<string, string>> = {
  drums: 'drums',
  accompaniment: 'accompaniment, unlike a melody',
  doubling: 'the same notes as another track',
  'not-chosen': 'another was chosen',
  'no-such-track': 'it has no such track or channel',
  'no-channels': 'its channels are not known',
  duplicate: 'the same tune as before',
  skipped: 'you left it out in overrides.txt',
  'no notes': 'no notes',
  unreadable: 'cannot be read',
};

const LEAST = {
  'too-short': `too short (under ${LEAST_MELODY.bars} bars)`,
  'too-few-notes': `too few notes (under ${LEAST_MELODY.notes})`,
  'too-few-pitches': `too few different notes (under ${LEAST_MELODY.pitches})`,
};

const MAGENTA: Readonly<Record<string, string>> = {
  'too-short': 'too short (under 7 bars)',
  'too-few-pitches': 'too few different notes (under 5)',
  'too-long': 'too long',
  polyphonic: 'a chord (notes that begin together)',
  'no-melodic-notes': 'nothing but drums or silent notes',
  'non-integer-steps-per-bar': 'bars that are no whole number of 16ths',
  'multiple-time-signatures': 'a change of metre',
  'multiple-tempos': 'a change of tempo',
  'bad-time-signature': 'an impossible metre',
  'negative-time': 'notes before the beginning',
};

/** The same in a word or two, where there are such. */
export const WHY_NOT_IN_SHORT: Readonly<Record<string, string>> = {
  accompaniment: 'accompaniment',
  doubling: 'doubling',
  'not-chosen': 'not chosen',
  duplicate: 'met before',
  skipped: 'skipped',
  'too-short': 'too short',
  'too-few-notes': 'few notes',
  'too-few-pitches': 'few different notes',
  polyphonic: 'chord',
  'no-melodic-notes': 'drums',
};

/** Why something was not taken, by the codes of examples-report.jsonl. */
export function whyNot(compat: boolean): Readonly<Record<string, string>> {
  return { ...WHY_NOT, ...(compat ? MAGENTA : LEAST) };
}

const BY_ITSELF = 'without --track and --channel, or with auto in overrides.txt, mst looks for the melody itself';

const REMEDIES: Readonly<Record<string, string>> = {
  drums: '--track N takes a track all the same',
  accompaniment: '--all-tracks takes it, or --track N',
  doubling: '--all-tracks takes it, or --track N',
  'not-chosen': BY_ITSELF,
  'no-such-track': BY_ITSELF,
  'no-channels': '--track N works for it',
  skipped: 'remove its line there',
};

/** The option that would keep it, if any would. */
export function remedyFor(reason: string, compat: boolean): string | undefined {
  if (!compat) return REMEDIES[reason];
  return MAGENTA[reason] === undefined ? undefined : 'mst may keep it without --compat magenta';
}

const MINOR = ['Am', 'Bbm', 'Bm', 'Cm', 'C#m', 'Dm', 'Ebm', 'Em', 'Fm', 'F#m', 'Gm', 'G#m'];
const MAJOR = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'Gb', 'G', 'Ab', 'A', 'Bb', 'B'];

/** A key by its major tonic, with the minor key of the same notes: which of the two it is, nobody has asked. "C/Am". */
export function keyInWords(major: string): string {
  const minor = MINOR[MAJOR.indexOf(major)];
  return minor === undefined ? major : `${major}/${minor}`;
}
