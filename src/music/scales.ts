// Scales by name, and the pitch classes (0 = C .. 11 = B) of one on a tonic.
import { modulo } from './modulo.js';

/** Semitones above the tonic. Minor is the natural one; the diminished scale begins with a whole step. */
export const SCALES = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  phrygian: [0, 1, 3, 5, 7, 8, 10],
  lydian: [0, 2, 4, 6, 7, 9, 11],
  mixolydian: [0, 2, 4, 5, 7, 9, 10],
  locrian: [0, 1, 3, 5, 6, 8, 10],
  'harmonic-minor': [0, 2, 3, 5, 7, 8, 11],
  'melodic-minor': [0, 2, 3, 5, 7, 9, 11],
  'phrygian-dominant': [0, 1, 4, 5, 7, 8, 10],
  'major-pentatonic': [0, 2, 4, 7, 9],
  'minor-pentatonic': [0, 3, 5, 7, 10],
  'major-blues': [0, 2, 3, 4, 7, 9],
  blues: [0, 3, 5, 6, 7, 10],
  'whole-tone': [0, 2, 4, 6, 8, 10],
  diminished: [0, 2, 3, 5, 6, 8, 9, 11],
  chromatic: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
} as const satisfies Record<string, readonly number[]>;

export type ScaleName = keyof typeof SCALES;

/** Their names, in the order in which they are listed. */
export const SCALE_NAMES = Object.keys(SCALES) as readonly ScaleName[];

const LETTERS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const ACCIDENTALS: Readonly<Record<string, number>> = { '': 0, '#': 1, '♯': 1, b: -1, '♭': -1 };

/** The pitch class that a tonic such as C, f# or Bb names; undefined for anything else. */
export function pitchClassNamed(name: string): number | undefined {
  const [, letter = '', accidental = ''] = /^([A-Ga-g])([#♯b♭]?)$/u.exec(name.trim()) ?? [];
  const natural = LETTERS[letter.toUpperCase()];
  return natural === undefined ? undefined : modulo(natural + (ACCIDENTALS[accidental] ?? 0), 12);
}

/** The pitch classes of a scale on a tonic. */
export function scaleOn(tonic: number, scale: ScaleName): ReadonlySet<number> {
  return new Set(SCALES[scale].map((semitones) => modulo(tonic + semitones, 12)));
}
