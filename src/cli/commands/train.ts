// mst train --artist NAME PATH…: all six steps, and going on after an interruption.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { FetchSummary } from '../../pipeline/fetch/fetch.js';
import { runStep, STEP_NAMES, type StepName, type TrainingRequest } from '../../pipeline/runner.js';
import { commandIn, datasetDirectory, runDirectory } from '../../registry/home.js';
import { checkNotTraining } from '../../registry/run-lock.js';
import { type Context, defineCommand } from '../command.js';
import { inWords, stepTitles } from '../step-words.js';
import { runTasks, type Task } from '../tasks.js';
import { DEFAULT_CONFIG, trainingOptions, trainingRequest } from '../training-options.js';
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
    ['mst train --resume coldplay', 'Go on after an interruption'],
  ],
  async run(context, { path: paths, artist, resume, until, ...given }) {
    if (given['dry-run'] && (resume !== undefined || paths.length === 0)) {
      throw new MstError('usage', '--dry-run lists what would be fetched, and nothing to fetch was given.', {
        hint: 'mst train --dry-run --artist NAME PATH-OR-ADDRESS…',
      });
    }
    if (resume !== undefined) return resumeRun(context, resume, until);
    if (artist === undefined) throw new MstError('usage', 'Whose music? No --artist was given.', { hint: 'mst train --artist NAME PATH…' });
    const web = await webChoices(given, paths);
    const request = { ...(await trainingRequest(context, artist, given, paths)), web };
    const fetched = paths.length === 0 && existsSync(join(datasetDirectory(context.home, artist), 'midi'));
    if (paths.length === 0 && !fetched) {
      throw new MstError('usage', `There is no music of "${artist}" yet.`, { hint: `Say where it is: mst train --artist ${artist} PATH…` });
    }
    if (given['dry-run']) return listAndTell(context, artist, paths, { ...web, now: request.now, seed: request.seed });
    await trainAndTell(context, request, upTo(until).slice(fetched ? 1 : 0));
  },
});

function upTo(until: StepName): readonly StepName[] {
  return STEP_NAMES.slice(0, STEP_NAMES.indexOf(until) + 1);
}

async function resumeRun(context: Context, run: string, until: StepName): Promise<void> {
  const { readRun } = await import('../../train/run-record.js');
  const { source } = readRun(runDirectory(context.home, run));
  const request = await trainingRequest(context, source.artist, { run, config: source.config });
  await trainAndTell(context, { ...request, fit: undefined }, upTo(until).slice(STEP_NAMES.indexOf('fit')));
}

async function trainAndTell(context: Context, request: TrainingRequest, names: readonly StepName[]): Promise<void> {
  const steps = await trainThrough(context, request, names);
  const { run, artist, home } = request;
  const again = `mst train --artist ${artist}${request.config === DEFAULT_CONFIG ? '' : ` --config ${request.config}`}`;
  const text = names.includes('export')
    ? modelInWords(runDirectory(home, run), commandIn(home, context.current, `mst generate --model ${run} --output-dir new-songs`))
    : `Next: ${commandIn(home, context.current, again)}`;
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

function modelInWords(directory: string, next: string): string {
  return [
    `The model is in      ${join(directory, 'model')}`,
    `A first melody is in ${join(directory, 'model', 'preview.mid')}`,
    `More of them:        ${next}`,
  ].join('\n');
}
