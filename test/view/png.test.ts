// PNG files as an independent reader decodes them.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodePng } from '../../src/view/png.js';
import { readPng } from '../support/png-reader.js';

it('gives back every pixel', () => {
  const picture = fc
    .tuple(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 17 }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height })
        .map((pixels) => ({ width, height, pixels: Uint8Array.from(pixels) })),
    );
  fc.assert(
    fc.property(picture, ({ width, height, pixels }) => {
      const read = readPng(encodePng({ width, height, pixels }));
      expect([read.width, read.height]).toEqual([width, height]);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) expect(read.at(x, y)).toEqual([...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]);
      }
    }),
  );
});

it('writes a drawing small', () => {
  const [width, height] = [800, 300];
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % (3 * width) < 300 ? 200 : 90));
  expect(encodePng({ width, height, pixels }).length).toBeLessThan(pixels.length / 100);
});
