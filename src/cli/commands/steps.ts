// mst convert|examples|fit|evaluate|export NAME: one step alone. (mst fetch, which takes paths, has a file of its own.)

import { join } from 'node:path';
import { runStep, type StepName, type StepSummaries, type TrainingRequest } from '../../pipeline/runner.js';
import { commandIn, datasetDirectory, runDirectory } from '../../registry/home.js';
import { type Context, defineCommand, everywhere, GO_ON } from '../command.js';
import { inWords, stepTitles } from '../step-words.js';
import { runTask } from '../tasks.js';
import {
  checkpointOptions,
  compatOptions,
  examplesOptions,
  exportOptions,
  fitOptions,
  noteSequenceOptions,
  sequenceExampleOptions,
  trainingRequest,
} from '../training-options.js';
import { optionsSaid } from '../values.js';

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
    [capitalized(inWords(name, summary)), ...more(summary)].join('\n'),
  );
}

const capitalized = (text: string): string => text.replace(/^./u, (letter) => letter.toUpperCase());

const artist = { name: { describe: 'The artist: a folder in datasets/', required: true } } as const;
const run = { name: { describe: 'The run: a folder in checkpoints/', required: true } } as const;

export const convertCommand = defineCommand({
  name: 'convert',
  usage: 'NAME',
  describe: 'Step 2: read every file of a collection into notes',
  positionals: artist,
  options: {
    shard: {
      type: 'text',
      describe:
        'Convert only this part of the files, such as 2/4: for several machines, or a very large collection; mst examples takes all parts',
    },
    ...compatOptions,
  },
  examples: [
    ['mst convert coldplay', 'After mst fetch'],
    ['mst convert lakh --shard 2/4', 'The second of four parts; then mst examples lakh once all four are there'],
  ],
  whenInterrupted: GO_ON,
  async run(context, { name, shard: part, ...given }) {
    const { convertNames, parseShard } = await import('../../pipeline/convert/shards.js');
    const shard = part === undefined ? undefined : parseShard(part);
    const request = { ...(await trainingRequest(context, name, given)), shard };
    await runAlone('convert', request, context, () => [
      `A line for every file: ${join(datasetDirectory(context.home, name), convertNames(shard).report)}`,
      next(
        context,
        [
          shard === undefined || shard.number === shard.of
            ? `mst examples ${name}`
            : `mst convert ${name} --shard ${shard.number + 1}/${shard.of}`,
          ...optionsSaid(compatOptions, given),
        ].join(' '),
      ),
    ]);
  },
});

export const examplesCommand = defineCommand({
  name: 'examples',
  usage: 'NAME',
  describe: 'Step 3: find the melodies, and set some songs aside for judging',
  positionals: artist,
  options: {
    explain: {
      type: 'flag',
      describe: 'Say what became of every file, and make a page (explain.html) to look at the melodies found and listen to them',
    },
    ...compatOptions,
    ...examplesOptions,
    ...noteSequenceOptions,
  },
  examples: [
    ['mst examples coldplay', 'After mst convert coldplay'],
    ['mst examples coldplay --explain', 'What was taken, what was left out and why, to read and to hear'],
    ['mst examples lakh --input notesequences.tfrecord', 'From NoteSequences that Magenta made'],
  ],
  whenInterrupted: GO_ON,
  async run(context, { name, explain: explained, ...given }) {
    const request = await trainingRequest(context, name, given);
    const fit = next(context, ['mst fit', name, ...optionsSaid({ config: examplesOptions.config, ...compatOptions }, given)].join(' '));
    const said = optionsSaid({ ...examplesCommand.options, seed: everywhere.seed }, { ...given, explain: true, seed: context.seed });
    const explaining = commandIn(context.home, context.current, ['mst examples', name, ...said].join(' '));
    if (explained) {
      const { explain } = await import('../explain.js');
      return explain(context, request, explaining, [fit]);
    }
    await runAlone('examples', request, context, () => [
      `A line for every file: ${join(datasetDirectory(context.home, name), request.config, 'examples-report.jsonl')}`,
      `What became of each, to read and to hear: ${explaining}`,
      fit,
    ]);
  },
});

export const fitCommand = defineCommand({
  name: 'fit',
  usage: 'NAME',
  describe: 'Step 4: train a network on the examples',
  positionals: artist,
  options: {
    ...fitOptions,
    ...sequenceExampleOptions,
    ...compatOptions,
  },
  examples: [
    ['mst fit coldplay', 'After mst examples coldplay'],
    ['mst fit lakh --config attention_rnn --sequence_example_file training_melodies.tfrecord', 'On examples that Magenta made'],
  ],
  whenInterrupted: GO_ON,
  run: async (context, { name, ...given }) =>
    runAlone('fit', await trainingRequest(context, name, given), context, ({ run }) => [next(context, `mst evaluate ${run}`)]),
});

/** A request about a run that is there: its artist stands in its record. */
async function aboutRun(context: Context, name: string, given: Parameters<typeof trainingRequest>[2]): Promise<TrainingRequest> {
  const { readRun } = await import('../../train/run-record.js');
  const { source } = readRun(runDirectory(context.home, name));
  const request = await trainingRequest(context, source.artist, { ...given, run: name, config: source.config });
  return { ...request, melodySeed: context.seed };
}

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  usage: 'NAME',
  describe: 'Step 5: judge a model on the songs set aside',
  positionals: run,
  options: checkpointOptions,
  whenInterrupted: GO_ON,
  async run(context, { name, ...given }) {
    const { evaluationInWords } = await import('../evaluation-words.js');
    const directory = runDirectory(context.home, name);
    await runAlone('evaluate', await aboutRun(context, name, given), context, (summary) => [
      ...evaluationInWords(summary, directory),
      next(context, ['mst export', name, ...optionsSaid(checkpointOptions, given)].join(' ')),
    ]);
  },
});

export const exportCommand = defineCommand({
  name: 'export',
  usage: 'NAME',
  describe: 'Step 6: make the model folder, with its card and a first melody',
  positionals: run,
  options: { ...checkpointOptions, ...exportOptions },
  whenInterrupted: GO_ON,
  run: async (context, { name, ...given }) =>
    runAlone('export', await aboutRun(context, name, given), context, ({ preview, archive }) => [
      `A first melody: ${preview}`,
      ...(archive === undefined ? [] : [`Packed as: ${archive}`]),
      next(context, `mst generate --model ${name} --output-dir new-songs`),
    ]),
});
