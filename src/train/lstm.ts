// One LSTM layer over a whole packed batch (spec F.1), with its gradient written by hand: per-operation differentiation would record
// a dozen small tensors for every step. Products run on the engine, the gates in plain loops.

import * as tf from '@tensorflow/tfjs-core';
import { type CellStep, stepCell, stepCellBack } from './cell.js';
import { type PackedBatch, previousStep } from './packed-batch.js';
import { addBias, columnSums, outerProduct, product, valuesOf } from './products.js';

/** What the forward pass leaves for the way back; packed. */
interface Trace {
  readonly gates: Float32Array;
  readonly c: Float32Array;
  readonly cPrevious: Float32Array;
  readonly tanhC: Float32Array;
  readonly h: Float32Array;
}

/**
 * The outputs [tokens, units] of a layer.
 * @param input [tokens, inputs]; when `constantInput` is set no gradient reaches it.
 * @param kernel [inputs + units, 4 * units]
 * @param bias [4 * units]
 */
export function lstmLayer(
  input: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D,
  batch: PackedBatch,
  { constantInput }: { constantInput: boolean },
): tf.Tensor2D {
  const units = bias.size / 4;
  const inputs: tf.Tensor[] = constantInput ? [kernel, bias] : [kernel, bias, input];
  return tf.customGrad((...given) => {
    const save = given[inputs.length] as unknown as tf.GradSaveFunc;
    const trace = forward(input, kernel, bias, batch);
    save([input]);
    return {
      value: tf.tensor2d(trace.h, [batch.tokens, units]),
      gradFunc: (dH, saved) => backward(dH as tf.Tensor2D, (saved as tf.Tensor[])[0] as tf.Tensor2D, kernel, trace, batch, constantInput),
    };
  })(...inputs) as tf.Tensor2D;
}

function stepOf(trace: Trace, batch: PackedBatch, t: number, units: number): CellStep {
  const from = batch.stepStart[t] as number;
  const to = batch.stepStart[t + 1] as number;
  const view = (x: Float32Array, width: number): Float32Array => x.subarray(from * width, to * width);
  return {
    rows: to - from,
    units,
    gates: view(trace.gates, 4 * units),
    cPrevious: view(trace.cPrevious, units),
    c: view(trace.c, units),
    tanhC: view(trace.tanhC, units),
  };
}

function forward(input: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, batch: PackedBatch): Trace {
  const [inputs, units] = [input.shape[1], bias.size / 4];
  const { steps, activeRows, stepStart, tokens } = batch;
  const gates = valuesOf(tf.tidy(() => tf.matMul(input, tf.slice(kernel, [0, 0], [inputs, 4 * units]))));
  addBias(gates, bias.dataSync<'float32'>());
  const recurrent = tf.slice(kernel, [inputs, 0], [units, 4 * units]);
  const packed = (): Float32Array => new Float32Array(tokens * units);
  const trace: Trace = { gates, c: packed(), cPrevious: packed(), tanhC: packed(), h: packed() };
  for (let t = 0; t < steps; t++) {
    const step = stepOf(trace, batch, t, units);
    const start = (stepStart[t] as number) * units;
    if (t > 0) {
      const rows = activeRows[t] as number;
      const before = (stepStart[t - 1] as number) * units;
      const added = product(trace.h.subarray(before, before + rows * units), rows, recurrent);
      for (let i = 0; i < added.length; i++) step.gates[i] = (step.gates[i] as number) + (added[i] as number);
      step.cPrevious.set(trace.c.subarray(before, before + rows * units));
    }
    stepCell(step, trace.h.subarray(start, start + step.rows * units));
  }
  recurrent.dispose();
  return trace;
}

/** The gradients of kernel, bias and, unless it is constant, input. */
function backward(
  dOutput: tf.Tensor2D,
  input: tf.Tensor2D,
  kernel: tf.Tensor2D,
  trace: Trace,
  batch: PackedBatch,
  constantInput: boolean,
): tf.Tensor[] {
  const { steps, stepStart, tokens, rows } = batch;
  const units = dOutput.shape[1];
  const inputs = kernel.shape[0] - units;
  const transposed = tf.transpose(kernel);
  const recurrent = tf.slice(transposed, [0, inputs], [4 * units, units]);
  const outer = dOutput.dataSync<'float32'>();
  const dGates = new Float32Array(tokens * 4 * units);
  // Rows that have not begun, seen from the end, receive nothing from later steps: they stay zero until their last step.
  const dH = new Float32Array(rows * units);
  const dC = new Float32Array(rows * units);
  for (let t = steps - 1; t >= 0; t--) {
    const step = stepOf(trace, batch, t, units);
    const start = stepStart[t] as number;
    const size = step.rows * units;
    for (let i = 0; i < size; i++) dH[i] = (dH[i] as number) + (outer[start * units + i] as number);
    const dStep = dGates.subarray(start * 4 * units, (start + step.rows) * 4 * units);
    stepCellBack(step, dH, dC, dStep);
    if (t > 0) dH.set(product(dStep, step.rows, recurrent));
  }
  const all = tf.tensor2d(dGates, [tokens, 4 * units]);
  const dKernel = tf.tidy(() =>
    tf.concat([tf.matMul(tf.transpose(input), all), outerProduct(previousStep(batch, trace.h, units), dGates, tokens)], 0),
  );
  const gradients: tf.Tensor[] = [dKernel, columnSums(dGates, 4 * units)];
  if (!constantInput) gradients.push(tf.tidy(() => tf.matMul(all, tf.slice(transposed, [0, 0], [4 * units, inputs]))));
  tf.dispose([transposed, recurrent, all]);
  return gradients;
}
