// The engines training can run on, as a table: how each is loaded, checked and described, and which implementation of the network it
// brings. `auto` is the first row that works. TensorFlow.js has one active engine at a time, so loading one puts the others aside.

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { MstError } from '../core/errors.js';
import type { NetworkShape } from '../model/weights.js';
import type { BatchRoom } from './batches.js';
import { createTensorNetwork, type Network } from './network.js';
import type { TrainingPlan } from './plan.js';
import { type Stepper, TensorStepper, type TrainedValues } from './stepper.js';
import { createKernelNetwork } from './wasm/kernel-network.js';
import { KernelStepper } from './wasm/kernel-stepper.js';
import { kernelMemory, kernelSimd } from './wasm/kernel-team.js';

export type EngineName = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu';

/** A loaded engine. */
export interface Engine {
  readonly name: EngineName;
  /** One line for headers, e.g. `wasm: WebAssembly SIMD, one thread`. Runs on engines of one description can be repeated to the byte. */
  readonly description: string;
  /** Threads it was asked to compute on. */
  readonly threads: number;
  /**
   * Bytes of memory in which a network of this shape is trained with batches of up to `room`; undefined where the engine does not plan.
   * @throws MstError `engine` when there is not as much
   */
  memory(shape: NetworkShape, room: BatchRoom): number | undefined;
  createNetwork(shape: NetworkShape, room: BatchRoom): Network;
  /** What trains a network of this shape from `start` on with batches of up to `room`. */
  createStepper(shape: NetworkShape, plan: TrainingPlan, start: TrainedValues, room: BatchRoom): Stepper;
}

interface Threads {
  /** Threads to compute on, where the engine lets that be chosen. */
  readonly threads: number;
}

/** All cores by default. */
export type EngineOptions = { readonly [K in keyof Threads]?: Threads[K] | undefined };

/** What `mst doctor` says of an engine. */
export type EngineReport =
  | { readonly name: EngineName; readonly available: true; readonly description: string }
  | { readonly name: EngineName; readonly available: false; readonly reason: string; readonly fix: string };

interface EngineRow {
  readonly name: EngineName;
  /** The npm package it comes in. */
  readonly packageName: string;
  /** What the package registers with TensorFlow.js. */
  readonly backend: string;
  /** What to do when it does not load. */
  readonly fix: string;
  /** Brings the package in. @throws Error with the reason when it cannot */
  load(packageName: string): Promise<void>;
  /** Called once the engine is active: one line for headers. @throws Error when it is not what its name promises */
  describe(options: Threads): Promise<string>;
  /** Only where memory is planned. */
  memory?(shape: NetworkShape, options: Threads, room: BatchRoom): number;
  createNetwork(shape: NetworkShape, options: Threads, room: BatchRoom): Network;
  /** Only where there is something faster than the network's gradients and Adam in TensorFlow.js. */
  createStepper?(options: Threads, shape: NetworkShape, plan: TrainingPlan, start: TrainedValues, room: BatchRoom): Stepper;
}

const require = createRequire(import.meta.url);

/** Node 23 took away a function that tfjs-node still calls. */
function restoreNodeUtil(): void {
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

const NATIVE = 'tensorflow';

type BackendFactory = NonNullable<ReturnType<typeof tf.findBackendFactory>>;

/** What makes the engine of each native package. Both take the same name, and each says so only when it is first brought in. */
const nativeFactories = new Map<string, BackendFactory>();

async function loadNative(packageName: string): Promise<void> {
  restoreNodeUtil();
  const path = require.resolve(packageName);
  const known = nativeFactories.get(packageName);
  const present = tf.findBackendFactory(NATIVE);
  if (present !== null && present === known) return;
  if (present !== null) tf.removeBackend(NATIVE);
  if (known === undefined) await import(pathToFileURL(path).href);
  else tf.registerBackend(NATIVE, known);
  const factory = tf.findBackendFactory(NATIVE);
  if (factory === null) throw new Error(`${packageName} brought another TensorFlow.js than ${tf.version_core}`);
  nativeFactories.set(packageName, factory);
}

const native = {
  backend: NATIVE,
  load: loadNative,
  createNetwork: createTensorNetwork,
} as const;

const installFix = (packageName: string): string =>
  `Install it beside mst with \`npm install ${packageName}@${tf.version_core}\` (a download of several hundred megabytes), or leave out --engine.`;

/** First the fastest. */
const ROWS: readonly EngineRow[] = [
  {
    ...native,
    name: 'tfjs-node-gpu',
    packageName: '@tensorflow/tfjs-node-gpu',
    fix: `${installFix('@tensorflow/tfjs-node-gpu')} It needs an NVIDIA card and CUDA.`,
    async describe() {
      if (!(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice) throw new Error('it found no CUDA device');
      return 'TensorFlow on a CUDA device';
    },
  },
  {
    ...native,
    name: 'tfjs-node',
    packageName: '@tensorflow/tfjs-node',
    fix: installFix('@tensorflow/tfjs-node'),
    describe: async () => 'TensorFlow, native library',
  },
  {
    name: 'wasm',
    packageName: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    fix: 'Install mst again with `npm ci`, on Node 20.19 or newer; or use --engine cpu, which is slow.',
    async load(packageName) {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      setWasmPaths(dirname(require.resolve(packageName)) + sep);
    },
    async describe({ threads }) {
      const kind = kernelSimd() === 'relaxed-simd' ? 'relaxed SIMD' : 'SIMD';
      return `WebAssembly ${kind}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    },
    createNetwork: createKernelNetwork,
    createStepper: (...given) => new KernelStepper(...given),
    memory: kernelMemory,
  },
  {
    name: 'cpu',
    packageName: '@tensorflow/tfjs-backend-cpu',
    backend: 'cpu',
    fix: 'Install mst again with `npm ci`.',
    async load() {
      await import('@tensorflow/tfjs-backend-cpu');
    },
    describe: async () => 'plain JavaScript, one thread',
    createNetwork: createTensorNetwork,
  },
];

/** Their names, the preferred first. */
export const ENGINE_NAMES: readonly EngineName[] = ROWS.map(({ name }) => name);

/** The reason why a package does not load, in a line. */
function reasonOf(error: unknown, packageName: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' && message.includes(`'${packageName}'`)) {
    return `the package ${packageName} is not installed`;
  }
  return (message ?? String(error)).split('\n')[0] as string;
}

/** The row that was activated last. */
let active: EngineRow | undefined;

/** Loads a row and makes it the active engine. @throws Error with the reason */
async function activate(row: EngineRow, { threads = availableParallelism() }: EngineOptions = {}): Promise<Engine> {
  // Warnings of TensorFlow.js about itself are not for the user.
  tf.enableProdMode();
  await row.load(row.packageName);
  if (!(await tf.setBackend(row.backend)) || tf.getBackend() !== row.backend) {
    throw new Error(`TensorFlow.js could not start its ${row.backend} engine`);
  }
  const options = { threads };
  const engine: Engine = {
    name: row.name,
    description: `${row.name}: ${await row.describe(options)}`,
    threads,
    // The fused kernels know attention around the first layer only; around all layers it is computed in TensorFlow.js.
    memory: (shape, room) => (shape.attnLayers === 'all' ? undefined : row.memory?.(shape, options, room)),
    createNetwork: (shape, room) => (shape.attnLayers === 'all' ? createTensorNetwork(shape) : row.createNetwork(shape, options, room)),
    createStepper(shape, plan, start, room) {
      const own = shape.attnLayers === 'all' ? undefined : row.createStepper?.(options, shape, plan, start, room);
      return own ?? new TensorStepper(this.createNetwork(shape, room), plan, start);
    },
  };
  active = row;
  return engine;
}

/**
 * Loads an engine and makes it the active one; `auto` takes the first that works.
 * @throws MstError `usage` for a name that is none, `engine` when it does not work here, with the reason and the fix
 */
export async function loadEngine(choice: string, options?: EngineOptions): Promise<Engine> {
  const rows = choice === 'auto' ? ROWS : ROWS.filter(({ name }) => name === choice);
  if (rows.length === 0) {
    throw new MstError('usage', `There is no engine called ${JSON.stringify(choice)}.`, {
      hint: `Choose auto or one of ${ENGINE_NAMES.join(', ')}.`,
    });
  }
  let last: MstError | undefined;
  for (const row of rows) {
    try {
      return await activate(row, options);
    } catch (error) {
      last = new MstError('engine', `The engine ${row.name} does not work here: ${reasonOf(error, row.packageName)}.`, {
        hint: row.fix,
        cause: error,
      });
    }
  }
  throw last;
}

/** Tries every engine, without loading one twice into use: afterwards the engine that was active before is active again. */
export async function probeEngines(): Promise<EngineReport[]> {
  const before = active;
  const reports: EngineReport[] = [];
  for (const row of ROWS) {
    try {
      const { name, description } = await activate(row);
      reports.push({ name, available: true, description });
    } catch (error) {
      reports.push({ name: row.name, available: false, reason: reasonOf(error, row.packageName), fix: row.fix });
    }
  }
  if (before !== undefined) await activate(before);
  return reports;
}
