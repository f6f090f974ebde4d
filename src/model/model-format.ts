// A model folder as bytes, in the format of Magenta.js (spec I): config.json, weights_manifest.json with its shards, and model.json,
// the model card. basic_rnn and mono_rnn models are those of Magenta's MusicRNN; the others carry a type of their own, which
// Magenta.js, having no such encoders, refuses by name. A folder of Magenta.js without a card is read as well.

import { MstError } from '../core/errors.js';
import { type ConfigName, checkEncodingSettings, type EncodingSettings, isConfigName } from '../encoding/configuration.js';
import { badModel, Fields, parseJson } from './json-fields.js';
import { type Model, type ModelCard, networkShape } from './model.js';
import { decodeWeights, encodeWeights, MANIFEST, type ReadFile } from './weight-files.js';
import { checkWeights, names, type Tensor, tensorOf, variableShapes, type Weights } from './weights.js';

const CONFIG = 'config.json';
const CARD = 'model.json';
const FORMAT_VERSION = 1;
const MUSIC_RNN = 'MusicRNN';
const OWN_TYPE = 'MstMelodyRNN';
const MAX_LAYERS = 16;
const MAX_UNITS = 16_384;
const MAX_ATTENTION = 4096;

/** What config.json says of a network. */
interface Config {
  readonly encoding: EncodingSettings;
  readonly attnLength: number;
}

/** The files of a model by name. @throws MstError `bad-model` when its weights do not fit its card */
export function encodeModel({ card, weights }: Model): Map<string, Uint8Array> {
  const shape = networkShape(card);
  checkWeights(weights, shape);
  const ordered: Weights = new Map([...variableShapes(shape).keys()].map((name) => [name, tensorOf(weights, name)]));
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
  return new Map([
    [CONFIG, json(configOf(card))],
    ...encodeWeights(ordered),
    [CARD, json({ format: 'mst-model', formatVersion: FORMAT_VERSION, ...card, ...(card.metrics && { metrics: finite(card.metrics) }) })],
  ]);
}

/**
 * The model of a folder.
 * @param files the files by name, or a function that gives them
 * @param options.name what a model without a card is called
 * @throws MstError `bad-model` naming the file and what is wrong with it
 */
export function decodeModel(files: ReadonlyMap<string, Uint8Array> | ReadFile, { name = 'model' }: { name?: string } = {}): Model {
  const read: ReadFile = typeof files === 'function' ? files : (file) => files.get(file);
  const source = read(CONFIG);
  if (source === undefined) throw badModel(CONFIG, 'The file is missing.', 'A model folder has config.json and weights_manifest.json.');
  const config = readConfig(new Fields(CONFIG, parseJson(CONFIG, source)));
  const tensors = decodeWeights(read);
  if ([...tensors.keys()].some((variable) => variable.startsWith('rnn/attention_cell_wrapper/'))) throw oldAttention(MANIFEST);
  const cardSource = read(CARD);
  const card = cardSource === undefined ? foreignCard(name, config, tensors) : readCard(new Fields(CARD, parseJson(CARD, cardSource)));
  if (JSON.stringify(configOf(card)) !== JSON.stringify(configOf(config))) {
    throw badModel(CARD, `The card describes another model than ${CONFIG} does.`);
  }
  const shape = networkShape(card);
  try {
    checkWeights(tensors, shape);
  } catch (error) {
    throw error instanceof MstError ? badModel(MANIFEST, error.message, error.hint) : error;
  }
  return { card, weights: new Map([...variableShapes(shape).keys()].map((variable) => [variable, tensorOf(tensors, variable)])) };
}

/** JSON has no NaN: a metric that could not be measured is left out. */
function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

/** config.json: what MusicRNN reads where it can play the model, else what mst needs. */
function configOf({ encoding, attnLength }: Config): object {
  const { encoder, minPitch, maxPitch, transposeToKey } = encoding;
  if (encoder === 'onehot' && attnLength === 0) {
    return { type: MUSIC_RNN, dataConverter: { type: 'MelodyConverter', args: { minPitch, maxPitch: maxPitch - 1 } } };
  }
  return { type: OWN_TYPE, encoding: { encoder, minPitch, maxPitch, transposeToKey }, attentionLength: attnLength };
}

function readConfig(fields: Fields): Config {
  const type = fields.text('type');
  if (type === OWN_TYPE) {
    return { encoding: readEncoding(fields.object('encoding'), CONFIG), attnLength: fields.integer('attentionLength', 0, MAX_ATTENTION) };
  }
  if (type !== MUSIC_RNN) fields.fail('type', `${MUSIC_RNN} or ${OWN_TYPE}: mst plays melody models only`);
  if (fields.has('attentionLength')) throw oldAttention(CONFIG);
  for (const extra of ['chordEncoder', 'auxInputs']) {
    if (fields.has(extra))
      throw badModel(CONFIG, `The model expects "${extra}" beside the melody.`, 'mst plays models that need only a melody.');
  }
  const converter = fields.object('dataConverter');
  if (converter.text('type') !== 'MelodyConverter') converter.fail('type', 'MelodyConverter: mst plays melody models only');
  const args = converter.object('args');
  const minPitch = args.integer('minPitch', 0, 127);
  const maxPitch = args.integer('maxPitch', 0, 127) + 1;
  // Magenta.js leaves transposing to its caller. A model of the whole range never was transposed in training; others were, to C.
  const encoding: EncodingSettings = { encoder: 'onehot', minPitch, maxPitch, transposeToKey: maxPitch - minPitch === 128 ? null : 0 };
  return { encoding: checked(encoding, CONFIG), attnLength: 0 };
}

function readEncoding(fields: Fields, file: string): EncodingSettings {
  return checked(
    {
      encoder: fields.text('encoder') as EncodingSettings['encoder'],
      minPitch: fields.number('minPitch'),
      maxPitch: fields.number('maxPitch'),
      transposeToKey: fields.has('transposeToKey') ? fields.number('transposeToKey') : null,
    },
    file,
  );
}

function checked(encoding: EncodingSettings, file: string): EncodingSettings {
  try {
    checkEncodingSettings(encoding);
    return encoding;
  } catch (error) {
    throw error instanceof MstError ? badModel(file, error.message) : error;
  }
}

function readCard(fields: Fields): ModelCard {
  const version = fields.integer('formatVersion', 1, Number.MAX_SAFE_INTEGER);
  if (fields.text('format') !== 'mst-model') fields.fail('format', 'mst-model');
  if (version > FORMAT_VERSION) throw badModel(CARD, `The model was made by a newer mst (format ${version}).`, 'Update mst to play it.');
  const configuration = fields.text('configuration');
  if (!isConfigName(configuration)) return fields.fail('configuration', 'a configuration of mst');
  const layerSizes = fields.integers('layerSizes', { min: 1, max: MAX_UNITS, maxLength: MAX_LAYERS });
  if (layerSizes.length === 0) fields.fail('layerSizes', 'a list of at least one layer');
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  return {
    name: fields.text('name'),
    configuration,
    encoding: readEncoding(fields.object('encoding'), CARD),
    layerSizes,
    attnLength: fields.integer('attnLength', 0, MAX_ATTENTION),
    ...(fields.has('artist') && { artist: fields.text('artist') }),
    ...(fields.has('stepsTrained') && { stepsTrained: fields.integer('stepsTrained', 0, Number.MAX_SAFE_INTEGER) }),
    ...(fields.has('seed') && { seed: fields.integer('seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) }),
    ...(fields.has('metrics') && { metrics: fields.record('metrics', isNumber, 'numbers by name') }),
    ...(fields.has('corpus') && { corpus: fields.text('corpus') }),
    ...(fields.has('versions') && { versions: fields.record('versions', isText, 'texts by name') }),
    ...(fields.has('created') && { created: fields.text('created') }),
  };
}

/** The card of a model that has none: its layers are told by its variables, its configuration by its encoding. */
function foreignCard(name: string, { encoding, attnLength }: Config, tensors: ReadonlyMap<string, Tensor>): ModelCard {
  const layerSizes: number[] = [];
  for (let layer = 0; layer <= MAX_LAYERS; layer++) {
    const bias = tensors.get(`${names.cell(layer, { attnLength })}/bias`);
    if (bias === undefined) break;
    layerSizes.push(bias.data.length / 4);
  }
  if (layerSizes.length === 0 || layerSizes.length > MAX_LAYERS || !layerSizes.every((units) => Number.isInteger(units) && units > 0)) {
    throw badModel(
      MANIFEST,
      `The variables are not those of a melody RNN: ${layerSizes.length} layers of [${layerSizes}] units were found.`,
    );
  }
  return { name, configuration: configurationOf(encoding), encoding, layerSizes, attnLength };
}

function configurationOf({ encoder, transposeToKey }: EncodingSettings): ConfigName {
  if (encoder === 'lookback') return 'lookback_rnn';
  if (encoder === 'key') return 'attention_rnn';
  return transposeToKey === null ? 'mono_rnn' : 'basic_rnn';
}

function oldAttention(file: string): MstError {
  return badModel(
    file,
    'This is an attention model in the layout Magenta used before May 2017, with one attention around all layers.',
    'mst plays the later layout, with attention around the first layer only. Train the model anew with `mst train --config attention_rnn`.',
  );
}
