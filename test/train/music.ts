// Small examples for the tests of training: melodies of the real encoders, made from seeded random numbers.

import { Random } from '../../src/core/random.js';
import { CONFIGURATIONS, type ConfigName } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import type { Example } from '../../src/encoding/example.js';
import { createDataset, type Dataset } from '../../src/train/dataset.js';

/** `length` events in the range of every configuration: notes, holds and rests. */
export function randomMelody(random: Random, length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const kind = random.integer(10);
    return i > 0 && kind < 4 ? -2 : kind === 9 ? -1 : 55 + random.integer(20);
  });
}

/** A data set of random melodies with these numbers of steps. */
export function randomDataset(config: ConfigName, steps: readonly number[], seed = 1): Dataset {
  const random = new Random(seed);
  return datasetOf(
    config,
    steps.map((n) => randomMelody(random, n + 1)),
  );
}

/** The data set of these melodies. */
export function datasetOf(config: ConfigName, melodies: readonly (readonly number[])[]): Dataset {
  const encoder = createEncoder(CONFIGURATIONS[config].encoding);
  const examples: Example[] = melodies.map((events) => encoder.encode(events));
  return createDataset(examples, encoder);
}
