// The order of learning. Expected: every example once per pass, whatever the sizes; the same order from the same seed or position.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../src/encoding/example.js';
import { type BatchPosition, BatchSource, batchesOnce, firstPosition, largestBatch } from '../../src/train/batches.js';
import { type PackedBatch, packBatch, previousStep } from '../../src/train/packed-batch.js';

/** An example whose labels all are its number, so that it can be recognised in a batch. */
function numbered(number: number, steps: number): Example {
  return {
    steps,
    inputSize: 3,
    inputs: {
      rowStart: Int32Array.from({ length: steps + 1 }, (_, t) => t),
      columns: new Uint16Array(steps).fill(number % 3),
      signs: new Int8Array(steps).fill(number % 2 === 0 ? 1 : -1),
    },
    labels: new Int32Array(steps).fill(number),
  };
}

/** The examples in a batch, by row. */
function membersOf(batch: PackedBatch): number[] {
  return [...batch.labels.subarray(0, batch.rows)];
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });

describe('batches of one pass', () => {
  it('hold every example once, in batches of the asked size but one', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 9 }), fc.integer(), (steps, size, seed) => {
        const examples = steps.map((n, i) => numbered(i, n));
        const source = new BatchSource(examples, size, firstPosition(seed));
        for (let epoch = 0; epoch < 3; epoch++) {
          const batches = Array.from({ length: source.batchesPerEpoch }, () => source.next());
          expect(source.position).toMatchObject({ epoch: epoch + 1, index: 0 });
          expect(batches.flatMap(membersOf).sort((a, b) => a - b)).toEqual(examples.map((_, i) => i));
          expect(batches.map(({ rows }) => rows).filter((rows) => rows !== size).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('come in another order each time, and by another seed', () => {
    const examples = Array.from({ length: 40 }, (_, i) => numbered(i, 5));
    const pass = (source: BatchSource) => Array.from({ length: source.batchesPerEpoch }, () => membersOf(source.next())).flat();
    const source = new BatchSource(examples, 8, firstPosition(1));
    const first = pass(source);
    expect(pass(source)).not.toEqual(first);
    expect(pass(new BatchSource(examples, 8, firstPosition(1)))).toEqual(first);
    expect(pass(new BatchSource(examples, 8, firstPosition(2)))).not.toEqual(first);
  });

  it('group lengths, so that few rows run alone', () => {
    const examples = Array.from({ length: 64 }, (_, i) => numbered(i, 1 + ((i * 37) % 64)));
    const source = new BatchSource(examples, 8, firstPosition(1));
    for (let i = 0; i < source.batchesPerEpoch; i++) {
      const { activeRows, steps } = source.next();
      const shortest = activeRows.findIndex((rows) => rows < 8);
      expect(steps - (shortest < 0 ? steps : shortest)).toBeLessThan(8);
    }
  });

  it('go on from a saved position, at any point', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 30 }), (steps, size, taken) => {
        const examples = steps.map((n, i) => numbered(i, n));
        const source = new BatchSource(examples, size, firstPosition(7));
        for (let i = 0; i < taken; i++) source.next();
        const saved = JSON.parse(JSON.stringify(source.position)) as BatchPosition;
        const restored = new BatchSource(examples, size, saved);
        for (let i = 0; i < 10; i++) expect(restored.next()).toEqual(source.next());
      }),
    );
  });

  it('for measuring hold every example once, named by row', () => {
    const examples = [4, 9, 1, 4, 7].map((n, i) => numbered(i, n));
    const all = [...batchesOnce(examples, 2)];
    expect(all.map(({ batch }) => membersOf(batch))).toEqual([[1, 4], [0, 3], [2]]);
    for (const { batch, examples: rows } of all) expect(membersOf(batch)).toEqual(rows.map(({ labels }) => labels[0]));
  });
});

describe('the largest batch', () => {
  it('has room for every batch of training and measuring', () => {
    fc.assert(
      fc.property(lengths, lengths, fc.integer({ min: 1, max: 9 }), (steps, heldOutSteps, size) => {
        const [training, heldOut] = [steps, heldOutSteps].map((list) => list.map((n, i) => numbered(i, n))) as [Example[], Example[]];
        const room = largestBatch([training, heldOut], size);
        const source = new BatchSource(training, size, firstPosition(3));
        const batches = [
          ...Array.from({ length: 2 * source.batchesPerEpoch }, () => source.next()),
          ...[...batchesOnce(heldOut, size)].map(({ batch }) => batch),
        ];
        for (const { rows, tokens, inputs } of batches) {
          expect(rows).toBeLessThanOrEqual(room.rows);
          expect(tokens).toBeLessThanOrEqual(room.tokens);
          expect(inputs.columns.length).toBeLessThanOrEqual(room.entries);
        }
      }),
    );
  });

  it('is that of the longest melodies, and no larger', () => {
    const short = { ...numbered(0, 2), inputs: { ...numbered(0, 2).inputs, columns: new Uint16Array(50) } };
    const training = [numbered(1, 9), numbered(2, 4), short, numbered(3, 5)];
    expect(largestBatch([training, [numbered(4, 13)]], 2)).toEqual({ rows: 2, tokens: 14, entries: 59 });
    expect(largestBatch([training, []], 100)).toEqual({ rows: 4, tokens: 20, entries: 68 });
  });
});

describe('a packed batch', () => {
  it('lays melodies out step by step, the longest first', () => {
    const batch = packBatch([numbered(0, 1), numbered(1, 3), numbered(2, 2)]);
    expect([...batch.activeRows]).toEqual([3, 2, 1]);
    expect([...batch.stepStart]).toEqual([0, 3, 5, 6]);
    expect([...batch.labels]).toEqual([1, 2, 0, 1, 2, 1]);
    expect([...batch.inputs.columns]).toEqual([1, 2, 0, 1, 2, 1]);
    expect([...batch.inputs.signs]).toEqual([-1, 1, 1, -1, 1, -1]);
    expect([...previousStep(batch, Float32Array.of(1, 2, 3, 4, 5, 6), 1)]).toEqual([0, 0, 0, 1, 2, 4]);
  });
});
