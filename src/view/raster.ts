// Painting a drawing as pixels.
import { type Box, COLOURS, type Colour, type Drawing, type Label, type Text } from './drawing.js';
import { ADVANCE, GLYPH_HEIGHT, textPixels } from './pixel-font.js';

/** A picture: `height` rows of `width` pixels of red, green and blue, 0..255, row by row from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Height of a font, in pixels, whose capitals are as high as the pixel font's. */
const FONT_HEIGHT = 9;

/** Paints the shapes in their order, each edge at its nearest pixel, what lies outside left out. Words are set in the pixel font, enlarged. */
export function paint({ width, height, shapes }: Drawing<Box | Label | Text>): Raster {
  const pixels = new Uint8Array(width * height * 3);
  for (const shape of shapes) {
    const colour = COLOURS[shape.role];
    if (!('text' in shape)) {
      fill(pixels, width, height, shape, colour);
      continue;
    }
    const { x, y, size } = 'size' in shape ? topLeft(shape) : { ...shape, size: 1 };
    for (const [dx, dy] of textPixels(shape.text)) {
      fill(pixels, width, height, { x: Math.round(x) + dx * size, y: Math.round(y) + dy * size, width: size, height: size }, colour);
    }
  }
  return { width, height, pixels };
}

/** Where words begin, and how many pixels one of the pixel font becomes. */
function topLeft({ x, y, text, size: height, anchor = 'start' }: Text): { x: number; y: number; size: number } {
  const size = Math.max(1, Math.round(height / FONT_HEIGHT));
  const shift = { start: 0, middle: 0.5, end: 1 }[anchor];
  return { x: x - shift * [...text].length * ADVANCE * size, y: y - GLYPH_HEIGHT * size, size };
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
