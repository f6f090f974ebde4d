// Events as bytes worked out by hand from event.proto and summary.proto, and as an independent reader reads them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvent, type TensorBoardEvent } from '../../src/records/tensorboard-events.js';
import { readEvent } from '../support/event-reader.js';
import { readTFRecords } from '../support/tfrecord-reader.js';

const hex = (event: TensorBoardEvent): string =>
  readTFRecords(encodeEvent(event))
    .map((record) => Buffer.from(record).toString('hex'))
    .join();

describe('an event', () => {
  // 1.5 as a double is 000000000000f83f, 0.5 as a float 0000003f, little-endian.
  it.each([
    [
      'the version of the file',
      { wallTime: 1.5, step: 0, fileVersion: 'brain.Event:2' },
      '09000000000000f83f1a0d627261696e2e4576656e743a32',
    ],
    ['the start of a session', { wallTime: 1.5, step: 300, sessionLog: { status: 1 } }, '09000000000000f83f10ac023a020801'],
    [
      'a number',
      { wallTime: 1.5, step: 7, summary: { value: [{ tag: 'loss', simpleValue: 0.5 }] } },
      `09000000000000f83f10072a0d0a0b0a04${Buffer.from('loss').toString('hex')}150000003f`,
    ],
    // A zero is a value too.
    [
      'a zero',
      { wallTime: 1.5, step: 7, summary: { value: [{ tag: 'a', simpleValue: 0 }] } },
      '09000000000000f83f10072a0a0a080a01611500000000',
    ],
    [
      'an image',
      {
        wallTime: 1.5,
        step: 7,
        summary: { value: [{ tag: 'a', image: { height: 2, width: 3, colorspace: 3, encodedImageString: Uint8Array.of(0xaa, 0xbb) } }] },
      },
      '09000000000000f83f10072a110a0f0a0161220a080210031803' + '2202aabb',
    ],
  ] satisfies [string, TensorBoardEvent, string][])('%s has the bytes of its protocol buffer', (_, event, expected) => {
    expect(hex(event)).toBe(expected);
  });

  it('is read as it was written', () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const values = fc.dictionary(fc.string({ minLength: 1 }), finite, { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4e9, noNaN: true }),
        fc.maxSafeNat(),
        values,
        fc.uint8Array(),
        (wallTime, step, scalars, png) => {
          const image = { height: 4, width: 1000, colorspace: 3, encodedImageString: png };
          const value = Object.entries(scalars).map(([tag, simpleValue]) => ({ tag, simpleValue }));
          const imageTag = `${Object.keys(scalars).join()} image`;
          const bytes = encodeEvent({ wallTime, step, summary: { value: [...value, { tag: imageTag, image }] } });
          const [record = new Uint8Array(0)] = readTFRecords(bytes);
          const read = readEvent(record);
          expect(read).toMatchObject({ wallTime, step });
          expect([...read.scalars]).toEqual(Object.entries(scalars));
          expect(read.images.get(imageTag)).toMatchObject({ height: 4, width: 1000, colorspace: 3 });
          expect([...(read.images.get(imageTag)?.png ?? [])]).toEqual([...png]);
        },
      ),
    );
  });

  it('is refused with a step that is no whole number', () => {
    expect(() => encodeEvent({ wallTime: 1, step: 1.5, sessionLog: { status: 1 } })).toThrow(RangeError);
  });
});
