// Layer 0 of attention_rnn over a whole packed batch: an LSTM cell in Magenta's attention wrapper (spec F.2), or all cells, one upon the other,
// as before May 2017 (spec H.2b), with its gradient by hand.
// Each memory slot's product with attn_w is computed once, when the slot is written, and only what all steps share is kept for the way back.

import * as tf from '@tensorflow/tfjs-core';
import { type CellStep, stepCell, stepCellBack } from './cell.js';
import { type PackedBatch, writeInputs } from './packed-batch.js';
import { addBias, columnSums, copyColumns, outerProduct, product } from './products.js';

/** One LSTM cell: [inputs + units, 4 * units] and [4 * units]. */
export interface CellVariables {
  readonly kernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

/** The wrapper's variables, in the order in which gradients come back; `units` are those of the top cell. */
export interface AttentionVariables {
  /** [inputs + units, inputs] and [inputs]: x' from the input and the last attention. */
  readonly inputKernel: tf.Tensor2D;
  readonly inputBias: tf.Tensor1D;
  /** Bottom first, at least one. */
  readonly cells: readonly CellVariables[];
  /** [1, 1, units, units] and [units]. */
  readonly attnW: tf.Tensor;
  readonly attnV: tf.Tensor1D;
  /** [2 * units of all cells, units] and [units]: the query from the states of the cells. */
  readonly queryKernel: tf.Tensor2D;
  readonly queryBias: tf.Tensor1D;
  /** [2 * units, units] and [units]. */
  readonly outputKernel: tf.Tensor2D;
  readonly outputBias: tf.Tensor1D;
}

/** What the forward pass of one cell leaves, packed. */
interface CellTrace {
  readonly inputs: number;
  readonly units: number;
  /** Where its [c, h] begins in the states of all cells. */
  readonly at: number;
  /** [what comes from below, h before the step] */
  readonly cellInputs: Float32Array;
  readonly gates: Float32Array;
  readonly c: Float32Array;
  readonly cPrevious: Float32Array;
  readonly tanhC: Float32Array;
}

/** Everything of the forward pass the way back needs, packed; a pair such as `wrapperInputs` holds two values side by side. */
class Trace {
  readonly inputs: number;
  readonly units: number;
  readonly slots: number;
  /** [x, attention before the step] */
  readonly wrapperInputs: Float32Array;
  readonly cells: readonly CellTrace[];
  /** [c, h] of every cell, bottom first. */
  readonly states: Float32Array;
  readonly stateWidth: number;
  readonly queries: Float32Array;
  /** The weight of each memory slot, [tokens, slots], oldest slot first. */
  readonly weights: Float32Array;
  /** [h, attention] */
  readonly outputInputs: Float32Array;
  readonly outputs: Float32Array;
  /** Each output's product with attn_w. */
  readonly keys: Float32Array;

  /** @param layers units of each cell, bottom first */
  constructor(batch: PackedBatch, layers: readonly number[], slots: number) {
    const units = layers.at(-1) ?? 0;
    this.inputs = batch.inputSize;
    this.units = units;
    this.slots = slots;
    const packed = (width: number): Float32Array => new Float32Array(batch.tokens * width);
    this.wrapperInputs = writeInputs(batch, packed(this.inputs + units), this.inputs + units);
    let at = 0;
    this.cells = layers.map((own, layer) => {
      const inputs = layers[layer - 1] ?? this.inputs;
      const cell = { inputs, units: own, at, cellInputs: packed(inputs + own), gates: packed(4 * own) };
      at += 2 * own;
      return { ...cell, c: packed(own), cPrevious: packed(own), tanhC: packed(own) };
    });
    this.stateWidth = at;
    this.states = packed(at);
    this.queries = packed(units);
    this.weights = packed(slots);
    this.outputInputs = packed(2 * units);
    this.outputs = packed(units);
    this.keys = packed(units);
  }

  /** Views of the active rows of a step. */
  at(batch: PackedBatch, t: number): { rows: number; view(x: Float32Array, width: number): Float32Array; cells: CellStep[] } {
    const from = batch.stepStart[t] as number;
    const to = batch.stepStart[t + 1] as number;
    const view = (x: Float32Array, width: number): Float32Array => x.subarray(from * width, to * width);
    const rows = to - from;
    const cells = this.cells.map(({ units, gates, cPrevious, c, tanhC }) => ({
      rows,
      units,
      gates: view(gates, 4 * units),
      cPrevious: view(cPrevious, units),
      c: view(c, units),
      tanhC: view(tanhC, units),
    }));
    return { rows, view, cells };
  }
}

/** The outputs [tokens, units] of the layer; `slots` is Magenta's attn_length. */
export function attentionLayer(variables: AttentionVariables, batch: PackedBatch, slots: number): tf.Tensor2D {
  const units = variables.attnV.size;
  return tf.customGrad(() => {
    const layers = variables.cells.map(({ bias }) => bias.size / 4);
    const trace = forward(variables, batch, new Trace(batch, layers, slots));
    return {
      value: tf.tensor2d(trace.outputs, [batch.tokens, units]),
      gradFunc: (dOutput) => backward(variables, batch, trace, (dOutput as tf.Tensor2D).dataSync<'float32'>()),
    };
  })(
    variables.inputKernel,
    variables.inputBias,
    ...variables.cells.flatMap(({ kernel, bias }) => [kernel, bias]),
    variables.attnW,
    variables.attnV,
    variables.queryKernel,
    variables.queryBias,
    variables.outputKernel,
    variables.outputBias,
  ) as tf.Tensor2D;
}

/** tanh of each slot's key plus the query, [slots * rows, units], and the slots' scores, [slots * rows]. Empty slots have zero keys. */
function scoreSlots(trace: Trace, batch: PackedBatch, t: number, attnV: tf.Tensor1D): { squashed: tf.Tensor2D; scores: tf.Tensor } {
  const { units, slots } = trace;
  const rows = batch.activeRows[t] as number;
  return tf.tidy(() => {
    const keys = new Float32Array(slots * rows * units);
    for (let slot = Math.max(0, slots - t); slot < slots; slot++) {
      const from = (batch.stepStart[t - slots + slot] as number) * units;
      keys.set(trace.keys.subarray(from, from + rows * units), slot * rows * units);
    }
    const { view } = trace.at(batch, t);
    const sum = tf.add(tf.tensor3d(keys, [slots, rows, units]), tf.tensor2d(view(trace.queries, units), [rows, units]));
    // tanh(x) = 2 sigmoid(2x) - 1: the WebAssembly engine's own tanh is ten times slower.
    const squashed = tf.reshape(tf.sub(tf.mul(tf.sigmoid(tf.mul(sum, 2)), 2), 1), [slots * rows, units]) as tf.Tensor2D;
    return { squashed, scores: tf.matMul(squashed, tf.reshape(attnV, [units, 1])) };
  });
}

/** Softmax over the slots of each row: from scores [slots, rows] to weights [rows, slots]. */
function softmaxSlots(scores: Float32Array, rows: number, slots: number, weights: Float32Array): void {
  for (let r = 0; r < rows; r++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let l = 0; l < slots; l++) max = Math.max(max, scores[l * rows + r] as number);
    let sum = 0;
    for (let l = 0; l < slots; l++) sum += Math.exp((scores[l * rows + r] as number) - max);
    for (let l = 0; l < slots; l++) weights[r * slots + l] = Math.exp((scores[l * rows + r] as number) - max) / sum;
  }
}

function forward(variables: AttentionVariables, batch: PackedBatch, trace: Trace): Trace {
  const { inputs, units, slots, stateWidth } = trace;
  const [inputBias, queryBias, outputBias] = (['inputBias', 'queryBias', 'outputBias'] as const).map((name) =>
    variables[name].dataSync<'float32'>(),
  ) as [Float32Array, Float32Array, Float32Array];
  const cells = variables.cells.map(({ kernel, bias }) => ({ kernel, bias: bias.dataSync<'float32'>() }));
  const attnW = tf.reshape(variables.attnW, [units, units]) as tf.Tensor2D;
  const hidden = trace.cells.map((cell) => new Float32Array(batch.rows * cell.units));
  const attention = new Float32Array(batch.rows * units);
  for (let t = 0; t < batch.steps; t++) {
    const { rows, view, cells: steps } = trace.at(batch, t);
    const active = rows * units;
    copyColumns(attention.subarray(0, active), units, view(trace.wrapperInputs, inputs + units), inputs + units, inputs);
    let x = addBias(product(view(trace.wrapperInputs, inputs + units), rows, variables.inputKernel), inputBias);
    trace.cells.forEach((own, layer) => {
      x = forwardCell(own, steps[layer] as CellStep, cells[layer] as (typeof cells)[number], x, hidden[layer] as Float32Array, batch, t);
      const states = view(trace.states, stateWidth);
      copyColumns((steps[layer] as CellStep).c, own.units, states, stateWidth, own.at);
      copyColumns(x, own.units, states, stateWidth, own.at + own.units);
    });
    view(trace.queries, units).set(addBias(product(view(trace.states, stateWidth), rows, variables.queryKernel), queryBias));
    const { squashed, scores } = scoreSlots(trace, batch, t, variables.attnV);
    softmaxSlots(scores.dataSync<'float32'>(), rows, slots, view(trace.weights, slots));
    tf.dispose([squashed, scores]);
    readMemory(trace, batch, t, attention);
    copyColumns(x, units, view(trace.outputInputs, 2 * units), 2 * units, 0);
    copyColumns(attention.subarray(0, active), units, view(trace.outputInputs, 2 * units), 2 * units, units);
    const output = addBias(product(view(trace.outputInputs, 2 * units), rows, variables.outputKernel), outputBias);
    view(trace.outputs, units).set(output);
    view(trace.keys, units).set(product(output, rows, attnW));
  }
  attnW.dispose();
  return trace;
}

/** One cell's step on `x` [rows, inputs], from what is in `h` and into it; returns the rows of h. */
function forwardCell(
  { inputs, units, cellInputs, c }: CellTrace,
  step: CellStep,
  { kernel, bias }: { kernel: tf.Tensor2D; bias: Float32Array },
  x: Float32Array,
  h: Float32Array,
  batch: PackedBatch,
  t: number,
): Float32Array {
  const width = inputs + units;
  const from = batch.stepStart[t] as number;
  const own = cellInputs.subarray(from * width, (from + step.rows) * width);
  const active = h.subarray(0, step.rows * units);
  copyColumns(x, inputs, own, width, 0);
  copyColumns(active, units, own, width, inputs);
  step.gates.set(addBias(product(own, step.rows, kernel), bias));
  if (t > 0) {
    const before = (batch.stepStart[t - 1] as number) * units;
    step.cPrevious.set(c.subarray(before, before + active.length));
  }
  stepCell(step, h);
  return active;
}

/** The attention of step t: earlier outputs, each by its slot's weight. Empty slots add nothing. */
function readMemory(trace: Trace, batch: PackedBatch, t: number, attention: Float32Array): void {
  const { units, slots, weights, outputs } = trace;
  const rows = batch.activeRows[t] as number;
  const start = batch.stepStart[t] as number;
  attention.fill(0, 0, rows * units);
  for (let slot = Math.max(0, slots - t); slot < slots; slot++) {
    const from = batch.stepStart[t - slots + slot] as number;
    for (let r = 0; r < rows; r++) {
      const weight = weights[(start + r) * slots + slot] as number;
      const o = (from + r) * units;
      for (let u = 0; u < units; u++) {
        const a = r * units + u;
        attention[a] = (attention[a] as number) + weight * (outputs[o + u] as number);
      }
    }
  }
}

/** Gradients that later steps owe to earlier ones and to the attention's own variables. */
interface MemoryGradients {
  /** [tokens, units]: of outputs as memory. */
  readonly dOutputs: Float32Array;
  /** [tokens, units] */
  readonly dKeys: Float32Array;
  readonly dV: Float64Array;
}

/** The way back through one step's attention: adds to `gradients` and returns the gradient of the queries, [rows, units]. */
function attendBack(
  { units, slots, weights, outputs }: Trace,
  batch: PackedBatch,
  t: number,
  squashed: Float32Array,
  v: Float32Array,
  dAttention: Float32Array,
  { dOutputs, dKeys, dV }: MemoryGradients,
): Float32Array {
  const rows = batch.activeRows[t] as number;
  const start = batch.stepStart[t] as number;
  const firstFull = Math.max(0, slots - t);
  const dQueries = new Float32Array(rows * units);
  const dWeights = new Float64Array(slots);
  for (let r = 0; r < rows; r++) {
    const d = r * units;
    let mean = 0;
    for (let slot = firstFull; slot < slots; slot++) {
      const weight = weights[(start + r) * slots + slot] as number;
      const o = ((batch.stepStart[t - slots + slot] as number) + r) * units;
      let sum = 0;
      for (let u = 0; u < units; u++) {
        const given = dAttention[d + u] as number;
        sum += given * (outputs[o + u] as number);
        dOutputs[o + u] = (dOutputs[o + u] as number) + weight * given;
      }
      dWeights[slot] = sum;
      mean += weight * sum;
    }
    for (let slot = 0; slot < slots; slot++) {
      const full = slot >= firstFull;
      const dScore = (weights[(start + r) * slots + slot] as number) * ((full ? (dWeights[slot] as number) : 0) - mean);
      const s = (slot * rows + r) * units;
      const o = full ? ((batch.stepStart[t - slots + slot] as number) + r) * units : 0;
      for (let u = 0; u < units; u++) {
        const e = squashed[s + u] as number;
        dV[u] = (dV[u] as number) + dScore * e;
        const dSum = dScore * (v[u] as number) * (1 - e * e);
        dQueries[d + u] = (dQueries[d + u] as number) + dSum;
        if (full) dKeys[o + u] = (dKeys[o + u] as number) + dSum;
      }
    }
  }
  return dQueries;
}

/** Adds columns `from` to `from + width` of rows that are `stride` apart to `target` [rows, width]. */
function addColumns(target: Float32Array, source: Float32Array, stride: number, from: number, width: number): void {
  for (let i = 0, s = from; s < source.length; i += width, s += stride) {
    for (let u = 0; u < width; u++) target[i + u] = (target[i + u] as number) + (source[s + u] as number);
  }
}

function backward(variables: AttentionVariables, batch: PackedBatch, trace: Trace, dOuter: Float32Array): tf.Tensor[] {
  const { inputs, units, stateWidth } = trace;
  const { tokens } = batch;
  const transposed = tf.tidy(() => ({
    input: tf.transpose(tf.slice(variables.inputKernel, [inputs, 0], [units, inputs])) as tf.Tensor2D,
    query: tf.transpose(variables.queryKernel) as tf.Tensor2D,
    output: tf.transpose(variables.outputKernel) as tf.Tensor2D,
    w: tf.transpose(tf.reshape(variables.attnW, [units, units])) as tf.Tensor2D,
  }));
  const transposedCells = variables.cells.map(({ kernel }) => tf.transpose(kernel) as tf.Tensor2D);
  const v = variables.attnV.dataSync<'float32'>();
  const packed = (width: number): Float32Array => new Float32Array(tokens * width);
  const memory: MemoryGradients = { dOutputs: Float32Array.from(dOuter), dKeys: packed(units), dV: new Float64Array(units) };
  const dInputs = packed(inputs);
  const dQueries = packed(units);
  const state = (width: number): Float32Array => new Float32Array(batch.rows * width);
  const dAttention = state(units);
  const cells = trace.cells.map((cell) => ({ ...cell, dGates: packed(4 * cell.units), dH: state(cell.units), dC: state(cell.units) }));
  const top = cells.at(-1) as (typeof cells)[number];
  for (let t = batch.steps - 1; t >= 0; t--) {
    const { rows, view, cells: steps } = trace.at(batch, t);
    const dOutput = view(memory.dOutputs, units);
    addColumns(dOutput, product(view(memory.dKeys, units), rows, transposed.w), units, 0, units);
    const dPair = product(dOutput, rows, transposed.output);
    addColumns(top.dH, dPair, 2 * units, 0, units);
    addColumns(dAttention, dPair, 2 * units, units, units);
    const { squashed, scores } = scoreSlots(trace, batch, t, variables.attnV);
    const dQuery = attendBack(trace, batch, t, squashed.dataSync<'float32'>(), v, dAttention, memory);
    tf.dispose([squashed, scores]);
    view(dQueries, units).set(dQuery);
    const dState = product(dQuery, rows, transposed.query);
    const dInput = view(dInputs, inputs);
    for (let layer = cells.length - 1; layer >= 0; layer--) {
      const { inputs: below, units: own, at, dGates, dH, dC } = cells[layer] as (typeof cells)[number];
      addColumns(dC, dState, stateWidth, at, own);
      addColumns(dH, dState, stateWidth, at + own, own);
      stepCellBack(steps[layer] as CellStep, dH, dC, view(dGates, 4 * own));
      const dCell = product(view(dGates, 4 * own), rows, transposedCells[layer] as tf.Tensor2D);
      dH.fill(0, 0, rows * own);
      addColumns(dH, dCell, below + own, below, own);
      addColumns(cells[layer - 1]?.dH ?? dInput, dCell, below + own, 0, below);
    }
    if (t > 0) dAttention.set(product(dInput, rows, transposed.input));
  }
  tf.dispose([transposed, transposedCells]);
  return [
    outerProduct(trace.wrapperInputs, dInputs, tokens),
    columnSums(dInputs, inputs),
    ...cells.flatMap(({ cellInputs, dGates, units: own }) => [outerProduct(cellInputs, dGates, tokens), columnSums(dGates, 4 * own)]),
    tf.tidy(() => tf.reshape(outerProduct(trace.outputs, memory.dKeys, tokens), [1, 1, units, units])),
    tf.tensor1d(Float32Array.from(memory.dV)),
    outerProduct(trace.states, dQueries, tokens),
    columnSums(dQueries, units),
    outerProduct(trace.outputInputs, memory.dOutputs, tokens),
    columnSums(memory.dOutputs, units),
  ];
}
