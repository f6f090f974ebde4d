// The order in which measures are played. Each measure of a tune here is one note whose pitch is its number, so that what is heard is the
// order; expected orders are those a musician would play.
import { describe, expect, it } from 'vitest';
import { musicXmlToNoteSequence } from '../../src/notation/musicxml/musicxml.js';
import { attributes, type BarlineOptions, barline, type Content, element, note, score, sound, tune } from '../support/musicxml.js';

interface Written {
  left?: BarlineOptions;
  right?: BarlineOptions;
  /** At the beginning, and behind the note. */
  before?: Content;
  after?: Content;
}

const pitchNames = ['C', 'D', 'E', 'F', 'G', 'A', 'B'];

/** Measures of one note each, the first being 1 (C4), the second 2 (D4) and so on. */
function measures(written: readonly Written[]): Content[] {
  return written.map(({ left, right, before, after }, i) => [
    left && barline('left', left),
    i === 0 ? attributes({ divisions: 1, time: '1/4' }) : undefined,
    before,
    note(`${pitchNames[i % 7]}${4 + Math.floor(i / 7)}`, 1),
    after,
    right && barline('right', right),
  ]);
}

function played(text: string): { order: number[]; warnings: string[] } {
  const warnings: string[] = [];
  const { notes } = musicXmlToNoteSequence(new TextEncoder().encode(text), {
    filename: 'a',
    onWarning: (warning) => warnings.push(warning),
  });
  const scale = [0, 2, 4, 5, 7, 9, 11];
  const order = notes.map(({ pitch, startTime }, i) => {
    expect(startTime).toBe(i / 2);
    return 7 * Math.floor((pitch - 60) / 12) + scale.indexOf((pitch - 60) % 12) + 1;
  });
  return { order, warnings };
}

const from: Written = { left: { repeat: 'forward' } };
const back: Written = { right: { repeat: 'backward' } };
const ending = (
  number: string,
  { repeat, open = true, close = true }: { repeat?: 'backward'; open?: boolean; close?: boolean } = {},
): Written => ({
  ...(open && { left: { ending: ['start', number] } }),
  ...((close || repeat) && { right: { ...(close && { ending: ['stop', number] as const }), ...(repeat && { repeat }) } }),
});

describe.each<[string, Written[], number[]]>([
  ['a repeat to the beginning', [{}, back, {}], [1, 2, 1, 2, 3]],
  ['a repeat between signs', [{}, from, back, {}], [1, 2, 3, 2, 3, 4]],
  ['a repeat of one measure', [{}, { ...from, ...back }, {}], [1, 2, 2, 3]],
  ['a second repeat without its own beginning', [back, {}, back, {}], [1, 1, 2, 3, 2, 3, 4]],
  ['a repeat played four times', [{ right: { repeat: 'backward', times: 4 } }, {}], [1, 1, 1, 1, 2]],
  ['two endings', [{}, ending('1', { repeat: 'backward' }), ending('2'), {}], [1, 2, 1, 3, 4]],
  [
    'endings of two measures',
    [
      {},
      ending('1', { close: false }),
      ending('1', { open: false, repeat: 'backward' }),
      ending('2', { close: false }),
      ending('2', { open: false }),
      {},
    ],
    [1, 2, 3, 1, 4, 5, 6],
  ],
  ['an ending for two times', [from, ending('1, 2', { repeat: 'backward' }), ending('3'), {}], [1, 2, 1, 2, 1, 3, 4]],
  ['an ending for times 1-3', [from, ending('1-3', { repeat: 'backward' }), ending('4'), {}], [1, 2, 1, 2, 1, 2, 1, 3, 4]],
  [
    'three endings, a repeat behind each but the last',
    [{}, ending('1', { repeat: 'backward' }), ending('2', { repeat: 'backward' }), ending('3'), {}],
    [1, 2, 1, 3, 1, 4, 5],
  ],
  [
    'two endings that both go back, as in folk tunes',
    [{}, ending('1', { repeat: 'backward' }), ending('2', { repeat: 'backward' }), {}],
    [1, 2, 1, 3, 4],
  ],
  ['one ending alone, left out the last time', [from, ending('1', { repeat: 'backward' }), {}], [1, 2, 1, 3]],
  ['endings without numbers', [{}, ending('', { repeat: 'backward' }), ending(''), {}], [1, 2, 1, 3, 4]],
  ['a bracket nobody closed', [{}, ending('1', { repeat: 'backward' }), ending('2', { close: false }), {}, {}], [1, 2, 1, 3, 4, 5]],
  ['brackets without any repeat', [{}, ending('1'), ending('2'), {}], [1, 2, 3, 4]],
  [
    'a repeat after endings begins behind them',
    [{}, ending('1', { repeat: 'backward' }), ending('2'), {}, back, {}],
    [1, 2, 1, 3, 4, 5, 4, 5, 6],
  ],
  ['D.C.', [{}, { after: sound({ dacapo: 'yes' }) }], [1, 2, 1, 2]],
  ['D.C. al Fine', [{}, { after: sound({ fine: 'yes' }) }, { after: sound({ dacapo: 'yes' }) }], [1, 2, 3, 1, 2]],
  [
    'D.S. al Coda',
    [
      {},
      { before: sound({ segno: 'a' }) },
      { after: sound({ tocoda: 'b' }) },
      { after: sound({ dalsegno: 'a' }) },
      { before: sound({ coda: 'b' }) },
      {},
    ],
    [1, 2, 3, 4, 2, 3, 5, 6],
  ],
  ['D.S. to a segno at the end of the measure before', [{ after: sound({ segno: 'a' }) }, { after: sound({ dalsegno: 'a' }) }], [1, 2, 2]],
  [
    'repeats are played once after D.C., with the last ending',
    [{}, ending('1', { repeat: 'backward' }), ending('2'), { after: sound({ dacapo: 'yes' }) }],
    [1, 2, 1, 3, 4, 1, 3, 4],
  ],
  [
    'a D.C. where a repeat ends comes after the repeat',
    [{ after: sound({ fine: 'yes' }) }, { ...back, after: sound({ dacapo: 'yes' }) }],
    [1, 2, 1, 2, 1],
  ],
  [
    'one ending alone is left out after D.C.',
    [from, ending('1', { repeat: 'backward' }), { after: sound({ dacapo: 'yes' }) }],
    [1, 2, 1, 3, 1, 3],
  ],
  [
    'repeats in the coda are played',
    [{ after: sound({ tocoda: 'x' }) }, { after: sound({ dacapo: 'yes' }) }, { before: sound({ coda: 'x' }), ...from, ...back }],
    [1, 2, 1, 3, 3],
  ],
])('%s', (_, written, order) => {
  it('is played out', () => expect(played(tune(...measures(written)))).toEqual({ order, warnings: [] }));
});

it('a repeat that asks for it is played after a jump too', () => {
  const again = element('barline', element('repeat', '', { direction: 'backward', 'after-jump': 'yes' }), { location: 'right' });
  expect(played(tune(...measures([{ after: again }, { after: sound({ dacapo: 'yes' }) }]))).order).toEqual([1, 1, 2, 1, 1, 2]);
});

it('signs that are only drawn are where a D.S. leads to', () => {
  const segno = element('direction', element('direction-type', '<segno/>'));
  expect(played(tune(...measures([{}, { before: segno }, { after: sound({ dalsegno: 'anything' }) }]))).order).toEqual([1, 2, 3, 2, 3]);
});

it('a jump that leads nowhere is passed over with a warning', () => {
  const { order, warnings } = played(tune(...measures([{}, { after: sound({ dalsegno: 'x' }) }, {}])));
  expect(order).toEqual([1, 2, 3]);
  expect(warnings).toEqual([expect.stringContaining('a D.S. without its segno')]);
});

it('repeats written in one part hold for all', () => {
  const text = score([
    { measures: measures([{}, back, {}]) },
    { measures: [[attributes({ divisions: 1 }), note('C2', 1)], note('D2', 1), note('E2', 1)] },
  ]);
  const { notes } = musicXmlToNoteSequence(new TextEncoder().encode(text), { filename: 'a' });
  expect(notes.filter(({ part }) => part === 1).map(({ pitch }) => pitch)).toEqual([36, 38, 36, 38, 40]);
});

it('a tempo is taken back where a repeat leads to before it', () => {
  const text = tune(...measures([{}, { ...back, before: sound({ tempo: '60' }) }]));
  const { tempos } = musicXmlToNoteSequence(new TextEncoder().encode(text), { filename: 'a' });
  expect(tempos).toEqual([
    { time: 0, qpm: 120 },
    { time: 0.5, qpm: 60 },
    { time: 1.5, qpm: 120 },
    { time: 2, qpm: 60 },
  ]);
});
