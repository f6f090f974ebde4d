// One checkpoint: a folder of state.json (what a human may read) and tensors.bin (raw float32, little-endian: variables and Adam's slots).
// It appears whole under its name or not at all, and is believed only when every hash agrees.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MstError } from '../core/errors.js';
import { type NetworkShape, sizeOf, type Tensor, variableShapes, type Weights } from '../model/weights.js';
import { makeFolder, storing, temporaryName } from '../registry/files.js';
import type { BatchPosition } from './batches.js';
import type { AdamSlots } from './optimizer.js';

/** A held-out loss in nats, measured after a step. */
export interface HeldOutLoss {
  readonly step: number;
  readonly loss: number;
}

/** What a run has reached beside its tensors. */
export interface TrainingProgress {
  readonly step: number;
  /** Steps of melodies learned from so far. */
  readonly tokens: number;
  /** Where the batches stand, random state included. */
  readonly position: BatchPosition;
  /** Every evaluation so far. */
  readonly evaluations: readonly HeldOutLoss[];
}

export interface TrainingState extends TrainingProgress {
  readonly variables: Weights;
  readonly slots: AdamSlots;
}

interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** In bytes. */
  readonly offset: number;
}

interface StoredState extends TrainingProgress {
  readonly format: 1;
  readonly tensors: readonly StoredTensor[];
  readonly tensorsSha256: string;
}

/** Magenta's names of Adam's two slots. */
const slotName = { m: (name: string) => `${name}/Adam`, v: (name: string) => `${name}/Adam_1` };

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** Syncs what a folder lists, where the system can. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function writeSynced(path: string, data: Uint8Array): void {
  const descriptor = openSync(path, 'wx');
  try {
    for (let done = 0; done < data.length; ) done += writeSync(descriptor, data, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a checkpoint as the folder `path`, which must not exist.
 * @throws MstError `storage`; nothing is left behind then
 */
export function writeCheckpoint(path: string, { variables, slots, ...progress }: TrainingState): void {
  const all: [string, Tensor][] = [
    ...variables,
    ...[...slots.m].map(([name, tensor]): [string, Tensor] => [slotName.m(name), tensor]),
    ...[...slots.v].map(([name, tensor]): [string, Tensor] => [slotName.v(name), tensor]),
  ];
  const bytes = new Uint8Array(all.reduce((sum, [, { data }]) => sum + data.byteLength, 0));
  const tensors: StoredTensor[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of all) {
    tensors.push({ name, shape, offset });
    bytes.set(littleEndian(data), offset);
    offset += data.byteLength;
  }
  const state: StoredState = { format: 1, ...progress, tensors, tensorsSha256: sha256(bytes) };
  const text = `${JSON.stringify({ state, sha256: sha256(JSON.stringify(state)) }, null, 2)}\n`;
  const temporary = temporaryName(path);
  storing(path, () => makeFolder(temporary));
  try {
    storing(path, () => {
      writeSynced(join(temporary, 'tensors.bin'), bytes);
      writeSynced(join(temporary, 'state.json'), new TextEncoder().encode(text));
      syncFolder(temporary);
      renameSync(temporary, path);
      syncFolder(dirname(path));
    });
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

const hostIsLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The bytes of float32 values in little-endian order, or back: the same on nearly every computer. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (hostIsLittleEndian) return bytes;
  const swapped = bytes.slice();
  Buffer.from(swapped.buffer).swap32();
  return swapped;
}

/**
 * Reads and verifies a checkpoint of a network of this shape.
 * @throws MstError `bad-checkpoint` naming the file and what to do
 */
export function readCheckpoint(path: string, shape: NetworkShape): TrainingState {
  const fail = (file: string, what: string, cause?: unknown): never => {
    throw new MstError('bad-checkpoint', `${join(path, file)} ${what}.`, {
      hint: `Move the folder ${basename(path)} out of ${dirname(path)} and go on with --resume: training continues from the checkpoint before it.`,
      cause,
    });
  };
  const read = (file: string): Buffer => {
    try {
      return readFileSync(join(path, file));
    } catch (error) {
      return fail(file, `cannot be read: ${(error as Error).message}`, error);
    }
  };
  const state = parseState(read('state.json').toString('utf8')) ?? fail('state.json', 'is damaged: it does not agree with its own hash');
  if (state.format !== 1) fail('state.json', `has the format ${state.format}, which this version of mst does not know`);
  const bytes = read('tensors.bin');
  if (sha256(bytes) !== state.tensorsSha256) fail('tensors.bin', 'is damaged: it does not agree with the hash in state.json');
  const stored = new Map(state.tensors.map((tensor) => [tensor.name, tensor]));
  const take = (rename: (name: string) => string): Weights =>
    new Map(
      [...variableShapes(shape)].map(([variable, expected]) => {
        const name = rename(variable);
        const tensor = stored.get(name) ?? fail('state.json', `lacks ${name}`);
        if (tensor.shape.join() !== expected.join())
          fail('state.json', `has ${name} as [${tensor.shape}], where the run needs [${expected}]`);
        const end = tensor.offset + 4 * sizeOf(expected);
        if (end > bytes.length) fail('tensors.bin', `ends before ${name}`);
        const copy = new Uint8Array(bytes.subarray(tensor.offset, end));
        return [variable, { shape: expected, data: new Float32Array(littleEndian(new Float32Array(copy.buffer)).buffer) }];
      }),
    );
  const { step, tokens, position, evaluations } = state;
  return {
    step,
    tokens,
    position,
    evaluations,
    variables: take((name) => name),
    slots: { m: take(slotName.m), v: take(slotName.v) },
  };
}

/** The state in the text of state.json, or undefined when it is damaged. */
function parseState(text: string): StoredState | undefined {
  try {
    const { state, sha256: expected } = JSON.parse(text) as { state: StoredState; sha256: string };
    return sha256(JSON.stringify(state)) === expected ? state : undefined;
  } catch {
    return undefined;
  }
}
