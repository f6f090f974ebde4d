// Painting a drawing as pixels.
import { type Box, COLOURS, type Colour, type Drawing } from './drawing.js';
import { textPixels } from './pixel-font.js';

/** A picture: `height` rows of `width` pixels of red, green and blue, 0..255, row by row from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Paints the shapes in their order, each edge at its nearest pixel, what lies outside left out. */
export function paint({ width, height, shapes }: Drawing): Raster {
  const pixels = new Uint8Array(width * height * 3);
  for (const shape of shapes) {
    const colour = COLOURS[shape.role];
    if (!('text' in shape)) {
      fill(pixels, width, height, shape, colour);
      continue;
    }
    for (const [dx, dy] of textPixels(shape.text)) {
      fill(pixels, width, height, { x: Math.round(shape.x) + dx, y: Math.round(shape.y) + dy, width: 1, height: 1 }, colour);
    }
  }
  return { width, height, pixels };
}

function fill(pixels: Uint8Array, width: number, height: number, box: Omit<Box, 'role'>, [red, green, blue]: Colour): void {
  const left = Math.max(0, Math.round(box.x));
  const right = Math.min(width, Math.round(box.x + box.width));
  const bottom = Math.min(height, Math.round(box.y + box.height));
  for (let y = Math.max(0, Math.round(box.y)); y < bottom; y++) {
    for (let x = left, at = (y * width + left) * 3; x < right; x++, at += 3) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
}
