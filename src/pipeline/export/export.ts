// Step 6, export: the best checkpoint as a model folder that Magenta.js and mst play, with its card and a first melody; on request
// packed as one archive with checksums.

import { join } from 'node:path';
import type { ModelCard } from '../../model/model.js';
import { encodeModel } from '../../model/model-format.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import { withChecksums } from '../../registry/checksums.js';
import { replaceDirectory, sweepAbandoned } from '../../registry/files.js';
import { modelDirectory } from '../../registry/home.js';
import { PREVIEW } from '../../registry/models.js';
import { readCheckpoint } from '../../train/checkpoint.js';
import { networkShape } from '../../train/plan.js';
import { checkpointPath } from '../../train/run-folder.js';
import { readRun } from '../../train/run-record.js';
import { sampleMelody } from '../../train/sample.js';
import { lastEvaluation } from '../evaluate/evaluate.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from '../stamp.js';
import type { StepContext, StepResult } from '../step.js';
import { packModel } from './pack.js';

export interface ExportSummary {
  /** The model folder, the first melody in it, and the archive if one was asked for. */
  readonly model: string;
  readonly preview: string;
  readonly archive?: string;
  readonly card: ModelCard;
}

/**
 * Exports a checkpoint of a run.
 * @param checkpoint `best`, `last`, or the name of a checkpoint folder
 * @param given what the first melody is drawn by; the run's own seed by default
 */
export async function exportModel(
  {
    run,
    runDirectory,
    checkpoint,
    archive,
    seed: given,
  }: { run: string; runDirectory: string; checkpoint: string; archive: boolean; seed?: number | undefined },
  { force, progress }: StepContext,
): Promise<StepResult<ExportSummary>> {
  const folder = checkpointPath(runDirectory, checkpoint);
  const record = readRun(runDirectory);
  const { plan, source } = record;
  const { step, variables } = readCheckpoint(folder, networkShape(plan));
  const seed = given ?? plan.seed;
  const metrics = lastEvaluation(runDirectory, step)?.metrics;
  const card: ModelCard = {
    name: run,
    configuration: source.config,
    encoding: plan.encoding,
    layerSizes: plan.hparams.rnnLayerSizes,
    attnLength: plan.hparams.attnLength,
    ...(plan.hparams.attnLayers && { attnLayers: plan.hparams.attnLayers }),
    artist: source.artist,
    stepsTrained: step,
    seed: plan.seed,
    ...(metrics && { metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))) }),
    corpus: record.inputs.training.sha256,
    versions: record.versions,
  };
  const key = fingerprint({ tensors: hashFile(join(folder, 'tensors.bin')), card, archive, seed });
  const model = modelDirectory(runDirectory);
  const archivePath = join(runDirectory, `${run}.tar.gz`);
  const summary: ExportSummary = { model, preview: join(model, PREVIEW), ...(archive && { archive: archivePath }), card };
  if (!force && readFreshStamp(runDirectory, 'export', key) !== undefined) return { skipped: true, summary };

  sweepAbandoned(runDirectory);
  progress.start(undefined, 'files');
  const preview = noteSequenceToMidi(sampleMelody({ ...plan, seed }, variables));
  const files = withChecksums(new Map([...encodeModel({ card, weights: variables }), [PREVIEW, preview] as const]));
  replaceDirectory(model, files);
  if (archive) await packModel(run, files, archivePath);
  const outputs = [...[...files.keys()].map((name) => `model/${name}`), ...(archive ? [`${run}.tar.gz`] : [])];
  writeStamp(runDirectory, 'export', { fingerprint: key, settings: { checkpoint, archive, seed }, outputs, summary: { step } });
  return { skipped: false, summary };
}
