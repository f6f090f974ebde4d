import { describe, expect, it } from 'vitest';
import { rowOf } from '../../src/encoding/example.js';
import * as builds from '../../src/kernels/generated/playing.js';
import { chooseModule } from '../../src/kernels/module.js';
import { PlayingKernels } from '../../src/kernels/playing.js';
import { MelodyNetwork } from '../../src/model/network.js';
import { type NetworkShape, variableShapes } from '../../src/model/weights.js';
import { reference } from './reference.js';
import { distance, randomBatch, randomVariables } from './samples.js';

const { module } = chooseModule(builds);
const shapes: Record<string, NetworkShape> = {
  'one layer': { inputSize: 6, numClasses: 3, layerSizes: [5], attnLength: 0 },
  'three layers': { inputSize: 20, numClasses: 11, layerSizes: [12, 33, 8], attnLength: 0 },
  attention: { inputSize: 9, numClasses: 4, layerSizes: [6, 10], attnLength: 4 },
};

for (const [name, shape] of Object.entries(shapes)) {
  describe(`playing step by step: ${name}`, () => {
    const batch = randomBatch(shape, [11], 1);
    const variables = randomVariables(shape, 2);
    const logits = new Float32Array(shape.numClasses);

    it('gives the logits of the formulas', () => {
      const kernels = new PlayingKernels(module, shape, variables);
      const state = kernels.createState();
      const expected = reference(shape, variables, batch);
      for (let t = 0; t < batch.steps; t++) {
        kernels.step(rowOf(batch.inputs, t), state, logits);
        expect(distance(logits, expected.logits[t] ?? []), `step ${t}`).toBeLessThan(2e-6);
      }
      expect(state.steps).toBe(batch.steps);
    });

    it('continues from a copied state as if nothing had come between', () => {
      const kernels = new PlayingKernels(module, shape, variables);
      const [state, copy, other] = [kernels.createState(), kernels.createState(), kernels.createState()];
      for (let t = 0; t < 6; t++) kernels.step(rowOf(batch.inputs, t), state, logits);
      kernels.copyState(state, copy);
      const straight = new Float32Array(shape.numClasses);
      for (let t = 6; t < 11; t++) kernels.step(rowOf(batch.inputs, t), state, straight);
      kernels.step(rowOf(batch.inputs, 3), other, logits);
      for (let t = 6; t < 11; t++) kernels.step(rowOf(batch.inputs, t), copy, logits);
      expect(logits).toEqual(straight);
      // A state that is played and then overwritten starts from what was copied into it.
      kernels.copyState(kernels.createState(), copy);
      kernels.step(rowOf(batch.inputs, 3), copy, logits);
      const fresh = new Float32Array(shape.numClasses);
      kernels.step(rowOf(batch.inputs, 3), kernels.createState(), fresh);
      expect(logits).toEqual(fresh);
    });

    it('agrees with the network in plain JavaScript over many steps', () => {
      const long = randomBatch(shape, [200], 5);
      const kernels = new PlayingKernels(module, shape, variables);
      const weights = new Map(
        [...variableShapes(shape)].map(([key, dimensions], i) => [key, { shape: dimensions, data: variables[i] as Float32Array }]),
      );
      const plain = new MelodyNetwork(shape, weights);
      const [state, plainState] = [kernels.createState(), plain.createState()];
      const plainLogits = new Float32Array(shape.numClasses);
      for (let t = 0; t < long.steps; t++) {
        kernels.step(rowOf(long.inputs, t), state, logits);
        plain.step(rowOf(long.inputs, t), plainState, plainLogits);
      }
      expect(distance(logits, plainLogits)).toBeLessThan(3e-6);
    });
  });
}

describe('what does not fit', () => {
  const shape = shapes.attention as NetworkShape;
  const variables = randomVariables(shape, 2);

  it('is refused: weights of another shape', () => {
    expect(() => new PlayingKernels(module, shape, variables.slice(1))).toThrow(/weights/);
    expect(() => new PlayingKernels(module, { ...shape, layerSizes: [6, 11] }, variables)).toThrow(/weights/);
  });

  it('is refused: an input or state of another network', () => {
    const kernels = new PlayingKernels(module, shape, variables);
    const logits = new Float32Array(shape.numClasses);
    const row = (column: number) => ({ length: 1, columns: Uint16Array.of(column), signs: Int8Array.of(1) });
    expect(() => kernels.step(row(9), kernels.createState(), logits)).toThrow(/column 9/);
    expect(() => kernels.step(row(8), { values: new Float32Array(3), steps: 0 }, logits)).toThrow(/another network/);
  });
});
