// Examples in few bytes: whatever is stored comes out again, and takes the bytes that arithmetic says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { createEncoder } from '../../src/encoding/encoders.js';
import type { Example } from '../../src/encoding/example.js';
import { ExampleStore, entriesOf, StoredExample } from '../../src/train/stored-example.js';
import { randomMelody } from './music.js';

/** An example of rows of [column, sign]. */
function exampleOf(inputSize: number, rows: readonly (readonly (readonly [number, number])[])[], labels: readonly number[]): Example {
  let entries = 0;
  const rowStart = Int32Array.from([0, ...rows.map((row) => (entries += row.length))]);
  const columns = Uint16Array.from(rows.flatMap((row) => row.map(([column]) => column)));
  const signs = Int8Array.from(rows.flatMap((row) => row.map(([, sign]) => sign)));
  return { steps: rows.length, inputSize, inputs: { rowStart, columns, signs }, labels: Int32Array.from(labels) };
}

function contents({ steps, inputSize, inputs, labels }: Example) {
  return { steps, inputSize, inputs, labels };
}

describe('a stored example', () => {
  it('is the example of every encoder that was stored, among others', () => {
    const random = new Random(3);
    for (const config of CONFIG_NAMES) {
      const encoder = createEncoder(configuration(config).encoding);
      const examples = [1, 200, 3].map((length) => encoder.encode(randomMelody(random, length + 1)));
      const store = new ExampleStore();
      const stored = examples.map((example) => store.store(example));
      expect(stored.every((example) => example instanceof StoredExample)).toBe(true);
      expect(stored.map(contents)).toEqual(examples.map(contents));
    }
  });

  it('keeps any column and sign, and as many entries as there are', () => {
    const row = (inputSize: number) => fc.array(fc.tuple(fc.nat(inputSize - 1), fc.constantFrom(1, -1)), { maxLength: 12 });
    const made = fc
      .constantFrom(1, 127, 128, 129, 256, 1000, 32_768)
      .chain((inputSize) => fc.tuple(fc.constant(inputSize), fc.array(fc.tuple(row(inputSize), fc.nat(255)), { maxLength: 20 })));
    fc.assert(
      fc.property(made, ([inputSize, steps]) => {
        const example = exampleOf(
          inputSize,
          steps.map(([entries]) => entries),
          steps.map(([, label]) => label),
        );
        const stored = new ExampleStore().store(example);
        expect(contents(stored)).toEqual(contents(example));
        expect(entriesOf(stored)).toBe(steps.reduce((sum, [entries]) => sum + entries.length, 0));
      }),
    );
  });

  it('is left as it is where bytes cannot count its classes, entries or columns', () => {
    const one = [[0, 1]] as const;
    const store = new ExampleStore();
    const classes = exampleOf(2, [one, one], [255, 256]);
    expect(store.store(classes)).toBe(classes);
    const entries = exampleOf(300, [Array.from({ length: 256 }, (_, column) => [column, 1] as const)], [0]);
    expect(store.store(entries)).toBe(entries);
    const columns = exampleOf(32_769, [[[32_768, 1]]], [0]);
    expect(store.store(columns)).toBe(columns);
  });
});
