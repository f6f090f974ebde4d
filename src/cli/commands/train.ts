// mst train --artist NAME PATH…: all six steps, and going on after an interruption.

import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { FetchSummary } from '../../pipeline/fetch/fetch.js';
import { firstStep, runStep, STEP_NAMES, type StepName, type TrainingRequest } from '../../pipeline/runner.js';
import { commandIn, datasetDirectory, runDirectory } from '../../registry/home.js';
import { checkNotTraining } from '../../registry/run-lock.js';
import { type Context, defineCommand, everywhere, GO_ON, type Options, type Values } from '../command.js';
import { inWords, stepTitles } from '../step-words.js';
import { runTasks, type Task } from '../tasks.js';
import { trainingOptions, trainingRequest } from '../training-options.js';
import { isGiven, optionsSaid } from '../values.js';
import { failedInWords, listAndTell, webChoices, webOptions } from './fetch.js';

export const trainCommand = defineCommand({
  name: 'train',
  usage: '--artist NAME PATH-OR-ADDRESS…',
  describe: 'Train a model on a collection: fetch, convert, examples, fit, evaluate, export',
  positionals: {
    path: { describe: 'Folders, music files, archives and addresses of the web; none to train on what was fetched before', many: true },
  },
  options: {
    artist: { type: 'text', describe: 'Name of the collection, and of the model unless --run gives it another' },
    resume: { type: 'text', describe: 'Go on with this run where it was interrupted, as it was begun' },
    until: { type: 'text', choices: STEP_NAMES, default: 'export', describe: 'Stop after this step' },
    ...webOptions,
    ...trainingOptions,
  },
  examples: [
    ['mst train --artist coldplay ./midi', 'From a folder of songs to a model'],
    ['mst train --artist coldplay --config attention_rnn --run coldplay-attention', 'Another network on the same songs'],
    ['mst train --artist lakh --input notesequences.tfrecord', 'From NoteSequences that Magenta made'],
    ['mst train --resume coldplay', 'Go on after an interruption'],
  ],
  whenInterrupted: GO_ON,
  async run(context, { path: paths, until, ...given }) {
    const { artist, resume } = given;
    if (resume !== undefined) {
      requireNothingNew({ ...given, path: paths, seed: context.seed });
      return resumeRun(context, resume, until, given);
    }
    if (given['dry-run'] && paths.length === 0) {
      throw new MstError('usage', '--dry-run lists what would be fetched, and nothing to fetch was given.', {
        hint: 'mst train --dry-run --artist NAME PATH-OR-ADDRESS…',
      });
    }
    if (artist === undefined) throw new MstError('usage', 'Whose music? No --artist was given.', { hint: 'mst train --artist NAME PATH…' });
    requireOneBeginning(given, paths);
    const web = await webChoices(given, paths);
    const request = { ...(await trainingRequest(context, artist, given, paths)), web };
    if (given['dry-run']) return listAndTell(context, artist, paths, { ...web, now: request.now, seed: request.seed });
    const again = ['mst train --artist', artist, ...optionsSaid(settled, { ...given, seed: context.seed })].join(' ');
    await trainAndTell(context, request, stepsFrom(await firstStep(request), until), again);
  },
});

/** @throws MstError `usage` when there are none */
function stepsFrom(first: StepName, until: StepName): readonly StepName[] {
  const names = STEP_NAMES.slice(STEP_NAMES.indexOf(first), STEP_NAMES.indexOf(until) + 1);
  if (names.length > 0) return names;
  throw new MstError('usage', `There is nothing to do until ${until}: this begins with ${first}.`, {
    hint: `The steps are ${STEP_NAMES.join(', ')}.`,
  });
}

/** Where training may begin besides at files and addresses, and the options that say nothing then. */
const BEGINNINGS = {
  input: [],
  sequence_example_file: ['input', 'eval_ratio', 'track', 'channel', 'skyline', 'all-tracks', 'melodies-only'],
} as const;

type Given = Partial<Values<typeof trainingOptions, Record<never, never>>>;

/** @throws MstError `usage` where what is given begins at one step, and something else given is for an earlier one */
function requireOneBeginning(given: Given, paths: readonly string[]): void {
  for (const [name, useless] of Object.entries(BEGINNINGS) as [keyof typeof BEGINNINGS, readonly (keyof Given)[]][]) {
    if (given[name] === undefined) continue;
    const other = useless.find((option) => isGiven(trainingOptions[option], given[option]));
    if (paths.length === 0 && other === undefined) continue;
    const what = other === undefined ? `no files are fetched, so leave ${JSON.stringify(paths[0])} out` : `--${other} has no say there`;
    throw new MstError('usage', `--${name} begins at step ${name === 'input' ? 3 : 4}: ${what}.`);
  }
}

/** What is settled when training begins, and must be said again where it has not begun. */
const settled: Options = { ...trainingOptions, seed: everywhere.seed };
/** What may be chosen anew when a run goes on. */
const OPEN = ['engine', 'threads', 'archive'];

/** @throws MstError `usage` */
function requireNothingNew(given: Readonly<Record<string, unknown>>): void {
  const asked = ['path', 'artist', ...Object.keys({ ...webOptions, ...settled })].filter((name) => !OPEN.includes(name));
  const name = asked.find((each) => isGiven(({ ...webOptions, ...settled } as Options)[each], given[each]));
  if (name === undefined) return;
  throw new MstError(
    'usage',
    `--resume goes on with a run as it was begun, so ${name === 'path' ? 'no path' : `no --${name}`} can be given.`,
    {
      hint: `To train it further in another way, begin from it: mst train --artist NAME --from ${given.resume} --run ${given.resume}-2`,
    },
  );
}

async function resumeRun(context: Context, run: string, until: StepName, { engine, threads, archive }: Given): Promise<void> {
  const { readRun } = await import('../../train/run-record.js');
  const { source } = readRun(runDirectory(context.home, run));
  const request = await trainingRequest(context, source.artist, { run, config: source.config, engine, threads, archive });
  await trainAndTell(context, { ...request, fit: undefined }, stepsFrom('fit', until), `mst train --resume ${run}`);
}

/** @param again the command that goes on where training has not begun */
async function trainAndTell(context: Context, request: TrainingRequest, names: readonly StepName[], again: string): Promise<void> {
  const steps = await trainThrough(context, request, names);
  const { run, artist, home } = request;
  const text = names.includes('export')
    ? modelInWords(runDirectory(home, run), (command) => commandIn(home, context.current, command), run)
    : `Next: ${commandIn(home, context.current, names.includes('fit') ? `mst train --resume ${run}` : again)}`;
  const { web } = (steps.fetch ?? {}) as Partial<FetchSummary>;
  const manifest = join(datasetDirectory(home, artist), 'manifest.jsonl');
  context.output.result({ artist, run, steps }, [...failedInWords(web?.failed ?? [], manifest), text].join('\n'));
}

/** Runs steps one after the other and gives back what came of them, by name. */
export async function trainThrough(
  context: Pick<Context, 'signal' | 'force' | 'output' | 'clock'>,
  request: TrainingRequest,
  names: readonly StepName[],
): Promise<Readonly<Record<string, unknown>>> {
  const { signal, force } = context;
  // A mistake is told before any work is done.
  if (names.includes('fit')) checkNotTraining(runDirectory(request.home, request.run));
  const results: Record<string, unknown> = {};
  const task = <N extends StepName>(name: N): Task => ({
    title: stepTitles[name],
    async run(progress) {
      const { skipped, summary } = await runStep(name, request, { signal, force, progress });
      signal.throwIfAborted();
      results[name] = { changed: !skipped, ...summary };
      return `${inWords(name, summary)}${skipped ? ' (nothing has changed)' : ''}`;
    },
  });
  await runTasks(context, names.map(task));
  return results;
}

function modelInWords(directory: string, here: (command: string) => string, run: string): string {
  return [
    `The model is in      ${join(directory, 'model')}`,
    `A first melody is in ${join(directory, 'model', 'preview.mid')}`,
    `More of them:        ${here(`mst generate --model ${run} --output-dir new-songs`)}`,
    `To play with it:     ${here(`mst session --model ${run}`)}`,
  ].join('\n');
}
