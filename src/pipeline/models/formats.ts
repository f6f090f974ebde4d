// Finding the model among files: a folder of Magenta.js or mst, a Magenta bundle, or a TensorFlow checkpoint of either format. What it is,
// its contents say; names only lead to it.

import { atPlace, MstError } from '../../core/errors.js';
import type { Model } from '../../model/model.js';
import { CARD, decodeCard, decodeModel } from '../../model/model-format.js';
import { recognizeModel } from '../../model/recognize.js';
import type { StoredTensors } from '../../records/checkpoint-tensor.js';
import { decodeCheckpointV1 } from '../../records/checkpoint-v1.js';
import { decodeCheckpointV2, shardName } from '../../records/checkpoint-v2.js';
import { attentionLengthOf, decodeGeneratorBundle } from '../../records/generator-bundle.js';
import { isTable } from '../../records/table.js';
import { verifyFiles } from '../../registry/checksums.js';
import { PREVIEW } from '../../registry/models.js';
import type { FileSet } from './files.js';

/** What a model was found in. */
export type ImportKind = 'mst model' | 'Magenta.js checkpoint' | 'Magenta bundle' | 'TensorFlow V1 checkpoint' | 'TensorFlow V2 checkpoint';

export interface FoundModel {
  readonly model: Model;
  readonly kind: ImportKind;
  /** The first melody that came with it. */
  readonly preview?: Uint8Array;
  /** What was taken for granted, for the user to know. */
  readonly notes: readonly string[];
}

export interface ImportOptions {
  /** What the model is to be called. */
  readonly name: string;
  /** How many steps an attention looks back over, where the user says so. */
  readonly attnLength: number | undefined;
}

const HINT =
  'mst imports Magenta .mag bundles, TensorFlow checkpoints, folders of Magenta.js (config.json), and archives of mst export --archive.';

/** The model among these files. @throws MstError `bad-model` when there is none, several, or it is damaged or no melody RNN */
export function findModelIn(files: FileSet, options: ImportOptions): FoundModel {
  const folder = modelFolderIn(files);
  if (folder !== undefined) return readFolder(files, folder, options);
  const bundle = only(
    files,
    files.names.filter((name) => name.toLowerCase().endsWith('.mag')),
    'bundles',
  );
  if (bundle !== undefined) return readBundle(read(files, bundle), where(files, bundle), options);
  const prefix = checkpointIn(files);
  if (prefix !== undefined) return readCheckpoint(files, prefix, options);
  const some = files.names.slice(0, 5).join(', ');
  throw new MstError('bad-model', `There is no model in ${files.label}${some === '' ? '' : ` (it has ${some})`}.`, { hint: HINT });
}

/** The model of one file's bytes. @throws MstError `bad-model` */
export function readAlone(files: FileSet, name: string, options: ImportOptions): FoundModel {
  if (isTable(read(files, name))) return readCheckpoint(files, name.replace(/\.index$/, ''), options);
  if (/\.(meta|data-\d{5}-of-\d{5})$/.test(name)) return readCheckpoint(files, name.replace(/\.(meta|data-\d{5}-of-\d{5})$/, ''), options);
  const bytes = read(files, name);
  if (!mayBeBundle(bytes)) throw new MstError('bad-model', `${where(files, name)} is no model that mst knows.`, { hint: HINT });
  return readBundle(bytes, where(files, name), options);
}

/** Whether bytes begin as a Magenta bundle does: with one of its four fields, each of which has a length. */
function mayBeBundle([first = 0]: Uint8Array): boolean {
  return (first & 7) === 2 && first >> 3 >= 1 && first >> 3 <= 4;
}

/** The one of the shallowest of these names. @throws MstError `bad-model` when there are several */
function only(files: FileSet, names: readonly string[], things: string): string | undefined {
  const depth = (name: string): number => name.split('/').length;
  const least = Math.min(...names.map(depth));
  const [first, ...others] = names.filter((name) => depth(name) === least).sort();
  if (others.length === 0) return first;
  throw new MstError('bad-model', `${files.label} has several ${things}: ${[first, ...others].slice(0, 5).join(', ')}.`, {
    hint: 'Name one of them.',
  });
}

/** The folder, '' or ending in a slash, that config.json and weights_manifest.json lie in. */
function modelFolderIn(files: FileSet): string | undefined {
  const folders = files.names.filter((name) => /(^|\/)config\.json$/.test(name)).map((name) => name.slice(0, -'config.json'.length));
  const found = only(
    files,
    folders.filter((folder) => files.names.includes(`${folder}weights_manifest.json`)).map((folder) => `${folder}.`),
    'models',
  );
  return found?.slice(0, -1);
}

function readFolder(files: FileSet, folder: string, { name }: ImportOptions): FoundModel {
  const inFolder = (file: string): Uint8Array | undefined => files.read(`${folder}${file}`);
  const names = files.names.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length));
  return atPlace(where(files, folder.replace(/\/$/, '')), () => {
    const [fault] = verifyFiles(inFolder, names)?.faults ?? [];
    if (fault !== undefined) {
      throw new MstError('bad-model', `The file ${fault.file} is ${fault.fault}, says its SHA256SUMS.`, {
        hint: 'Copy or download the model again.',
      });
    }
    const model = decodeModel(inFolder, { name });
    const preview = inFolder(PREVIEW);
    const kind = names.includes(CARD) ? 'mst model' : 'Magenta.js checkpoint';
    return { model, kind, ...(preview && { preview }), notes: [] };
  });
}

function readBundle(bytes: Uint8Array, label: string, { name, attnLength }: ImportOptions): FoundModel {
  const bundle = decodeGeneratorBundle(bytes, label);
  const tensors = decodeCheckpointV1(bundle.checkpoint, `${label}: the checkpoint in it`);
  const attentionLength = (units: number): number | undefined =>
    attnLength ?? (bundle.graph.length > 0 ? attentionLengthOf(bundle.graph, units, `${label}: the graph in it`) : undefined);
  const { card, weights, assumed } = recognizeModel(tensors, { file: label, name, id: bundle.id, attentionLength });
  const notes =
    bundle.id === card.configuration
      ? []
      : [`It calls itself ${JSON.stringify(bundle.id)}; by its variables it is a ${card.configuration}.`];
  return { model: { card, weights }, kind: 'Magenta bundle', notes: [...notes, ...attentionNote(assumed, card.attnLength)] };
}

/** The prefix of the checkpoint among files: what `checkpoint` names, else the one with the most steps. */
function checkpointIn(files: FileSet): string | undefined {
  const prefixes = files.names.flatMap((name) => {
    if (name.endsWith('.index')) return [name.slice(0, -'.index'.length)];
    return /\.ckpt(-\d+)?$/.test(name) ? [name] : [];
  });
  if (prefixes.length === 0) return undefined;
  for (const name of files.names.filter((file) => /(^|\/)checkpoint$/.test(file))) {
    const text = new TextDecoder().decode(files.read(name)?.subarray(0, 65_536));
    const named = /^model_checkpoint_path: "([^"\\]+)"/m.exec(text)?.[1]?.split(/[/\\]/).at(-1);
    const prefix = named === undefined ? undefined : `${name.slice(0, -'checkpoint'.length)}${named}`;
    if (prefix !== undefined && prefixes.includes(prefix)) return prefix;
  }
  const steps = (prefix: string): number => Number(/-(\d+)$/.exec(prefix)?.[1] ?? -1);
  return prefixes.sort((a, b) => steps(b) - steps(a) || (a < b ? -1 : 1))[0];
}

function readCheckpoint(files: FileSet, prefix: string, { name, attnLength }: ImportOptions): FoundModel {
  const label = where(files, prefix);
  const index = files.read(`${prefix}.index`);
  let tensors: StoredTensors;
  if (index !== undefined) tensors = decodeCheckpointV2(index, (ending) => files.read(`${prefix}${ending}`), label);
  else if (files.names.includes(prefix)) tensors = decodeCheckpointV1(read(files, prefix), label);
  else {
    throw new MstError('bad-model', `${label} is not a whole checkpoint: ${prefix}.index is missing.`, {
      hint: `A checkpoint is ${prefix}.index and ${prefix}${shardName(0, 1)}; copy both.`,
    });
  }
  const graph = files.read(`${prefix}.meta`);
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const own = files.read(`${folder}${CARD}`);
  const attentionLength = (units: number): number | undefined =>
    attnLength ?? (graph === undefined ? undefined : attentionLengthOf(graph, units, `${label}.meta`));
  const known = own && atPlace(label, () => decodeCard(own));
  const { card, weights, assumed } = recognizeModel(tensors, { file: label, name, card: known, attentionLength });
  const preview = files.read(`${folder}${PREVIEW}`);
  return {
    model: { card, weights },
    kind: index === undefined ? 'TensorFlow V1 checkpoint' : 'TensorFlow V2 checkpoint',
    ...(preview && { preview }),
    notes: attentionNote(assumed, card.attnLength),
  };
}

function attentionNote(assumed: boolean, steps: number): string[] {
  return assumed
    ? [`How far its attention looks back is not stored; Magenta's ${steps} steps are taken. If it was trained with others: --attn_length N`]
    : [];
}

function where({ label }: FileSet, name: string): string {
  return name === '' || label.endsWith(name) ? label : `${label}: ${name}`;
}

function read(files: FileSet, name: string): Uint8Array {
  const bytes = files.read(name);
  if (bytes === undefined) throw new MstError('bad-model', `${where(files, name)} is missing.`, { hint: HINT });
  return bytes;
}
