// What a <barline> says of the way through the score.
import { readSigns } from './directions.js';
import type { Measure, ScoreMark } from './score.js';
import { child, numberIn, type XmlElement } from './xml.js';

export interface Barline {
  /** Whether it is the left one of its measure; the others end something. */
  readonly atStart: boolean;
  readonly inMiddle: boolean;
  readonly repeatsFrom: boolean;
  readonly repeatsBack: Measure['repeatsBack'];
  readonly endingFrom: Measure['endingFrom'];
  readonly endingStops: boolean;
  readonly marks: readonly ScoreMark[];
}

export function readBarline(element: XmlElement): Barline {
  const { location } = element.attributes;
  const repeat = child(element, 'repeat')?.attributes;
  const ending = child(element, 'ending')?.attributes;
  const named = (['segno', 'coda'] as const).flatMap((kind): ScoreMark[] => {
    const label = element.attributes[kind];
    return label === undefined ? [] : [{ kind, label, line: element.line }];
  });
  return {
    atStart: location === 'left',
    inMiddle: location === 'middle',
    repeatsFrom: repeat?.direction === 'forward',
    repeatsBack:
      repeat?.direction === 'backward' ? { times: numberIn(repeat.times), afterJump: repeat['after-jump'] === 'yes' } : undefined,
    endingFrom: ending?.type === 'start' ? endingNumbers(ending.number ?? '') : undefined,
    endingStops: ending !== undefined && ending.type !== 'start',
    marks: [...readSigns(element), ...named],
  };
}

/** `1, 2` and `1-3`; none for what is no list of numbers from 1 to 99. */
function endingNumbers(text: string): number[] {
  const numbers = [...text.slice(0, 100).matchAll(/(\d{1,2})(?:\s*-\s*(\d{1,2}))?/g)].flatMap(([, from, to = from]) => {
    const first = Number(from);
    return Array.from({ length: Math.max(0, Number(to) - first + 1) }, (_, i) => first + i);
  });
  return [...new Set(numbers)].filter((n) => n > 0);
}
