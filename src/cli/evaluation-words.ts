// What an evaluation found, in a few lines for musicians.

import { join } from 'node:path';
import { FEATURES } from '../evaluate/features.js';
import type { BarRange } from '../evaluate/report.js';
import type { Evaluation } from '../pipeline/evaluate/evaluate.js';
import { count } from './format.js';

/** Lines of text; what is in `directory`, the run's folder, comes last. */
export function evaluationInWords(evaluation: Evaluation, directory: string): string[] {
  const { generated, page } = evaluation;
  return [
    ...foretold(evaluation),
    ...likeness(evaluation),
    ...copied(evaluation),
    `To look at:   ${join(directory, page)}`,
    `To listen to: ${join(directory, generated.folder)} (${count(generated.unheard + generated.recalled, 'melody', 'melodies')} of ${generated.bars} bars)`,
  ];
}

function foretold({ baselines, melodies }: Evaluation): string[] {
  if (baselines === null) return [];
  const { model, unigram, sixGram } = baselines;
  const right = Math.round(100 * model.accuracy);
  return [
    `Of ${count(melodies, 'melody', 'melodies')} it had never heard it guessed ${right}% of the 16ths ` +
      `(a 6-gram ${Math.round(100 * sixGram.accuracy)}%); nats per event: ${model.natsPerEvent.toFixed(3)}, ` +
      `6-gram ${sixGram.natsPerEvent.toFixed(3)}, unigram ${unigram.natsPerEvent.toFixed(3)}.`,
  ];
}

/** Which features of what it makes are like those of the songs, and how the others differ. */
function likeness({ comparison }: Evaluation): string[] {
  const say = (value: number | null, percent: boolean): string =>
    value === null ? '-' : percent ? `${Math.round(100 * value)}%` : value.toFixed(1);
  const rows = FEATURES.flatMap(({ name, title, mean }) => {
    const { verdict, mean: means } = comparison[name];
    const { generated, training } = means;
    const differs = `${title.toLowerCase()} (${say(generated, mean.percent)} ${mean.words}, in the songs ${say(training, mean.percent)})`;
    return verdict === null ? [] : [{ verdict, title: title.toLowerCase(), differs }];
  });
  const near = rows.filter(({ verdict }) => verdict === 'near').map(({ title }) => title);
  const line = (words: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [`${words} ${items.join(', ')}.`]);
  const differing = (wanted: 'off' | 'far'): string[] => rows.filter(({ verdict }) => verdict === wanted).map(({ differs }) => differs);
  if (rows.length === 0) return ['Too few songs were set aside to say how like them is what it makes; the page shows both.'];
  return [
    ...line('What it makes is like the songs in', near),
    ...line('Somewhat off:', differing('off')),
    ...line('Far off:', differing('far')),
  ];
}

function copied({ copying: { judgement, passages } }: Evaluation): string[] {
  const [longest] = passages;
  if (longest === undefined) return [];
  const { file, in: place, notes, bars, song } = longest;
  const usual =
    judgement.bars.heldOut === null ? '' : `; excerpts of songs set aside share up to ${judgement.bars.heldOut.most.toFixed(1)}`;
  const part = song.part > 1 ? ` (part ${song.part})` : '';
  return [
    `The longest passage it has from a song: ${bars.toFixed(1)} bars, ${count(notes, 'note')} ` +
      `(${file} ${inWords(place)} as ${song.file}${part} ${inWords(song.in)})${usual}.`,
  ];
}

const inWords = ({ from, to }: BarRange): string => (from === to ? `bar ${from}` : `bars ${from}-${to}`);
