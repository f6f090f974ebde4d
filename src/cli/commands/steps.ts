// mst convert|examples|fit|evaluate|export NAME: one step alone. (mst fetch, which takes paths, has a file of its own.)

import { runStep, type StepName, type StepSummaries, type TrainingRequest } from '../../pipeline/runner.js';
import { commandIn, runDirectory } from '../../registry/home.js';
import { type Context, defineCommand } from '../command.js';
import { inWords, stepTitles } from '../step-words.js';
import { runTask } from '../tasks.js';
import {
  checkpointOptions,
  DEFAULT_CONFIG,
  examplesOptions,
  exportOptions,
  fetchOptions,
  fitOptions,
  trainingRequest,
} from '../training-options.js';

/** The line that says what to do next. */
function next({ home, current }: Context, command: string): string {
  return `Next: ${commandIn(home, current, command)}`;
}

/** Runs one step and prints what came of it. */
async function runAlone<N extends StepName>(
  name: N,
  request: TrainingRequest,
  context: Context,
  more: (summary: StepSummaries[N]) => readonly string[],
): Promise<void> {
  const { signal, force, output } = context;
  const { skipped, summary } = await runTask(
    context,
    stepTitles[name],
    (progress) => runStep(name, request, { signal, force, progress }),
    (result) => (result.skipped ? 'nothing has changed' : 'done'),
  );
  output.result(
    { step: name, artist: request.artist, changed: !skipped, ...summary },
    [inWords(name, summary), ...more(summary)].join('\n'),
  );
}

const artist = { name: { describe: 'The artist: a folder in datasets/', required: true } } as const;
const run = { name: { describe: 'The run: a folder in checkpoints/', required: true } } as const;

export const convertCommand = defineCommand({
  name: 'convert',
  usage: 'NAME',
  describe: 'Step 2: read every file of a collection into notes',
  positionals: artist,
  run: async (context, { name }) =>
    runAlone('convert', await trainingRequest(context, name, {}), context, () => [
      `A line for every file: datasets/${name}/convert-report.jsonl`,
      next(context, `mst examples ${name}`),
    ]),
});

export const examplesCommand = defineCommand({
  name: 'examples',
  usage: 'NAME',
  describe: 'Step 3: find the melodies, and set some songs aside for judging',
  positionals: artist,
  options: { ...examplesOptions, ...fetchOptions },
  async run(context, { name, ...given }) {
    const request = await trainingRequest(context, name, given);
    await runAlone('examples', request, context, () => [
      `A line for every file: datasets/${name}/${request.config}/examples-report.jsonl`,
      next(context, `mst fit ${name}${request.config === DEFAULT_CONFIG ? '' : ` --config ${request.config}`}`),
    ]);
  },
});

export const fitCommand = defineCommand({
  name: 'fit',
  usage: 'NAME',
  describe: 'Step 4: train a network on the examples',
  positionals: artist,
  options: { ...fitOptions, ...fetchOptions },
  run: async (context, { name, ...given }) =>
    runAlone('fit', await trainingRequest(context, name, given), context, (summary) => [next(context, `mst evaluate ${summary.run}`)]),
});

/** A request about a run that is there: its artist stands in its record. */
async function aboutRun(context: Context, name: string, given: Parameters<typeof trainingRequest>[2]): Promise<TrainingRequest> {
  const { readRun } = await import('../../train/run-record.js');
  const { source } = readRun(runDirectory(context.home, name));
  return trainingRequest(context, source.artist, { ...given, run: name, config: source.config });
}

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  usage: 'NAME',
  describe: 'Step 5: judge a model on the songs set aside',
  positionals: run,
  options: checkpointOptions,
  async run(context, { name, ...given }) {
    const { evaluationInWords } = await import('../evaluation-words.js');
    const directory = runDirectory(context.home, name);
    await runAlone('evaluate', await aboutRun(context, name, given), context, (summary) => [
      ...evaluationInWords(summary, directory),
      next(context, `mst export ${name}`),
    ]);
  },
});

export const exportCommand = defineCommand({
  name: 'export',
  usage: 'NAME',
  describe: 'Step 6: make the model folder, with its card and a first melody',
  positionals: run,
  options: { ...checkpointOptions, ...exportOptions },
  run: async (context, { name, ...given }) =>
    runAlone('export', await aboutRun(context, name, given), context, ({ preview, archive }) => [
      `A first melody: ${preview}`,
      ...(archive === undefined ? [] : [`Packed as: ${archive}`]),
      next(context, `mst generate --model ${name} --output-dir new-songs`),
    ]),
});
