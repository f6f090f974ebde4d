// The weights a network begins with (spec F.4): Glorot uniform from the run's seed; every bias zero.

import { Random } from '../core/random.js';
import { type NetworkShape, sizeOf, variableShapes, type Weights } from '../model/weights.js';

/** The weights of an untrained network: the same for the same shape and seed. */
export function initialWeights(shape: NetworkShape, seed: number): Weights {
  const random = new Random(seed).derive('initial weights');
  return new Map(
    [...variableShapes(shape)].map(([name, dimensions]) => {
      const data = new Float32Array(sizeOf(dimensions));
      if (!/\/bias(es)?$/.test(name)) {
        const [fanIn, fanOut] = [dimensions.at(-2) ?? data.length, dimensions.at(-1) ?? data.length];
        const limit = Math.sqrt(6 / (fanIn + fanOut));
        for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * limit;
      }
      return [name, { shape: dimensions, data }];
    }),
  );
}
