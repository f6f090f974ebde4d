// What an evaluation warns of, in plain words, with what to do about it.

import type { EvaluationReport, Warning } from './report.js';

const percent = (share: number): string => `${Math.round(100 * share)}%`;

/** The warnings an evaluation gives rise to; none when all is well. */
export function warningsOf({
  step,
  baselines,
  copying,
  overfitting,
}: Pick<EvaluationReport, 'step' | 'baselines' | 'copying' | 'overfitting'>): Warning[] {
  const warnings: Warning[] = [];
  if (baselines !== null && !(baselines.advantagePercent > 0)) {
    const { model, sixGram } = baselines;
    warnings.push({
      code: 'no-better-than-6-gram',
      message:
        `The model foretells songs no better than a table of the last five events would: ${model.natsPerEvent.toFixed(3)} nats per event, ` +
        `and a 6-gram needs ${sixGram.natsPerEvent.toFixed(3)}.`,
      advice: 'Train it longer (--steps, --minutes), begin from another model (--from folk), or give it more songs.',
    });
  }
  if (overfitting !== null) {
    const { bestStep, bestHeldOut, lastStep, lastHeldOut, trainingThen, trainingNow } = overfitting;
    const spared = step <= bestStep;
    warnings.push({
      code: 'overfits',
      message:
        `After step ${bestStep} the run learned its songs by heart: by step ${lastStep} the loss on songs set aside had risen from ` +
        `${bestHeldOut.toFixed(2)} to ${lastHeldOut.toFixed(2)}, while that on its own songs fell from ${trainingThen.toFixed(2)} to ${trainingNow.toFixed(2)}.`,
      advice: spared
        ? `The checkpoint judged here, of step ${step}, is from before that. More songs would carry it further; fewer --steps come to the same sooner.`
        : `The checkpoint judged here, of step ${step}, is from after that: take --checkpoint best, give it more songs, or train with fewer --steps.`,
    });
  }
  const { copies, generated, heldOut } = copying.judgement;
  if (copies !== null) {
    const longest = copying.passages[0];
    const usual =
      heldOut === 0
        ? 'No song was set aside to compare with.'
        : `Of excerpts from songs set aside, ${percent(copies.heldOut / heldOut)} share so much with the training songs.`;
    const example = longest === undefined ? '' : ` The longest: ${longest.file} has ${longest.notes} notes of ${longest.song.file}.`;
    warnings.push({
      code: 'copies',
      message: `The model copies: ${copies.generated} of ${generated} melodies that begin like a song it learned from go on for ${copies.bars} bars or more as a song does, note for note. ${usual}${example}`,
      advice: 'Give it more songs, train with fewer --steps or a smaller network, or generate at a higher --temperature.',
    });
  }
  return warnings;
}
