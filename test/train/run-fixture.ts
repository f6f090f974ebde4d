// A small run for tests: what it learns, its plan, and what its folder holds.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { CONFIGURATIONS, type ConfigName } from '../../src/encoding/configuration.js';
import { planTraining, type TrainingPlan } from '../../src/train/plan.js';
import { defaultRecipe } from '../../src/train/recipe.js';
import type { TrainingOptions } from '../../src/train/trainer.js';
import { datasetOf, randomDataset } from './music.js';

/** A folder of its own, removed when the tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mst-train-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Bars of one scale, begun at different notes: easy to learn. */
export function scales(count: number): number[][] {
  const scale = [60, 62, 64, 65, 67, 69, 71, 72];
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 33 }, (_, t) => (t % 2 === 1 ? -2 : (scale[(i + t / 2) % scale.length] as number))),
  );
}

export function smallPlan(config: ConfigName, changes: Partial<TrainingPlan> = {}, layerSizes: readonly number[] = [8, 6]): TrainingPlan {
  const configuration = CONFIGURATIONS[config];
  const { hparams, ...recipe } = defaultRecipe(configuration, 100_000);
  const attnLength = hparams.attnLength > 0 ? 5 : 0;
  const plan = planTraining({
    configuration: config,
    encoding: configuration.encoding,
    recipe: { ...recipe, hparams: { ...hparams, rnnLayerSizes: layerSizes, batchSize: 4, attnLength, learningRate: 0.02 } },
    seed: 11,
    training: { examples: [] },
    steps: 24,
    evaluateEvery: 5,
    checkpointEvery: 3,
  });
  return { ...plan, ...changes };
}

/** Everything a run needs but its engine: scales and noise to learn from, other noise to be measured on. */
export function smallRun(runDirectory: string, config: ConfigName = 'basic_rnn'): Omit<TrainingOptions, 'engine'> {
  const noise = randomDataset(config, [12, 30, 7, 9, 21], 5);
  const training = datasetOf(config, scales(6));
  return {
    runDirectory,
    plan: smallPlan(config),
    source: { artist: 'noise', config, compat: false },
    training: { ...training, examples: [...training.examples, ...noise.examples], digest: training.digest + noise.digest },
    heldOut: randomDataset(config, [10, 16, 3, 25, 8], 6),
    resume: false,
    now: () => 0,
  };
}

/** Every file of a folder by its path within it, but for TensorBoard's, which carry the time of day. */
export function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile() && !path.includes('events.out.tfevents.'))
      .sort()
      .map((path) => [path, readFileSync(join(folder, path)).toString('latin1')]),
  );
}
