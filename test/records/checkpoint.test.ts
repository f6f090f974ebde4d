// TensorFlow checkpoints and Magenta bundles: round trips, files made field by field, and (with MST_SHARED) files that TensorFlow wrote.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredTensor } from '../../src/records/checkpoint-tensor.js';
import { decodeCheckpointV1 } from '../../src/records/checkpoint-v1.js';
import { decodeCheckpointV2, encodeCheckpointV2 } from '../../src/records/checkpoint-v2.js';
import { attentionLengthOf, decodeGeneratorBundle } from '../../src/records/generator-bundle.js';
import { attentionGraph, bundle, checkpointV1, field } from '../support/magenta-files.js';

const refused = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message), hint: expect.any(String) });

const variables = new Map([
  ['b/kernel', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, -0, 1e-40, 6) }],
  ['a', { shape: [], data: Float32Array.of(0.1) }],
  ['b', { shape: [0], data: new Float32Array(0) }],
]);
const stored = new Map<string, StoredTensor>([
  ...[...variables].map(([name, { shape, data }]) => [name, { shape, floats: data }] as const),
  ['global_step', { shape: [], integer: 2 ** 40 + 1 }],
]);

describe('V1 checkpoints', () => {
  it('give their variables, to the bit', () => {
    expect(decodeCheckpointV1(checkpointV1(variables), 'x.ckpt')).toEqual(
      new Map([...variables].map(([name, { shape, data }]) => [name, { shape, floats: data }])),
    );
  });

  it.each([
    ['values that do not fill the shape', new Map([['a', { shape: [2], data: Float32Array.of(1) }]]), /1 values for the shape \[2\]/],
    ['too large a shape', new Map([['a', { shape: [2 ** 20, 2 ** 20], data: Float32Array.of(1) }]]), /too large/],
    ['too many dimensions', new Map([['a', { shape: [1, 1, 1, 1, 1, 1, 1, 1, 1], data: Float32Array.of(1) }]]), /impossible shape/],
  ])('with %s are refused', (_, tensors, message) => {
    expect(() => decodeCheckpointV1(checkpointV1(tensors), 'x.ckpt')).toThrow(refused(message));
  });

  it('that are none are refused', () => {
    expect(() => decodeCheckpointV1(new Uint8Array(100), 'x.ckpt')).toThrow(
      refused(/^x\.ckpt cannot be read: it does not begin and end as/),
    );
    expect(() => decodeCheckpointV1(encodeCheckpointV2(stored).get('.index') as Uint8Array, 'x.ckpt')).toThrow(
      refused(/SavedTensorSlices/),
    );
  });
});

describe('V2 checkpoints', () => {
  const files = encodeCheckpointV2(stored);
  const index = files.get('.index') as Uint8Array;
  const values = files.get('.data-00000-of-00001') as Uint8Array;

  it('come back, to the bit', () => {
    const read = decodeCheckpointV2(index, (ending) => files.get(ending), 'x');
    expect(new Map([...read].sort())).toEqual(new Map([...stored].sort()));
    expect(Object.is(read.get('b/kernel')?.floats?.[3], -0)).toBe(true);
  });

  it('hold the values one after another in the order of names', () => {
    const expected = new Uint8Array(4 + 24 + 8);
    const view = new DataView(expected.buffer);
    [0.1, 1, -2, 3.5, -0, 1e-40, 6].forEach((value, k) => {
      view.setFloat32(4 * k, value, true);
    });
    view.setBigInt64(28, 2n ** 40n + 1n, true);
    expect([...values]).toEqual([...expected]);
  });

  it('with any byte of a value changed are refused', () => {
    for (let at = 0; at < values.length; at++) {
      const changed = Uint8Array.from(values);
      changed[at] = (changed[at] as number) ^ 4;
      expect(() => decodeCheckpointV2(index, () => changed, 'x')).toThrow(refused(/checksum of .* does not match/));
    }
  });

  it('with values missing or cut are refused', () => {
    expect(() => decodeCheckpointV2(index, () => undefined, 'x')).toThrow(refused(/x\.data-00000-of-00001 .*missing/));
    expect(() => decodeCheckpointV2(index, () => values.slice(0, -1), 'x')).toThrow(refused(/end past it/));
  });

  it('are not written of what has no values', () => {
    expect(() => encodeCheckpointV2(new Map([['a', { shape: [1] }]]))).toThrow(RangeError);
    expect(() => encodeCheckpointV2(new Map([['a', { shape: [2], floats: Float32Array.of(1) }]]))).toThrow(RangeError);
  });
});

describe('bundles', () => {
  const checkpoint = checkpointV1(variables);

  it('say what they are and hold a checkpoint', () => {
    const read = decodeGeneratorBundle(bundle('basic_rnn', checkpoint, attentionGraph(40, 64)), 'x.mag');
    expect(read).toMatchObject({ id: 'basic_rnn', description: 'A melody RNN.' });
    expect(decodeCheckpointV1(read.checkpoint, 'x').size).toBe(3);
    expect(attentionLengthOf(read.graph, 64, 'x')).toBe(40);
    expect(attentionLengthOf(read.graph, 32, 'x')).toBeUndefined();
  });

  it('without a checkpoint, with two, or with millions of nothings are refused', () => {
    expect(() => decodeGeneratorBundle(field(1, field(1, 'basic_rnn')), 'x.mag')).toThrow(refused(/^x\.mag .*0 checkpoints/));
    const two = Uint8Array.from([...field(2, checkpoint), ...field(2, checkpoint)]);
    expect(() => decodeGeneratorBundle(two, 'x.mag')).toThrow(refused(/2 checkpoints/));
    // A graph (2) of one node (1), among whose attributes (5) is a value (2) with a tensor (8) of zeros (7).
    const zeros = [2, 1, 5, 2, 8, 7].reduceRight<Uint8Array>((inside, number) => field(number, inside), new Uint8Array(1_000_001));
    expect(() => attentionLengthOf(zeros, 64, 'x.mag')).toThrow(refused(/more than 1000000 things/));
  });
});

const shared = process.env.MST_SHARED;

describe.skipIf(!shared)('files that TensorFlow wrote', () => {
  const golden = (name: string): Uint8Array => new Uint8Array(readFileSync(join(shared ?? '', 'spec/golden/tf-checkpoint', name)));
  const read = (ending: string): Uint8Array => golden(`v2.ckpt-0${ending}`);

  it('hold the same in V1 and V2', () => {
    const v2 = decodeCheckpointV2(read('.index'), read, 'v2.ckpt-0');
    expect([...v2.keys()].sort()).toEqual([...decodeCheckpointV1(golden('v1.ckpt'), 'v1.ckpt').keys()].sort());
    expect(decodeCheckpointV1(golden('v1.ckpt'), 'v1.ckpt')).toEqual(v2);
    expect(v2.get('global_step')).toEqual({ shape: [], integer: 0 });
    expect(v2.get('rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel')?.shape).toEqual([46, 32]);
  });

  it('are written again byte for byte', () => {
    const written = encodeCheckpointV2(decodeCheckpointV2(read('.index'), read, 'v2.ckpt-0'));
    for (const [ending, bytes] of written) expect(Buffer.compare(bytes, read(ending)), ending).toBe(0);
    expect([...written.keys()]).toEqual(['.index', '.data-00000-of-00001']);
  });
});
