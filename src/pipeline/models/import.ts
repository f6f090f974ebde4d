// mst models import: a model of Magenta, Magenta.js or mst, from a path or an address, made a model of the home that plays, with its card,
// a first melody and checksums.

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import { type Model, openModel } from '../../model/model.js';
import { encodeModel } from '../../model/model-format.js';
import { sampleFrom } from '../../model/preview.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import type { Home } from '../../registry/home.js';
import { versionOf } from '../../registry/model-names.js';
import { placeForModel, writeModel } from '../../registry/model-store.js';
import { PREVIEW } from '../../registry/models.js';
import { suggestName } from '../../registry/names.js';
import { archiveEnding } from '../archive.js';
import { isAddress } from '../fetch/web/address.js';
import type { StepContext } from '../step.js';
import { type FileSet, filesBeside, filesOfArchive, filesOfFolder } from './files.js';
import { type FoundModel, findModelIn, type ImportKind, readAlone } from './formats.js';
import { bringModel, type ImportWeb, nameOfAddress } from './from-web.js';

export interface ImportRequest {
  /** A path or an address. */
  readonly source: string;
  readonly home: Home;
  /** The folder that relative paths begin at. */
  readonly current: string;
  /** What the model shall be called, NAME or NAME:TAG; by default what it is called where it comes from. */
  readonly as: string | undefined;
  /** How many steps its attention looks back over, where the user says so. */
  readonly attnLength: number | undefined;
  readonly web: ImportWeb;
}

export interface ImportSummary {
  readonly name: string;
  /** The model's folder. */
  readonly model: string;
  readonly kind: ImportKind;
  readonly card: Model['card'];
  /** What the user should know of it. */
  readonly notes: readonly string[];
}

/**
 * Imports a model.
 * @throws MstError `not-found`, `bad-model` for what is no melody RNN or damaged, `bad-archive`, `exists`, `usage`, `storage`
 */
export async function importModel(request: ImportRequest, { progress, signal, force }: StepContext): Promise<ImportSummary> {
  const { source, home, current, as, attnLength, web } = request;
  const own = isAddress(source) ? nameOfAddress(source) : nameOfPath(resolve(current, source));
  const given = as ?? nameFrom(own);
  // Said before anything is brought.
  const { name } = placeForModel(home, given, { force });
  const { files, alone } = isAddress(source)
    ? await bringModel(source, home, web, { progress, signal })
    : await filesAtPath(source, current, signal);
  const options = { name: versionOf(name).name, attnLength };
  const found = alone === undefined ? findModelIn(files, options) : readAlone(files, alone, options);
  const model = { ...found.model, card: { ...found.model.card, ...originOf(found, own) } };
  const preview = found.preview ?? noteSequenceToMidi(sampleFrom(openModel(model), 0));
  signal.throwIfAborted();
  const folder = writeModel(home, given, new Map([...encodeModel(model), [PREVIEW, preview]]), { force });
  return { name, model: folder, kind: found.kind, card: model.card, notes: found.notes };
}

/** Where a model comes from that does not say so itself. */
function originOf({ kind, model: { card } }: FoundModel, own: string): { origin?: string } {
  return kind === 'mst model' || card.artist !== undefined || card.origin !== undefined ? {} : { origin: `${kind} ${own}` };
}

async function filesAtPath(source: string, current: string, signal: AbortSignal): Promise<{ files: FileSet; alone?: string }> {
  const path = resolve(current, source);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return { files: filesOfFolder(path) };
  if (stat === undefined && !existsSync(`${path}.index`)) {
    throw new MstError('not-found', `There is no file or folder ${source}.`, {
      hint: 'Give a .mag bundle, a checkpoint, a folder, an archive or an address.',
    });
  }
  if (stat !== undefined && archiveEnding(path) !== undefined) return { files: await filesOfArchive(path, path, signal) };
  return { files: filesBeside(path), alone: stat === undefined ? `${basename(path)}.index` : basename(path) };
}

/** The last part of a path that says something: of checkpoints/ella/model that is ella. */
function nameOfPath(path: string): string {
  const last = basename(path);
  return last === 'model' || last === 'train' ? basename(dirname(path)) : last;
}

/** A name from that of a file: attention_rnn of attention_rnn.mag. @throws MstError `usage` when there is none in it */
function nameFrom(file: string): string {
  const stem = file.replace(/\.(mag|tar|tar\.gz|tgz|zip)$/i, '').replace(/\.ckpt(-\d+)?(\.(index|meta|data-.*))?$/i, '');
  const name = suggestName(stem);
  if (name !== undefined) return name;
  throw new MstError('usage', `${JSON.stringify(file)} says nothing to call the model by.`, { hint: 'Give it a name: --as NAME' });
}
