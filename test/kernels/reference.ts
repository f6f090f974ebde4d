// A melody RNN in float64, written from the formulas (spec F.1-F.3, F.5) one melody and one step at a time: what the kernels are held
// against. Its gradient comes from the tape, so it shares nothing with the kernels' own.

import type { KernelBatch } from '../../src/kernels/batch.js';
import { rowBits, stepBits, unitBits } from '../../src/kernels/dropout.js';
import { type NetworkShape, variableShapes } from '../../src/model/weights.js';
import { type Scalar, Tape } from './tape.js';

/** For each row: its steps' inputs as [column, value] pairs, and labels. */
interface Row {
  readonly inputs: readonly (readonly (readonly [number, number])[])[];
  readonly labels: readonly number[];
}

export interface Expected {
  /** Packed like the batch. */
  readonly losses: Float64Array;
  readonly logits: readonly (readonly number[])[];
  /** The attention's scores, of every row, step and slot. */
  readonly scores: readonly number[];
  /** Gradients of the mean loss, in the order of the variables. */
  readonly gradients: readonly Float64Array[];
}

/** The batch taken apart again into rows. */
function rowsOf(batch: KernelBatch): Row[] {
  return Array.from({ length: batch.rows }, (_, row) => {
    const inputs: [number, number][][] = [];
    const labels: number[] = [];
    for (let t = 0; t < batch.steps && row < (batch.activeRows[t] as number); t++) {
      const token = (batch.stepStart[t] as number) + row;
      const { rowStart, columns, signs } = batch.inputs;
      const step: [number, number][] = [];
      for (let k = rowStart[token] as number; k < (rowStart[token + 1] as number); k++)
        step.push([columns[k] as number, signs[k] as number]);
      inputs.push(step);
      labels.push(batch.labels[token] as number);
    }
    return { inputs, labels };
  });
}

export function reference(
  shape: NetworkShape,
  variables: readonly ArrayLike<number>[],
  batch: KernelBatch,
  drop?: { seed: number; step: number; keep: number },
): Expected {
  const tape = new Tape();
  const taped = variables.map((values) => Array.from(values, (value) => tape.constant(value)));
  const named = new Map(
    [...variableShapes(shape).keys()].map((name, i) => [
      name.split('/').slice(-2).join('/') + (name.match(/cell_(\d+)/)?.[1] ?? ''),
      taped[i] as Scalar[],
    ]),
  );
  const variable = (name: string): Scalar[] => {
    const found = named.get(name);
    if (!found) throw new Error(`no variable ${name} among ${[...named.keys()]}`);
    return found;
  };
  const losses = new Float64Array(batch.tokens);
  const logits: number[][] = [];
  const allScores: number[] = [];
  const lossTerms: Scalar[] = [];
  const zero = tape.constant(0);

  rowsOf(batch).forEach((row, rowNumber) => {
    const state = shape.layerSizes.map((units) => ({ c: new Array<Scalar>(units).fill(zero), h: new Array<Scalar>(units).fill(zero) }));
    const units0 = shape.layerSizes[0] as number;
    let attended = new Array<Scalar>(units0).fill(zero);
    const memory: Scalar[][] = Array.from({ length: shape.attnLength }, () => new Array<Scalar>(units0).fill(zero));

    row.inputs.forEach((sparse, t) => {
      const dense = new Array<Scalar>(shape.inputSize).fill(zero);
      for (const [column, value] of sparse) dense[column] = tape.add(dense[column] as Scalar, tape.constant(value));
      let x = dense;
      shape.layerSizes.forEach((units, level) => {
        const attends = level === 0 && shape.attnLength > 0;
        if (attends) {
          const wide = tape.product(
            [...x, ...attended],
            variable('attention_cell_wrapper/kernel0'),
            0,
            variable('attention_cell_wrapper/bias0'),
          );
          x = wide;
        }
        const cell = state[level] as { c: Scalar[]; h: Scalar[] };
        const z = tape.product([...x, ...cell.h], variable(`basic_lstm_cell/kernel${level}`), 0, variable(`basic_lstm_cell/bias${level}`));
        const gate = (k: number): Scalar[] => z.slice(k * units, (k + 1) * units);
        const [i, j, f, o] = [gate(0), gate(1), gate(2), gate(3)] as [Scalar[], Scalar[], Scalar[], Scalar[]];
        cell.c = cell.c.map((c, u) =>
          tape.add(
            tape.multiply(c, tape.sigmoid(tape.add(f[u] as Scalar, tape.constant(1)))),
            tape.multiply(tape.sigmoid(i[u] as Scalar), tape.tanh(j[u] as Scalar)),
          ),
        );
        cell.h = cell.c.map((c, u) => tape.multiply(tape.tanh(c), tape.sigmoid(o[u] as Scalar)));
        let out = cell.h;
        if (attends) {
          const none = new Array<Scalar>(units).fill(zero);
          const y = tape.product([...cell.c, ...cell.h], variable('attention/kernel0'), 0, variable('attention/bias0'));
          const scores = memory.map((slot) => {
            const projected = tape.product(slot, variable('attention/attn_w0'), 0, none);
            return tape.sum(
              projected.map((p, u) => tape.multiply(variable('attention/attn_v0')[u] as Scalar, tape.tanh(tape.add(p, y[u] as Scalar)))),
            );
          });
          allScores.push(...scores.map((score) => tape.value(score)));
          const weights = tape.softmax(scores);
          attended = none.map((_, u) => tape.sum(memory.map((slot, s) => tape.multiply(weights[s] as Scalar, slot[u] as Scalar))));
          out = tape.product(
            [...cell.h, ...attended],
            variable('attn_output_projection/kernel0'),
            0,
            variable('attn_output_projection/bias0'),
          );
          memory.shift();
          memory.push(out);
        }
        if (drop) {
          const bits = rowBits(stepBits(drop.seed, drop.step), level, rowNumber, t);
          x = out.map((value, u) => tape.scale(value, unitBits(bits, u) < drop.keep * 2 ** 32 ? 1 / drop.keep : 0));
        } else {
          x = out;
        }
      });
      const scores = tape.product(x, variable('fully_connected/weights'), 0, variable('fully_connected/biases'));
      const chosen = tape.softmax(scores)[row.labels[t] as number] as Scalar;
      const loss = tape.scale(tape.log(chosen), -1);
      const token = (batch.stepStart[t] as number) + rowNumber;
      losses[token] = tape.value(loss);
      logits[token] = scores.map((score) => tape.value(score));
      lossTerms.push(loss);
    });
  });
  const slopes = tape.gradient(tape.scale(tape.sum(lossTerms), 1 / batch.tokens));
  return { losses, logits, scores: allScores, gradients: taped.map((list) => Float64Array.from(list, (entry) => slopes[entry] as number)) };
}
