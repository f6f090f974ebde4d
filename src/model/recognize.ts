// What model a set of variables is, told by their names and shapes alone: Magenta has spelled the names in several ways since 2016, and no
// checkpoint says which configuration it belongs to (spec F.9, H.2b). What is not a melody RNN is called by its name and refused.

import { MstError } from '../core/errors.js';
import { CONFIG_NAMES, CONFIGURATIONS, type ConfigName } from '../encoding/configuration.js';
import { createEncoder } from '../encoding/encoders.js';
import { badModel } from './json-fields.js';
import type { Model, ModelCard } from './model.js';
import { checkWeights, type NetworkShape, names, type Tensor, tensorOf, variableShapes } from './weights.js';

export const MAX_LAYERS = 16;
export const MAX_UNITS = 16_384;
const HINT = 'mst plays and trains melody RNNs: basic_rnn, mono_rnn, lookback_rnn and attention_rnn.';

/** How parts of names were spelled, and what they are called now; in this order. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/^RNN\//, 'rnn/'],
  [/\bMultiRNNCell\b/, 'multi_rnn_cell'],
  [/\bCell(\d+)\b/, 'cell_$1'],
  [/\bBasicLSTMCell\b/, 'basic_lstm_cell'],
  [/\bAttentionCellWrapper\b/, 'attention_cell_wrapper'],
  [/\b(AttnOutputProjection|attention_output_projection)\b/, 'attn_output_projection'],
  [/\/Attention\//, '/attention/'],
  [/\/AttnW$/, '/attn_w'],
  [/\/AttnV$/, '/attn_v'],
  [/^(rnn\/.*?)\/(?:[Ll]inear\/)?(?:Matrix|weights)$/, '$1/kernel'],
  [/^(rnn\/.*?)\/(?:[Ll]inear\/)?(?:Bias|biases)$/, '$1/bias'],
];

/** A map of variables with each name as Magenta spells it today. @throws MstError `bad-model` when two become one */
export function canonicalNames<T>(tensors: ReadonlyMap<string, T>, file: string): Map<string, T> {
  const result = new Map<string, T>();
  for (const [name, tensor] of tensors) {
    const canonical = spellings.reduce((spelled, [old, now]) => spelled.replace(old, now), name);
    if (result.has(canonical)) throw badModel(file, `The variable ${canonical} is there twice, under an old and a new name.`);
    result.set(canonical, tensor);
  }
  return result;
}

type Shaped = Pick<Tensor, 'shape'>;

/** The units of each layer, bottom first. @throws MstError `bad-model` where there are none, or impossible ones */
export function layersOf(
  tensors: ReadonlyMap<string, Shaped>,
  attention: Pick<ModelCard, 'attnLength' | 'attnLayers'>,
  file: string,
): number[] {
  const layers: number[] = [];
  for (let layer = 0; layer <= MAX_LAYERS; layer++) {
    const bias = tensors.get(`${names.cell(layer, attention)}/bias`);
    if (bias === undefined) break;
    layers.push((bias.shape[0] ?? 0) / 4);
  }
  const possible = layers.every((units) => Number.isInteger(units) && units > 0 && units <= MAX_UNITS);
  if (layers.length === 0 || layers.length > MAX_LAYERS || !possible) {
    throw badModel(file, `The variables are not those of a melody RNN: ${layers.length} layers of [${layers}] units were found.`, HINT);
  }
  return layers;
}

/** Converters of Magenta.js that are not for melodies, and the models they belong to. */
export const otherConverters: Readonly<Record<string, string>> = {
  DrumsConverter: 'a drums model',
  DrumRollConverter: 'a drums model',
  DrumsOneHotConverter: 'a drums model',
  TrioConverter: 'a model of melody, bass and drums together',
  TrioRhythmConverter: 'a model of melody, bass and drums together',
  MultitrackConverter: 'a model of many tracks together',
  GrooveConverter: 'a model of drum grooves',
  MelodyRhythmConverter: 'a model of rhythms',
  MelodyShapeConverter: 'a model of melodic outlines',
};

/** Magenta's other models, by what a bundle calls itself. */
const otherIds: readonly (readonly [RegExp, string])[] = [
  [/drum/, 'a drums RNN'],
  [/improv/, 'an improv RNN, which plays to chords'],
  [/performance/, 'a performance RNN, which plays many notes at once'],
  [/polyphon/, 'a polyphony RNN, which plays many notes at once'],
  [/nade|pianoroll/, 'a pianoroll RNN-NADE, which plays many notes at once'],
];

/** And by the names of their variables. */
const otherNames: readonly (readonly [RegExp, string])[] = [
  [/nade/i, 'a pianoroll RNN-NADE, which plays many notes at once'],
  [/^(encoder|decoder|vae)\//, 'a MusicVAE'],
  [/transformer|symbol_modality/, 'a transformer'],
  [/^(generator|discriminator)\//, 'a network that makes sound (GAN)'],
  [/^(onsets|frames|offsets|velocity)\//, 'a model that writes recordings down (Onsets and Frames)'],
];

/** What chords add to the width of an input: major and minor, triads, pitches of chords (spec I.1). */
const CHORD_WIDTHS = [25, 49, 37];

/** Sizes of inputs and labels of each configuration. */
const sizes = CONFIG_NAMES.map((config) => ({ config, ...createEncoder(CONFIGURATIONS[config].encoding) }));

/** What an input of so many values and so many classes belong to, if not to a melody RNN. */
function otherSizes(inputSize: number, numClasses: number): string | undefined {
  const improv = sizes.some((known) => known.numClasses === numClasses && CHORD_WIDTHS.includes(inputSize - known.inputSize));
  if (improv) return 'an improv RNN, which plays to chords';
  if (numClasses === 512 || numClasses === 2) return 'a drums RNN';
  if (numClasses === 259) return 'a polyphony RNN, which plays many notes at once';
  if (numClasses > 300) return 'a performance RNN, which plays many notes at once';
  return undefined;
}

/** What is known of variables besides themselves. */
export interface Clues {
  /** What errors call the file. */
  readonly file: string;
  /** What the model is to be called. */
  readonly name: string;
  /** The card of the model that mst wrote beside its variables; taken where it fits them. */
  readonly card?: ModelCard | undefined;
  /** What a bundle calls itself. */
  readonly id?: string | undefined;
  /** How many steps an attention of so many units looks back over, where something says so. */
  attentionLength(units: number): number | undefined;
}

/** A variable as a checkpoint has it; those that are not float32 have no values. */
export interface FoundTensor extends Shaped {
  readonly floats?: Float32Array;
  readonly integer?: number;
}

/**
 * The model that variables of a TensorFlow checkpoint are.
 * @returns with `assumed` when the attention's length stood nowhere and is Magenta's own
 * @throws MstError `bad-model` saying what else they are
 */
export function recognizeModel(found: ReadonlyMap<string, FoundTensor>, clues: Clues): Model & { assumed: boolean } {
  const { file, id = '' } = clues;
  const refuse = (what: string): never => {
    throw badModel(file, what, HINT);
  };
  const other = otherIds.find(([pattern]) => pattern.test(id))?.[1];
  if (other !== undefined) return refuse(`This is ${other} (${id}), not a melody RNN.`);
  const tensors = canonicalNames(found, file);
  const all = [...tensors.keys()];
  const head = tensors.get(`${names.head}/biases`);
  const attnLayers = all.some((variable) => variable.startsWith('rnn/attention_cell_wrapper/')) ? ('all' as const) : undefined;
  const attends = tensors.has(`${names.wrapper({ attnLength: 1, attnLayers })}/kernel`);
  if (head === undefined || !all.some((variable) => variable.startsWith('rnn/'))) {
    const kind = otherNames.find(([pattern]) => all.some((variable) => pattern.test(variable)))?.[1];
    return refuse(
      `This is ${kind ?? `something with ${all.length} variables such as ${all.slice(0, 3).join(', ') || 'none'}`}, not a melody RNN.`,
    );
  }
  const numClasses = head.shape[0] ?? 0;
  const attention = { attnLength: attends ? 1 : 0, attnLayers };
  const layerSizes = layersOf(tensors, attention, file);
  const inputSize = attends
    ? (tensors.get(`${names.wrapper(attention)}/bias`)?.shape[0] ?? 0)
    : (tensors.get(`${names.cell(0, attention)}/kernel`)?.shape[0] ?? 0) - (layerSizes[0] as number);
  const own =
    clues.card !== undefined && fitsCard(clues.card, { inputSize, numClasses, layerSizes, attends, attnLayers }) ? clues.card : undefined;
  const match = sizes.find((known) => known.inputSize === inputSize && known.numClasses === numClasses);
  if (own === undefined && match === undefined) {
    const kind = otherSizes(inputSize, numClasses) ?? `a model with inputs of ${inputSize} values and ${numClasses} classes`;
    return refuse(`This is ${kind}, not a melody RNN that mst knows.`);
  }
  const units = (attnLayers === 'all' ? layerSizes.at(-1) : layerSizes[0]) as number;
  const said = attends ? (clues.attentionLength(units) ?? own?.attnLength) : 0;
  const configuration = own?.configuration ?? (match?.config as ConfigName);
  const step = found.get('global_step')?.integer;
  const card: ModelCard = {
    name: clues.name,
    configuration,
    encoding: CONFIGURATIONS[configuration].encoding,
    layerSizes,
    ...(attnLayers && { attnLayers }),
    ...(step !== undefined && step > 0 && { stepsTrained: step }),
    ...own,
    attnLength: said ?? CONFIGURATIONS.attention_rnn.hparams.attnLength,
  };
  const shape = { inputSize, numClasses, layerSizes, attnLength: card.attnLength, attnLayers };
  const weights = new Map<string, Tensor>();
  const values = new Map(
    [...tensors].flatMap(([variable, { shape: dims, floats }]) => (floats ? [[variable, { shape: dims, data: floats }]] : [])),
  );
  try {
    checkWeights(values, shape);
  } catch (error) {
    throw error instanceof MstError ? badModel(file, error.message) : error;
  }
  for (const variable of variableShapes(shape).keys()) weights.set(variable, tensorOf(values, variable));
  return { card, weights, assumed: attends && said === undefined };
}

/** Whether a card is that of a network of these sizes. */
function fitsCard(
  card: ModelCard,
  found: Pick<NetworkShape, 'inputSize' | 'numClasses' | 'layerSizes' | 'attnLayers'> & { attends: boolean },
): boolean {
  const { inputSize, numClasses } = createEncoder(card.encoding);
  const same = inputSize === found.inputSize && numClasses === found.numClasses && card.layerSizes.join() === found.layerSizes.join();
  return same && card.attnLength > 0 === found.attends && card.attnLayers === found.attnLayers;
}
