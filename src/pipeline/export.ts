// Step 6, export: the best checkpoint as a model folder that Magenta.js and mst play, with its card and a first melody; on request
// packed as one archive with checksums.

import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import type { ModelCard } from '../model/model.js';
import { encodeModel } from '../model/model-format.js';
import { noteSequenceToMidi } from '../music/note-sequence-to-midi.js';
import { replaceDirectory, storing, sweepAbandoned, temporaryName, writeFileAtomic } from '../registry/files.js';
import { modelDirectory } from '../registry/home.js';
import { readCheckpoint } from '../train/checkpoint.js';
import { networkShape } from '../train/plan.js';
import { checkpointPath } from '../train/run-folder.js';
import { readRun } from '../train/run-record.js';
import { sampleMelody } from '../train/sample.js';
import { lastEvaluation } from './evaluate.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from './stamp.js';
import type { StepContext, StepResult } from './step.js';

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
 */
export async function exportModel(
  { run, runDirectory, checkpoint, archive }: { run: string; runDirectory: string; checkpoint: string; archive: boolean },
  { force, progress }: StepContext,
): Promise<StepResult<ExportSummary>> {
  const folder = checkpointPath(runDirectory, checkpoint);
  const record = readRun(runDirectory);
  const { plan, source } = record;
  const { step, variables } = readCheckpoint(folder, networkShape(plan));
  const metrics = lastEvaluation(runDirectory, step)?.metrics;
  const card: ModelCard = {
    name: run,
    configuration: source.config,
    encoding: plan.encoding,
    layerSizes: plan.hparams.rnnLayerSizes,
    attnLength: plan.hparams.attnLength,
    artist: source.artist,
    stepsTrained: step,
    seed: plan.seed,
    ...(metrics && { metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))) }),
    corpus: record.inputs.training.sha256,
    versions: record.versions,
  };
  const key = fingerprint({ tensors: hashFile(join(folder, 'tensors.bin')), card, archive });
  const model = modelDirectory(runDirectory);
  const archivePath = join(runDirectory, `${run}.tar.gz`);
  const summary: ExportSummary = { model, preview: join(model, 'preview.mid'), ...(archive && { archive: archivePath }), card };
  if (!force && readFreshStamp(runDirectory, 'export', key) !== undefined) return { skipped: true, summary };

  sweepAbandoned(runDirectory);
  progress.start(undefined, 'files');
  const preview = noteSequenceToMidi(sampleMelody(plan, variables));
  const files = new Map([...encodeModel({ card, weights: variables }), ['preview.mid', preview] as const]);
  replaceDirectory(model, files);
  if (archive) await packArchive(run, files, archivePath);
  const outputs = [...[...files.keys()].map((name) => `model/${name}`), ...(archive ? [`${run}.tar.gz`] : [])];
  writeStamp(runDirectory, 'export', { fingerprint: key, settings: { checkpoint, archive }, outputs, summary: { step } });
  return { skipped: false, summary };
}

/** Packs files, and their checksums in the format of sha256sum, into a folder `name` of a .tar.gz; equal files give equal archives. */
async function packArchive(name: string, files: ReadonlyMap<string, Uint8Array>, path: string): Promise<void> {
  const sums = [...files].map(([file, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`).join('');
  const work = temporaryName(path);
  try {
    for (const [file, bytes] of files) writeFileAtomic(join(work, name, file), bytes);
    writeFileAtomic(join(work, name, 'SHA256SUMS'), sums);
    const entries = [...files.keys(), 'SHA256SUMS'].map((file) => `${name}/${file}`);
    await create({ cwd: work, file: join(work, 'archive.tar.gz'), gzip: { level: 9 }, portable: true, mtime: new Date(0) }, entries);
    storing(path, () => renameSync(join(work, 'archive.tar.gz'), path));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
