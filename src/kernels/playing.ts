// Playing with the fused kernels: one step of a melody RNN at a time (spec F.1-F.3), in a memory that is not shared, so that it runs
// wherever WebAssembly SIMD does.

import { MstError } from '../core/errors.js';
import type { SparseRow } from '../encoding/example.js';
import { cutVariables, type KernelShape, type PlacedBlock, pad8, placeBlocks, placeVariables, strideOf } from './blocks.js';
import { createMemory, startModule } from './module.js';
import { attentionBytes, layerBytes, networkBytes, writeAttention, writeLayer, writeNetwork } from './records.js';
import type { WasmModule } from './webassembly.js';
import { wireBlocks } from './wiring.js';

/** What a network remembers between steps; belongs to the network that created it. */
export interface PlayingState {
  readonly values: Float32Array;
  /** Steps taken so far. */
  steps: number;
}

interface PlayingExports {
  step(network: number, entries: number, filled: number, slot: number): void;
  packBlock(block: number, variables: number, first: number, last: number): void;
}

/** Everything below belongs to the module's own constants. */
const FIRST_BYTE = 16384;

export class PlayingKernels {
  readonly shape: KernelShape;
  readonly numClasses: number;
  readonly #kernels: PlayingExports;
  readonly #network: number;
  readonly #columns: Int32Array;
  readonly #values: Float32Array;
  readonly #logits: Float32Array;
  /** The state of the melody that was played last, live in the memory. */
  readonly #state: Float32Array;
  /** Values of the state that every step changes; behind them the two rings of slots. */
  readonly #changing: number;
  readonly #slotWidth: number;
  /** Whose state the memory holds. */
  #resident: PlayingState | undefined;

  /**
   * @param variables values of every variable, in the order of Magenta's variables
   * @throws MstError `bad-model` when they are not those of a network of this shape
   */
  constructor(module: WasmModule, shape: KernelShape, variables: readonly Float32Array[]) {
    this.shape = shape;
    this.numClasses = shape.numClasses;
    let at = FIRST_BYTE;
    const take = (bytes: number): number => {
      const address = at;
      at += Math.ceil(bytes / 64) * 64;
      return address;
    };
    const { variables: cut, blocks: bare } = cutVariables(shape);
    const { variables: placedVariables, parameters } = placeVariables(cut);
    if (variables.length !== cut.length || cut.some(({ rows, columns }, i) => variables[i]?.length !== rows * columns)) {
      throw new MstError('bad-model', 'The weights are not those of a network of this shape.', {
        hint: 'Export or import the model again.',
      });
    }
    const { placed: blocks } = placeBlocks(bare, take, false);
    const units = shape.layerSizes.map(pad8);
    const width0 = units[0] ?? 0;
    const slots = shape.attnLength;
    this.#slotWidth = strideOf(width0) / 4;
    const rest = units.reduce((sum, width) => sum + 2 * width, 0) + (slots > 0 ? width0 : 0);
    this.#changing = rest;
    const stateAt = take((rest + 2 * slots * this.#slotWidth) * 4);
    const place = {
      network: take(networkBytes),
      layers: take(units.length * layerBytes),
      attention: take(attentionBytes),
      zeros: take(4 * Math.max(...units, 8) * 4),
      columns: take(shape.inputSize * 4),
      values: take(shape.inputSize * 4),
      logits: take(pad8(shape.numClasses) * 4),
      gates: units.map((width) => take(4 * width * 4)),
      output: take(width0 * 4),
      input: take(pad8(shape.inputSize) * 4),
      query: take(width0 * 4),
      weights: take((slots + 4) * 4),
      slotOffsets: take((slots + 4) * 4),
    };
    const flat = take(parameters * 4);
    const memory = createMemory(at, false);
    const { buffer } = memory;
    this.#kernels = startModule(module, memory, FIRST_BYTE) as unknown as PlayingExports;
    this.#network = place.network;
    this.#columns = new Int32Array(buffer, place.columns, shape.inputSize);
    this.#values = new Float32Array(buffer, place.values, shape.inputSize);
    this.#logits = new Float32Array(buffer, place.logits, shape.numClasses);
    this.#state = new Float32Array(buffer, stateAt, rest + 2 * slots * this.#slotWidth);

    wireBlocks(buffer, blocks, placedVariables);
    wireNetwork(buffer, shape, blocks, place, stateAt);
    placedVariables.forEach(({ offset }, i) => {
      new Float32Array(buffer, flat + offset * 4).set(variables[i] as Float32Array);
    });
    for (const block of blocks) this.#kernels.packBlock(block.record, flat, 0, block.rows);
  }

  /** The state before the first step. */
  createState(): PlayingState {
    return { values: new Float32Array(this.#state.length), steps: 0 };
  }

  copyState(from: PlayingState, to: PlayingState): void {
    to.values.set(from.values);
    to.steps = from.steps;
    if (to === this.#resident) this.#resident = undefined;
  }

  /** Feeds one input row: moves `state` on, and writes the numClasses logits of the next label. @throws MstError `engine` for a row that does not fit */
  step(row: SparseRow, state: PlayingState, logits: Float32Array): void {
    const { attnLength, inputSize } = this.shape;
    if (row.length > inputSize || state.values.length !== this.#state.length) {
      throw new MstError('engine', 'The input or state of a step belongs to another network.', { hint: 'This is a fault of the program.' });
    }
    for (let k = 0; k < row.length; k++) {
      const column = row.columns[k] as number;
      if (column >= inputSize) {
        throw new MstError('engine', `The input column ${column} is not below ${inputSize}.`, {
          hint: 'Encode the melody as the model expects it.',
        });
      }
      this.#columns[k] = column;
      this.#values[k] = row.signs[k] as number;
    }
    if (this.#resident !== state) this.#state.set(state.values);
    this.#resident = state;
    const slot = attnLength > 0 ? state.steps % attnLength : 0;
    this.#kernels.step(this.#network, row.length, Math.min(state.steps, attnLength), slot);
    state.steps++;
    this.#keep(state.values, 0, this.#changing);
    if (attnLength > 0) {
      const first = this.#changing + slot * this.#slotWidth;
      this.#keep(state.values, first, this.#slotWidth);
      this.#keep(state.values, first + attnLength * this.#slotWidth, this.#slotWidth);
    }
    logits.set(this.#logits);
  }

  #keep(values: Float32Array, first: number, count: number): void {
    values.set(this.#state.subarray(first, first + count), first);
  }
}

/** Where the scratch of a playing network lies. */
interface Place {
  readonly network: number;
  readonly layers: number;
  readonly attention: number;
  readonly zeros: number;
  readonly columns: number;
  readonly values: number;
  readonly logits: number;
  readonly gates: readonly number[];
  readonly output: number;
  readonly input: number;
  readonly query: number;
  readonly weights: number;
  readonly slotOffsets: number;
}

/** Writes the records; what playing does not use stays 0. */
function wireNetwork(buffer: ArrayBufferLike, shape: KernelShape, blocks: readonly PlacedBlock[], place: Place, stateAt: number): void {
  const blockOf = (name: string): PlacedBlock => blocks.find((block) => block.name === name) as PlacedBlock;
  const packed = (name: string): number => blockOf(name).packed;
  const units = shape.layerSizes.map(pad8);
  const attends = shape.attnLength > 0;
  writeNetwork(buffer, place.network, {
    layerCount: units.length,
    layers: place.layers,
    attention: attends ? place.attention : 0,
    columns: place.columns,
    values: place.values,
    classes: shape.numClasses,
    classWidth: pad8(shape.numClasses),
    head: packed('head'),
    headBias: packed('head.bias'),
    logits: place.logits,
    zeros: place.zeros,
  });
  let at = stateAt;
  units.forEach((width, level) => {
    const x = blockOf(`${level}.x`);
    const [c, h] = [at, at + width * 4];
    at += 2 * width * 4;
    writeLayer(buffer, place.layers + level * layerBytes, {
      units: width,
      inputs: x.table ? 0 : x.rowWidth,
      gates: place.gates[level] as number,
      c,
      h,
      output: attends && level === 0 ? place.output : h,
      bias: packed(`${level}.bias`),
      x: x.packed,
      tableStride: x.tableStride,
      recurrent: packed(`${level}.recurrent`),
    });
  });
  if (!attends) return;
  const width = units[0] as number;
  const stride = strideOf(width);
  const attended = at;
  const output = attended + width * 4;
  writeAttention(buffer, place.attention, {
    slots: shape.attnLength,
    inputs: pad8(shape.inputSize),
    input: place.input,
    query: place.query,
    attended,
    weights: place.weights,
    output,
    projected: output + shape.attnLength * stride,
    inputBias: packed('attention.inputBias'),
    inputTable: packed('attention.inputTable'),
    tableStride: blockOf('attention.inputTable').tableStride,
    inputAttended: packed('attention.inputAttended'),
    w: packed('attention.w'),
    v: packed('attention.v'),
    queryBias: packed('attention.queryBias'),
    queryC: packed('attention.queryC'),
    queryH: packed('attention.queryH'),
    outputBias: packed('attention.outputBias'),
    outputH: packed('attention.outputH'),
    outputAttended: packed('attention.outputAttended'),
    slotOffsets: place.slotOffsets,
  });
  new Int32Array(buffer, place.slotOffsets, shape.attnLength).forEach((_, slot, offsets) => {
    offsets[slot] = slot * stride;
  });
}
