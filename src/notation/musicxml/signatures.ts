// What an <attributes> element says of key, metre and transposition.
import { modeNamed, tonicOf } from '../../music/key-signatures.js';
import { Mode } from '../../music/note-sequence.js';
import type { Key, Metre } from './score.js';
import { child, childrenOf, numberIn, numberOf, textOf, type XmlElement } from './xml.js';

/** The key of a <key> as written, major where it names no mode; undefined for keys that are no circle of fifths. */
export function readKey(element: XmlElement): Key | undefined {
  const fifths = numberOf(element, 'fifths');
  if (fifths === undefined || !Number.isInteger(fifths) || Math.abs(fifths) > 14) return undefined;
  const name = textOf(element, 'mode') ?? '';
  const mode = name.toLowerCase() === 'none' ? Mode.notSpecified : (modeNamed(name) ?? Mode.major);
  return { key: tonicOf(fifths, mode), mode };
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
