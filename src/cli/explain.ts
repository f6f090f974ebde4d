// mst examples NAME --explain: step 3 and an account of it, on the terminal and as a page.

import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import type { ExamplesSummary } from '../pipeline/examples/sets.js';
import { runStep, type TrainingRequest } from '../pipeline/runner.js';
import type { StepResult } from '../pipeline/step.js';
import { datasetDirectory } from '../registry/home.js';
import type { Context } from './command.js';
import { inWords, stepTitles } from './step-words.js';
import { runTasks } from './tasks.js';

/**
 * Runs step 3 unless nothing has changed, and explains what came of it; also when nothing did.
 * @param again the command that makes the same examples again and explains them
 * @param more lines to end with
 */
export async function explain(context: Context, request: TrainingRequest, again: string, more: readonly string[]): Promise<void> {
  const { explainExamples } = await import('../pipeline/examples/explain.js');
  const { EXAMPLES_REPORT, reportLines } = await import('../pipeline/examples/report.js');

  const { explanationInWords } = await import('./explanation-words.js');
  const { signal, force, output, home } = context;
  const { artist, config, compat, choice } = request;
  const directory = datasetDirectory(home, artist);
  const made: { step?: StepResult<ExamplesSummary>; nothing?: MstError; page?: string } = {};
  await runTasks(context, [
    {
      title: stepTitles.examples,
      async run(progress) {
        try {
          made.step = await runStep('examples', request, { signal, force, progress });
        } catch (error) {
          // That nothing was found is what needs explaining most.
          if (!(error instanceof MstError) || error.code !== 'no-melody') throw error;
          made.nothing = error;
          return 'nothing to learn from';
        }
        return made.step.skipped ? 'nothing has changed' : 'done';
      },
    },
    {
      title: 'The page about it',
      async run(progress) {
        made.page = await explainExamples({ directory, artist, config, compat, choice, command: again }, { signal, force, progress });
        return 'done';
      },
    },
  ]);
  const lines = [...reportLines(join(directory, config, EXAMPLES_REPORT))];
  const words = explanationInWords(lines, { compat, width: output.columns, bold: (text) => output.style('bold', text) });
  const { step, page = '', nothing } = made;
  const summary = step === undefined ? [] : [inWords('examples', step.summary)];
  output.result(
    { step: 'examples', artist, changed: step?.skipped === false, ...step?.summary, page, lines },
    [...words, ...summary, `To look at and listen to: ${page}`, ...(nothing === undefined ? more : [])].join('\n'),
  );
  if (nothing !== undefined) throw nothing;
}
