// A chord symbol as it is commonly written: C, F#m7, Bb/D, N.C.
import { child, childrenOf, numberOf, textOf, type XmlElement } from './xml.js';

const kinds: Readonly<Record<string, string>> = {
  major: '',
  minor: 'm',
  augmented: '+',
  diminished: 'dim',
  dominant: '7',
  'major-seventh': 'maj7',
  'minor-seventh': 'm7',
  'diminished-seventh': 'dim7',
  'augmented-seventh': '+7',
  'half-diminished': 'm7b5',
  'major-minor': 'mmaj7',
  'major-sixth': '6',
  'minor-sixth': 'm6',
  'dominant-ninth': '9',
  'major-ninth': 'maj9',
  'minor-ninth': 'm9',
  'dominant-11th': '11',
  'major-11th': 'maj11',
  'minor-11th': 'm11',
  'dominant-13th': '13',
  'major-13th': 'maj13',
  'minor-13th': 'm13',
  'suspended-second': 'sus2',
  'suspended-fourth': 'sus4',
  power: '5',
};

/** The symbol of a <harmony>, undefined where it names no root or no common kind of chord. */
export function readHarmony(harmony: XmlElement): string | undefined {
  const kind = textOf(harmony, 'kind') ?? 'major';
  if (kind === 'none') return 'N.C.';
  const root = note(child(harmony, 'root'), 'root');
  if (root === undefined || !Object.hasOwn(kinds, kind)) return undefined;
  const degrees = childrenOf(harmony, 'degree').map((degree) => {
    const value = numberOf(degree, 'degree-value') ?? 0;
    const type = textOf(degree, 'degree-type');
    const sign = accidental(numberOf(degree, 'degree-alter'));
    return type === 'subtract' ? `no${value}` : type === 'add' && sign === '' ? `add${value}` : `${sign}${value}`;
  });
  const bass = note(child(harmony, 'bass'), 'bass');
  return `${root}${kinds[kind]}${degrees.join('')}${bass === undefined ? '' : `/${bass}`}`.slice(0, 60);
}

function note(element: XmlElement | undefined, name: string): string | undefined {
  const step = textOf(element, `${name}-step`);
  return step !== undefined && /^[A-G]$/.test(step) ? `${step}${accidental(numberOf(element, `${name}-alter`))}` : undefined;
}

function accidental(alter = 0): string {
  const sharps = Math.max(-2, Math.min(2, Math.round(alter)));
  return sharps < 0 ? 'b'.repeat(-sharps) : '#'.repeat(sharps);
}
