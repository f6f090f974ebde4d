// What an <attributes> element says of key, metre and transposition.
import { Mode } from '../../music/note-sequence.js';
import type { Key, Metre } from './score.js';
import { child, childrenOf, numberIn, numberOf, textOf, type XmlElement } from './xml.js';

// Semitones from the tonic of the major key of a signature to that of the mode.
const modes: Readonly<Record<string, { mode: number; tonic: number }>> = {
  major: { mode: Mode.major, tonic: 0 },
  ionian: { mode: Mode.major, tonic: 0 },
  dorian: { mode: Mode.dorian, tonic: 2 },
  phrygian: { mode: Mode.phrygian, tonic: 4 },
  lydian: { mode: Mode.lydian, tonic: 5 },
  mixolydian: { mode: Mode.mixolydian, tonic: 7 },
  minor: { mode: Mode.minor, tonic: 9 },
  aeolian: { mode: Mode.minor, tonic: 9 },
  locrian: { mode: Mode.locrian, tonic: 11 },
  none: { mode: Mode.notSpecified, tonic: 0 },
};

/** The key of a <key> as written, major where it names no mode; undefined for keys that are no circle of fifths. */
export function readKey(element: XmlElement): Key | undefined {
  const fifths = numberOf(element, 'fifths');
  if (fifths === undefined || !Number.isInteger(fifths) || Math.abs(fifths) > 14) return undefined;
  const name = (textOf(element, 'mode') ?? '').toLowerCase();
  const { mode, tonic } = (Object.hasOwn(modes, name) ? modes[name] : undefined) ?? { mode: Mode.major, tonic: 0 };
  return { key: pitchClass(fifths * 7 + tonic), mode };
}

/** The pitch class of any whole number of semitones above C. */
export function pitchClass(semitones: number): number {
  return ((semitones % 12) + 12) % 12;
}

/**
 * The metre of a <time>: `3+2` over 8 is 5/8, and pairs such as 2/4 3/8 are added up. undefined for free metre (senza misura), null where
 * it cannot be read.
 */
export function readMetre(element: XmlElement): Metre | undefined | null {
  if (child(element, 'senza-misura')) return undefined;
  const types = childrenOf(element, 'beat-type').map(({ text }) => numberIn(text) ?? 0);
  const beats = childrenOf(element, 'beats').map(({ text }) =>
    text.split('+').reduce((sum, part) => sum + (numberIn(part) ?? Number.NaN), 0),
  );
  const denominator = Math.max(...types);
  const numerator = beats.reduce((sum, n, i) => sum + (n * denominator) / (types[i] ?? 0), 0);
  const known = types.every((type) => [1, 2, 4, 8, 16, 32, 64, 128].includes(type)) && types.length === beats.length;
  return known && Number.isInteger(numerator) && numerator >= 1 && numerator <= 255 ? { numerator, denominator } : null;
}

/** Semitones by which a part sounds away from what is written. */
export function readTransposition(element: XmlElement): number {
  return Math.round(numberOf(element, 'chromatic') ?? 0) + 12 * Math.round(numberOf(element, 'octave-change') ?? 0);
}
