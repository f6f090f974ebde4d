// Where everything lies in a training memory, decided once from the largest batch: nothing is allocated later, and the size is known
// before training begins. The same arguments give the same layout in every thread.

import { MstError } from '../core/errors.js';
import {
  cutVariables,
  type KernelShape,
  type PlacedBlock,
  type PlacedVariable,
  pad8,
  placeBlocks,
  placeVariables,
  strideOf,
} from './blocks.js';
import { attentionBytes, layerBytes, networkBytes } from './records.js';

/** What a training memory must hold. */
export interface Capacity {
  /** Threads that share the work, 1 or more. */
  readonly threads: number;
  /** Rows (melodies) of a batch. */
  readonly rows: number;
  /** Steps of all rows of a batch together. */
  readonly tokens: number;
  /** Values that are not zero in all inputs of a batch together. */
  readonly entries: number;
  /** Whether gradients are computed; without, memory for them and for all but the last steps is not needed. */
  readonly training: boolean;
}

/** An array of tokens: its rows are `stride` bytes apart. */
export interface TokenArray {
  readonly stride: number;
  /** Needed for the way back: then all tokens are kept while training. */
  readonly wholeAt: number;
  /** For each thread, where its window lies when not training. */
  readonly windowAt: readonly number[];
}

export interface ThreadPlace {
  readonly network: number;
  readonly layers: number;
  readonly attention: number;
  readonly gradients: number;
  /** Scratch by name. */
  readonly scratch: ReadonlyMap<string, number>;
  /** Sums of squares of the reduced gradients, one float64 per variable. */
  readonly squares: number;
}

export interface Layout {
  readonly shape: KernelShape;
  readonly capacity: Capacity;
  readonly bytes: number;
  readonly control: number;
  readonly variables: readonly PlacedVariable[];
  /** Values in all variables together. */
  readonly parameters: number;
  readonly flatVariables: number;
  readonly flatGradient: number;
  readonly adamM: number;
  readonly adamS: number;
  readonly blocks: readonly PlacedBlock[];
  readonly threadPlaces: readonly ThreadPlace[];
  readonly gradientBytes: number;
  readonly tokenArrays: ReadonlyMap<string, TokenArray>;
  /** Integer and float lists of a batch, by name. */
  readonly lists: ReadonlyMap<string, number>;
  readonly chunkTokens: number;
  readonly history: number;
  readonly slotStride: number;
  readonly logitStride: number;
}

/** Everything below belongs to the modules' own constants. */
const FIRST_BYTE = 65536;
/** Wasm addresses have 32 bits. */
const MOST_BYTES = 4294967296 - 65536;
/** Tokens of a window: two panels of them fit a first-level cache. */
const CHUNK_TOKENS = 256;
const CONTROL_BYTES = 4096;

/** Gives the address of that many bytes. */
type Take = (bytes: number) => number;

/** How long and how wide what depends on the batch is. */
type Sizes = Pick<Layout, 'chunkTokens' | 'history' | 'slotStride' | 'logitStride'>;

/** @throws MstError `engine` when more memory would be needed than a wasm memory can have */
export function planLayout(shape: KernelShape, capacity: Capacity): Layout {
  const { threads, rows, tokens, training } = capacity;
  let at = FIRST_BYTE;
  const take: Take = (bytes) => {
    const address = at;
    at += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const perThread = <T>(make: () => T): T[] => Array.from({ length: threads }, make);

  const control = take(CONTROL_BYTES);
  const { variables: cut, blocks: bare } = cutVariables(shape);
  const { variables, parameters } = placeVariables(cut);
  const flat = (): number => take(parameters * 4);
  const flatVariables = flat();
  const [flatGradient, adamM, adamS] = training ? [flat(), flat(), flat()] : [0, 0, 0];
  const { placed: blocks, gradientBytes } = placeBlocks(bare, take, training);
  const sizes: Sizes = {
    chunkTokens: Math.max(CHUNK_TOKENS, rows),
    history: Math.max(1, shape.attnLength) * rows,
    slotStride: strideOf(shape.attnLength + 1 + 3),
    logitStride: strideOf(pad8(shape.numClasses)),
  };
  const places = perThread(() => placeThread(take, shape, capacity, sizes, variables.length));
  // Each thread's follow those of the one before at once: reduceBlock steps from one to the next.
  const gradientsAt = training ? perThread(() => take(gradientBytes)) : [];
  const tokenArrays = placeTokens(take, shape, capacity, sizes);
  const lists = placeLists(take, shape, capacity);

  if (!(at <= MOST_BYTES)) {
    throw new MstError(
      'engine',
      `A batch of ${tokens} steps would take ${(at / 2 ** 30).toFixed(1)} GB; WebAssembly memory ends at 4 GB.`,
      {
        hint: 'Use a smaller batch, as in --hparams "batch_size=4", fewer units, or shorter melodies.',
      },
    );
  }
  return {
    shape,
    capacity,
    bytes: at,
    control,
    variables,
    parameters,
    flatVariables,
    flatGradient,
    adamM,
    adamS,
    blocks,
    threadPlaces: places.map((place, thread) => ({ ...place, gradients: gradientsAt[thread] ?? 0 })),
    gradientBytes,
    tokenArrays,
    lists,
    ...sizes,
  };
}

/** One thread's records and scratch. */
function placeThread(
  take: Take,
  { layerSizes, inputSize, numClasses, attnLength }: KernelShape,
  { rows, training }: Capacity,
  { chunkTokens, logitStride }: Sizes,
  variables: number,
): Omit<ThreadPlace, 'gradients'> {
  const units = layerSizes.map(pad8);
  const widest = Math.max(...units, pad8(inputSize), pad8(numClasses));
  const scratch = new Map<string, number>();
  const network = take(networkBytes);
  const layers = take(layerBytes * units.length);
  const attention = take(attentionBytes);
  scratch.set('zeros', take(4 * widest * 4));
  scratch.set('logits', take(chunkTokens * logitStride));
  scratch.set('slotOffsets', take((attnLength + 4) * 4));
  if (training) {
    scratch.set('packedRows', take(chunkTokens * widest * 4));
    scratch.set('packedPanels', take(chunkTokens * widest * 4 * 4));
    scratch.set('dScores', take((attnLength + 4) * 4));
    scratch.set('dQuery', take(widest * 4));
    units.forEach((width, level) => {
      scratch.set(`${level}.dh`, take(rows * strideOf(width)));
      scratch.set(`${level}.dc`, take(rows * strideOf(width)));
    });
    scratch.set('dAttended', take(rows * strideOf(units[0] ?? 0)));
  }
  return { network, layers, attention, scratch, squares: take(variables * 8) };
}

/** The arrays of tokens, by name. */
function placeTokens(
  take: Take,
  { layerSizes, inputSize, attnLength }: KernelShape,
  { threads, tokens, training }: Capacity,
  { chunkTokens, history, slotStride }: Sizes,
): Map<string, TokenArray> {
  const arrays = new Map<string, TokenArray>();
  const add = (name: string, stride: number, remembered: boolean): void => {
    const wholeAt = training ? take(tokens * stride) : 0;
    // Without remembered steps the history in front of a window is never touched and takes no memory.
    const before = remembered ? 0 : history * stride;
    const windowAt = Array.from({ length: threads }, () => take((chunkTokens + history) * stride - before) - before);
    arrays.set(name, { stride, wholeAt, windowAt });
  };
  const addForTraining = (name: string, stride: number): void => {
    if (training) arrays.set(name, { stride, wholeAt: take(tokens * stride), windowAt: [] });
  };
  layerSizes.forEach((units, level) => {
    const width = strideOf(pad8(units));
    add(`${level}.gates`, strideOf(4 * pad8(units)), false);
    add(`${level}.c`, width, true);
    add(`${level}.h`, width, true);
    addForTraining(`${level}.output`, width);
  });
  if (attnLength > 0) {
    const width = strideOf(pad8(layerSizes[0] ?? 0));
    const inputs = strideOf(pad8(inputSize));
    add('attention.input', inputs, false);
    add('attention.query', width, false);
    add('attention.weights', slotStride, false);
    for (const name of ['attended', 'output', 'projected']) add(`attention.${name}`, width, true);
    for (const name of ['dOutput', 'dProjected']) addForTraining(`attention.${name}`, width);
    addForTraining('attention.dInput', inputs);
  }
  return arrays;
}

/** The lists of a batch, by name. */
function placeLists(take: Take, { numClasses }: KernelShape, { threads, rows, tokens, entries }: Capacity): Map<string, number> {
  const lists = new Map<string, number>();
  for (const name of ['labels', 'losses', 'predictions', 'active']) lists.set(name, take(tokens * 4));
  for (const name of ['offsets', 'entryStarts']) lists.set(name, take((tokens + threads) * 4));
  for (const name of ['columns', 'values']) lists.set(name, take(entries * 4));
  lists.set('rowIds', take(rows * 4));
  lists.set('logProbabilities', take(tokens * numClasses * 4));
  return lists;
}
