// What a <direction> or <sound> says of tempo, loudness and the way through the score.
import type { ScoreMark } from './score.js';
import { child, childrenOf, numberIn, textOf, type XmlElement } from './xml.js';

// Velocities of the marks, evenly spread around the 90 that MusicXML calls an ordinary forte.
const loudness: Readonly<Record<string, number>> = {
  pppppp: 10,
  ppppp: 10,
  pppp: 10,
  ppp: 20,
  pp: 34,
  p: 48,
  mp: 62,
  mf: 76,
  f: 90,
  ff: 104,
  fff: 118,
  ffff: 127,
  fffff: 127,
  ffffff: 127,
  fp: 48,
};
export const forte = 90;

/** Velocity of a percentage of forte, as MusicXML counts loudness; undefined for no percentage. */
export function velocityOf(percentage: string | undefined): number | undefined {
  const value = numberIn(percentage);
  return value === undefined ? undefined : Math.min(127, Math.max(1, Math.round((value * forte) / 100)));
}

/** The velocity of a direction's dynamic mark, undefined where it has none. */
export function readVelocity(direction: XmlElement): number | undefined {
  for (const type of childrenOf(direction, 'direction-type')) {
    for (const { name } of child(type, 'dynamics')?.children ?? []) if (Object.hasOwn(loudness, name)) return loudness[name];
  }
  return undefined;
}

// Quarter notes in the notes that a metronome mark may name.
const noteLengths: Readonly<Record<string, number>> = {
  long: 16,
  breve: 8,
  whole: 4,
  half: 2,
  quarter: 1,
  eighth: 0.5,
  '16th': 0.25,
  '32nd': 0.125,
  '64th': 0.0625,
};

/** The tempo of a direction's metronome mark in quarter notes per minute; `♩ = c. 96-100` is 96. */
export function readMetronome(direction: XmlElement): number | undefined {
  for (const type of childrenOf(direction, 'direction-type')) {
    const metronome = child(type, 'metronome');
    const unit = textOf(metronome, 'beat-unit') ?? '';
    const perMinute = numberIn(/\d+(?:\.\d+)?/.exec(textOf(metronome, 'per-minute') ?? '')?.[0]);
    const length = Object.hasOwn(noteLengths, unit) ? noteLengths[unit] : undefined;
    if (length === undefined || perMinute === undefined) continue;
    const dots = childrenOf(metronome, 'beat-unit-dot').length;
    return perMinute * length * (2 - 0.5 ** dots);
  }
  return undefined;
}

const destinations = ['segno', 'coda', 'tocoda', 'dalsegno'] as const;

/** The marks of a <sound> that lead through the score. */
export function readMarks({ attributes, line }: XmlElement): ScoreMark[] {
  const marks: ScoreMark[] = destinations.flatMap((kind) => {
    const label = attributes[kind];
    return label === undefined ? [] : [{ kind, label, line }];
  });
  if (attributes.dacapo === 'yes') marks.push({ kind: 'dacapo', label: '', line });
  if (attributes.fine !== undefined && attributes.fine !== 'no') marks.push({ kind: 'fine', label: '', line });
  return marks;
}

/** The signs drawn by a direction or bar line that players can be sent to. */
export function readSigns(parent: XmlElement | undefined): ScoreMark[] {
  return (parent?.children ?? []).flatMap(({ name, line }): ScoreMark[] =>
    name === 'segno' || name === 'coda' ? [{ kind: name, label: '', line }] : [],
  );
}
