// The six steps in words: what the screen says while each runs, and what came of it.

import type { StepName, StepSummaries } from '../pipeline/runner.js';
import { count, formatSeconds, some } from './format.js';

export const stepTitles: Readonly<Record<StepName, string>> = {
  fetch: '1 Fetch',
  convert: '2 Convert',
  examples: '3 Examples',
  fit: '4 Fit',
  evaluate: '5 Evaluate',
  export: '6 Export',
};

const words: { readonly [N in StepName]: (summary: StepSummaries[N]) => string } = {
  fetch: ({ files, kept, duplicate, refused, added }) =>
    `${count(files, 'music file')}, ${added} new: ${kept} kept${some(duplicate, 'identical to another')}${some(refused, 'refused')}`,
  convert: ({ files, ok, warning, damaged = 0, duplicate, refused, notes, seconds }) =>
    `${ok + warning} of ${count(files, 'file')} read${warned(warning, damaged)}${some(duplicate, 'identical to another')}${some(refused, 'refused')}: ` +
    `${count(notes, 'note')}, ${formatSeconds(seconds)} of music`,
  examples: ({ files, kept, training, eval: judged, accompaniment, reasons, unusedOverrides = [] }) =>
    `melodies in ${kept} of ${count(files, 'file')}: ${training.melodies} to learn from, ${judged.melodies} to judge by` +
    some(reasons.duplicate ?? 0, 'met before and left out') +
    (accompaniment?.pieces ? `, ${count(accompaniment.pieces, 'piece')} of accompaniment to learn from at first` : '') +
    unusedOverrides.map((line) => `; overrides.txt names no file with: ${line}`).join(''),
  fit: ({ step, total, ended, best }) =>
    `${step} of ${count(total, 'step')}${ended === 'early' ? ', ended early since it no longer improved' : ''}` +
    (best === null ? '' : `; best after step ${best.step}: ${best.loss.toFixed(3)} nats per step`),
  evaluate: ({ step, baselines, warnings }) =>
    (baselines === null
      ? 'no melody was set aside to judge by'
      : `${baselines.model.natsPerEvent.toFixed(3)} nats per event, ${comparedToNgram(baselines.advantagePercent)} (step ${step})`) +
    (warnings.length > 0 ? `, ${count(warnings.length, 'warning')}` : ''),
  export: ({ model }) => `the model is in ${model}`,
};

/** " (2 with a warning, 1 through damage)". */
function warned(warning: number, damaged: number): string {
  const parts = [...(warning > 0 ? [`${warning} with a warning`] : []), ...(damaged > 0 ? [`${damaged} through damage`] : [])];
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** What came of a step, in a line. */
export function inWords<N extends StepName>(name: N, summary: StepSummaries[N]): string {
  return words[name](summary);
}

/** "12% fewer than a 6-gram". */
export function comparedToNgram(advantagePercent: number): string {
  const rounded = Math.round(Math.abs(advantagePercent));
  return rounded === 0 ? 'as many as a 6-gram' : `${rounded}% ${advantagePercent < 0 ? 'more' : 'fewer'} than a 6-gram`;
}
