// K: fields: tonic, mode, explicit accidentals, bagpipe scales, and the clef words that move the sounding octave or mean percussion.
import { MODE_SHARPS, modeNamed } from '../../music/key-signatures.js';
import { modulo } from '../../music/modulo.js';
import { Mode } from '../../music/note-sequence.js';
import { SCALES } from '../../music/scales.js';
import type { AbcKey } from './tune.js';

/** Semitones of C, D, E, F, G, A, B above C. */
export const naturalSemitones: readonly number[] = SCALES.major;

/** A field's problem; the parser adds where it stands. */
export class AbcFieldError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

// Steps C..B in the order in which sharps are added (F C G D A E B).
const orderOfSharps = [3, 0, 4, 1, 5, 2, 6];

/** The alteration of each step C..B in a signature of so many sharps (negative: flats). */
function signature(sharps: number): number[] {
  const alterations = [0, 0, 0, 0, 0, 0, 0];
  orderOfSharps.forEach((step, i) => {
    alterations[step] = Math.floor((sharps - i + 6) / 7);
  });
  return alterations;
}

export const stepOf = (letter: string): number => 'CDEFGAB'.indexOf(letter.toUpperCase());

const unsigned = { tonic: 0, mode: Mode.notSpecified, alterations: [0, 0, 0, 0, 0, 0, 0] };

/** K:none and an empty K:. */
export const noKey: AbcKey = { ...unsigned, shift: 0, percussion: false };

const clefWord = /^(?:treble|bass|tenor|alto|perc|none|[CFG][1-5])([+-](?:8|15))?$/;

/**
 * The semitones that `octave=`, `transpose=` and a clef's +8 or -8 in these words add, or undefined if none of them is there.
 * Throws AbcFieldError for a number out of range.
 */
export function shiftOf(words: readonly string[]): number | undefined {
  let shift: number | undefined;
  for (const word of words) {
    const [name, value] = settingOf(word);
    const clef = clefWord.exec(value);
    if (name === 'clef' && clef?.[1]) shift = (shift ?? 0) + 12 * Math.sign(Number(clef[1])) * (clef[1].endsWith('15') ? 2 : 1);
    if (name !== 'octave' && name !== 'transpose') continue;
    const amount = Number(value) * (name === 'octave' ? 12 : 1);
    if (!Number.isInteger(amount) || Math.abs(amount) > 60) {
      throw new AbcFieldError(
        `${word} is not a whole number of ${name === 'octave' ? 'octaves' : 'semitones'}`,
        `write it like ${name}=-1`,
      );
    }
    shift = (shift ?? 0) + amount;
  }
  return shift;
}

/** Whether the clef among these words is that of percussion, undefined where there is no clef. */
export function percussionIn(words: readonly string[]): boolean | undefined {
  const clefs = words.map(settingOf).filter(([name, value]) => name === 'clef' && clefWord.test(value));
  const [, clef] = clefs.at(-1) ?? [];
  return clef?.startsWith('perc');
}

/** `name=value`; a word alone is a clef. */
function settingOf(word: string): [name: string, value: string] {
  const [name = '', value = ''] = word.includes('=') ? word.split('=', 2) : ['clef', word];
  return [name, value];
}

/** Splits at spaces, keeping quoted text together. */
export function wordsOf(text: string): string[] {
  return text.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? [];
}

/**
 * Reads a K: field. `before` is the key so far: a field that only names a clef keeps it, and its clef and shift hold until replaced.
 * For `exp` the mode is "not specified"; HP and Hp are both the bagpipe scale on A (F and C sharp, G natural).
 * Throws AbcFieldError.
 */
export function parseKey(text: string, before: AbcKey): AbcKey {
  let rest = text.trim();
  let key: AbcKey = { ...before };
  const tonic = /^([A-G])([#b]?)/.exec(rest);
  const bagpipes = /^H[Pp](?![A-Za-z])/.exec(rest);
  if (rest === '' || /^none(?![A-Za-z=])/.test(rest)) {
    key = { ...before, ...unsigned };
    rest = rest.slice('none'.length);
  } else if (bagpipes) {
    key = { ...before, tonic: 9, mode: Mode.mixolydian, alterations: signature(2) };
    rest = rest.slice(bagpipes[0].length);
  } else if (tonic) {
    const [whole, letter = '', sign] = tonic;
    rest = rest.slice(whole.length);
    const word = /^([A-Za-z]+)(?![A-Za-z0-9])|^\s+([A-Za-z]+)(?![A-Za-z0-9=])/.exec(rest);
    const name = (word?.[1] ?? word?.[2] ?? '').toLowerCase();
    const explicit = name.startsWith('exp');
    const named = name === 'm' ? Mode.minor : modeNamed(name);
    // A word that is no mode may be a clef (K:G bass), so it stays in the rest.
    if (explicit || named !== undefined) rest = rest.slice(word?.[0].length);
    const mode = named ?? Mode.major;
    const accidental = sign === '#' ? 1 : sign === 'b' ? -1 : 0;
    const sharps = orderOfSharps.indexOf(stepOf(letter)) - 1 + 7 * accidental + (MODE_SHARPS[mode] ?? 0);
    key = {
      ...before,
      tonic: modulo((naturalSemitones[stepOf(letter)] ?? 0) + accidental, 12),
      mode: explicit ? Mode.notSpecified : mode,
      alterations: explicit ? unsigned.alterations : signature(sharps),
    };
  }
  const alterations = [...key.alterations];
  const words = wordsOf(rest);
  for (const word of words) {
    if (/^(?:(?:\^\^?|__?|=)[A-Ga-g])+$/.test(word)) {
      for (const [, sign = '', letter = ''] of word.matchAll(/(\^\^?|__?|=)([A-Ga-g])/g)) alterations[stepOf(letter)] = accidentalOf(sign);
    } else if (!word.includes('=') && !clefWord.test(word) && !word.startsWith('"')) {
      throw new AbcFieldError(
        `the key "${text.trim()}" has the unknown word "${word}"`,
        'write a key like K:G, K:Am, K:D dorian or K:D exp _b ^f, with a capital letter',
      );
    }
  }
  return { ...key, alterations, shift: shiftOf(words) ?? key.shift, percussion: percussionIn(words) ?? key.percussion };
}

/** Semitones of ^ ^^ _ __ =. */
export function accidentalOf(sign: string): number {
  return sign.startsWith('^') ? sign.length : sign.startsWith('_') ? -sign.length : 0;
}
