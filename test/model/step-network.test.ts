// The kernels and the plain network are two implementations of one thing; the plain one agrees with Magenta's probabilities
// (network.test.ts), so the kernels are held to it.

import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import { PlayingKernels } from '../../src/kernels/playing.js';
import { MelodyNetwork, type StepNetwork } from '../../src/model/network.js';
import { createStepNetwork } from '../../src/model/step-network.js';
import { type NetworkShape, sizeOf, variableShapes, type Weights } from '../../src/model/weights.js';

/** Weights as large as training begins with (Glorot), biases of the same size. */
function randomWeights(shape: NetworkShape): Weights {
  const random = new Random(4);
  const limit = (dimensions: readonly number[]): number => Math.sqrt(6 / ((dimensions.at(-2) ?? 0) + (dimensions.at(-1) ?? 1)));
  const values = (dimensions: readonly number[]): Float32Array =>
    Float32Array.from({ length: sizeOf(dimensions) }, () => (2 * random.uniform() - 1) * limit(dimensions));
  return new Map([...variableShapes(shape)].map(([name, dimensions]) => [name, { shape: dimensions, data: values(dimensions) }]));
}

function probabilities(logits: Float32Array): number[] {
  const weights = Array.from(logits, Math.exp);
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

describe.each(CONFIG_NAMES)('%s', (name) => {
  const { encoding, hparams } = configuration(name);
  const encoder = createEncoder(encoding);
  const { inputSize, numClasses } = encoder;

  it.each([[[8]], [[128, 128]], [[13, 5, 21]]])(
    'plays layers of %j in WebAssembly as in plain JavaScript, probabilities to 1e-6',
    (layerSizes) => {
      const shape = { inputSize, numClasses, layerSizes, attnLength: hparams.attnLength };
      const weights = randomWeights(shape);
      const kernels = createStepNetwork(shape, weights);
      expect(kernels).toBeInstanceOf(PlayingKernels);
      const networks: StepNetwork[] = [kernels, new MelodyNetwork(shape, weights)];
      const states = networks.map((network) => network.createState());
      const logits = networks.map(() => new Float32Array(numClasses));
      const random = new Random(9);
      const cursor = encoder.start();
      for (let step = 0; step < 100; step++) {
        cursor.push(random.integer(3) === 0 ? 48 + random.integer(36) : -2);
        // Halfway through, the state is taken away and brought back, as a player does who rewinds.
        if (step === 50) {
          networks.forEach((network, i) => {
            const kept = network.createState();
            network.copyState(states[i] as ReturnType<StepNetwork['createState']>, kept);
            network.step(cursor.input(), network.createState(), logits[i] as Float32Array);
            states[i] = kept;
          });
        }
        networks.forEach((network, i) => {
          network.step(cursor.input(), states[i] as ReturnType<StepNetwork['createState']>, logits[i] as Float32Array);
        });
        const [ours = [], theirs = []] = logits.map((values) => probabilities(values));
        expect(Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] as number))))).toBeLessThan(1e-6);
      }
    },
  );
});
