// Where training begins: from nothing, or from the weights of another model, which a corpus too small to teach everything makes its own.

import { createHash } from 'node:crypto';
import { MstError } from '../../core/errors.js';
import { type ConfigName, configuration } from '../../encoding/configuration.js';
import { type Model, networkShape } from '../../model/model.js';
import { tensorOf, variableShapes } from '../../model/weights.js';
import type { Home } from '../../registry/home.js';
import { findModel, listModels, loadModel } from '../../registry/models.js';
import type { TrainingPlan } from '../../train/plan.js';
import { SMALL_CORPUS } from '../../train/recipe.js';
import type { StartModel } from '../../train/run-record.js';

/** The model that comes with mst. */
const STARTER = 'folk';

/** A model to begin from. */
export interface StartingPoint extends StartModel {
  readonly model: Model;
}

/**
 * The model to begin from, or undefined to begin from nothing.
 * @param asked a model's name or path, `none`, or `auto`: the starter model where there is little music and it fits
 * @param fits whether a model's layers are those that are asked for
 * @throws MstError `not-found`, `bad-model`
 */
export function chooseStart(
  asked: string,
  { home, current, config, tokens, fits }: { home: Home; current: string; config: ConfigName; tokens: number; fits(model: Model): boolean },
): StartingPoint | undefined {
  if (asked === 'none') return undefined;
  if (asked !== 'auto') return open(findModel(home, asked, current));
  const starter = tokens < SMALL_CORPUS ? listModels(home).find(({ name, where }) => name === STARTER && where === 'shipped') : undefined;
  if (starter?.card?.configuration !== config) return undefined;
  const start = open(starter);
  return fits(start.model) ? start : undefined;
}

function open(entry: { readonly name: string; readonly directory: string }): StartingPoint {
  const model = loadModel(entry);
  return { name: entry.name, sha256: hashWeights(model), model };
}

/** The part of the hyperparameters that a model's weights fix. */
export function hparamsOf({ card }: Model): Pick<TrainingPlan['hparams'], 'rnnLayerSizes' | 'attnLength' | 'attnLayers'> {
  return { rnnLayerSizes: card.layerSizes, attnLength: card.attnLength, ...(card.attnLayers && { attnLayers: card.attnLayers }) };
}

function hashWeights({ card, weights }: Model): string {
  const hash = createHash('sha256');
  for (const name of variableShapes(networkShape(card)).keys()) {
    const { data } = tensorOf(weights, name);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** Checks that a plan can begin from a model. @throws MstError `usage` with what does not fit */
export function checkStart({ name, model: { card } }: StartingPoint, plan: TrainingPlan): void {
  const refuse = (what: string, hint: string): never => {
    throw new MstError('usage', `Training cannot begin from the model "${name}": ${what}.`, { hint });
  };
  if (card.configuration !== plan.configuration) {
    refuse(
      `it is a ${card.configuration}, not a ${plan.configuration}`,
      `Train with --config ${card.configuration}, or from another model.`,
    );
  }
  if (JSON.stringify(card.encoding) !== JSON.stringify(configuration(plan.configuration).encoding)) {
    const { minPitch, maxPitch } = card.encoding;
    refuse(`its pitches are ${minPitch} to ${maxPitch - 1}, not those of ${plan.configuration}`, 'Begin from a model that mst trained.');
  }
  const { rnnLayerSizes, attnLength } = plan.hparams;
  if (card.layerSizes.join() !== rnnLayerSizes.join() || card.attnLength !== attnLength) {
    refuse(
      `it has layers of [${card.layerSizes}] and attention over ${card.attnLength} steps, not [${rnnLayerSizes}] and ${attnLength}`,
      'Leave rnn_layer_sizes and attn_length out of --hparams, or begin from nothing with --from none.',
    );
  }
}
