// Step 3, examples: the melodies of every song, encoded for one configuration, in training_melodies.tfrecord and
// eval_melodies.tfrecord (spec E), where they are few the other voices in training_accompaniment.tfrecord, and one line a file in
// examples-report.jsonl.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { LEAST_MELODY } from '../../extraction/find-melodies.js';
import { sweepAbandoned } from '../../registry/files.js';
import { type ConvertedPaths, convertedLines, convertedPaths } from '../convert/converted.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from '../stamp.js';
import type { StepContext, StepResult } from '../step.js';
import { makeFoundSets } from './found.js';
import { makeMagentaSets } from './magenta.js';
import { OVERRIDES, type Overrides, readOverrides } from './overrides.js';
import { EXAMPLES_REPORT } from './report.js';
import { EVAL_MELODIES, type ExamplesSummary, TRAINING_ACCOMPANIMENT, TRAINING_MELODIES } from './sets.js';
import type { ExamplesSettings } from './settings.js';

/** Steps of melody up to which accompaniment is worth learning from (measured up to 340,000), and takes no more time and memory than there are. */
const MOST_MELODY = 500_000;

/**
 * Makes the examples of a dataset for one configuration.
 * @param directory the dataset, datasets/<artist>; the examples go to its folder of the configuration's name
 * @throws MstError `not-found` before step 2, `no-melody` when nothing can be trained on, `usage` for overrides that make no sense
 */
export async function examples(
  { directory, artist, ...settings }: { directory: string; artist: string } & ExamplesSettings,
  context: StepContext,
): Promise<StepResult<ExamplesSummary>> {
  const converted = convertedPaths(directory, artist);
  const { config, compat } = settings;
  const target = join(directory, config);
  const overridden = !compat && existsSync(join(directory, OVERRIDES)) ? { overrides: hashFile(join(directory, OVERRIDES)) } : {};
  const accompanied = !compat && !settings.melodiesOnly ? { accompaniment: MOST_MELODY } : {};
  const key = fingerprint({
    source: hashFile(...converted.sequences),
    report: hashFile(...converted.reports),
    settings,
    ...overridden,
    ...accompanied,
  });
  const fresh = context.force ? undefined : readFreshStamp<ExamplesSummary>(target, 'examples', key);
  if (fresh !== undefined) return { skipped: true, summary: fresh.summary };

  sweepAbandoned(target);
  let files = 0;
  for (const _ of convertedLines(converted)) files++;
  const summary = compat
    ? await makeMagentaSets({ converted, files, target }, settings, context)
    : await makeFoundSets(
        { converted, files, target, overrides: overridesOf(directory, converted), mostMelody: MOST_MELODY },
        settings,
        context,
      );
  if (summary.training.melodies === 0) throw nothingToLearn(summary, { artist, ...settings }, join(target, EXAMPLES_REPORT));
  const outputs = [TRAINING_MELODIES, EVAL_MELODIES, ...(summary.accompaniment ? [TRAINING_ACCOMPANIMENT] : []), EXAMPLES_REPORT];
  writeStamp(target, 'examples', { fingerprint: key, settings, outputs, summary });
  return { skipped: false, summary };
}

function overridesOf(directory: string, converted: ConvertedPaths): Overrides {
  const names = function* (): Generator<string> {
    for (const { file } of convertedLines(converted)) yield file;
  };
  return readOverrides(directory, existsSync(join(directory, OVERRIDES)) ? [...names()] : []);
}

function nothingToLearn(
  { kept, files, reasons }: ExamplesSummary,
  { artist, compat, choice }: { artist: string } & ExamplesSettings,
  report: string,
): MstError {
  if (kept > 0) {
    return new MstError('no-melody', 'All melodies were set aside for judging.', { hint: 'Use a smaller --eval_ratio, or more songs.' });
  }
  const searched = files - (reasons.unreadable ?? 0);
  if (searched > 0 && (reasons['no-such-track'] ?? 0) >= searched && (choice?.kind === 'track' || choice?.kind === 'channel')) {
    const what = choice.kind === 'track' ? `track ${choice.track}` : `channel ${choice.channel}`;
    return new MstError('no-melody', `None of the ${searched} files has a ${what}.`, {
      hint: `See which there are, and which of them mst would take: mst examples ${artist} --explain`,
    });
  }
  const { bars, notes, pitches } = LEAST_MELODY;
  const least = compat ? '7 bars and 5 different pitches' : `${notes} notes, ${pitches} different pitches and ${bars} bars`;
  return new MstError('no-melody', `No melody was found in any of the ${files} files.`, {
    hint: `A melody has at least ${least}; each file has its reason in ${report}`,
  });
}
