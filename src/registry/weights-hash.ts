// The hash by which recordings, and the page, know a model: that of its weights.

import { createHash } from 'node:crypto';
import type { Weights } from '../model/weights.js';

/** SHA-256 of all weights, with their names and shapes, in hexadecimal. */
export function hashOfWeights(weights: Weights): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of weights) {
    hash.update(`${name} ${shape.join('x')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
