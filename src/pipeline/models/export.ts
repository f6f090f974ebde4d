// mst models export: a model of mst in a form that other programs read. Magenta.js plays one-hot models; Magenta in Python goes on from a
// TensorFlow checkpoint with any of the four; an archive is for another mst.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import { configuration } from '../../encoding/configuration.js';
import type { Model } from '../../model/model.js';
import { CARD, encodeCard } from '../../model/model-format.js';
import type { StoredTensor } from '../../records/checkpoint-tensor.js';
import { encodeCheckpointV2 } from '../../records/checkpoint-v2.js';
import { holdsOnlyListed, withChecksums } from '../../registry/checksums.js';
import { replaceDirectory } from '../../registry/files.js';
import { isDirectory, quoted } from '../../registry/home.js';
import { modelFiles } from '../../registry/model-store.js';
import { loadModel, type ModelEntry, PREVIEW } from '../../registry/models.js';
import { packModel } from '../export/pack.js';

export type ExportFormat = 'magenta-js' | 'tf-checkpoint' | 'mst';

export interface Exported {
  readonly format: ExportFormat;
  /** The folder or archive that was written. */
  readonly path: string;
  /** File names in the folder, or of the archive's folder. */
  readonly files: readonly string[];
  /** How to use it elsewhere. */
  readonly use: string;
}

/**
 * Exports a model.
 * @param output path to write to; by default NAME-FORMAT, or NAME.tar.gz, in `current`
 * @throws MstError `usage` for a model the format cannot hold, `exists` unless `force` and where a folder holds other things too, `bad-model`, `storage`
 */
export async function exportTo(
  entry: ModelEntry,
  format: ExportFormat,
  { output, current, force }: { output: string | undefined; current: string; force: boolean },
): Promise<Exported> {
  const model = loadModel(entry);
  const plain = entry.name.replaceAll(':', '-');
  const path = resolve(current, output ?? (format === 'mst' ? `${plain}.tar.gz` : `${plain}-${format}`));
  const { files, use } =
    format === 'tf-checkpoint' ? tensorFlow(model, path) : format === 'magenta-js' ? magentaJs(model, entry) : archive(entry, path);
  if (existsSync(path) && !force)
    throw new MstError('exists', `${path} is there already.`, { hint: 'Choose another with --output, or write over it with --force.' });
  if (format !== 'mst') requireReplaceable(path);
  const preview = format === 'tf-checkpoint' ? modelFiles(entry).get(PREVIEW) : undefined;
  const all = withChecksums(preview === undefined ? files : new Map([...files, [PREVIEW, preview]]));
  if (format === 'mst') await packModel(plain, all, path);
  else replaceDirectory(path, all);
  return { format, path, files: [...all.keys()], use };
}

/** Whole folders are replaced, so one that holds anything but an earlier export is not. @throws MstError `exists` */
function requireReplaceable(path: string): void {
  if (!existsSync(path) || (isDirectory(path) && holdsOnlyListed(path))) return;
  const what = isDirectory(path) ? 'holds other things than an exported model, which would be lost' : 'is a file, and the model a folder';
  throw new MstError('exists', `${path} ${what}.`, { hint: 'Choose another with --output.' });
}

interface Form {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly use: string;
}

function archive(entry: ModelEntry, path: string): Form {
  if (!/\.(tar\.gz|tgz)$/i.test(path))
    throw new MstError('usage', `${path} does not end in .tar.gz, which the archive is.`, { hint: 'Give --output NAME.tar.gz' });
  return { files: modelFiles(entry), use: `mst models import ${quoted(path)}` };
}

function magentaJs(model: Model, entry: ModelEntry): Form {
  const { configuration: config, attnLength, attnLayers, encoding } = model.card;
  if (encoding.encoder !== 'onehot' || attnLength > 0) {
    const what = `${attnLength > 0 ? 'The attention' : 'The encoding'} of "${entry.name}" (${config})`;
    throw new MstError('usage', `${what} is not understood by Magenta.js, which plays basic_rnn and mono_rnn.`, {
      hint:
        attnLayers === 'all'
          ? 'Another mst gets it as --format mst.'
          : 'Other programs get it as --format tf-checkpoint, another mst as --format mst.',
    });
  }
  return { files: modelFiles(entry), use: 'Put the folder on a web server, then in the page: new mm.MusicRNN(address of the folder)' };
}

/**
 * A V2 checkpoint as Magenta's own training leaves it, with an optimiser that has just begun: Magenta trains on from it when it lies in
 * RUN_DIR/train, and generates from it with --checkpoint_file.
 */
function tensorFlow({ card, weights }: Model, path: string): Form {
  if (card.attnLayers === 'all') {
    throw new MstError(
      'usage',
      "This model's attention is around all layers, as before May 2017; no Magenta of today reads such a checkpoint.",
      {
        hint: 'Give it to another mst with --format mst.',
      },
    );
  }
  const step = card.stepsTrained ?? 0;
  const tensors = new Map<string, StoredTensor>([
    ['global_step', { shape: [], integer: step }],
    // Adam's beta1 and beta2 to the power of the steps it has taken, plus one.
    ['beta1_power', { shape: [], floats: Float32Array.of(0.9) }],
    ['beta2_power', { shape: [], floats: Float32Array.of(0.999) }],
  ]);
  for (const [name, { shape, data }] of weights) {
    tensors.set(name, { shape, floats: data });
    for (const slot of ['Adam', 'Adam_1']) tensors.set(`${name}/${slot}`, { shape, floats: new Float32Array(data.length) });
  }
  const prefix = `model.ckpt-${step}`;
  const files = new Map([...encodeCheckpointV2(tensors)].map(([ending, bytes]) => [`${prefix}${ending}`, bytes] as const));
  const state = `model_checkpoint_path: "${prefix}"\nall_model_checkpoint_paths: "${prefix}"\n`;
  files.set('checkpoint', new TextEncoder().encode(state));
  files.set(CARD, encodeCard(card));
  return {
    files,
    use: `melody_rnn_generate --config=${card.configuration} --checkpoint_file=${quoted(`${path}/${prefix}`)}${hparamsFlag(card)} --output_dir=…`,
  };
}

function hparamsFlag({ configuration: config, layerSizes, attnLength }: Model['card']): string {
  const { hparams } = configuration(config);
  const parts = [
    ...(hparams.rnnLayerSizes.join() === layerSizes.join() ? [] : [`rnn_layer_sizes=[${layerSizes}]`]),
    ...(hparams.attnLength === attnLength ? [] : [`attn_length=${attnLength}`]),
  ];
  return parts.length === 0 ? '' : ` --hparams="${parts.join(',')}"`;
}
