import { describe, expect, it } from 'vitest';
import * as builds from '../../src/kernels/generated/training.js';
import { planLayout } from '../../src/kernels/layout.js';
import { chooseModule, createMemory } from '../../src/kernels/module.js';
import { TrainingKernels } from '../../src/kernels/training.js';
import { type NetworkShape, sizeOf, variableShapes } from '../../src/model/weights.js';
import { reference } from './reference.js';
import { capacityFor, distance, randomBatch, randomVariables } from './samples.js';

const { module } = chooseModule(builds, 'simd');

function kernelsFor(shape: NetworkShape, batch: ReturnType<typeof randomBatch>, variables: readonly Float32Array[]): TrainingKernels {
  const layout = planLayout(shape, capacityFor(batch));
  const kernels = new TrainingKernels(module, createMemory(layout.bytes, true), layout);
  variables.forEach((values, i) => kernels.variables[i]?.set(values));
  return kernels;
}

const cases: { name: string; shape: NetworkShape; lengths: readonly number[] }[] = [
  { name: 'one layer of 3 units', shape: { inputSize: 5, numClasses: 3, layerSizes: [3], attnLength: 0 }, lengths: [6, 4, 4, 1, 1] },
  {
    name: 'two layers of odd sizes',
    shape: { inputSize: 11, numClasses: 9, layerSizes: [10, 7], attnLength: 0 },
    lengths: [9, 8, 8, 5, 3, 2, 1],
  },
  { name: 'three layers, one melody', shape: { inputSize: 4, numClasses: 2, layerSizes: [8, 16, 5], attnLength: 0 }, lengths: [7] },
  { name: 'attention, fewer steps than slots', shape: { inputSize: 7, numClasses: 5, layerSizes: [6], attnLength: 9 }, lengths: [5, 3, 3] },
  {
    name: 'attention, more steps than slots, two layers',
    shape: { inputSize: 9, numClasses: 4, layerSizes: [5, 9], attnLength: 3 },
    lengths: [9, 8, 4, 4, 1],
  },
];

describe('the gradient of a whole network', () => {
  for (const { name, shape, lengths } of cases) {
    for (const keep of [1, 0.6]) {
      it(`equals the one derived from the formulas: ${name}, keep ${keep}`, () => {
        const batch = randomBatch(shape, lengths, 1);
        const variables = randomVariables(shape, 2);
        const drop = { seed: 12345, step: 7, keep };
        const kernels = kernelsFor(shape, batch, variables);
        const result = kernels.gradient(batch, drop);
        const expected = reference(shape, variables, batch, drop);
        expect(distance(result.losses, expected.losses)).toBeLessThan(2e-6);
        // The scores' gradients are small differences of large terms; float32 leaves them some 2e-5 of their size.
        const tolerance = shape.attnLength > 0 ? 4e-5 : 1e-5;
        [...variableShapes(shape)].forEach(([variable, dimensions], i) => {
          expect(kernels.gradients[i]?.length, variable).toBe(sizeOf(dimensions));
          expect(distance(kernels.gradients[i] ?? [], expected.gradients[i] ?? []), variable).toBeLessThan(tolerance);
        });
      });
    }
  }
});
