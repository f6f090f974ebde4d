// run.json: everything needed to repeat a run or to go on with it, written once at its start.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { MstError } from '../core/errors.js';
import { type ConfigName, checkEncodingSettings, isConfigName } from '../encoding/configuration.js';
import { writeFileAtomic } from '../registry/files.js';
import { packageVersion } from '../registry/package.js';
import type { Dataset } from './dataset.js';
import type { Engine, EngineName } from './engines.js';
import type { TrainingPlan } from './plan.js';

interface InputRecord {
  readonly examples: number;
  readonly tokens: number;
  readonly sha256: string;
}

/** Where a run's examples come from. */
export interface CorpusSource {
  readonly artist: string;
  /** The configuration they were encoded for: their folder in the artist's dataset. */
  readonly config: ConfigName;
  /** Trained as Magenta does. */
  readonly compat: boolean;
  /** The model whose weights training began from; absent when it began from nothing. */
  readonly from?: StartModel;
}

/** A model that training began from. */
export interface StartModel {
  readonly name: string;
  /** sha256, in hex, of its weights. */
  readonly sha256: string;
}

export interface RunRecord {
  readonly format: 1;
  readonly source: CorpusSource;
  readonly plan: TrainingPlan;
  readonly engine: { readonly name: EngineName; readonly description: string; readonly threads: number };
  readonly versions: { readonly mst: string; readonly tfjs: string; readonly node: string };
  /** What it learns from and, unless there is nothing, what it is measured on. */
  readonly inputs: { readonly training: InputRecord; readonly accompaniment?: InputRecord; readonly heldOut: InputRecord | null };
}

const inputRecord = ({ examples, tokens, digest }: Dataset): InputRecord => ({ examples: examples.length, tokens, sha256: digest });

/** The record of a run that begins now. */
export function describeRun(
  source: CorpusSource,
  plan: TrainingPlan,
  engine: Engine,
  { training, accompaniment, heldOut }: { training: Dataset; accompaniment: Dataset | undefined; heldOut: Dataset | null },
): RunRecord {
  return {
    format: 1,
    source,
    plan,
    engine: { name: engine.name, description: engine.description, threads: engine.threads },
    versions: { mst: packageVersion(), tfjs: tf.version_core, node: process.version },
    inputs: {
      training: inputRecord(training),
      ...(accompaniment && { accompaniment: inputRecord(accompaniment) }),
      heldOut: heldOut && inputRecord(heldOut),
    },
  };
}

/** @throws MstError `storage` */
export function writeRun(runDirectory: string, record: RunRecord): void {
  writeFileAtomic(join(runDirectory, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** @throws MstError `not-found` when there is no such run, `bad-checkpoint` when its run.json is damaged */
export function readRun(runDirectory: string): RunRecord {
  const path = join(runDirectory, 'run.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MstError('not-found', `There is no run in ${runDirectory}.`, {
      hint: 'Start one with `mst train --artist NAME PATH`.',
      cause,
    });
  }
  try {
    const record = JSON.parse(text) as RunRecord;
    if (record.format === 1 && isSoundPlan(record.plan) && isConfigName(record.source.config) && isText(record.source.artist)) {
      if (isText(record.inputs.training.sha256) && isText(record.engine.name) && isText(record.engine.description)) return record;
    }
  } catch {
    // Not JSON, or lacking parts: said below.
  }
  throw new MstError('bad-checkpoint', `${path} is damaged.`, { hint: 'Train again under another name with --run.' });
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Whether a plan can be followed: the file may have been edited by hand. */
function isSoundPlan({
  configuration,
  encoding,
  hparams,
  steps,
  firstCourse,
  checkpointEvery,
  evaluateEvery,
  seed,
  schedule,
  clipping,
  weightDecay,
}: TrainingPlan): boolean {
  const counts = [steps, checkpointEvery, evaluateEvery, hparams.batchSize, ...hparams.rnnLayerSizes];
  const numbers = [hparams.learningRate, hparams.dropoutKeepProb, schedule.learningRate, clipping.norm];
  checkEncodingSettings(encoding);
  return (
    isConfigName(configuration) &&
    Array.isArray(hparams.rnnLayerSizes) &&
    hparams.rnnLayerSizes.length > 0 &&
    counts.every((count) => Number.isSafeInteger(count) && count > 0) &&
    (firstCourse === undefined || (Number.isSafeInteger(firstCourse) && firstCourse > 0 && firstCourse < steps)) &&
    [seed, hparams.attnLength].every(Number.isSafeInteger) &&
    numbers.every((value) => Number.isFinite(value) && value > 0) &&
    weightDecay >= 0 &&
    Number.isFinite(weightDecay)
  );
}

/** Whether an engine continues a run to the byte: the same kind, SIMD and number of threads. */
export function sameEngine(before: RunRecord, engine: Engine): boolean {
  return before.engine.description === engine.description;
}

/**
 * Checks that a run can go on as it began.
 * @throws MstError `usage` naming what differs. Another engine is no obstacle, but then the last bits of the result may differ from
 *   those of an uninterrupted run (see `sameEngine`)
 */
export function checkSameRun(runDirectory: string, before: RunRecord, now: RunRecord): void {
  const differs = (what: string, hint: string): never => {
    throw new MstError('usage', `The run ${runDirectory} cannot go on: ${what}.`, { hint });
  };
  const again = 'Start a run of its own with --run NAME.';
  if (before.inputs.training.sha256 !== now.inputs.training.sha256) differs('its training examples have changed since it began', again);
  if (before.inputs.accompaniment?.sha256 !== now.inputs.accompaniment?.sha256)
    differs('the accompaniment it learns from has changed since it began', again);
  if (before.inputs.heldOut?.sha256 !== now.inputs.heldOut?.sha256) differs('its held-out examples have changed since it began', again);
  for (const key of Object.keys(before.plan) as (keyof TrainingPlan)[]) {
    const [old, asked] = [before.plan[key], now.plan[key]].map((value) => JSON.stringify(value));
    if (old !== asked)
      differs(`its ${key} is ${old} since it began, not ${asked}`, `Leave the option out, or start a run of its own with --run NAME.`);
  }
}
