// A model folder as bytes, in the format of Magenta.js (spec I): config.json, weights_manifest.json with its shards, and model.json,
// the model card. basic_rnn and mono_rnn models are those of Magenta's MusicRNN; the others carry a type of their own, which
// Magenta.js, having no such encoders, refuses by name. A folder of Magenta.js without a card is read as well.

import { MstError } from '../core/errors.js';
import { type ConfigName, checkEncodingSettings, type EncodingSettings, isConfigName } from '../encoding/configuration.js';
import { badModel, Fields, parseJson } from './json-fields.js';
import { type Model, type ModelCard, networkShape } from './model.js';
import { canonicalNames, layersOf, MAX_LAYERS, MAX_UNITS, otherConverters } from './recognize.js';
import { decodeWeights, encodeWeights, MANIFEST, type ReadFile } from './weight-files.js';
import { checkWeights, tensorOf, variableShapes, type Weights } from './weights.js';

const CONFIG = 'config.json';
/** The file with the model card. */
export const CARD = 'model.json';
const FORMAT_VERSION = 1;
const MUSIC_RNN = 'MusicRNN';
const OWN_TYPE = 'MstMelodyRNN';
const MAX_ATTENTION = 4096;
/** Magenta.js reads its attention's query from the states of this many layers (spec I.3). */
const JS_ATTENTION_LAYERS = 3;
const ONLY_MELODIES = 'mst plays models that need only a melody: those of basic_rnn, mono_rnn, lookback_rnn and attention_rnn.';

/** What config.json says of a network. */
interface Config {
  readonly encoding: EncodingSettings;
  readonly attnLength: number;
  readonly attnLayers?: 'all' | undefined;
}

/** The files of a model by name. @throws MstError `bad-model` when its weights do not fit its card */
export function encodeModel({ card, weights }: Model): Map<string, Uint8Array> {
  const shape = networkShape(card);
  checkWeights(weights, shape);
  const ordered: Weights = new Map([...variableShapes(shape).keys()].map((name) => [name, tensorOf(weights, name)]));
  return new Map([[CONFIG, json(configOf(card))], ...encodeWeights(ordered), [CARD, encodeCard(card)]]);
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
  const tensors = canonicalNames(decodeWeights(read), MANIFEST);
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
function configOf({ encoding, attnLength, attnLayers }: Config): object {
  const { encoder, minPitch, maxPitch, transposeToKey } = encoding;
  if (encoder === 'onehot' && attnLength === 0) {
    return { type: MUSIC_RNN, dataConverter: { type: 'MelodyConverter', args: { minPitch, maxPitch: maxPitch - 1 } } };
  }
  return {
    type: OWN_TYPE,
    encoding: { encoder, minPitch, maxPitch, transposeToKey },
    attentionLength: attnLength,
    ...(attnLayers && { attentionLayers: attnLayers }),
  };
}

function readConfig(fields: Fields): Config {
  const type = fields.text('type');
  if (type === OWN_TYPE) {
    return {
      encoding: readEncoding(fields.object('encoding'), CONFIG),
      attnLength: fields.integer('attentionLength', 0, MAX_ATTENTION),
      ...readAttnLayers(fields, 'attentionLayers'),
    };
  }
  if (type !== MUSIC_RNN) fields.fail('type', `${MUSIC_RNN} or ${OWN_TYPE}: mst plays melody models only`);
  if (fields.has('chordEncoder'))
    throw badModel(CONFIG, 'This is an improv model, which plays to chords, not a melody RNN.', ONLY_MELODIES);
  if (fields.has('auxInputs')) throw badModel(CONFIG, 'The model expects "auxInputs" beside the melody.', ONLY_MELODIES);
  const converter = fields.object('dataConverter');
  const kind = converter.text('type');
  if (Object.hasOwn(otherConverters, kind)) throw badModel(CONFIG, `This is ${otherConverters[kind]}, not a melody RNN.`, ONLY_MELODIES);
  if (kind !== 'MelodyConverter') converter.fail('type', 'MelodyConverter: mst plays melody models only');
  const args = converter.object('args');
  const minPitch = args.integer('minPitch', 0, 127);
  const maxPitch = args.integer('maxPitch', 0, 127) + 1;
  // Magenta.js leaves transposing to its caller. A model of the whole range never was transposed in training; others were, to C.
  const encoding: EncodingSettings = { encoder: 'onehot', minPitch, maxPitch, transposeToKey: maxPitch - minPitch === 128 ? null : 0 };
  if (!fields.has('attentionLength')) return { encoding: checked(encoding, CONFIG), attnLength: 0 };
  // What Magenta.js calls attention is that of before May 2017, around all layers.
  return { encoding: checked(encoding, CONFIG), attnLength: fields.integer('attentionLength', 1, MAX_ATTENTION), attnLayers: 'all' };
}

function readAttnLayers(fields: Fields, name: string): Pick<Config, 'attnLayers'> {
  if (!fields.has(name)) return {};
  return fields.text(name) === 'all' ? { attnLayers: 'all' } : fields.fail(name, '"all", or left out');
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

/** The card in model.json; undefined for a file of that name that is none. @throws MstError `bad-model` */
export function decodeCard(bytes: Uint8Array): ModelCard | undefined {
  const value = parseJson(CARD, bytes);
  const isCard = typeof value === 'object' && value !== null && (value as { format?: unknown }).format === 'mst-model';
  return isCard ? readCard(new Fields(CARD, value)) : undefined;
}

/** The bytes of model.json. */
export function encodeCard(card: ModelCard): Uint8Array {
  return json({ format: 'mst-model', formatVersion: FORMAT_VERSION, ...card, ...(card.metrics && { metrics: finite(card.metrics) }) });
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
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
    ...readAttnLayers(fields, 'attnLayers'),
    ...(fields.has('artist') && { artist: fields.text('artist') }),
    ...(fields.has('stepsTrained') && { stepsTrained: fields.integer('stepsTrained', 0, Number.MAX_SAFE_INTEGER) }),
    ...(fields.has('seed') && { seed: fields.integer('seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) }),
    ...(fields.has('metrics') && { metrics: fields.record('metrics', isNumber, 'numbers by name') }),
    ...(fields.has('corpus') && { corpus: fields.text('corpus') }),
    ...(fields.has('versions') && { versions: fields.record('versions', isText, 'texts by name') }),
    ...(fields.has('origin') && { origin: fields.text('origin') }),
    ...(fields.has('created') && { created: fields.text('created') }),
  };
}

/** The card of a model that has none: its layers are told by its variables, its configuration by its encoding. */
function foreignCard(name: string, config: Config, tensors: Weights): ModelCard {
  const layerSizes = layersOf(tensors, config, MANIFEST);
  if (config.attnLayers === 'all' && layerSizes.length !== JS_ATTENTION_LAYERS) {
    throw badModel(
      MANIFEST,
      `The model has attention around ${layerSizes.length} layers, and Magenta.js, for which it was made, plays such models only with ${JS_ATTENTION_LAYERS}.`,
      'No program has ever played this one. Import the Magenta bundle or checkpoint it was made from.',
    );
  }
  return { name, configuration: configurationOf(config.encoding), ...config, layerSizes };
}

/** The configuration whose encoder this is. */
function configurationOf({ encoder, transposeToKey }: EncodingSettings): ConfigName {
  if (encoder === 'lookback') return 'lookback_rnn';
  if (encoder === 'key') return 'attention_rnn';
  return transposeToKey === null ? 'mono_rnn' : 'basic_rnn';
}
