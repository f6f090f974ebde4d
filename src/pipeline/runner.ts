// The six steps in their order, each as a row: what it is called, and how a request for training becomes its inputs. The steps are
// imported when they run: the first three need no TensorFlow.js.

import { resolve } from 'node:path';
import { MstError } from '../core/errors.js';
import type { ConfigName } from '../encoding/configuration.js';
import type { TrackChoice } from '../extraction/find-melodies.js';
import { findDataset } from '../registry/datasets.js';
import { datasetDirectory, type Home, isDirectory, runDirectory } from '../registry/home.js';
import type { ConvertSummary } from './convert/report.js';
import type { Shard } from './convert/shards.js';
import type { Evaluation } from './evaluate/evaluate.js';
import type { ExampleFiles } from './examples/import.js';
import type { ExamplesSummary } from './examples/sets.js';
import type { ExportSummary } from './export/export.js';
import type { FetchSummary } from './fetch/fetch.js';
import type { WebChoices } from './fetch/from-web.js';
import type { FitSummary } from './fit/fit.js';
import type { FitSettings } from './fit/prepare.js';
import type { StepContext, StepResult } from './step.js';

/** What each step reports, by its name. */
export interface StepSummaries {
  readonly fetch: FetchSummary;
  readonly convert: ConvertSummary;
  readonly examples: ExamplesSummary;
  readonly fit: FitSummary;
  readonly evaluate: Evaluation;
  readonly export: ExportSummary;
}

export type StepName = keyof StepSummaries;

/** The steps in their order. */
export const STEP_NAMES = ['fetch', 'convert', 'examples', 'fit', 'evaluate', 'export'] as const satisfies readonly StepName[];

/** Everything the six steps can be asked for; each takes its part. */
export interface TrainingRequest {
  readonly home: Home;
  /** The folder that relative paths begin at. */
  readonly current: string;
  readonly artist: string;
  /** Folders, files, archives and addresses to fetch. */
  readonly paths: readonly string[];
  /** A TFRecord file of NoteSequences to make examples of, in place of steps 1 and 2. */
  readonly noteSequences?: string | undefined;
  /** TFRecord files of SequenceExamples to train on, in place of steps 1 to 3. */
  readonly sequenceExamples?: ExampleFiles | undefined;
  /** How to fetch from the web, unless in the plain way. */
  readonly web?: WebChoices;
  readonly run: string;
  readonly config: ConfigName;
  readonly evalRatio: number;
  /** Which tracks to look in: by default those that are melodies. */
  readonly choice?: TrackChoice | undefined;
  /** Learn from the melodies alone, without accompaniment at first. */
  readonly melodiesOnly?: boolean | undefined;
  readonly seed: number;
  readonly compat: boolean;
  /** The part of the files to convert; all by default. */
  readonly shard?: Shard | undefined;
  /** How to train; undefined to go on with the run as it was begun. */
  readonly fit: FitSettings | undefined;
  /** `auto`, or the name of an engine to train on. */
  readonly engine: string;
  /** Threads to train on; all cores by default. */
  readonly threads?: number | undefined;
  /** What the melodies of steps 5 and 6 are drawn by; the run's own seed by default. */
  readonly melodySeed?: number | undefined;
  /** `best`, `last`, or the name of a checkpoint folder. */
  readonly checkpoint: string;
  /** Pack the model as an archive too. */
  readonly archive: boolean;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/** The folder of an artist whose music was fetched. @throws MstError `not-found` with the artists there are */
function fetchedDataset(home: Home, artist: string): string {
  const directory = datasetDirectory(home, artist);
  if (!isDirectory(directory)) findDataset(home, artist);
  return directory;
}

type Step<Summary> = (request: TrainingRequest, context: StepContext) => Promise<StepResult<Summary>>;

const steps: { readonly [N in StepName]: Step<StepSummaries[N]> } = {
  async fetch({ home, artist, paths, current, compat, web, seed, now }, context) {
    const { fetchMusic } = await import('./fetch/fetch.js');
    const { plainChoices } = await import('./fetch/from-web.js');
    const settings = { ...(web ?? plainChoices), seed, now };
    return fetchMusic({ home, artist, paths, current, web: settings, keepDuplicates: compat, now }, context);
  },
  async convert({ home, artist, compat, shard }, context) {
    const { convert } = await import('./convert/convert.js');
    return convert({ directory: fetchedDataset(home, artist), artist, compat, shard }, context);
  },
  async examples({ home, current, artist, noteSequences, config, evalRatio, seed, compat, choice, melodiesOnly }, context) {
    const { examples } = await import('./examples/examples.js');
    if (noteSequences !== undefined) {
      const { importNoteSequences } = await import('./convert/import.js');
      const input = resolve(current, noteSequences);
      await importNoteSequences({ directory: datasetDirectory(home, artist), artist, input }, context);
    }
    return examples({ directory: fetchedDataset(home, artist), artist, config, evalRatio, seed, compat, choice, melodiesOnly }, context);
  },
  async fit({ home, current, artist, run, sequenceExamples, fit: settings, engine, threads, now }, context) {
    const { fitModel } = await import('./fit/fit.js');
    if (sequenceExamples !== undefined && settings !== undefined) {
      const { importExamples } = await import('./examples/import.js');
      const { training, evaluation } = sequenceExamples;
      const files = { training: resolve(current, training), evaluation: evaluation && resolve(current, evaluation) };
      await importExamples({ directory: datasetDirectory(home, artist), artist, config: settings.config, files }, context);
    }
    const directories = { directory: fetchedDataset(home, artist), runDirectory: runDirectory(home, run) };
    return fitModel({ home, current, artist, run, ...directories, settings, engine, threads, now }, context);
  },
  async evaluate({ home, artist, run, checkpoint, melodySeed: seed }, context) {
    const { evaluate } = await import('./evaluate/evaluate.js');
    return evaluate({ directory: fetchedDataset(home, artist), runDirectory: runDirectory(home, run), checkpoint, seed }, context);
  },
  async export({ home, run, checkpoint, archive, melodySeed: seed }, context) {
    const { exportModel } = await import('./export/export.js');
    return exportModel({ run, runDirectory: runDirectory(home, run), checkpoint, archive, seed }, context);
  },
};

/**
 * The step a request begins at: that which takes what is given, else the first that what is there already does not make superfluous.
 * @throws MstError `usage` when nothing is given and nothing is there
 */
export async function firstStep({ home, artist, paths, noteSequences, sequenceExamples, config }: TrainingRequest): Promise<StepName> {
  const { isInParts } = await import('./convert/shards.js');
  const directory = datasetDirectory(home, artist);
  if (sequenceExamples !== undefined) return 'fit';
  if (noteSequences !== undefined) return 'examples';
  if (paths.length > 0) return 'fetch';
  const found = isDirectory(directory) ? findDataset(home, artist) : undefined;
  if (found?.fetched && !isInParts(directory)) return 'convert';
  if (found?.converted) return 'examples';
  if (found?.examples.includes(config)) return 'fit';
  const others = found?.examples ?? [];
  throw new MstError(
    'usage',
    `There is no music of "${artist}" yet${others.length > 0 ? `, only examples for ${others.join(', ')}` : ''}.`,
    {
      hint: others.length > 0 ? `Train on those: add --config ${others[0]}` : `Say where it is: mst train --artist ${artist} PATH…`,
    },
  );
}

/** Runs one step of a request. */
export function runStep<N extends StepName>(
  name: N,
  request: TrainingRequest,
  context: StepContext,
): Promise<StepResult<StepSummaries[N]>> {
  return steps[name](request, context);
}
