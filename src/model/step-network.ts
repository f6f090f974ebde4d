// Which implementation plays a network: the WebAssembly kernels where they run, plain typed arrays elsewhere, and for attention around all
// layers, which the kernels do not know. Both give the same to 1e-6.

import { MstError } from '../core/errors.js';
import * as builds from '../kernels/generated/playing.js';
import { chooseModule } from '../kernels/module.js';
import { PlayingKernels } from '../kernels/playing.js';
import type { WasmModule } from '../kernels/webassembly.js';
import { MelodyNetwork, type StepNetwork } from './network.js';
import { checkWeights, type NetworkShape, tensorOf, variableShapes, type Weights } from './weights.js';

/** The compiled kernels, once asked for; null where they do not run. */
let compiled: WasmModule | null | undefined;

function kernelModule(): WasmModule | null {
  if (compiled !== undefined) return compiled;
  try {
    compiled = chooseModule(builds).module;
  } catch (error) {
    if (!(error instanceof MstError && error.code === 'engine')) throw error;
    compiled = null;
  }
  return compiled;
}

/** A network ready to play. @throws MstError `bad-model` when the weights are not those of a network of this shape */
export function createStepNetwork(shape: NetworkShape, weights: Weights): StepNetwork {
  const module = kernelModule();
  if (module === null || shape.attnLayers === 'all') return new MelodyNetwork(shape, weights);
  checkWeights(weights, shape);
  const values = [...variableShapes(shape).keys()].map((name) => tensorOf(weights, name).data);
  return new PlayingKernels(module, shape, values);
}
