// A canvas at the screen's own sharpness, and shapes that more than one picture draws.

/** Sharper than this is not seen and costs time. */
const MOST_SHARP = 2;

/** The brush of a canvas of so many CSS pixels; its pixels are renewed only when their number changes. */
export function brushOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const scale = Math.min(MOST_SHARP, Math.max(1, devicePixelRatio));
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const brush = canvas.getContext('2d');
  brush?.setTransform(scale, 0, 0, scale, 0, 0);
  return brush;
}

const stripes = new Map<string, CanvasPattern | null>();

/** Slanting stripes of a colour: the model's mark, so that hue is not all that tells the sides apart. */
export function striped(brush: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const known = stripes.get(colour);
  if (known !== undefined && known !== null) return known;
  const tile = document.createElement('canvas');
  const side = 8;
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d');
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 2.4;
  pen.beginPath();
  for (const from of [-side, 0, side]) {
    pen.moveTo(from - 2, side + 2);
    pen.lineTo(from + side + 2, -2);
  }
  pen.stroke();
  const pattern = brush.createPattern(tile, 'repeat');
  stripes.set(colour, pattern);
  return pattern ?? colour;
}

/** A diamond around a point. */
export function diamond(brush: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  brush.beginPath();
  brush.moveTo(x, y - radius);
  brush.lineTo(x + radius, y);
  brush.lineTo(x, y + radius);
  brush.lineTo(x - radius, y);
  brush.closePath();
}
